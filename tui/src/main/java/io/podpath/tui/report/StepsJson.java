package io.podpath.tui.report;

import com.fasterxml.jackson.core.JsonGenerator;
import io.podpath.core.rule.Diagnosis.Ranked;
import io.podpath.core.snapshot.Provenance;
import io.podpath.core.walk.Step;
import java.io.IOException;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;

/** The steps of one way, for programs. */
final class StepsJson {

  private final JsonGenerator json;
  private final TracedQuestion traced;

  StepsJson(JsonGenerator json, TracedQuestion traced) {
    this.json = json;
    this.traced = traced;
  }

  /**
   * @param rest steps the packet does not come to
   * @param first number of the first step; empty where they have none
   */
  void write(List<Step> steps, List<Step> rest, OptionalInt first) throws IOException {
    json.writeArrayFieldStart("steps");
    for (int i = 0; i < steps.size(); i++) {
      step(steps.get(i), first.isPresent() ? OptionalInt.of(first.getAsInt() + i) : first);
    }
    for (Step step : rest) {
      step(step, OptionalInt.empty());
    }
    json.writeEndArray();
  }

  private void step(Step step, OptionalInt number) throws IOException {
    json.writeStartObject();
    if (number.isPresent()) {
      json.writeNumberField("number", number.getAsInt());
    }
    json.writeStringField("node", step.place().node());
    json.writeStringField("netns", step.place().netns());
    json.writeStringField("step", step.kind().toString());
    json.writeStringField("device", step.device().orElse(""));
    json.writeStringField("entry", step.entry());
    json.writeStringField("verdict", step.mark().toString());
    Optional<String> finding = traced.finding(step).map(Ranked::id);
    if (finding.isPresent()) {
      json.writeStringField("finding", finding.get());
    }
    if (step.source().isPresent()) {
      source(json, step.source().get());
    }
    json.writeEndObject();
  }

  /** Where a packet is lost. */
  static void at(JsonGenerator json, Step step) throws IOException {
    json.writeObjectFieldStart("at");
    json.writeStringField("node", step.place().node());
    json.writeStringField("netns", step.place().netns());
    json.writeStringField("step", step.kind().toString());
    json.writeStringField("entry", step.entry());
    json.writeEndObject();
  }

  static void source(JsonGenerator json, Provenance from) throws IOException {
    json.writeObjectFieldStart("source");
    json.writeStringField("file", from.source().file());
    json.writeNumberField("line", from.line());
    json.writeEndObject();
  }
}
