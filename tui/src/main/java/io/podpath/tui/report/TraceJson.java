package io.podpath.tui.report;

import com.fasterxml.jackson.core.JsonGenerator;
import io.podpath.core.rule.Diagnosis.Ranked;
import io.podpath.core.walk.Considered;
import io.podpath.core.walk.Netns;
import io.podpath.core.walk.Packet;
import io.podpath.core.walk.Question;
import io.podpath.core.walk.Step;
import io.podpath.core.walk.WalkEnd;
import io.podpath.core.walk.Way;
import java.io.IOException;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;

/** A trace for programs; field names are a contract. */
public final class TraceJson {

  private static final String SCHEMA = "podpath.io/trace/v1";

  private final TracedQuestion traced;
  private final JsonGenerator json;

  private TraceJson(TracedQuestion traced, JsonGenerator json) {
    this.traced = traced;
    this.json = json;
  }

  /**
   * Ends with a line feed.
   *
   * @param why the step of which the rows that were considered are told
   */
  public static String render(TracedQuestion traced, int exitCode, OptionalInt why) {
    return SafeJson.of(json -> new TraceJson(traced, json).all(exitCode, why));
  }

  /** The same on one line. */
  public static String line(TracedQuestion traced, int exitCode) {
    return SafeJson.line(json -> new TraceJson(traced, json).all(exitCode, OptionalInt.empty()));
  }

  /** The line of a question that could not be asked. */
  public static String refused(int line, String question, String why) {
    return SafeJson.line(json -> {
      json.writeStartObject();
      json.writeStringField("schema", SCHEMA);
      json.writeNumberField("exitCode", ExitCode.USAGE.code());
      json.writeNumberField("line", line);
      json.writeStringField("question", question);
      json.writeStringField("error", why);
      json.writeEndObject();
    });
  }

  private void all(int exitCode, OptionalInt why) throws IOException {
    json.writeStartObject();
    json.writeStringField("schema", SCHEMA);
    json.writeStringField("disposition", traced.disposition().toString());
    json.writeNumberField("exitCode", exitCode);
    end("from", traced.from());
    end("to", traced.to());
    question(traced.question());
    way("forward", traced.request(), traced.restForward(), 1);
    Optional<Way> answer = traced.answer();
    if (answer.isPresent()) {
      way("reply", answer.get(), traced.restReply(), 1 + traced.request().steps().size());
    }
    ways("forwardWays", traced.trace().forward());
    ways("replyWays", traced.trace().replies());
    strings("assumptions", traced.assumptions());
    strings("doubts", traced.doubts());
    strings("asymmetry", traced.asymmetry());
    findings();
    if (why.isPresent()) {
      considered(why.getAsInt(), traced.step(why.getAsInt()).orElseThrow());
    }
    json.writeEndObject();
  }

  private void end(String field, WalkEnd end) throws IOException {
    json.writeObjectFieldStart(field);
    json.writeStringField("name", end.name());
    if (end.place().isPresent()) {
      place(end.place().get());
    }
    strings("addresses", end.addresses().stream().map(Object::toString).toList());
    json.writeEndObject();
  }

  private void place(Netns place) throws IOException {
    json.writeStringField("node", place.node());
    json.writeStringField("netns", place.netns());
  }

  private void question(Question question) throws IOException {
    json.writeObjectFieldStart("question");
    place(question.from());
    if (question.in().isPresent()) {
      json.writeStringField("in", question.in().get());
    }
    if (question.source().isPresent()) {
      json.writeStringField("src", question.source().get().toString());
    }
    json.writeStringField("dst", question.to().toString());
    json.writeStringField("proto", question.protocol().toString());
    if (question.hasPorts()) {
      json.writeNumberField("sport", question.sourcePort().number());
      json.writeNumberField("dport", question.port().number());
    }
    json.writeNumberField("size", question.length());
    json.writeEndObject();
  }

  private void way(String field, Way way, List<Step> rest, int first) throws IOException {
    json.writeObjectFieldStart(field);
    wayFields(way, rest, OptionalInt.of(first));
    json.writeEndObject();
  }

  private void wayFields(Way way, List<Step> rest, OptionalInt first) throws IOException {
    json.writeStringField("disposition", way.disposition().toString());
    new StepsJson(json, traced).write(way.steps(), rest, first);
    json.writeObjectFieldStart("end");
    place(way.end());
    json.writeEndObject();
    json.writeFieldName("packet");
    packet(way.packet());
  }

  private void packet(Packet packet) throws IOException {
    json.writeStartObject();
    json.writeStringField("src", packet.source().toString());
    json.writeStringField("dst", packet.destination().toString());
    json.writeStringField("proto", packet.protocol().toString());
    if (packet.sourcePort().isPresent()) {
      json.writeNumberField("sport", packet.sourcePort().get().number());
    }
    if (packet.destinationPort().isPresent()) {
      json.writeNumberField("dport", packet.destinationPort().get().number());
    }
    json.writeNumberField("ttl", packet.ttl());
    json.writeNumberField("size", packet.length());
    Optional<Packet> inner = packet.payload().carried();
    if (inner.isPresent()) {
      json.writeFieldName("carries");
      packet(inner.get());
    }
    json.writeEndObject();
  }

  /** Where chance or a hash chooses, every way is told. */
  private void ways(String field, List<Way> ways) throws IOException {
    if (ways.size() < 2) {
      return;
    }
    json.writeArrayFieldStart(field);
    for (Way way : ways) {
      json.writeStartObject();
      wayFields(way, List.of(), OptionalInt.empty());
      json.writeEndObject();
    }
    json.writeEndArray();
  }

  private void findings() throws IOException {
    json.writeArrayFieldStart("findings");
    for (Ranked ranked : traced.named()) {
      json.writeStartObject();
      json.writeStringField("id", ranked.id());
      json.writeStringField("rule", ranked.finding().rule());
      json.writeStringField("title", ranked.finding().title());
      json.writeEndObject();
    }
    json.writeEndArray();
  }

  private void considered(int number, Step step) throws IOException {
    json.writeObjectFieldStart("why");
    json.writeNumberField("step", number);
    json.writeArrayFieldStart("rows");
    for (Considered row : step.considered()) {
      json.writeStartObject();
      json.writeStringField("row", row.row());
      json.writeBooleanField("chosen", row.chosen());
      json.writeStringField("reason", row.reason());
      if (row.from().isPresent()) {
        StepsJson.source(json, row.from().get());
      }
      json.writeEndObject();
    }
    json.writeEndArray();
    json.writeEndObject();
  }

  private void strings(String name, Iterable<String> values) throws IOException {
    json.writeArrayFieldStart(name);
    for (String value : values) {
      json.writeString(value);
    }
    json.writeEndArray();
  }
}
