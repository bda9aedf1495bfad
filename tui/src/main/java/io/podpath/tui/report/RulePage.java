package io.podpath.tui.report;

import io.podpath.core.rule.Rule;
import java.util.Optional;
import java.util.function.UnaryOperator;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The page of a rule on a terminal: its Markdown with headings shown as such, prose broken into
 * lines, and code as it stands.
 */
public final class RulePage {

  private static final String SCHEMA = "podpath.io/rule/v1";
  private static final Pattern LIST_ITEM = Pattern.compile("( *(?:[-*]|[0-9]{1,3}\\.) +)(.*)");

  private final Sheet sheet;
  private final Paint paint;
  private final StringBuilder prose = new StringBuilder();
  private String first = "";
  private boolean code;

  private RulePage(Sheet sheet, Paint paint) {
    this.sheet = sheet;
    this.paint = paint;
  }

  /**
   * @param page Markdown; empty when nobody wrote one
   */
  public static String text(Rule rule, Optional<String> page, int width, Paint paint) {
    Sheet sheet = new Sheet(width);
    sheet.line(paint.heading(rule.id()) + " (" + rule.severity() + ")");
    if (page.isEmpty()) {
      sheet.prose(0, rule.title());
      return sheet.toString();
    }
    new RulePage(sheet, paint).markdown(page.get());
    return sheet.toString();
  }

  public static String json(Rule rule, Optional<String> page) {
    return SafeJson.of(json -> {
      json.writeStartObject();
      json.writeStringField("schema", SCHEMA);
      json.writeStringField("id", rule.id());
      json.writeStringField("severity", rule.severity().toString());
      json.writeStringField("title", rule.title());
      if (page.isPresent()) {
        json.writeStringField("page", page.get());
      }
      json.writeEndObject();
    });
  }

  private void markdown(String page) {
    boolean blank = true;
    for (String line : page.lines().map(SafeText::of).toList()) {
      if (line.strip().startsWith("```")) {
        flush();
        code = !code;
      } else if (code) {
        sheet.line("    " + paint.command(line));
        blank = false;
      } else if (line.isBlank()) {
        flush();
        if (!blank) {
          sheet.blank();
        }
        blank = true;
      } else {
        text(line);
        blank = false;
      }
    }
    flush();
  }

  private void text(String line) {
    if (line.startsWith("#")) {
      flush();
      sheet.line(paint.heading(line.replaceFirst("^#+ *", "")));
      return;
    }
    boolean indented = line.startsWith("    ") && prose.isEmpty();
    if (indented || line.startsWith("|")) {
      flush();
      sheet.line(indented ? paint.command(line) : line);
      return;
    }
    Matcher item = LIST_ITEM.matcher(line);
    if (item.matches()) {
      flush();
      first = item.group(1);
      prose.append(item.group(2));
    } else {
      prose.append(prose.isEmpty() ? "" : " ").append(line.strip());
    }
  }

  private void flush() {
    if (!prose.isEmpty()) {
      sheet.hanging(first, prose.toString(), UnaryOperator.identity());
    }
    prose.setLength(0);
    first = "";
  }
}
