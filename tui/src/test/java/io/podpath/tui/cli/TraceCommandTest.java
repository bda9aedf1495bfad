package io.podpath.tui.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.podpath.core.golden.Golden;
import io.podpath.fixtures.example.Examples;
import io.podpath.probes.bundle.NamedText;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.StreamSupport;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Traces through recorded clusters. */
class TraceCommandTest {

  private static final ObjectMapper JSON = new ObjectMapper();

  @TempDir private Path directory;

  /** Pairs of pods as {@code reach} has them. */
  private static List<JsonNode> pairs(String example) throws JsonProcessingException {
    Session session = Session.real("reach", "--pods", "--example", example, "-o", "json");
    return StreamSupport.stream(JSON.readTree(session.out()).at("/pairs").spliterator(), false)
        .toList();
  }

  private static JsonNode first(String example, boolean delivered) throws JsonProcessingException {
    return pairs(example).stream()
        .filter(p -> p.at("/disposition").asText().equals("delivered") == delivered)
        .filter(p -> !p.at("/disposition").asText().equals("reply-lost"))
        .findFirst()
        .orElseThrow();
  }

  /** Between two nodes, since pods are in the order of their nodes. */
  private static JsonNode firstToLast(String example) throws JsonProcessingException {
    List<JsonNode> pairs = pairs(example);
    JsonNode from = pairs.getFirst().at("/from");
    return pairs.stream().filter(p -> p.at("/from").equals(from)).toList().getLast();
  }

  private static Session trace(JsonNode pair, String... more) {
    List<String> args =
        new ArrayList<>(List.of("trace", pair.at("/from").asText(), pair.at("/to").asText()));
    args.addAll(List.of(more));
    return Session.real(args.toArray(String[]::new));
  }

  @ParameterizedTest
  @CsvSource({
    "wrong-tunnel-next-hop, false",
    "stale-fdb-entry, false",
    "forward-drop-without-accept, false",
    "flannel-host-gw, true",
  })
  void looksAsItShould(String example, boolean delivered) throws JsonProcessingException {
    JsonNode pair = delivered ? firstToLast(example) : first(example, false);
    Session session = trace(pair, "--example", example);
    assertThat(session.exitCode()).isEqualTo(delivered ? 0 : 1);
    Golden.assertMatches("trace/" + example, session.out());
  }

  @Test
  void aServiceIsTracedToEachOfItsServers() throws JsonProcessingException {
    Session text = service("kube-proxy-ipvs");
    assertThat(text.exitCode()).isZero();
    Golden.assertMatches("trace/kube-proxy-ipvs", text.out());
    JsonNode root = JSON.readTree(service("kube-proxy-ipvs", "-o", "json").out());
    assertThat(root.at("/question/proto").asText()).isEqualTo("tcp");
    assertThat(root.at("/forwardWays")).hasSizeGreaterThan(1);
    assertThat(root.at("/forwardWays").findValuesAsText("disposition")).containsOnly("delivered");
    assertThat(root.at("/forward/packet/dst").asText())
        .isNotEqualTo(root.at("/question/dst").asText());
    assertThat(root.at("/reply/packet/src").asText()).isEqualTo(root.at("/question/dst").asText());
  }

  private static Session service(String example, String... more) throws JsonProcessingException {
    List<String> args =
        new ArrayList<>(
            List.of("trace", pairs(example).getFirst().at("/from").asText(), "svc/default/nginx"));
    args.addAll(List.of("--example", example));
    args.addAll(List.of(more));
    return Session.real(args.toArray(String[]::new));
  }

  @Test
  void everyStepNamesTheFileAndLineOfItsRow() throws JsonProcessingException {
    JsonNode pair = firstToLast("flannel-vxlan");
    JsonNode root = JSON.readTree(trace(pair, "--example", "flannel-vxlan", "-o", "json").out());
    List<String> places = new ArrayList<>();
    for (String way : List.of("/forward/steps", "/reply/steps")) {
      root.at(way)
          .findValues("source")
          .forEach(s -> places.add(s.path("file").asText() + ":" + s.path("line").asInt()));
    }
    assertThat(places).hasSizeGreaterThan(20);
    assertThat(trace(pair, "--example", "flannel-vxlan").out().lines().map(String::strip))
        .containsSubsequence(places);
  }

