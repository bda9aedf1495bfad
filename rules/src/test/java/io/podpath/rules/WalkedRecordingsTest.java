package io.podpath.rules;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.podpath.core.net.IpAddress;
import io.podpath.core.net.Port;
import io.podpath.core.snapshot.Snapshot;
import io.podpath.core.walk.Netns;
import io.podpath.probes.bundle.InputException;
import io.podpath.probes.bundle.InputReader;
import io.podpath.probes.bundle.Limits;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

/** The same for recordings of real systems, which have a matrix of real packets each. */
class WalkedRecordingsTest {

  private static final ObjectMapper JSON = new ObjectMapper();

  @TestFactory
  Stream<DynamicTest> walkAgreesWithTheRecordedPackets() {
    return SharedFolder.directories("recorded").stream()
        .map(d -> DynamicTest.dynamicTest(String.valueOf(d.getFileName()), () -> check(d)));
  }

  private static void check(Path directory) throws InputException, IOException {
    JsonNode truth = JSON.readTree(directory.resolve("truth.json").toFile());
    Snapshot snapshot =
        new InputReader(Limits.standard(), InputStream.nullInputStream())
            .read(List.of(directory.toString()))
            .history()
            .latest();
    Walks walks = named(truth, snapshot);
    List<String> disagreements = new ArrayList<>();
    int asked = 0;
    for (Map.Entry<String, JsonNode> table : truth.path("reachability").properties()) {
      for (Map.Entry<String, JsonNode> from : table.getValue().properties()) {
        for (Map.Entry<String, JsonNode> to : from.getValue().properties()) {
          String kind = table.getKey();
          String source = (kind.startsWith("pod") ? "pod/" : "node/") + from.getKey();
          boolean service = kind.endsWith("service");
          String target = (service ? "svc/" : "pod/") + to.getKey();
          String protocol =
              service
                  ? truth.path("services").path(to.getKey()).path("proto").asText()
                  : kind.endsWith("ping") ? "icmp" : "tcp";
          walks
              .disagreement(source, target, protocol, to.getValue().path("ok").asBoolean())
              .ifPresent(disagreements::add);
          asked++;
        }
      }
    }
    assertThat(asked).isPositive();
    assertThat(disagreements).isEmpty();
  }

  /** The recordings name pods and services without their namespaces. */
  private static Walks named(JsonNode truth, Snapshot snapshot) {
    Walks walks = new Walks(snapshot);
    for (Map.Entry<String, JsonNode> pod : truth.path("pods").properties()) {
      String node = pod.getValue().path("node").asText();
      String netns =
          snapshot.node(node).orElseThrow().pods().keySet().stream()
              .filter(n -> n.endsWith("_" + pod.getKey()) || n.equals(pod.getKey()))
              .findFirst()
              .orElse(pod.getKey());
      walks.name(
          "pod/" + pod.getKey(),
          Netns.pod(node, netns),
          IpAddress.parse(pod.getValue().path("ip").asText()),
          Optional.empty());
    }
    for (Map.Entry<String, JsonNode> service : truth.path("services").properties()) {
      walks.name(
          "svc/" + service.getKey(),
          Netns.host(""),
          IpAddress.parse(service.getValue().path("ip").asText()),
          Optional.of(new Port(service.getValue().path("port").asInt())));
    }
    return walks;
  }
}
