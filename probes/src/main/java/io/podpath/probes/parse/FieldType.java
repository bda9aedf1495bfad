package io.podpath.probes.parse;

import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/** The type of a field in a strictly decoded configuration. */
sealed interface FieldType {

  /** A structure with its fields. */
  record Section(Map<String, FieldType> fields) implements FieldType {
    public Section {
      fields = Map.copyOf(fields);
    }
  }

  /** All others, with the words a message calls them by. */
  enum Plain implements FieldType {
    TEXT("a text"),
    FLAG("a boolean, true or false"),
    INTEGER("a whole number"),
    FRACTION("a number"),
    DURATION("a duration such as \"30s\""),
    TEXTS("a list of texts"),
    FLAGS("a map of names to booleans"),
    ANYTHING("anything");

    private final String words;

    Plain(String words) {
      this.words = words;
    }
  }

  default String words() {
    return switch (this) {
      case Section section -> "a structure";
      case Plain plain -> plain.words;
    };
  }

  /** Whether Kubernetes' decoder takes this value for this type; null fits every type. */
  default boolean fits(Tree value) {
    if (value instanceof Tree.Scalar scalar && scalar.kind() == Tree.Scalar.Kind.NULL) {
      return true;
    }
    return switch (this) {
      case Section section -> value instanceof Tree.Obj;
      case Plain plain ->
          switch (plain) {
            case TEXT -> is(value, Tree.Scalar.Kind.STRING);
            case FLAG -> is(value, Tree.Scalar.Kind.BOOLEAN) || isYamlFlag(value);
            case INTEGER ->
                is(value, Tree.Scalar.Kind.NUMBER)
                    && text(value).chars().allMatch(c -> c == '-' || c >= '0' && c <= '9');
            case FRACTION -> is(value, Tree.Scalar.Kind.NUMBER);
            // metav1.Duration takes texts only
            case DURATION -> is(value, Tree.Scalar.Kind.STRING) && isDuration(text(value));
            case TEXTS ->
                value instanceof Tree.Arr arr && arr.items().stream().allMatch(Plain.TEXT::fits);
            case FLAGS ->
                value instanceof Tree.Obj obj
                    && obj.members().values().stream().allMatch(Plain.FLAG::fits);
            case ANYTHING -> true;
          };
    };
  }

  private static boolean is(Tree value, Tree.Scalar.Kind kind) {
    return value instanceof Tree.Scalar scalar && scalar.kind() == kind;
  }

  private static String text(Tree value) {
    return value instanceof Tree.Scalar scalar ? scalar.text() : "";
  }

  /** YAML 1.1, which Kubernetes reads, has more words for true and false than JSON. */
  private static boolean isYamlFlag(Tree value) {
    return switch (text(value).toLowerCase(Locale.ROOT)) {
      case "yes", "no", "on", "off", "y", "n" -> true;
      default -> false;
    };
  }

  /** Go's time.ParseDuration: numbers with units, or 0. */
  static boolean isDuration(String text) {
    String rest = text.startsWith("-") || text.startsWith("+") ? text.substring(1) : text;
    if (rest.equals("0")) {
      return true;
    }
    int i = 0;
    while (i < rest.length()) {
      int start = i;
      while (i < rest.length() && (Character.isDigit(rest.charAt(i)) || rest.charAt(i) == '.')) {
        i++;
      }
      int unit = i;
      while (i < rest.length() && !Character.isDigit(rest.charAt(i)) && rest.charAt(i) != '.') {
        i++;
      }
      boolean known =
          switch (rest.substring(unit, i)) {
            case "ns", "us", "µs", "ms", "s", "m", "h" -> true;
            default -> false;
          };
      if (unit == start || !known) {
        return false;
      }
    }
    return !rest.isEmpty();
  }

  /** The name nearest in spelling; empty when none is near. */
  static Optional<String> nearest(String name, Iterable<String> known) {
    int allowed = Math.max(2, name.length() / 3);
    Map<Integer, String> byDistance = new TreeMap<>();
    for (String candidate : known) {
      // the smaller name wins a tie, so that the answer does not hang on the order of a map
      byDistance.merge(
          distance(name.toLowerCase(Locale.ROOT), candidate.toLowerCase(Locale.ROOT)),
          candidate,
          (a, b) -> a.compareTo(b) <= 0 ? a : b);
    }
    return byDistance.entrySet().stream()
        .findFirst()
        .filter(e -> e.getKey() <= allowed)
        .map(Map.Entry::getValue);
  }

  /** Letters to insert, drop, or change, and neighbours to swap (Damerau and Levenshtein). */
  private static int distance(String a, String b) {
    if (a.length() > 64 || b.length() > 64) {
      return Integer.MAX_VALUE;
    }
    int[][] d = new int[a.length() + 1][b.length() + 1];
    for (int i = 0; i <= a.length(); i++) {
      for (int j = 0; j <= b.length(); j++) {
        if (i == 0 || j == 0) {
          d[i][j] = i + j;
          continue;
        }
        int change = a.charAt(i - 1) == b.charAt(j - 1) ? 0 : 1;
        d[i][j] = Math.min(Math.min(d[i - 1][j] + 1, d[i][j - 1] + 1), d[i - 1][j - 1] + change);
        boolean swapped =
            i > 1
                && j > 1
                && a.charAt(i - 1) == b.charAt(j - 2)
                && a.charAt(i - 2) == b.charAt(j - 1);
        if (swapped) {
          d[i][j] = Math.min(d[i][j], d[i - 2][j - 2] + 1);
        }
      }
    }
    return d[a.length()][b.length()];
  }
}
