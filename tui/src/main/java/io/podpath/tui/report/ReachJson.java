package io.podpath.tui.report;

import com.fasterxml.jackson.core.JsonGenerator;
import io.podpath.core.rule.Diagnosis.Ranked;
import io.podpath.core.walk.WalkedPair;
import java.io.IOException;

/** Who can reach whom, for programs; field names are a contract. */
public final class ReachJson {

  private static final String SCHEMA = "podpath.io/reach/v1";

  private ReachJson() {}

  /** Ends with a line feed. */
  public static String render(ReachedPairs reached, int exitCode) {
    return SafeJson.of(json -> {
      json.writeStartObject();
      json.writeStringField("schema", SCHEMA);
      json.writeNumberField("exitCode", exitCode);
      json.writeStringField("of", reached.pods() ? "pods" : "nodes");
      json.writeBooleanField("sampled", reached.sampled());
      json.writeNumberField(
          "delivered", reached.pairs().size() - reached.broken() - reached.unknown());
      json.writeNumberField("broken", reached.broken());
      json.writeNumberField("unknown", reached.unknown());
      json.writeArrayFieldStart("pairs");
      for (WalkedPair pair : reached.pairs()) {
        pair(json, reached, pair);
      }
      json.writeEndArray();
      json.writeEndObject();
    });
  }

  private static void pair(JsonGenerator json, ReachedPairs reached, WalkedPair pair)
      throws IOException {
    json.writeStartObject();
    json.writeStringField("from", pair.from());
    json.writeStringField("to", pair.to());
    json.writeStringField("disposition", pair.disposition().toString());
    if (!pair.isDelivered()) {
      json.writeStringField("direction", pair.reply() ? "reply" : "forward");
    }
    json.writeArrayFieldStart("findings");
    for (Ranked ranked : reached.findings(pair)) {
      json.writeString(ranked.id());
    }
    json.writeEndArray();
    if (!pair.gap().isEmpty()) {
      json.writeStringField("missing", pair.gap());
    }
    if (pair.broken().isPresent()) {
      StepsJson.at(json, pair.broken().get());
    }
    json.writeEndObject();
  }
}