  @Test
  void jsonIsTheContract() throws JsonProcessingException {
    JsonNode pair = first("stale-fdb-entry", false);
    Session session = trace(pair, "--example", "stale-fdb-entry", "-o", "json");
    Golden.assertMatches("trace/stale-fdb-entry.json", session.out());
    JsonNode root = JSON.readTree(session.out());
    assertThat(root.at("/schema").asText()).isEqualTo("podpath.io/trace/v1");
    assertThat(root.at("/exitCode").asInt()).isEqualTo(session.exitCode());
    assertThat(root.at("/forward/disposition")).isEqualTo(pair.at("/disposition"));
    assertThat(root.has("reply")).isFalse();
    List<String> verdicts = new ArrayList<>();
    root.at("/forward/steps")
        .forEach(s -> {
          assertThat(s.has("node") && s.has("netns") && s.has("device") && s.has("entry")).isTrue();
          verdicts.add(s.at("/verdict").asText());
        });
    assertThat(verdicts.subList(0, verdicts.indexOf("broken"))).containsOnly("ok");
    assertThat(verdicts.subList(verdicts.indexOf("broken") + 1, verdicts.size()))
        .isNotEmpty()
        .containsOnly("not-reached");
    assertThat(root.at("/findings/0/rule").asText()).isEqualTo("stale-fdb-entry");
  }

  /** Both walk the same packets, so they must say the same. */
  @ParameterizedTest
  @ValueSource(strings = {"stale-fdb-entry", "ip-forward-off", "flannel-vxlan"})
  void traceAndReachAgree(String example) throws JsonProcessingException {
    StringBuilder questions = new StringBuilder("# all pairs of pods\n\n");
    List<JsonNode> pairs = pairs(example);
    pairs.forEach(p ->
        questions
            .append(p.at("/from").asText())
            .append("  ")
            .append(p.at("/to").asText())
            .append('\n'));
    Session batch =
        new Session()
            .reading(questions.toString())
            .runReal("trace", "--batch", "-", "--example", example);
    List<String> lines = batch.out().lines().toList();
    assertThat(lines).hasSameSizeAs(pairs);
    for (int i = 0; i < lines.size(); i++) {
      JsonNode line = JSON.readTree(lines.get(i));
      assertThat(line.at("/from/name")).isEqualTo(pairs.get(i).at("/from"));
      assertThat(line.at("/disposition")).isEqualTo(pairs.get(i).at("/disposition"));
    }
    Session reach = Session.real("reach", "--pods", "--example", example);
    assertThat(batch.exitCode()).isEqualTo(reach.exitCode());
    assertThat(batch.exitCode()).isEqualTo(example.equals("flannel-vxlan") ? 0 : 1);
  }

  /** Its questions are in the words of this command, its answers are those of real packets. */
  @ParameterizedTest
  @ValueSource(
      strings = {"ipam-block-on-two-nodes", "forward-reject-before-accept", "gre-port-missing"})
  void saysWhatRealPacketsDid(String example) throws JsonProcessingException {
    Map<String, Boolean> arrived = Examples.describe(example).matrix();
    String questions = String.join("\n", arrived.keySet()).replace("->", " ");
    Session session =
        new Session().reading(questions).runReal("trace", "--batch", "-", "--example", example);
    Map<String, Boolean> walked = new LinkedHashMap<>();
    List<String> asked = List.copyOf(arrived.keySet());
    List<String> lines = session.out().lines().toList();
    for (int i = 0; i < lines.size(); i++) {
      String disposition = JSON.readTree(lines.get(i)).at("/disposition").asText();
      walked.put(asked.get(i), disposition.equals("delivered"));
    }
    assertThat(arrived).containsValues(true, false);
    assertThat(walked).isEqualTo(arrived);
  }

  @Test
  void aLineThatCannotBeAskedHasItsLineInTheAnswer() throws IOException {
    String from = pairs("flannel-vxlan").getFirst().at("/from").asText();
    Path questions = directory.resolve("questions");
    Files.writeString(
        questions,
        from
            + " 10.244.250.250\n"
            + from
            + " nobody/nowhere\n"
            + from
            + " --prot tcp\n"
            + from
            + "\n");
    Session session =
        Session.real("trace", "--batch", questions.toString(), "--example", "flannel-vxlan");
    assertThat(session.exitCode()).isEqualTo(2);
    List<String> lines = session.out().lines().toList();
    assertThat(lines).hasSize(4);
    assertThat(JSON.readTree(lines.get(0)).at("/forward/disposition").asText()).isNotEmpty();
    assertThat(JSON.readTree(lines.get(1)).at("/error").asText()).contains("no such pod");
    assertThat(JSON.readTree(lines.get(1)).at("/line").asInt()).isEqualTo(2);
    assertThat(JSON.readTree(lines.get(2)).at("/error").asText())
        .contains("there is no option --prot; did you mean --proto");
    assertThat(JSON.readTree(lines.get(3)).at("/error").asText())
        .isEqualTo("name FROM and TO, not 1 word");
    assertThat(session.err()).contains("podpath: line 2: TO nobody/nowhere: there is no such pod");
  }

