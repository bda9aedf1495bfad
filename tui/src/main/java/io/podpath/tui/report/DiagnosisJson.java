package io.podpath.tui.report;

import com.fasterxml.jackson.core.JsonGenerator;
import io.podpath.core.fix.Change;
import io.podpath.core.fix.Fix;
import io.podpath.core.rule.Culprit;
import io.podpath.core.rule.Diagnosis;
import io.podpath.core.rule.Diagnosis.BrokenPair;
import io.podpath.core.rule.Diagnosis.Missing;
import io.podpath.core.rule.Diagnosis.NodeReport;
import io.podpath.core.rule.Diagnosis.OtherNode;
import io.podpath.core.rule.Diagnosis.Prediction;
import io.podpath.core.rule.Diagnosis.Ranked;
import io.podpath.core.rule.Diagnosis.Reach;
import io.podpath.core.rule.Evidence;
import io.podpath.core.rule.Finding;
import io.podpath.core.rule.Mended;
import io.podpath.core.rule.NotChecked;
import io.podpath.core.rule.Pair;
import io.podpath.core.snapshot.History.RunCommand;
import io.podpath.core.snapshot.Provenance;
import io.podpath.core.snapshot.UnreadLine;
import io.podpath.core.walk.PodTrace;
import java.io.IOException;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;

/**
 * A diagnosis for programs. Names and meaning of fields are a contract: they may be added to, never
 * renamed.
 */
public final class DiagnosisJson {

  private static final String SCHEMA = "podpath.io/diagnosis/v1";

  /** Of a line nobody could read, its beginning is enough. */
  private static final int LONGEST_LINE = 400;

  private final JsonGenerator json;

  private DiagnosisJson(JsonGenerator json) {
    this.json = json;
  }

  /** Ends with a line feed. */
  public static String render(Diagnosis diagnosis, List<PassedOver> passedOver, Verdict verdict) {
    return SafeJson.of(json -> new DiagnosisJson(json).diagnosis(diagnosis, passedOver, verdict));
  }

  private void diagnosis(Diagnosis diagnosis, List<PassedOver> passedOver, Verdict verdict)
      throws IOException {
    json.writeStartObject();
    json.writeStringField("schema", SCHEMA);
    json.writeStringField("verdict", verdict.result().toString());
    json.writeNumberField("exitCode", verdict.exitCode().code());
    json.writeObjectFieldStart("cluster");
    json.writeStringField("fabric", diagnosis.fabric().toString());
    json.writeStringField("serviceProxy", diagnosis.serviceProxy().toString());
    json.writeNumberField("nodes", diagnosis.nodes().size());
    json.writeEndObject();
    optional("takenAt", diagnosis.takenAt());
    array("nodes", diagnosis.nodes(), this::node);
    array("terminals", diagnosis.terminals(), this::node);
    array("otherNodes", diagnosis.others(), this::otherNode);
    reach(diagnosis.reach());
    array("findings", diagnosis.findings(), this::finding);
    array("notChecked", diagnosis.notChecked(), this::notChecked);
    array("unread", diagnosis.unread(), this::unread);
    array("passedOver", passedOver, this::passedOver);
    strings("rulesRun", diagnosis.rulesRun());
    strings("rulesChecked", diagnosis.rulesChecked());
    strings("ignored", diagnosis.ignored());
    json.writeNumberField("ignoredFindings", diagnosis.suppressed());
    json.writeEndObject();
  }

  private void node(NodeReport node) throws IOException {
    json.writeStartObject();
    json.writeStringField("name", node.name());
    json.writeStringField("state", node.state().toString());
    array("missing", node.missing(), this::missing);
    json.writeEndObject();
  }

  private void otherNode(OtherNode other) throws IOException {
    json.writeStartObject();
    json.writeStringField("name", other.name());
    StepsJson.source(json, other.from());
    json.writeEndObject();
  }

  private void missing(Missing missing) throws IOException {
    json.writeStartObject();
    json.writeStringField("section", missing.section());
    json.writeStringField("reason", missing.reason());
    json.writeEndObject();
  }

  private void reach(Reach reach) throws IOException {
    json.writeObjectFieldStart("reachability");
    json.writeNumberField("pairs", reach.pairs());
    json.writeNumberField("delivered", reach.delivered());
    json.writeNumberField("broken", reach.broken());
    json.writeNumberField("unknown", reach.unknown());
    json.writeNumberField("open", reach.open());
    json.writeBooleanField("sampled", reach.sampled());
    array("brokenPairs", reach.brokenPairs(), this::brokenPair);
    json.writeEndObject();
  }

  private void brokenPair(BrokenPair pair) throws IOException {
    json.writeStartObject();
    json.writeStringField("from", pair.from());
    json.writeStringField("to", pair.to());
    json.writeStringField("disposition", pair.disposition().toString());
    json.writeStringField("direction", pair.direction());
    strings("findings", pair.findings());
    if (pair.at().isPresent()) {
      StepsJson.at(json, pair.at().get());
    }
    json.writeEndObject();
  }

  private void finding(Ranked ranked) throws IOException {
    Finding finding = ranked.finding();
    json.writeStartObject();
    json.writeStringField("id", ranked.id());
    json.writeStringField("rule", finding.rule());
    json.writeStringField("severity", finding.severity().toString());
    json.writeStringField("certainty", finding.certainty().toString());
    optional("doubt", Optional.of(finding.doubt()).filter(d -> !d.isEmpty()));
    json.writeStringField("title", finding.title());
    json.writeStringField("why", finding.why());
    optional("expected", Optional.of(finding.expected()).filter(e -> !e.isEmpty()));
    strings("nodes", finding.nodes());
    array("culprits", finding.culprits(), this::culprit);
    array("evidence", finding.evidence(), this::evidence);
    array("affects", ranked.affects(), this::pair);
    json.writeStringField("disposition", finding.disposition().toString());
    strings("causedBy", ranked.causedBy());
    strings("seeByHand", finding.seeByHand());
    if (ranked.example().isPresent()) {
      walk(ranked, ranked.example().get());
    }
    if (finding.mended().isPresent()) {
      mended(finding.mended().get());
    }
    if (finding.fix().isPresent()) {
      fix(finding.fix().get(), ranked.prediction());
    }
    json.writeEndObject();
  }

