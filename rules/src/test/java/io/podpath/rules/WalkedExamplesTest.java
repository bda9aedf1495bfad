package io.podpath.rules;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.podpath.fixtures.example.Examples;
import java.io.IOException;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * The walk says of every packet that was sent when an example was recorded what became of it: pings
 * between all pods and nodes, and connections to pods and services.
 */
class WalkedExamplesTest {

  private static final ObjectMapper JSON = new ObjectMapper();
  private static final Map<String, String> PROTOCOLS =
      Map.of("matrix", "icmp", "connections", "tcp", "services", "tcp");

  static Stream<String> examples() {
    return Examples.names().stream();
  }

  @ParameterizedTest
  @MethodSource("examples")
  void walkAgreesWithTheRecordedPackets(String example) throws IOException {
    Walks walks = new Walks(Examples.load(example).history().latest());
    JsonNode description = describe(example);
    List<String> disagreements = new ArrayList<>();
    int asked = 0;
    for (Map.Entry<String, String> table : PROTOCOLS.entrySet()) {
      for (Map.Entry<String, JsonNode> packet : description.path(table.getKey()).properties()) {
        String[] ends = packet.getKey().split("->", 2);
        walks
            .disagreement(ends[0], ends[1], table.getValue(), packet.getValue().asBoolean())
            .ifPresent(disagreements::add);
        asked++;
      }
    }
    assertThat(asked).isPositive();
    assertThat(disagreements).isEmpty();
  }

  private static JsonNode describe(String example) throws IOException {
    try (InputStream in = Examples.class.getResourceAsStream(example + "/example.json")) {
      assertThat(in).isNotNull();
      return JSON.readTree(in);
    }
  }
}
