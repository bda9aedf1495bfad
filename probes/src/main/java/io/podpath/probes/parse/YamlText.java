package io.podpath.probes.parse;

import java.util.Optional;

/** Mends YAML that came through a web page or an author's hands; lines keep their numbers. */
final class YamlText {

  private YamlText() {}

  /** Whether the author left something out. */
  static boolean hasGap(String text) {
    return text.lines().anyMatch(TextTable::isGap);
  }

  /** With the author's dots blanked: in YAML they would end the document. */
  static String withoutGaps(String text) {
    StringBuilder mended = new StringBuilder(text.length());
    text.lines().forEach(line -> mended.append(TextTable.isGap(line) ? "" : line).append('\n'));
    return mended.toString();
  }

  /**
   * Puts the fields of a structure back under it, where no line of the text is indented any more.
   * What is known by its name at the top begins anew; everything else belongs to the structure
   * above it.
   */
  static String withIndentation(String text, FieldType.Section top) {
    boolean indented =
        text.lines().anyMatch(l -> !l.isBlank() && Character.isWhitespace(l.charAt(0)));
    if (indented || text.stripLeading().startsWith("{")) {
      return text;
    }
    StringBuilder mended = new StringBuilder(text.length() + 64);
    boolean inside = false;
    for (String line : text.lines().toList()) {
      int colon = line.indexOf(':');
      String key = colon > 0 ? line.substring(0, colon).strip() : "";
      Optional<FieldType> type = Optional.ofNullable(top.fields().get(key));
      boolean bare = colon == line.stripTrailing().length() - 1;
      if (type.isPresent()) {
        inside = bare && type.get() instanceof FieldType.Section;
        mended.append(line);
      } else {
        mended.append(
            inside && !line.isBlank() && !line.startsWith("#") && !line.startsWith("---")
                ? "  " + line
                : line);
      }
      mended.append('\n');
    }
    return mended.toString();
  }
}