  private void walk(Ranked ranked, PodTrace example) throws IOException {
    TracedQuestion traced = TracedQuestion.of(example, ranked);
    json.writeObjectFieldStart("walk");
    json.writeStringField("from", example.from().name());
    json.writeStringField("to", example.to().name());
    json.writeStringField("proto", traced.question().protocol().toString());
    json.writeStringField("disposition", traced.disposition().toString());
    json.writeStringField("direction", traced.answer().isPresent() ? "reply" : "forward");
    new StepsJson(json, traced)
        .write(traced.lost().steps(), List.of(), OptionalInt.of(traced.firstLost()));
    json.writeEndObject();
  }

  private void culprit(Culprit culprit) throws IOException {
    json.writeStartObject();
    optional("node", culprit.node());
    json.writeStringField("netns", culprit.netns());
    json.writeStringField("kind", culprit.kind().toString());
    json.writeStringField("entry", culprit.entry());
    json.writeStringField("state", culprit.state().toString());
    optional("mark", Optional.of(culprit.mark()).filter(m -> !m.isEmpty()));
    optional("label", Optional.of(culprit.label()).filter(l -> !l.isEmpty()));
    if (culprit.from().isPresent()) {
      StepsJson.source(json, culprit.from().get());
      optional("readBy", culprit.from().get().source().command());
    }
    Quote quote = Quote.of(culprit);
    if (quote.line().isPresent() && !quote.asRead()) {
      optional("raw", culprit.from().map(Provenance::raw));
    }
    json.writeEndObject();
  }

  private void evidence(Evidence evidence) throws IOException {
    json.writeStartObject();
    optional("node", evidence.from().node());
    json.writeStringField("text", evidence.text());
    optional("says", Optional.of(evidence.says()).filter(s -> !s.isEmpty()));
    StepsJson.source(json, evidence.from());
    json.writeEndObject();
  }

  private void pair(Pair pair) throws IOException {
    json.writeStartObject();
    json.writeStringField("from", pair.from());
    json.writeStringField("to", pair.to());
    json.writeEndObject();
  }

  private void mended(Mended mended) throws IOException {
    json.writeObjectFieldStart("mended");
    array("by", mended.by(), this::run);
    json.writeEndObject();
  }

  private void run(RunCommand run) throws IOException {
    json.writeStartObject();
    optional("node", run.node());
    json.writeStringField("command", run.command());
    StepsJson.source(json, run.from());
    json.writeEndObject();
  }

  private void fix(Fix fix, Optional<Prediction> prediction) throws IOException {
    json.writeObjectFieldStart("fix");
    json.writeStringField("safety", fix.safety().jsonName());
    array("changes", fix.changes(), this::change);
    if (prediction.isPresent()) {
      json.writeObjectFieldStart("predicted");
      json.writeNumberField("healed", prediction.get().healed());
      json.writeNumberField("harmed", prediction.get().harmed());
      json.writeNumberField("stillBroken", prediction.get().stillBroken());
      json.writeNumberField("unknown", prediction.get().unknown());
      json.writeNumberField("proven", prediction.get().proven());
      strings("needsToo", prediction.get().needsToo());
      json.writeEndObject();
    }
    optional("owner", Optional.of(fix.owner()).filter(o -> !o.isEmpty()));
    json.writeStringField("lasting", fix.lasting());
    json.writeEndObject();
  }

  /** Without {@code undo} where the input does not tell what stood there before. */
  private void change(Change change) throws IOException {
    json.writeStartObject();
    json.writeStringField("node", change.node());
    json.writeStringField("do", change.command());
    optional("undo", change.undoCommand());
    json.writeEndObject();
  }

  private void notChecked(NotChecked notChecked) throws IOException {
    json.writeStartObject();
    json.writeStringField("rule", notChecked.rule());
    optional("node", notChecked.node());
    json.writeStringField("reason", notChecked.reason());
    json.writeEndObject();
  }

  private void unread(UnreadLine line) throws IOException {
    json.writeStartObject();
    json.writeStringField("section", line.section().name());
    json.writeStringField("reason", line.reason());
    optional("node", line.from().node());
    String raw = line.from().raw();
    json.writeStringField(
        "text", raw.length() > LONGEST_LINE ? raw.substring(0, LONGEST_LINE) : raw);
    StepsJson.source(json, line.from());
    json.writeEndObject();
  }

  private void passedOver(PassedOver passedOver) throws IOException {
    json.writeStartObject();
    json.writeStringField("file", passedOver.file());
    json.writeStringField("reason", passedOver.reason());
    json.writeEndObject();
  }

  private void optional(String field, Optional<String> value) throws IOException {
    if (value.isPresent()) {
      json.writeStringField(field, value.get());
    }
  }

  /** Writes one element of an array. */
  @FunctionalInterface
  private interface Element<T> {
    void write(T value) throws IOException;
  }

  private <T> void array(String field, List<T> values, Element<T> element) throws IOException {
    json.writeArrayFieldStart(field);
    for (T value : values) {
      element.write(value);
    }
    json.writeEndArray();
  }

  private void strings(String field, List<String> values) throws IOException {
    array(field, values, json::writeString);
  }
}
