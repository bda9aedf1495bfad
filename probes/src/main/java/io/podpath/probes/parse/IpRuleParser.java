package io.podpath.probes.parse;

import com.google.auto.service.AutoService;
import io.podpath.core.net.FwMark;
import io.podpath.core.net.IpFamily;
import io.podpath.core.net.IpPrefix;
import io.podpath.core.node.IpRule;
import io.podpath.core.snapshot.Section;
import io.podpath.core.snapshot.Source;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;

/** {@code ip rule} and {@code ip -6 rule}, as text or JSON. */
@AutoService(OutputParser.class)
public final class IpRuleParser implements OutputParser {

  private static final Set<String> VALUED =
      Set.of(
          "tos",
          "dsfield",
          "iif",
          "oif",
          "dev",
          "uidrange",
          "ipproto",
          "sport",
          "dport",
          "tun_id",
          "suppress_prefixlength",
          "suppress_ifgroup",
          "realms");

  private record Draft(
      long priority,
      boolean not,
      Optional<IpPrefix> from,
      Optional<IpPrefix> to,
      Optional<FwMark> mark,
      TreeMap<String, String> selectors,
      String action,
      int line) {
    Optional<IpFamily> family() {
      return from.or(() -> to).map(IpPrefix::family);
    }

    IpRule toRule(IpFamily family) {
      return new IpRule(family, priority, not, from, to, mark, selectors, action);
    }
  }

  @Override
  public String name() {
    return "ip rule";
  }

  @Override
  public boolean reads(ShellCommand command) {
    return IpCommand.of(command, "ip")
        .filter(c -> c.isAbout("rule", "ru") && c.lists())
        .isPresent();
  }

  @Override
  public int likeness(String fileName, String text) {
    int hint = fileName.contains("rule") && !fileName.contains("tables") ? 10 : 0;
    if (JsonText.is(text)) {
      return JsonText.has(text, "priority")
              && JsonText.has(text, "src")
              && JsonText.has(text, "table")
          ? 85 + hint
          : 0;
    }
    int rules = 0;
    int others = 0;
    for (Lines.Line line : Lines.of(Source.ofFile("", text))) {
      List<String> words = line.words();
      boolean rule =
          words.size() > 3
              && isPriority(words.getFirst())
              && (words.get(1).equals("from") || words.get(1).equals("not"));
      rules += rule ? 1 : 0;
      others += rule || words.isEmpty() ? 0 : 1;
    }
    return rules > others ? 85 + hint : 0;
  }

  private static boolean isPriority(String word) {
    return word.endsWith(":") && WordCursor.isNumber(word.substring(0, word.length() - 1));
  }

  @Override
  public Reading parse(Source source) {
    Optional<IpCommand> command = IpCommand.of(source, "ip");
    List<Draft> drafts = new ArrayList<>();
    List<Tree.Broken> unread = new ArrayList<>();
    boolean json = JsonText.is(source.text());
    if (json) {
      readObjects(source, drafts, unread);
    } else {
      readLines(source, drafts, unread);
    }
    IpFamily family = family(command, drafts, source);
    ReadingBuilder builder = new ReadingBuilder(source);
    Section<IpRule> section = Section.ipRules(family);
    int rank = json ? 30 : command.map(IpCommand::rank).orElse(20);
    if (isWhole(command, drafts)) {
      builder.whole(section, rank);
    } else {
      builder.part(section, rank, "only some rules were shown");
    }
    for (Draft draft : drafts) {
      IpFamily mine = draft.family().orElse(family);
      builder.add(Section.ipRules(mine), draft.toRule(mine), draft.line);
    }
    unread.forEach(u -> builder.unread(section, u));
    return builder.build();
  }

  /**
   * Without a command a listing is whole when it shows the kernel's own first and last rule of IPv4
   * ({@code fib_rules.c: fib_default_rules_init}).
   */
  private static boolean isWhole(Optional<IpCommand> command, List<Draft> drafts) {
    if (command.isPresent()) {
      return command.get().selectors().isEmpty();
    }
    return drafts.stream().anyMatch(d -> d.priority == 0)
        && drafts.stream()
            .anyMatch(d ->
                d.priority == 32767
                    || d.priority == 32766
                        && d.family().filter(f -> f == IpFamily.INET6).isPresent());
  }

  /** IPv4 has a rule for table default at 32767, IPv6 has none. */
  private static IpFamily family(Optional<IpCommand> command, List<Draft> drafts, Source source) {
    if (command.isPresent()) {
      return command.get().family().orElse(IpFamily.INET);
    }
    boolean six =
        drafts.stream().anyMatch(d -> d.family().filter(f -> f == IpFamily.INET6).isPresent());
    boolean named =
        source
            .file()
            .substring(source.file().lastIndexOf('/') + 1)
            .toLowerCase(Locale.ROOT)
            .contains("6");
    boolean four =
        drafts.stream()
            .anyMatch(
                d -> d.priority == 32767 || d.family().filter(f -> f == IpFamily.INET).isPresent());
    return six || named && !four ? IpFamily.INET6 : IpFamily.INET;
  }