  @Test
  void aPodWhoseNamespaceWasNotRecordedIsTracedFromItsNode() throws IOException {
    JsonNode pair = first("stale-fdb-entry", false);
    Path cluster = directory.resolve("cluster");
    for (NamedText text : Examples.texts("stale-fdb-entry")) {
      if (!text.path().contains("/pods/")) {
        Path file = cluster.resolve(text.path());
        Files.createDirectories(file.getParent());
        Files.writeString(file, text.text());
      }
    }
    Session whole = trace(pair, "--example", "stale-fdb-entry", "-o", "json");
    Session session = trace(pair, cluster.toString(), "-o", "json");
    assertThat(session.exitCode()).isEqualTo(1);
    JsonNode root = JSON.readTree(session.out());
    assertThat(root.at("/forward/disposition"))
        .isEqualTo(JSON.readTree(whole.out()).at("/forward/disposition"));
    assertThat(root.at("/assumptions/0").asText())
        .contains("is not recorded; the packet begins where its node takes it in");
    JsonNode reach = JSON.readTree(Session.real("reach", cluster.toString(), "-o", "json").out());
    JsonNode wholeReach =
        JSON.readTree(Session.real("reach", "--example", "stale-fdb-entry", "-o", "json").out());
    assertThat(reach.at("/delivered").asInt()).isPositive();
    assertThat(reach.at("/delivered")).isEqualTo(wholeReach.at("/delivered"));
    assertThat(reach.at("/broken")).isEqualTo(wholeReach.at("/broken"));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "db-0 web-2 | FROM db-0: there is no such pod, node or service; did you mean shop/db-0?",
        "node/k8s-mastr shop/db-0 | FROM node/k8s-mastr: there is no such node; did you mean node/k8s-master",
        "node/k8s-master shop/db-1 | TO shop/db-1: there is no such pod; did you mean shop/db-0?",
        "node/k8s-master pod/shop/db-1 | TO pod/shop/db-1: there is no such pod; did you mean pod/shop/db-0?",
        "node/k8s-master svc/default/kubernets | there is no such service; did you mean svc/default/kubernetes?",
        "k8s-master:nothing_there shop/db-0 | FROM k8s-master:nothing_there: there is no such namespace",
        "svc/default/kubernetes shop/db-0 | a service sends nothing",
        "203.0.113.9 shop/db-0 | the input does not tell whose address that is",
        "node/k8s-master@here shop/db-0 | behind @ stands the source address, not here",
        "node/k8s-master shop/db-0 --in ens33 | say whose packet comes in, by FROM@SOURCE-ADDRESS",
        "node/k8s-master@203.0.113.9 shop/db-0 --in ens34 | has no such device; did you mean ens33?",
        "node/k8s-master shop/db-0 --proto sctp | --proto sctp: one of icmp, tcp, udp",
        "node/k8s-master shop/db-0 --proto icmp --port 80 | icmp has no ports; add --proto tcp",
        "node/k8s-master shop/db-0 --port 65536 | a port is a number up to 65535",
        "node/k8s-master shop/db-0 --port x | 'x' is not an int",
        "node/k8s-master shop/db-0 --size 20 | an IP packet has 28 to 65535 bytes",
        "node/k8s-master shop/db-0 --why 99 | there is no such step, there are 1 to",
        "node/k8s-master | name who sends and who should get it",
        "--batch - --why 3 | name one question, not --batch",
        "--batch nowhere | --batch nowhere: cannot be read: no such file or directory",
        "node/k8s-master shop/db-0 -o html | does not write that form yet",
        "node/k8s-master shop/db-0 --ssh a | --ssh: this version reads recorded and pasted input only",
      })
  void wrongUsageIsTwoAndSaysWhatToDo(String words, String sentence) {
    List<String> args = new ArrayList<>(List.of("trace"));
    args.addAll(List.of(words.split(" ")));
    args.addAll(List.of("--example", "stale-fdb-entry"));
    Session session = Session.real(args.toArray(String[]::new));
    assertThat(session.err()).startsWith("podpath: ").contains(sentence);
    assertThat(session.exitCode()).isEqualTo(2);
    assertThat(session.out()).isEmpty();
  }

  @Test
  void withoutInputItSaysWhatToName() {
    Session session = Session.real("trace", "a/b", "c/d");
    assertThat(session.exitCode()).isEqualTo(2);
    assertThat(session.err()).contains("podpath trace FROM TO --example NAME");
  }

  @Test
  void whatComesFromOutsideKeepsItsSource() throws JsonProcessingException {
    Session session =
        Session.real(
            "trace",
            "node/k8s-master@203.0.113.9",
            "node/k8s-master",
            "--in",
            "ens33",
            "--proto",
            "udp",
            "--port",
            "53",
            "--sport",
            "1024",
            "--size",
            "100",
            "--example",
            "flannel-vxlan",
            "-o",
            "json");
    JsonNode packet = JSON.readTree(session.out()).at("/forward/packet");
    assertThat(packet.at("/src").asText()).isEqualTo("203.0.113.9");
    assertThat(packet.at("/proto").asText()).isEqualTo("udp");
    assertThat(packet.at("/sport").asInt()).isEqualTo(1024);
    assertThat(packet.at("/dport").asInt()).isEqualTo(53);
    assertThat(packet.at("/size").asInt()).isEqualTo(100);
  }
}
