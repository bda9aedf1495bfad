package io.podpath.tui.report;

import io.podpath.core.rule.Rule;
import io.podpath.core.rule.Severity;
import java.util.List;
import java.util.function.UnaryOperator;

/** The list of known failures. */
public final class RulesReport {

  private static final String SCHEMA = "podpath.io/rules/v1";

  private RulesReport() {}

  /** One line a rule: severity, id, title. */
  public static String text(List<Rule> rules, int width, Paint paint) {
    Sheet sheet = new Sheet(width);
    int ids = rules.stream().mapToInt(r -> r.id().length()).max().orElse(0);
    for (Rule rule : rules) {
      String severity = Columns.pad(rule.severity().toString(), 8);
      String first = severity + Columns.pad(rule.id(), ids) + "  ";
      if (sheet.width() - first.length() < 30) {
        sheet.line(painted(paint, rule, severity) + paint.heading(rule.id()));
        sheet.hanging(" ".repeat(8), rule.title(), UnaryOperator.identity());
      } else {
        List<String> lines = Columns.wrap(rule.title(), sheet.width() - first.length());
        sheet.line(
            painted(paint, rule, severity)
                + paint.heading(Columns.pad(rule.id(), ids))
                + "  "
                + lines.getFirst());
        lines.stream().skip(1).forEach(l -> sheet.line(" ".repeat(first.length()) + l));
      }
    }
    return sheet.toString();
  }

  private static String painted(Paint paint, Rule rule, String severity) {
    return switch (rule.severity()) {
      case ERROR -> paint.error(severity);
      case WARNING -> paint.warning(severity);
      case INFO -> severity;
    };
  }

  public static String json(List<Rule> rules) {
    return SafeJson.of(json -> {
      json.writeStartObject();
      json.writeStringField("schema", SCHEMA);
      json.writeArrayFieldStart("rules");
      for (Rule rule : rules) {
        Severity severity = rule.severity();
        json.writeStartObject();
        json.writeStringField("id", rule.id());
        json.writeStringField("severity", severity.toString());
        json.writeStringField("title", rule.title());
        json.writeEndObject();
      }
      json.writeEndArray();
      json.writeEndObject();
    });
  }
}
