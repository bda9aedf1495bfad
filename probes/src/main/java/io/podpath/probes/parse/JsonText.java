package io.podpath.probes.parse;

import io.podpath.core.snapshot.Source;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Output of {@code -j}: an array of objects, or several after each other. */
final class JsonText {

  private JsonText() {}

  /**
   * @param rows the objects, also those of a text that was cut behind them
   * @param broken where and why reading stopped
   */
  record Rows(List<Tree> rows, Optional<Tree.Broken> broken) {}

  /** Whether the text begins as an array of objects, an empty array or an object. */
  static boolean is(String text) {
    int i = skipBlank(text, 0);
    if (i < text.length() && text.charAt(i) == '[') {
      i = skipBlank(text, i + 1);
      return i < text.length() && (text.charAt(i) == '{' || text.charAt(i) == ']');
    }
    if (i < text.length() && text.charAt(i) == '{') {
      i = skipBlank(text, i + 1);
      return i < text.length() && (text.charAt(i) == '"' || text.charAt(i) == '}');
    }
    return false;
  }

  private static int skipBlank(String text, int from) {
    int i = from;
    while (i < text.length() && Character.isWhitespace(text.charAt(i))) {
      i++;
    }
    return i;
  }

  /** Whether a member of this name stands anywhere in the text. */
  static boolean has(String text, String member) {
    return text.contains("\"" + member + "\"");
  }

  static Rows rows(Source source) {
    Tree.Documents documents = Tree.json(source.text(), source.firstLine());
    List<Tree> rows = new ArrayList<>();
    for (Tree root : documents.roots()) {
      if (root instanceof Tree.Arr(var items, var line)) {
        rows.addAll(items);
      } else {
        rows.add(root);
      }
    }
    // old releases print {} for rows that a selector left out
    rows.removeIf(row -> row instanceof Tree.Obj(var members, var line) && members.isEmpty());
    return new Rows(rows, documents.error());
  }
}
