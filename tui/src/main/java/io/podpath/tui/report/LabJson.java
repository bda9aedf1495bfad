package io.podpath.tui.report;

import com.fasterxml.jackson.core.JsonGenerator;
import io.podpath.fixtures.lab.LabFabric;
import io.podpath.fixtures.lab.LabKernel;
import io.podpath.fixtures.lab.LabMatrix;
import io.podpath.fixtures.lab.LabStanding;
import io.podpath.fixtures.lab.LabState;
import io.podpath.fixtures.lab.Probe;
import java.io.IOException;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/** What the lab's commands tell programs; field names are a contract. */
public final class LabJson {

  private static final String ONE = "podpath.io/lab/v1";
  private static final String LIST = "podpath.io/labs/v1";
  private static final String DOWN = "podpath.io/lab-down/v1";

  private LabJson() {}

  /**
   * All labs, and what can be built and broken.
   *
   * @param labs by name
   */
  public static String list(
      Map<String, LabStanding> labs, Map<LabFabric, List<String>> faults, int exitCode) {
    return SafeJson.of(json -> {
      head(json, LIST, exitCode);
      json.writeArrayFieldStart("labs");
      for (Map.Entry<String, LabStanding> lab : labs.entrySet()) {
        json.writeStartObject();
        json.writeStringField("lab", lab.getKey());
        standing(json, lab.getValue());
        json.writeEndObject();
      }
      json.writeEndArray();
      json.writeArrayFieldStart("fabrics");
      for (Map.Entry<LabFabric, List<String>> fabric : faults.entrySet()) {
        json.writeStartObject();
        json.writeStringField("fabric", fabric.getKey().name());
        json.writeStringField("proxy", fabric.getKey().proxy());
        strings(json, "faults", fabric.getValue());
        json.writeEndObject();
      }
      json.writeEndArray();
      json.writeEndObject();
    });
  }

  private static void standing(JsonGenerator json, LabStanding standing) throws IOException {
    switch (standing) {
      case LabStanding.Up(var lab) -> {
        json.writeStringField("state", "up");
        state(json, lab.state());
      }
      case LabStanding.InWork(var process) -> {
        json.writeStringField("state", "in-work");
        json.writeNumberField("process", process);
      }
      case LabStanding.Incomplete() -> json.writeStringField("state", "incomplete");
    }
  }

  /** One lab and what became of each probe. */
  public static String matrix(LabState lab, LabMatrix matrix, int exitCode) {
    return SafeJson.of(json -> {
      head(json, ONE, exitCode);
      json.writeStringField("lab", lab.name());
      state(json, lab);
      json.writeNumberField("delivered", matrix.probes().size() - matrix.lost().size());
      json.writeNumberField("lost", matrix.lost().size());
      json.writeArrayFieldStart("matrix");
      for (Probe probe : matrix.probes()) {
        json.writeStartObject();
        json.writeStringField("from", probe.from());
        json.writeStringField("to", probe.to());
        json.writeStringField("protocol", probe.protocol());
        json.writeBooleanField("delivered", probe.delivered());
        json.writeStringField("said", probe.said());
        json.writeEndObject();
      }
      json.writeEndArray();
      json.writeEndObject();
    });
  }

  /** Which labs were taken down. */
  public static String down(List<String> labs, int exitCode) {
    return SafeJson.of(json -> {
      head(json, DOWN, exitCode);
      json.writeArrayFieldStart("labs");
      for (String lab : labs) {
        json.writeStartObject();
        json.writeStringField("lab", lab);
        json.writeEndObject();
      }
      json.writeEndArray();
      json.writeEndObject();
    });
  }

  private static void head(JsonGenerator json, String schema, int exitCode) throws IOException {
    json.writeStartObject();
    json.writeStringField("schema", schema);
    json.writeNumberField("exitCode", exitCode);
  }

  private static void state(JsonGenerator json, LabState lab) throws IOException {
    json.writeStringField("fabric", lab.fabric().name());
    json.writeStringField("proxy", lab.proxy().name());
    Optional<LabKernel> kernel = lab.kernel();
    if (kernel.isPresent()) {
      json.writeStringField(
          "kernel", kernel.get().name().toLowerCase(Locale.ROOT).replace('_', '-'));
    }
    json.writeNumberField("nodes", lab.nodes());
    json.writeNumberField("pods", lab.nodes() * lab.podsPerNode());
    strings(json, "faults", lab.faults());
  }

  private static void strings(JsonGenerator json, String name, List<String> values)
      throws IOException {
    json.writeArrayFieldStart(name);
    for (String value : values) {
      json.writeString(value);
    }
    json.writeEndArray();
  }
}
