package io.podpath.probes.transcript;

import java.util.Locale;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Tells prose, headings and remarks from what a tool printed. */
final class Wording {

  private static final Pattern HEADING =
      Pattern.compile(
          "^\\s*(#{1,6}\\s.{1,120}|\\d{1,2}(\\.\\d{1,2}){1,2}(?!\\.?\\d)[.、?:：\\s].{0,120}|[一二三四五六七八九十]{1,3}\\s*[:：、.].{0,120}"
              + "|案例\\s*\\d{1,2}.{0,80}|第.{1,4}[章节節步].{0,80}|(?i:case|step|example)\\s+\\d{1,2}\\b.{0,80})$");
  private static final Pattern NODE_LINE =
      Pattern.compile(
          "^\\s*(?:(?i:node|host|hostname|on node)|节点|節點|主机|主機)\\s*[:：=]\\s*([A-Za-z0-9][\\w.-]{0,252})\\s*:?$");
  private static final Pattern NAME_ALONE =
      Pattern.compile("^\\s*[#>*-]{0,3}\\s*([A-Za-z0-9][\\w.-]{1,252})\\s*[:：]?\\s*$");
  private static final Pattern GUTTER =
      Pattern.compile("^\\s*(\\d{1,4}|\\||`{3}\\w*|\\|\\s*\\||-{3,})\\s*$");
  private static final Pattern ENGLISH =
      Pattern.compile("^[-*\\s]*[A-Z][a-z'’]+(?:[ ,][\\w'’()/-]+){4,}.*[.:,;?!]\\s*$");

  private Wording() {}

  static boolean hasCjk(String text) {
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      if (c >= 0x2e80 && c <= 0x9fff
          || c >= 0xf900 && c <= 0xfaff
          || c >= 0xff01 && c <= 0xff5e
          || c >= 0x3000 && c <= 0x303f) {
        return true;
      }
    }
    return false;
  }

  /** A line number or a frame that a web page left beside a code block, or a code fence. */
  static boolean isGutter(String line) {
    return GUTTER.matcher(line).matches();
  }

  static boolean isHeading(String line) {
    return line.length() < 200
        && HEADING.matcher(line).matches()
        && (hasCjk(line) || !line.contains("/"));
  }

  /** {@code node: NAME}. */
  static Optional<String> nodeLine(String line) {
    Matcher m = NODE_LINE.matcher(line);
    return m.matches() ? Optional.of(m.group(1)) : Optional.empty();
  }

  /** A line that is nothing but a name, as the heading above a node's outputs. */
  static Optional<String> nameAlone(String line) {
    Matcher m = NAME_ALONE.matcher(line);
    return m.matches() ? Optional.of(m.group(1)) : Optional.empty();
  }

  /** Without a remark behind the line: {@code //…}, or {@code #…} with a blank before it. */
  static String withoutRemark(String line) {
    int slashes = line.indexOf("//");
    while (slashes > 0 && line.charAt(slashes - 1) == ':') {
      slashes = line.indexOf("//", slashes + 2);
    }
    String head = slashes >= 0 ? line.substring(0, slashes) : line;
    int hash = head.indexOf(" #");
    if (hash > 0 && hasCjk(head.substring(hash))) {
      head = head.substring(0, hash);
    }
    return head.stripTrailing();
  }

  /** Whether a person wrote the line, not a tool. */
  static boolean isProse(String line) {
    String head = withoutRemark(line).strip();
    if (head.isEmpty()) {
      return line.strip().startsWith("//") || line.strip().startsWith("#") && hasCjk(line);
    }
    boolean listing =
        head.startsWith("总用量")
            || head.startsWith("總用量")
            || head.matches("^[-dlcbps][rwxsStT-]{9}.*");
    return !listing && (hasCjk(head) || ENGLISH.matcher(head).matches() && !head.contains("="));
  }

  /** Whether a text names the node, in any case, as a word of its own. */
  static boolean mentions(String text, String node) {
    String low = text.toLowerCase(Locale.ROOT);
    String name = node.toLowerCase(Locale.ROOT);
    int at = low.indexOf(name);
    while (at >= 0) {
      boolean startOk = at == 0 || !isNameChar(low.charAt(at - 1));
      int end = at + name.length();
      boolean endOk = end >= low.length() || !isNameChar(low.charAt(end));
      if (startOk && endOk) {
        return true;
      }
      at = low.indexOf(name, at + 1);
    }
    return false;
  }

  private static boolean isNameChar(char c) {
    return c >= 'a' && c <= 'z' || c >= '0' && c <= '9' || c == '-' || c == '_';
  }
}
