package io.podpath.probes.parse;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * Writes libnftables' JSON statements in nft's language. What it has no words for it writes as
 * {@code name{…}} with all that the JSON says, so that nothing is lost and nothing is taken for a
 * statement it is not.
 */
final class NftStatement {

  /** How nft writes a constant depends on what it is held against. */
  private enum Style {
    PLAIN,
    /** Names of interfaces. */
    QUOTED,
    /** Marks. */
    HEX
  }

  private static final Set<String> BARE_META =
      Set.of("iif", "iifname", "oif", "oifname", "iifgroup", "oifgroup", "iiftype", "oiftype");
  private static final Set<String> DEVICES = Set.of("iifname", "oifname", "iif", "oif");
  private static final Set<String> BINARY = Set.of("|", "&", "^", "<<", ">>");

  private NftStatement() {}

  static String text(List<Tree> statements) {
    return statements.stream()
        .map(NftStatement::statement)
        .filter(s -> !s.isEmpty())
        .collect(Collectors.joining(" "));
  }

  private static String statement(Tree statement) {
    if (!(statement instanceof Tree.Obj(var members, int line)) || members.size() != 1) {
      return raw(statement);
    }
    Map.Entry<String, Tree> only = members.entrySet().iterator().next();
    Tree body = only.getValue();
    return switch (only.getKey()) {
      case "match" -> match(body);
      case "counter" -> "counter";
      case "accept", "drop", "return", "continue", "notrack" -> only.getKey();
      case "jump", "goto" -> only.getKey() + " " + body.text("target").orElse("?");
      case "masquerade", "redirect", "snat", "dnat" -> nat(only.getKey(), body);
      case "reject" -> reject(body);
      case "mangle" ->
          value(body, "key", Style.PLAIN) + " set " + value(body, "value", style(body.get("key")));
      case "log" ->
          "log"
              + body.text("prefix").map(p -> " prefix \"" + p + "\"").orElse("")
              + body.text("level").map(l -> " level " + l).orElse("");
      case "limit" -> limit(body);
      case "vmap" ->
          value(body, "key", Style.PLAIN) + " vmap " + value(body, "data", style(body.get("key")));
      case "xt" ->
          "xt " + body.text("type").orElse("?") + " \"" + body.text("name").orElse("?") + "\"";
      default -> only.getKey() + raw(body);
    };
  }

  private static String match(Tree match) {
    String operator = match.text("op").orElse("?");
    Optional<Tree> left = match.get("left");
    Style style = style(left);
    boolean calculated =
        left.filter(l ->
                l instanceof Tree.Obj(var members, int line)
                    && members.keySet().stream().anyMatch(BINARY::contains))
            .isPresent();
    boolean implied = (operator.equals("==") || operator.equals("in")) && !calculated;
    return value(match, "left", style)
        + (implied ? " " : " " + operator + " ")
        + value(match, "right", style);
  }

  private static Style style(Optional<Tree> left) {
    if (left.isEmpty()) {
      return Style.PLAIN;
    }
    Tree tree = left.get();
    for (String operator : BINARY) {
      List<Tree> operands = tree.items(operator);
      if (!operands.isEmpty()) {
        return style(Optional.of(operands.getFirst()));
      }
    }
    Optional<String> key = tree.text("meta", "key").or(() -> tree.text("ct", "key"));
    return key.filter(DEVICES::contains).isPresent()
        ? Style.QUOTED
        : key.filter("mark"::equals).isPresent() ? Style.HEX : Style.PLAIN;
  }

  private static String nat(String verb, Tree body) {
    StringBuilder text = new StringBuilder(verb);
    body.text("family").ifPresent(f -> text.append(' ').append(f));
    boolean to = body.get("addr").isPresent() || body.get("port").isPresent();
    if (to) {
      text.append(" to ");
      body.get("addr").ifPresent(a -> text.append(expression(a, Style.PLAIN)));
      body.get("port").ifPresent(p -> text.append(':').append(expression(p, Style.PLAIN)));
    }
    // one flag is a string, several are an array
    List<String> flags = new ArrayList<>();
    body.text("flags").ifPresent(flags::add);
    body.items("flags").forEach(f -> flags.add(expression(f, Style.PLAIN)));
    return flags.isEmpty() ? text.toString() : text + " " + String.join(",", flags);
  }

  private static String reject(Tree body) {
    Optional<String> type = body.text("type");
    if (type.isEmpty()) {
      return "reject";
    }
    return type.get().equals("tcp reset")
        ? "reject with tcp reset"
        : "reject with "
            + type.get()
            + body.get("expr").map(e -> " " + expression(e, Style.PLAIN)).orElse("");
  }

