package io.podpath.tui.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.podpath.core.golden.Golden;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ReachCommandTest {

  private static final ObjectMapper JSON = new ObjectMapper();

  @TempDir private Path directory;

  @Test
  void looksAsItShould() {
    Session session = Session.real("reach", "--example", "stale-fdb-entry");
    assertThat(session.exitCode()).isEqualTo(1);
    Golden.assertMatches("reach/stale-fdb-entry", session.out());
  }

  @Test
  void theNextCommandTracesABrokenPair() {
    Session session = Session.real("reach", "--pods", "--example", "stale-fdb-entry");
    String next =
        session
            .out()
            .lines()
            .map(String::strip)
            .filter(l -> l.startsWith("podpath trace "))
            .findFirst()
            .orElseThrow();
    assertThat(Session.real(next.substring("podpath ".length()).split(" ")).exitCode()).isOne();
  }

  /** The pairs that are broken are those the doctor's finding is about. */
  @ParameterizedTest
  @CsvSource({"stale-fdb-entry", "wrong-tunnel-next-hop", "route-to-node-missing"})
  void brokenPairsAreTheDoctors(String example) throws JsonProcessingException {
    Session reach = Session.real("reach", "--example", example, "-o", "json");
    JsonNode root = JSON.readTree(reach.out());
    assertThat(root.at("/schema").asText()).isEqualTo("podpath.io/reach/v1");
    assertThat(root.at("/exitCode").asInt()).isEqualTo(reach.exitCode()).isEqualTo(1);
    Set<String> broken = new TreeSet<>();
    for (JsonNode pair : root.at("/pairs")) {
      boolean delivered = pair.at("/disposition").asText().equals("delivered");
      assertThat(pair.at("/findings").isEmpty()).isEqualTo(delivered);
      if (!delivered) {
        broken.add(pair.at("/from").asText() + " " + pair.at("/to").asText());
        assertThat(pair.at("/findings").toString()).contains("\"F1\"");
      }
    }
    assertThat(root.at("/broken").asInt()).isEqualTo(broken.size());
    Set<String> affected = new TreeSet<>();
    JsonNode doctor =
        JSON.readTree(Session.real("doctor", "--example", example, "-o", "json").out());
    doctor
        .at("/findings/0/affects")
        .forEach(p -> affected.add(p.at("/from").asText() + " " + p.at("/to").asText()));
    assertThat(broken).isEqualTo(affected);
  }

  /** Only one of the node's two pods is cut off. */
  @Test
  void aPairOfNodesIsAsItsWorstPairOfPods() throws JsonProcessingException {
    String example = "pod-address-on-host-interface";
    JsonNode pods =
        JSON.readTree(Session.real("reach", "--pods", "--example", example, "-o", "json").out());
    JsonNode nodes = JSON.readTree(Session.real("reach", "--example", example, "-o", "json").out());
    assertThat(pods.at("/delivered").asInt()).isPositive();
    assertThat(nodes.at("/sampled").asBoolean()).isFalse();
    assertThat(nodes.at("/broken").asInt()).isPositive();
  }

  /** Both commands tell that not all pods were walked; six have the network of their node. */
  @ParameterizedTest
  @CsvSource({"70, false", "71, true"})
  void aboveSomePodsOneStandsForItsNode(int pods, boolean sampled) throws IOException {
    EditedExample example = EditedExample.laid(directory, "flannel-vxlan");
    Path file = example.file("cluster/pods.json");
    JsonNode list = JSON.readTree(file.toFile());
    ArrayNode items = (ArrayNode) list.at("/items");
    while (items.size() < pods) {
      JsonNode more = items.get(1).deepCopy();
      String address = "10.244.1." + (items.size() + 100);
      ((ObjectNode) more.at("/metadata")).put("name", "more-" + items.size());
      ((ObjectNode) more.at("/status")).put("podIP", address);
      ((ObjectNode) more.at("/status/podIPs/0")).put("ip", address);
      items.add(more);
    }
    JSON.writeValue(file.toFile(), list);

    String input = directory.toString();
    JsonNode reach = JSON.readTree(Session.real("reach", input, "-o", "json").out());
    JsonNode doctor = JSON.readTree(Session.real("doctor", input, "-o", "json").out());
    assertThat(reach.at("/sampled").asBoolean()).isEqualTo(sampled);
    assertThat(doctor.at("/reachability/sampled").isBoolean()).isTrue();
    assertThat(doctor.at("/reachability/sampled").asBoolean()).isEqualTo(sampled);
    String text = Session.real("doctor", input).out().replaceAll("\\s+", " ");
    String told = "one pod stands for all of its node (podpath reach --pods walks them all)";
    assertThat(text.contains(told)).isEqualTo(sampled);
  }

  @ParameterizedTest
  @CsvSource({
    "flannel-vxlan",
    "flannel-host-gw",
    "calico-ipip",
    "static-routes",
    "kube-proxy-ipvs"
  })
  void whereAllIsWellAllIsDelivered(String example) {
    for (String option : new String[] {"--pods", "--full"}) {
      Session session = Session.real("reach", option, "--example", example);
      assertThat(session.out()).contains("✓ all of ").doesNotContain("✗", "?");
      assertThat(session.exitCode()).isZero();
    }
  }

  @Test
  void aNodeWithoutAKnownPodIsUnknownAndNeverHealthy() throws IOException {
    Path file =
        Files.writeString(
            directory.resolve("notes.txt"),
            """
            [root@node-1 ~]# ip route
            default via 192.0.2.254 dev eth0
            [root@node-2 ~]# ip route
            default via 192.0.2.254 dev eth0
            """);
    Session session = Session.real("reach", file.toString());
    assertThat(session.exitCode()).isEqualTo(3);
    assertThat(session.out())
        .contains("cannot be told: no pod of node-1 is known", "! 2 of 2 node pairs unknown");
    assertThat(Session.real("reach", file.toString(), "--allow-partial").exitCode()).isZero();
    Session pods = Session.real("reach", "--pods", file.toString());
    assertThat(pods.exitCode()).isEqualTo(3);
    assertThat(pods.out()).contains("! no pair to walk: the input knows fewer than two pods");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "reach | podpath reach --example NAME",
        "reach --probe --example flannel-vxlan | --probe: this version walks the state only",
        "reach --example flannel-vxla | did you mean flannel-vxlan?",
        "reach --cluster | --cluster: this version reads",
        "reach --podz input | there is no option --podz; did you mean --pods?",
      })
  void wrongUsageIsTwoAndSaysWhatToDo(String command, String sentence) {
    Session session = Session.real(command.split(" "));
    assertThat(session.exitCode()).isEqualTo(2);
    assertThat(session.err()).startsWith("podpath: ").contains(sentence);
    assertThat(session.out()).isEmpty();
  }
}
