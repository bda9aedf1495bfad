package io.podpath.tui.report;

import com.fasterxml.jackson.core.JsonGenerator;
import io.podpath.core.compare.Comparison;
import io.podpath.core.compare.Difference;
import io.podpath.core.compare.Row;
import io.podpath.core.compare.TableComparison;
import io.podpath.core.rule.Diagnosis.Ranked;
import io.podpath.core.snapshot.Provenance;
import io.podpath.tui.report.ComparedNodes.NotCompared;
import java.io.IOException;
import java.util.Optional;

/** A comparison for programs; field names are a contract. */
public final class CompareJson {

  private static final String SCHEMA = "podpath.io/compare/v1";

  private final ComparedNodes compared;
  private final JsonGenerator json;

  private CompareJson(ComparedNodes compared, JsonGenerator json) {
    this.compared = compared;
    this.json = json;
  }

  /** Ends with a line feed. */
  public static String render(ComparedNodes compared, int exitCode) {
    return SafeJson.of(json -> new CompareJson(compared, json).all(exitCode));
  }

  private void all(int exitCode) throws IOException {
    json.writeStartObject();
    json.writeStringField("schema", SCHEMA);
    json.writeStringField(
        "verdict",
        compared.differs() ? "differs" : compared.isProvenSame() ? "same" : "too-little");
    json.writeNumberField("exitCode", exitCode);
    json.writeStringField("expected", compared.expected());
    if (compared.takenAt().isPresent()) {
      json.writeStringField("takenAt", compared.takenAt().get());
    }
    json.writeArrayFieldStart("nodes");
    for (Comparison node : compared.nodes()) {
      node(node);
    }
    json.writeEndArray();
    strings("notCompared", compared.unknown().stream().map(NotCompared::node).toList());
    strings("assumed", compared.assumed());
    json.writeArrayFieldStart("foundBesides");
    for (Ranked ranked : compared.beside()) {
      json.writeStartObject();
      json.writeStringField("id", ranked.id());
      json.writeStringField("rule", ranked.finding().rule());
      json.writeStringField("severity", ranked.finding().severity().toString());
      json.writeStringField("title", ranked.finding().title());
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

  private void node(Comparison node) throws IOException {
    json.writeStartObject();
    json.writeStringField("name", node.node());
    json.writeBooleanField("differs", node.differs());
    json.writeArrayFieldStart("tables");
    for (TableComparison table : node.tables()) {
      table(node, table);
    }
    json.writeEndArray();
    json.writeEndObject();
  }

  private void table(Comparison node, TableComparison table) throws IOException {
    json.writeStartObject();
    json.writeStringField("table", table.table());
    Optional<Integer> actual = table.actual().optional();
    json.writeStringField(
        "state", actual.isEmpty() ? "not-read" : table.gap().isPresent() ? "partial" : "complete");
    if (actual.isPresent()) {
      json.writeNumberField("actual", actual.get());
    }
    json.writeNumberField("expected", table.expected());
    json.writeNumberField("same", table.same());
    json.writeNumberField("folded", table.folded());
    if (table.gap().isPresent()) {
      json.writeStringField("gap", table.gap().get());
    }
    json.writeArrayFieldStart("differences");
    for (Difference difference : table.differences()) {
      difference(node, difference);
    }
    json.writeEndArray();
    json.writeEndObject();
  }

  private void difference(Comparison node, Difference difference) throws IOException {
    json.writeStartObject();
    json.writeStringField("key", difference.key());
    switch (difference) {
      case Difference.Missing(var row) -> {
        json.writeStringField("kind", "missing");
        json.writeStringField("expected", row.text());
      }
      case Difference.Extra(var row) -> {
        json.writeStringField("kind", "extra");
        json.writeStringField("actual", row.text());
      }
      case Difference.Differs(var row, var expected, var changes) -> {
        json.writeStringField("kind", "differs");
        json.writeStringField("actual", row.text());
        json.writeStringField("expected", expected.text());
        json.writeArrayFieldStart("changes");
        for (Difference.Change change : changes) {
          json.writeStartObject();
          json.writeStringField("field", change.field());
          json.writeStringField("actual", change.actual());
          json.writeStringField("expected", change.expected());
          json.writeEndObject();
        }
        json.writeEndArray();
      }
    }
    Optional<String> finding = compared.finding(node.node(), difference);
    if (finding.isPresent()) {
      json.writeStringField("finding", finding.get());
    }
    Optional<Provenance> place = difference.held().map(Row::from);
    if (place.isPresent()) {
      json.writeObjectFieldStart("source");
      json.writeStringField("file", place.get().source().file());
      json.writeNumberField("line", place.get().line());
      json.writeEndObject();
    }
    json.writeEndObject();
  }
}
