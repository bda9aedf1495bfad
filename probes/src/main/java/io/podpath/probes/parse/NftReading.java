package io.podpath.probes.parse;

import io.podpath.core.netfilter.NftChain;
import io.podpath.core.netfilter.NftRule;
import io.podpath.core.snapshot.Section;
import io.podpath.core.snapshot.Source;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.Set;

/**
 * Reads nft's language block by block: tables, in them chains, in them rules; sets, maps and
 * objects are passed over.
 */
final class NftReading {

  static final Set<String> FAMILIES = Set.of("ip", "ip6", "inet", "arp", "bridge", "netdev");

  /** The text is nft's own, so it tells more than what is made of its JSON. */
  private static final int RANK = 25;

  /** nft(8), table 6 and 7. */
  private static final Map<String, Integer> PRIORITIES =
      Map.of(
          "raw", -300, "mangle", -150, "dstnat", -100, "filter", 0, "security", 50, "srcnat", 100);

  private static final Map<String, Integer> BRIDGE_PRIORITIES =
      Map.of("dstnat", -300, "filter", -200, "out", 100, "srcnat", 300);

  /**
   * A statement longer than this is taken as it is so far: an unclosed brace must not swallow the
   * file.
   */
  private static final int LONGEST_STATEMENT = 1_000;

  private final Source source;
  private final ReadingBuilder builder;

  /** How many braces of a set, map or object are still open. */
  private int passedOver;

  private String family = "";
  private String table = "";
  private Optional<String> chain = Optional.empty();
  private Optional<String> type = Optional.empty();
  private Optional<String> hook = Optional.empty();
  private Optional<String> policy = Optional.empty();
  private OptionalInt priority = OptionalInt.empty();
  private int chainLine;
  private StringBuilder statement = new StringBuilder();
  private int statementLine;
  private int statementParts;
  private int openBraces;

  NftReading(Source source) {
    this.source = source;
    this.builder = new ReadingBuilder(source);
  }

  Reading read() {
    state();
    int last = source.firstLine();
    for (Lines.Line line : Lines.of(source)) {
      last = line.number();
      String text = line.text().strip();
      if (!text.isEmpty() && text.charAt(0) != '#') {
        line(text, line.number());
      }
    }
    if (!table.isEmpty() || !statement.isEmpty()) {
      builder.unread(Section.NFT_RULES, last, "the end of the listing is missing");
      builder.unread(Section.NFT_CHAINS, last, "the end of the listing is missing");
    }
    return builder.build();
  }

  private void state() {
    boolean whole = isWholeRuleset(source);
    if (whole) {
      builder.whole(Section.NFT_CHAINS, RANK).whole(Section.NFT_RULES, RANK);
    } else {
      String reason = "only a part of the rule set was listed";
      builder.part(Section.NFT_CHAINS, RANK, reason).part(Section.NFT_RULES, RANK, reason);
    }
  }

  /**
   * {@code nft list ruleset} without a family; without a command the name of the file must say so.
   */
  static boolean isWholeRuleset(Source source) {
    if (source.command().isEmpty()) {
      return source.file().toLowerCase(Locale.ROOT).contains("ruleset");
    }
    List<String> operands = ShellCommand.parse(source.command().get()).operands();
    int at = operands.indexOf("ruleset");
    return at >= 0 && operands.stream().skip(at + 1L).noneMatch(FAMILIES::contains);
  }

  private void line(String text, int number) {
    if (passedOver > 0) {
      passOver(text);
    } else if (table.isEmpty()) {
      openTable(text, number);
    } else if (chain.isEmpty()) {
      inTable(text, number);
    } else {
      inChain(text, number);
    }
  }

  private void openTable(String text, int number) {
    List<String> words = Lines.words(text);
    boolean opens =
        words.size() >= 4
            && words.getFirst().equals("table")
            && FAMILIES.contains(words.get(1))
            && words.get(3).startsWith("{");
    if (opens) {
      family = words.get(1);
      table = words.get(2);
      if (words.get(3).equals("{}") || text.endsWith("}")) {
        table = "";
      }
    } else {
      unread(number, text);
    }
  }

  private void inTable(String text, int number) {
    List<String> words = Lines.words(text);
    if (text.startsWith("}")) {
      table = "";
    } else if (words.size() >= 3
        && words.getFirst().equals("chain")
        && words.get(2).startsWith("{")) {
      chain = Optional.of(words.get(1));
      chainLine = number;
      if (text.endsWith("}")) {
        closeChain();
      }
    } else if (text.contains("{")) {
      passOver(text);
    } else if (words.getFirst().startsWith("...") || words.getFirst().startsWith("\u2026")) {
      unread(number, text);
    }
    // the rest are flags and comments of the table
  }

  /** Counts braces until the block that began is closed. */
  private void passOver(String text) {
    for (int i = 0; i < text.length(); i++) {
      if (text.charAt(i) == '{') {
        passedOver++;
      } else if (text.charAt(i) == '}' && passedOver > 0) {
        passedOver--;
      }
    }
  }

