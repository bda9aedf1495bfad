package io.podpath.tui.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.podpath.core.rule.Rule;
import io.podpath.core.rule.Severity;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class PodpathTest {

  @TempDir private Path directory;

  @Test
  void healthyIsZero() {
    Session session = Session.quiet("doctor", "input");
    assertThat(session.exitCode()).isZero();
    assertThat(session.out()).contains("✓ result    healthy");
    assertThat(session.err()).isEmpty();
  }

  @Test
  void globalOptionsMayStandBeforeTheCommand() {
    Session session = Session.quiet("--color", "never", "-o", "json", "doctor", "input");
    assertThat(session.exitCode()).isZero();
    assertThat(session.out()).startsWith("{").contains("podpath.io/diagnosis/v1");
  }

  @ParameterizedTest
  @ValueSource(strings = {"doctor", "trace", "reach"})
  void theListOfExamplesIsAnAnswer(String command) {
    Session session = Session.quiet(command, "--example");
    assertThat(session.exitCode()).isZero();
    assertThat(session.out()).isEqualTo("flannel-vxlan\nstale-fdb-entry\n");
    assertThat(session.err()).isEmpty();
  }

  @Test
  void hintsRepeatHowItWasCalled() {
    Session session =
        new Session().with("PODPATH_INVOKED_AS", "./podpath").run(rule(), "doctor", "input");
    assertThat(session.out()).contains("./podpath doctor input -o json");
  }

  @Test
  void whatIsIgnoredDoesNotMakeHealthy() {
    Session session =
        Session.finding(Severity.ERROR, "doctor", "input", "--ignore", "stale-fdb-entry");
    assertThat(session.exitCode()).isZero();
    assertThat(session.out()).contains("1 finding ignored on request").doesNotContain("healthy");
  }

  @Test
  void findingsAreOne() {
    Session session = Session.finding(Severity.ERROR, "doctor", "input");
    assertThat(session.exitCode()).isEqualTo(1);
    assertThat(session.out()).contains("error[stale-fdb-entry]: it is wrong");
  }

  @ParameterizedTest
  @CsvSource({
    "doctor input, 0",
    "doctor input --fail-on error, 0",
    "doctor input --fail-on warning, 1",
    "doctor input --fail-on=warning --exit-zero, 0",
    "doctor partial, 3",
    "doctor partial --allow-partial, 0",
    "doctor input --ignore stale-fdb-entry --fail-on warning, 0",
    "doctor input --ignore stale-fdb-entry@worker-1 --fail-on warning, 0",
    "doctor input --ignore stale-fdb-entry@worker-2 --fail-on warning, 1",
  })
  void aWarningIsWhatTheOptionsMakeOfIt(String command, int exitCode) {
    assertThat(Session.finding(Severity.WARNING, command.split(" ")).exitCode())
        .isEqualTo(exitCode);
  }

  @Test
  void tooLittleIsThree() {
    Session session = Session.quiet("doctor", "partial");
    assertThat(session.exitCode()).isEqualTo(3);
    assertThat(session.out()).contains("! result    too little was gathered to say healthy");
  }

  @Test
  void textWithoutAnyOutputIsNotHealthy() {
    Session session = Session.quiet("doctor", "prose");
    assertThat(session.exitCode()).isEqualTo(3);
    assertThat(session.out())
        .contains("! result    nothing to diagnose")
        .contains("from every node:\n  ip addr; ip route");
  }

  @ParameterizedTest
  @ValueSource(strings = {"input", "partial"})
  void jsonStatesTheExitCodeItself(String input) throws JsonProcessingException {
    for (Severity severity : List.of(Severity.ERROR, Severity.WARNING, Severity.INFO)) {
      Session session = Session.finding(severity, "doctor", input, "-o", "json");
      JsonNode root = new ObjectMapper().readTree(session.out());
      assertThat(root.at("/exitCode").asInt()).isEqualTo(session.exitCode());
    }
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "doctr | there is no command doctr; did you mean doctor?",
        "doctor --ful input | there is no option --ful; did you mean --full?",
        "doctor input --fail-on never | one of error, warning, not never",
        "doctor input -o yaml | text or json (explain",
        "doctor input -o sarif | does not write that form yet",
        "doctor nowhere | nowhere: no such file",
        "doctor | name an input",
        "doctor --cluster | --cluster: this version reads recorded and pasted input only",
        "doctor --ssh node1 input | --ssh: this version reads",
        "doctor --lab x input | name a lab, an example or files",
        "doctor --example stale-fdb | no such example; did you mean stale-fdb-entry?",
        "doctor --example zzzzzzzz | no such example; there are",
        "doctor --example flannel-vxlan input | name either an example or files",
        "doctor input --ignore stale-fdb | there is no rule stale-fdb; did you mean stale-fdb-entry?",
        "doctor input --show F7 | --show F7: no such finding, there is only F1",
        "explain stale-fdb-entri | did you mean stale-fdb-entry?",
        "explain xyzxyz | podpath rules lists them",
        "explain | missing required parameter: 'RULE'",
        "fix | this version does not have \"fix\" yet",
        "tui --help | this version does not have \"tui\" yet",
        "help gather | this version does not have \"gather\" yet",
        "compare | name an input, gathering from live nodes comes later",
        "compare worker-9 --from input | there is no node worker-9 in the input",
        "compare --from input --with lob | there are blueprint, node NAME, snapshot FILE and lab",
        "compare --from input --with node | --with node NAME: name the node",
        "compare worker-1 --from input --with node worker-9 | there is no such node",
        "compare worker-1 --from input --with blueprint worker-2 | one word too many",
        "compare --from prose | there is no node in the input",
        "compare --from input | no blueprint can be drawn: the address of no node was read",
        "diff input | missing required parameter: 'AFTER'",
        "diff input nowhere | nowhere: no such file",
        "lab upp | no such action; there are list, up",
        "lab up nothing | there is no such fabric; there are flannel-host-gw",
        "lab up flannel-vxla | did you mean flannel-vxlan or",
        "lab up flannel-vxlan --proxy x | one of iptables, ipvs, none",
        "lab up flannel-vxlan --nodes 1 | a lab has 2 to 50 nodes, not 1",
        "lab break nothing | there is no such fault",
        "help doctr | did you mean doctor?",
      })
  void wrongUsageIsTwoAndSaysWhatToDo(String command, String sentence) {
    Session session = Session.finding(Severity.ERROR, command.split(" "));
    assertThat(session.exitCode()).isEqualTo(2);
    assertThat(session.err()).startsWith("podpath: ").contains(sentence);
    assertThat(session.out()).isEmpty();
  }

  @Test
  void aBugIsSeventyAndShowsNoStackTrace() throws IOException {
    List<Rule> rules = List.of(new Session.Saying("broken-rule", Severity.ERROR, true));
    Session session = new Session().run(rules, "doctor", "input");
    assertThat(session.exitCode()).isEqualTo(70);
    assertThat(session.err())
        .contains("a bug in podpath (IllegalStateException)", "--debug FILE")
        .doesNotContain("at io.podpath");
    Path log = directory.resolve("log");
    Session debugged = new Session().run(rules, "doctor", "input", "--debug", log.toString());
    assertThat(debugged.exitCode()).isEqualTo(70);
    assertThat(debugged.err()).contains("the details are in " + log);
    assertThat(log).content().contains("rule is broken", "at io.podpath");
  }

  @Test
  void withoutRulesNothingLooksHealthy() {
    assertThat(new Session().run(List.of(), "doctor", "input").exitCode()).isEqualTo(70);
  }

  @Test
  void helpIsHelpEverywhere() {
    for (String[] args : new String[][] {{}, {"--help"}, {"help"}}) {
      Session session = Session.quiet(args);
      assertThat(session.exitCode()).isZero();
      assertThat(session.out())
          .contains("doctor", "trace", "reach", "explain")
          .doesNotContain("tui");
    }
    assertThat(Session.quiet("doctor", "--help").out())
        .contains("--fail-on")
        .doesNotContain("--cluster");
    assertThat(Session.quiet("doctor", "--help").out())
        .isEqualTo(Session.quiet("help", "doctor").out());
    assertThat(Session.quiet("help", "exit-codes").out())
        .contains("\n  3  no findings, but too little")
        .contains("\n130  interrupted");
  }

  @Test
  void asPluginEveryHintSaysKubectl() {
    Session session = new Session().with("PODPATH_INVOKED_AS", "kubectl-podpath");
    List<Rule> rules = List.of(new Session.Saying("stale-fdb-entry", Severity.ERROR, true));
    assertThat(session.run(rules, "doctor", "input").out())
        .contains("kubectl podpath explain stale-fdb-entry");
    assertThat(session.run(rules, "doctor").err())
        .contains("kubectl podpath doctor --example NAME");
    assertThat(session.run(rules, "doctor", "-h").out()).contains("Usage: kubectl podpath doctor");
  }

  @Test
  void rulesAndVersionAreJsonOnRequest() throws JsonProcessingException {
    assertThat(
            new ObjectMapper()
                .readTree(Session.quiet("rules", "-o", "json").out())
                .at("/rules/0/id")
                .asText())
        .isEqualTo("stale-fdb-entry");
    assertThat(
            new ObjectMapper()
                .readTree(Session.quiet("version", "-o", "json").out())
                .at("/version")
                .asText())
        .isNotEmpty();
    assertThat(Session.quiet("rules").out())
        .isEqualTo("error   stale-fdb-entry  something is wrong\n");
    assertThat(Session.quiet("--version").out()).startsWith("podpath ");
  }

  @Test
  void colourFollowsTheOptionAndTheTerminal() {
    List<Rule> rules = List.of(new Session.Saying("stale-fdb-entry", Severity.ERROR, true));
    assertThat(new Session().run(rules, "doctor", "input").out()).doesNotContain("\u001b");
    assertThat(new Session().run(rules, "doctor", "input", "--color", "always").out())
        .contains("\u001b[1;31m");
    assertThat(new Session().onTerminal().run(rules, "doctor", "input").out())
        .contains("\u001b[1;31m");
    assertThat(new Session().onTerminal().run(rules, "doctor", "input", "--color=never").out())
        .doesNotContain("\u001b");
  }

  @Test
  void theAnswerGoesToAFileWholeOrNotAtAll() throws IOException {
    Path file = directory.resolve("answer.txt");
    Session session = Session.finding(Severity.ERROR, "doctor", "input", "-O", file.toString());
    assertThat(session.exitCode()).isEqualTo(1);
    assertThat(session.out()).isEmpty();
    assertThat(file).content().contains("error[stale-fdb-entry]");
    try (var files = Files.list(directory)) {
      assertThat(files).containsExactly(file);
    }
  }

  @Test
  void anInputIsNeverWrittenTo() throws IOException {
    Path input = Files.writeString(directory.resolve("input.txt"), "precious");
    Path link = Files.createSymbolicLink(directory.resolve("link"), input);
    for (String option : List.of("-O", "--debug")) {
      for (Path target : List.of(input, link)) {
        Session session = Session.quiet("doctor", input.toString(), option, target.toString());
        assertThat(session.exitCode()).isEqualTo(2);
        assertThat(session.err()).contains("podpath never writes to what it reads");
        assertThat(
                Session.quiet("doctor", "--from", directory.toString(), option, target.toString())
                    .exitCode())
            .isEqualTo(2);
      }
    }
    assertThat(input).hasContent("precious");
  }

  @Test
  void aDirectoryThatIsNotThereIsNamed() {
    Session session =
        Session.quiet("doctor", "input", "-O", directory.resolve("no/where").toString());
    assertThat(session.exitCode()).isEqualTo(2);
    assertThat(session.err()).contains("there is no directory");
  }

  @Test
  void anAnswerThatCannotBeWrittenIsNoSuccess() {
    assertThat(
            new Session()
                .writingTo(failing("No space left on device"))
                .run(rule(), "doctor", "input")
                .exitCode())
        .isEqualTo(2);
    // Whoever closed the pipe has what they wanted.
    assertThat(
            new Session()
                .writingTo(failing("Broken pipe"))
                .run(rule(), "doctor", "input")
                .exitCode())
        .isZero();
  }

  private static List<Rule> rule() {
    return List.of(new Session.Saying("stale-fdb-entry", Severity.ERROR, false));
  }

  private static OutputStream failing(String message) {
    return new OutputStream() {
      @Override
      public void write(int b) throws IOException {
        throw new IOException(message);
      }
    };
  }
}