  private static void readLines(Source source, List<Draft> drafts, List<Tree.Broken> unread) {
    for (Lines.Line line : Lines.of(source)) {
      List<String> words = Lines.words(Remark.without(line.text()));
      if (words.isEmpty()) {
        continue;
      }
      try {
        drafts.add(readLine(words, line.number()));
      } catch (BadLine e) {
        unread.add(
            new Tree.Broken(
                line.number(),
                Remark.isCut(line.text()) ? "lines were left out here" : e.reason()));
      }
    }
  }

  private static Draft readLine(List<String> words, int line) throws BadLine {
    WordCursor cursor = new WordCursor(words);
    String first = cursor.take("priority");
    if (!isPriority(first) || first.length() > 12) {
      throw new BadLine("no rule of policy routing");
    }
    long priority = Long.parseLong(first.substring(0, first.length() - 1));
    boolean not = cursor.takeIf("not");
    Optional<IpPrefix> from = Optional.empty();
    Optional<IpPrefix> to = Optional.empty();
    Optional<FwMark> mark = Optional.empty();
    TreeMap<String, String> selectors = new TreeMap<>();
    String action = "";
    while (cursor.more()) {
      String word = cursor.take("word");
      switch (word) {
        case "from" ->
            from = cursor.takeIf("all") ? Optional.empty() : Optional.of(cursor.prefix("from"));
        case "to" ->
            to = cursor.takeIf("all") ? Optional.empty() : Optional.of(cursor.prefix("to"));
        case "fwmark" -> mark = Optional.of(mark(cursor.take("fwmark")));
        case "lookup", "table" -> action = "lookup " + cursor.take("table");
        case "goto" -> action = "goto " + cursor.take("goto");
        case "nop", "unreachable", "prohibit", "blackhole" -> action = word;
        case "[detached]", "[unresolved]" -> {}
        // who made the rule (-d) is no selector
        case "proto", "protocol" -> cursor.take("protocol");
        default -> selectors.put(word, VALUED.contains(word) ? cursor.take(word) : "");
      }
    }
    if (action.isEmpty()) {
      throw new BadLine("a rule without an action");
    }
    return new Draft(priority, not, from, to, mark, selectors, action, line);
  }

  private static FwMark mark(String text) throws BadLine {
    return FwMark.parse(text).orElseThrow(() -> new BadLine("no mark: " + WordCursor.shown(text)));
  }

  private static void readObjects(Source source, List<Draft> drafts, List<Tree.Broken> unread) {
    JsonText.Rows rows = JsonText.rows(source);
    for (Tree row : rows.rows()) {
      try {
        drafts.add(readObject(row));
      } catch (BadLine e) {
        unread.add(new Tree.Broken(row.line(), e.reason()));
      }
    }
    rows.broken().ifPresent(unread::add);
  }

  private static Draft readObject(Tree row) throws BadLine {
    long priority = row.number("priority").orElse(-1);
    if (priority < 0) {
      throw new BadLine("a rule without priority");
    }
    Optional<FwMark> mark = Optional.empty();
    Optional<String> value = row.text("fwmark");
    if (value.isPresent()) {
      mark = Optional.of(mark(value.get() + row.text("fwmask").map(m -> "/" + m).orElse("")));
    }
    TreeMap<String, String> selectors = new TreeMap<>();
    for (String word :
        List.of("tos", "iif", "oif", "ipproto", "sport", "dport", "tun_id", "suppress_ifgroup")) {
      row.text(word).ifPresent(v -> selectors.put(word, v));
    }
    for (String word : List.of("sport", "dport")) {
      row.text(word + "_start")
          .ifPresent(v -> selectors.put(word, v + "-" + row.text(word + "_end").orElse("")));
    }
    row.text("uid_start")
        .ifPresent(v -> selectors.put("uidrange", v + "-" + row.text("uid_end").orElse("")));
    row.text("suppress_prefixlen").ifPresent(v -> selectors.put("suppress_prefixlength", v));
    row.text("flow_to")
        .ifPresent(
            v -> selectors.put("realms", row.text("flow_from").map(f -> f + "/").orElse("") + v));
    boolean not = row.members().containsKey("not");
    return new Draft(
        priority,
        not,
        prefix(row, "src"),
        prefix(row, "dst"),
        mark,
        selectors,
        action(row),
        row.line());
  }

  private static String action(Tree row) throws BadLine {
    if (row.members().containsKey("l3mdev")) {
      return "lookup [l3mdev-table]";
    }
    if (row.members().containsKey("nop")) {
      return "nop";
    }
    Optional<String> action =
        row.text("table")
            .map(t -> "lookup " + t)
            .or(() -> row.text("goto").map(g -> "goto " + g))
            .or(() -> row.text("action"));
    return action.orElseThrow(() -> new BadLine("a rule without an action"));
  }

  private static Optional<IpPrefix> prefix(Tree row, String member) throws BadLine {
    Optional<String> address = row.text(member).filter(a -> !a.equals("all"));
    if (address.isEmpty()) {
      return Optional.empty();
    }
    String text = address.get() + row.text(member + "len").map(l -> "/" + l).orElse("");
    return Optional.of(
        IpPrefix.parse(text)
            .orElseThrow(() -> new BadLine(member + " is no prefix: " + WordCursor.shown(text))));
  }
}