  private static String limit(Tree body) {
    String over = body.bool("inv").orElse(false) ? "over " : "";
    String unit = body.text("rate_unit").map(u -> " " + u).orElse("");
    String burst =
        body.text("burst")
            .map(b -> " burst " + b + " " + body.text("burst_unit").orElse("packets"))
            .orElse("");
    return "limit rate "
        + over
        + body.text("rate").orElse("?")
        + unit
        + "/"
        + body.text("per").orElse("?")
        + burst;
  }

  private static String value(Tree body, String member, Style style) {
    return body.get(member).map(t -> expression(t, style)).orElse("?");
  }

  private static String expression(Tree tree, Style style) {
    return switch (tree) {
      case Tree.Scalar scalar -> constant(scalar, style);
      case Tree.Arr(var items, int line) -> joined(items, ",", style);
      case Tree.Obj(var members, int line) ->
          members.size() == 1
              ? single(members.entrySet().iterator().next(), tree, style)
              : raw(tree);
    };
  }

  private static String constant(Tree.Scalar scalar, Style style) {
    boolean string = scalar.kind() == Tree.Scalar.Kind.STRING;
    if (style == Style.QUOTED && string && !scalar.text().startsWith("@")) {
      return '"' + scalar.text() + '"';
    }
    if (style == Style.HEX && !string) {
      return Amounts.plain(scalar.text())
          .map(n -> String.format(Locale.ROOT, "0x%08x", n))
          .orElse(scalar.text());
    }
    return scalar.text();
  }

  private static String single(Map.Entry<String, Tree> only, Tree whole, Style style) {
    Tree body = only.getValue();
    List<Tree> items = body instanceof Tree.Arr(var all, int line) ? all : List.of();
    if (BINARY.contains(only.getKey()) && items.size() == 2) {
      return expression(items.get(0), style)
          + " "
          + only.getKey()
          + " "
          + expression(items.get(1), style);
    }
    return switch (only.getKey()) {
      case "payload" ->
          body.text("protocol")
              .flatMap(p -> body.text("field").map(f -> p + " " + f))
              .orElseGet(() -> raw(whole));
      case "meta" ->
          body.text("key")
              .map(k -> BARE_META.contains(k) ? k : "meta " + k)
              .orElseGet(() -> raw(whole));
      case "ct" ->
          body.text("key")
              .map(k -> "ct " + body.text("dir").map(d -> d + " ").orElse("") + k)
              .orElseGet(() -> raw(whole));
      case "prefix" -> value(body, "addr", Style.PLAIN) + "/" + value(body, "len", Style.PLAIN);
      case "range" -> joined(items, "-", style);
      case "set" ->
          items.isEmpty()
              ? "{ " + expression(body, style) + " }"
              : "{ " + elements(items, style) + " }";
      case "concat" -> joined(items, " . ", style);
      case "elem" -> value(body, "val", style);
      case "fib" -> "fib " + flags(body) + " " + body.text("result").orElse("?");
      case "numgen" ->
          "numgen "
              + body.text("mode").orElse("?")
              + " mod "
              + body.text("mod").orElse("?")
              + body.text("offset").filter(o -> !o.equals("0")).map(o -> " offset " + o).orElse("");
      case "map" -> value(body, "key", Style.PLAIN) + " map " + value(body, "data", Style.PLAIN);
      case "accept", "drop", "return", "continue" -> only.getKey();
      case "jump", "goto" -> only.getKey() + " " + body.text("target").orElse("?");
      default -> raw(whole);
    };
  }

  private static String flags(Tree fib) {
    return fib.items("flags").isEmpty()
        ? fib.text("flags").orElse("?")
        : joined(fib.items("flags"), " . ", Style.PLAIN);
  }

  private static String joined(List<Tree> items, String separator, Style style) {
    return items.stream().map(i -> expression(i, style)).collect(Collectors.joining(separator));
  }

  /** Elements of a set; those of a map are pairs. */
  private static String elements(List<Tree> items, Style style) {
    return items.stream()
        .map(i ->
            i instanceof Tree.Arr(var pair, int line) && pair.size() == 2
                ? expression(pair.get(0), style) + " : " + expression(pair.get(1), Style.PLAIN)
                : expression(i, style))
        .collect(Collectors.joining(", "));
  }

  private static String raw(Tree tree) {
    return switch (tree) {
      case Tree.Scalar(String text, var kind, int line) ->
          kind == Tree.Scalar.Kind.STRING
              ? '"' + text + '"'
              : kind == Tree.Scalar.Kind.NULL ? "" : text;
      case Tree.Arr(var items, int line) ->
          "[" + items.stream().map(NftStatement::raw).collect(Collectors.joining(", ")) + "]";
      case Tree.Obj(var members, int line) ->
          "{"
              + members.entrySet().stream()
                  .map(e -> e.getKey() + ": " + raw(e.getValue()))
                  .collect(Collectors.joining(", "))
              + "}";
    };
  }
}