  private void inChain(String text, int number) {
    if (statement.isEmpty() && text.startsWith("}")) {
      closeChain();
      return;
    }
    if (text.startsWith("...") || text.startsWith("\u2026")) {
      unread(number, text);
      return;
    }
    if (statement.isEmpty()) {
      statementLine = number;
    }
    statement.append(statement.isEmpty() ? "" : " ").append(text);
    statementParts++;
    // nft breaks long anonymous sets into several lines
    if (depth(text) + openBraces <= 0 || statementParts > LONGEST_STATEMENT) {
      String whole = statement.toString();
      statement = new StringBuilder();
      statementParts = 0;
      openBraces = 0;
      statement(whole);
    } else {
      openBraces += depth(text);
    }
  }

  private static int depth(String text) {
    int depth = 0;
    boolean quoted = false;
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      quoted ^= c == '"';
      depth += quoted ? 0 : c == '{' ? 1 : c == '}' ? -1 : 0;
    }
    return depth;
  }

  private void statement(String text) {
    if (text.startsWith("type ") && text.contains(" hook ")) {
      head(text);
    } else if (!text.startsWith("comment ")
        && !text.startsWith("policy ")
        && !text.startsWith("flags ")) {
      OptionalLong handle = OptionalLong.empty();
      String rule = text;
      int mark = text.lastIndexOf(" # handle ");
      if (mark > 0) {
        Optional<Long> number = Amounts.plain(text.substring(mark + 10).strip());
        handle = number.map(OptionalLong::of).orElse(OptionalLong.empty());
        rule = number.isPresent() ? text.substring(0, mark) : text;
      }
      builder.add(
          Section.NFT_RULES,
          new NftRule(family, table, chain.orElse(""), withoutCounts(rule), handle),
          statementLine);
    } else if (text.startsWith("policy ")) {
      policy = word(text, "policy");
    }
  }

  /** {@code type nat hook postrouting priority srcnat + 5; policy accept;}. */
  private void head(String text) {
    type = word(text, "type");
    hook = word(text, "hook");
    policy = word(text, "policy");
    int at = text.indexOf("priority ");
    int end = at < 0 ? -1 : text.indexOf(';', at);
    priority =
        at < 0
            ? OptionalInt.empty()
            : priority(Lines.words(text.substring(at + 9, end < 0 ? text.length() : end)), family);
  }

  private static Optional<String> word(String text, String name) {
    List<String> words = Lines.words(text.replace(';', ' '));
    int at = words.indexOf(name);
    return at < 0 || at + 1 >= words.size() ? Optional.empty() : Optional.of(words.get(at + 1));
  }

  static OptionalInt priority(List<String> words, String family) {
    int sum = 0;
    int sign = 1;
    boolean any = false;
    for (String word : words) {
      if (word.equals("+") || word.equals("-")) {
        sign = word.equals("+") ? 1 : -1;
        continue;
      }
      boolean negative = word.startsWith("-");
      Optional<Long> number =
          Amounts.plain(negative ? word.substring(1) : word).filter(n -> n <= Integer.MAX_VALUE);
      Integer named = family.equals("bridge") ? BRIDGE_PRIORITIES.get(word) : PRIORITIES.get(word);
      if (number.isEmpty() && named == null) {
        return OptionalInt.empty();
      }
      sum += sign * (named != null ? named : (negative ? -1 : 1) * number.orElse(0L).intValue());
      any = true;
    }
    return any ? OptionalInt.of(sum) : OptionalInt.empty();
  }

  /** Without the numbers of {@code counter packets 47 bytes 3516}, which change all the time. */
  static String withoutCounts(String rule) {
    if (!rule.contains("counter packets ")) {
      return rule;
    }
    List<String> words = new ArrayList<>();
    List<String> all = Lines.words(rule);
    for (int i = 0; i < all.size(); i++) {
      words.add(all.get(i));
      boolean counts =
          all.get(i).equals("counter")
              && i + 4 < all.size()
              && all.get(i + 1).equals("packets")
              && all.get(i + 3).equals("bytes");
      i += counts ? 4 : 0;
    }
    return String.join(" ", words);
  }

  private void closeChain() {
    builder.add(
        Section.NFT_CHAINS,
        new NftChain(family, table, chain.orElse(""), type, hook, priority, policy),
        chainLine);
    chain = Optional.empty();
    type = Optional.empty();
    hook = Optional.empty();
    policy = Optional.empty();
    priority = OptionalInt.empty();
  }

  private void unread(int number, String text) {
    boolean gap = text.startsWith("...") || text.startsWith("\u2026");
    String reason = gap ? "lines were left out" : "not a line of nft list";
    builder.unread(Section.NFT_RULES, number, reason);
    builder.unread(Section.NFT_CHAINS, number, reason);
  }
}
