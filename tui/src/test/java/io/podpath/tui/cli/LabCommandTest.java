package io.podpath.tui.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.podpath.fixtures.lab.Lab;
import io.podpath.fixtures.lab.LabException;
import io.podpath.fixtures.lab.LabHome;
import io.podpath.rules.RuleLibrary;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import picocli.CommandLine;

/** {@code podpath lab} in a directory of its own, so that no other lab is ever touched. */
class LabCommandTest {

  private static final String NAME = "command-test";
  private static final ObjectMapper JSON = new ObjectMapper();

  @TempDir Path directory;

  private record Said(int exitCode, String out, String err, String refused) {}

  private LabHome home() {
    return new LabHome(directory.resolve("labs"));
  }

  @AfterEach
  void nothingStays() throws LabException {
    for (String lab : home().names()) {
      Lab.down(home(), lab);
    }
  }

  private Said lab(String... words) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    ByteArrayOutputStream err = new ByteArrayOutputStream();
    Surroundings surroundings =
        new Surroundings(
            InputStream.nullInputStream(),
            out,
            err,
            Map.of(),
            new TerminalFacts(false, false, false, true, () -> 100),
            new RecordedInputs(),
            RuleLibrary::load);
    LabCommand command = new LabCommand(surroundings, home());
    CommandLine line = new CommandLine(command);
    Words.addTo(line);
    line.parseArgs(words);
    int code = 2;
    String refused = "";
    try {
      code = command.call();
    } catch (Refusal e) {
      refused = String.valueOf(e.getMessage());
    }
    return new Said(
        code, out.toString(StandardCharsets.UTF_8), err.toString(StandardCharsets.UTF_8), refused);
  }

  private static void assumeLabs() {
    assumeTrue("root".equals(System.getProperty("user.name")), "a lab needs root here");
  }

  /** BIRD takes seconds to end its sessions and to begin them anew. */
  @Test
  void breakAndHealWaitForTheDaemons() {
    assumeLabs();
    assumeTrue(Files.isExecutable(Path.of("/usr/sbin/bird")), "Calico's fabrics need bird2");
    lab("up", "calico-bgp", "--nodes", "3", "--pods", "1", "--name", NAME);
    Said broken = lab("break", "bgp-mesh-disabled-without-peers", "--name", NAME);
    assertThat(broken.exitCode()).isEqualTo(1);
    assertThat(broken.out()).contains("lost");
    Said healed = lab("heal", "bgp-mesh-disabled-without-peers", "--name", NAME);
    assertThat(healed.out()).doesNotContain("lost");
    assertThat(healed.exitCode()).isEqualTo(0);
  }

  @Test
  void listFitsTheTerminal() {
    assertThat(lab("list").out().lines()).allSatisfy(l -> assertThat(l).hasSizeLessThan(101));
    assertThat(lab("list").out()).contains("vtep-mac-mismatch");
  }

  @Test
  void whatAnInterruptedCallHasLeftIsListed() throws IOException {
    left(NAME);
    Said list = lab("list");
    assertThat(list.exitCode()).isEqualTo(0);
    assertThat(list.out())
        .containsPattern("(?m)^" + NAME + " +incomplete ")
        .contains("podpath lab down " + NAME);
    assertThat(lab("status", NAME).refused())
        .isEqualTo(
            "lab command-test is what an interrupted call has left: podpath lab down command-test");
    assertThat(lab("down", NAME).out()).isEqualTo("down: " + NAME + "\n");
    assertThat(lab("list").out()).doesNotContain(NAME);
  }

  /** A lab of {@code compare --with lab} is not the only one there is, even where it is alone. */
  @Test
  void aLabOfOneCallIsNeverTheOnlyOne() throws IOException {
    String abandoned = "compare-999999999";
    String inUse = "compare-" + ProcessHandle.current().pid();
    left(abandoned);
    left(inUse);
    assertThat(lab("status").refused()).startsWith("no lab is up");
    assertThat(lab("down").refused()).startsWith("no lab is up");
    left(NAME);
    assertThat(lab("status").refused()).startsWith("lab " + NAME + " is what");
    assertThat(lab("up", "static-routes", "--name", abandoned).refused())
        .contains("podpath compare takes these names");

    assertThat(lab("down", "--all").out()).isEqualTo("down: " + NAME + ", " + abandoned + "\n");

    assertThat(directory.resolve("labs/" + inUse)).exists();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "down a --name b | lab down a --name b: these are two names; give one",
        "status a --name a | lab status a --name a: these are two names; give one",
        "down a --all | lab down a --all: give either a name or --all",
        "status --all | lab status --all: only lab down takes all labs",
        "heal ip-forward-off a | lab heal ip-forward-off a: name the lab with --name a",
        "break ip-forward-off a | lab break ip-forward-off a: name the lab with --name a",
        "down a b | lab down a b: one word too many",
        "down | lab down: which of a, b? name it, such as a",
        "heal ip-forward-off | lab heal: which of a, b? name it, such as --name a",
      })
  void whichLabIsMeantMustBeClear(String command, String sentence) throws IOException {
    left("a");
    left("b");
    assertThat(lab(command.split(" ")).refused()).isEqualTo(sentence);
    assertThat(directory.resolve("labs/a")).exists();
    assertThat(directory.resolve("labs/b")).exists();
  }

  @Test
  void downWithoutANameSaysWhichItTook() throws IOException {
    left(NAME);
    assertThat(lab("down").out()).isEqualTo("down: " + NAME + ", the only lab there was\n");
  }

  /** Field names are a contract. */
  @Test
  void jsonTellsAllThatTheTextDoes() throws JsonProcessingException {
    assumeLabs();
    Said up =
        lab("up", "static-routes", "--nodes", "2", "--pods", "1", "--name", NAME, "-o", "json");
    assertThat(up.err()).startsWith("building lab " + NAME + ": 2 nodes, 2 pods\n");
    JsonNode healthy = JSON.readTree(up.out());
    assertThat(healthy.fieldNames())
        .toIterable()
        .containsExactly(
            "schema",
            "exitCode",
            "lab",
            "fabric",
            "proxy",
            "kernel",
            "nodes",
            "pods",
            "faults",
            "delivered",
            "lost",
            "matrix");
    assertThat(healthy.path("lab").asText()).isEqualTo(NAME);
    assertThat(healthy.path("kernel").asText()).isEqualTo("host");
    assertThat(healthy.path("pods").asInt()).isEqualTo(2);
    assertThat(healthy.path("faults")).isEmpty();
    assertThat(healthy.path("lost").asInt()).isEqualTo(0);

    Said broken = lab("break", "ip-forward-off", "-o", "json", "--name", NAME);
    assertThat(broken.exitCode()).isEqualTo(1);
    JsonNode faulty = JSON.readTree(broken.out());
    assertThat(faulty.path("exitCode").asInt()).isEqualTo(1);
    assertThat(faulty.path("faults").path(0).asText()).isEqualTo("ip-forward-off");
    assertThat(faulty.path("matrix"))
        .hasSize(faulty.path("lost").asInt() + faulty.path("delivered").asInt())
        .anyMatch(p -> !p.path("delivered").asBoolean())
        .allSatisfy(p ->
            assertThat(p.fieldNames())
                .toIterable()
                .containsExactly("from", "to", "protocol", "delivered", "said"));
    JsonNode status = JSON.readTree(lab("status", NAME, "-o", "json").out());
    assertThat(status.path("lost")).isEqualTo(faulty.path("lost"));

    JsonNode list = JSON.readTree(lab("list", "-o", "json").out());
    assertThat(list.path("labs").path(0).path("state").asText()).isEqualTo("up");
    assertThat(list.path("labs").path(0).path("faults").path(0).asText())
        .isEqualTo("ip-forward-off");
    assertThat(list.path("fabrics").path(0).path("fabric").asText()).isEqualTo("flannel-host-gw");

    JsonNode healed =
        JSON.readTree(lab("heal", "ip-forward-off", "-o", "json", "--name", NAME).out());
    assertThat(healed).isEqualTo(healthy);
    JsonNode down = JSON.readTree(lab("down", NAME, "-o", "json").out());
    assertThat(down.path("labs").path(0).path("lab").asText()).isEqualTo(NAME);
  }

  @Test
  void formsNobodyWritesAreRefusedBeforeAnythingIsDone() throws IOException {
    left(NAME);
    Said down = lab("down", NAME, "-o", "sarif");
    assertThat(down.exitCode()).isEqualTo(2);
    assertThat(down.refused()).startsWith("-o sarif: ").hasLineCount(1);
    assertThat(directory.resolve("labs/" + NAME)).exists();
  }

  /** A lab whose builder is no more. */
  private void left(String name) throws IOException {
    Path lab = directory.resolve("labs").resolve(name);
    Files.createDirectories(lab.resolve("requests"));
    Files.writeString(lab.resolve("builder"), "999999999 2020-01-01T00:00:00Z");
  }
}
