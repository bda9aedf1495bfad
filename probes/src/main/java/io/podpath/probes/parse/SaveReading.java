package io.podpath.probes.parse;

import io.podpath.core.net.IpFamily;
import io.podpath.core.net.IpPrefix;
import io.podpath.core.netfilter.Backend;
import io.podpath.core.netfilter.ChainRule;
import io.podpath.core.netfilter.Counters;
import io.podpath.core.netfilter.Match;
import io.podpath.core.snapshot.Source;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * Reads one text in iptables-save's words, table by table; a chain is stated only where all of its
 * rules were seen.
 */
final class SaveReading {

  private static final int RANK = 20;

  /** With counters a listing tells more. */
  private static final int RANK_COUNTED = 25;

  private record Closed(RuleBlock block, IptablesTool tool, boolean committed) {}

  private final Source source;
  private final Optional<ShellCommand> command;
  private final List<Closed> blocks = new ArrayList<>();
  private final ReadingBuilder builder;
  private final Map<IptablesTool, Set<String>> dumped = new LinkedHashMap<>();
  private final Set<IptablesTool> broken = new LinkedHashSet<>();
  private IptablesTool tool;
  private boolean familyStated;
  private Optional<RuleBlock> open = Optional.empty();
  private boolean skipping;
  private int rank = RANK;

  SaveReading(Source source) {
    this.source = source;
    this.command = source.command().map(ShellCommand::parse);
    this.builder = new ReadingBuilder(source);
    this.tool = IptablesTool.of(source, command);
    this.familyStated = command.isPresent() || source.file().contains("tables");
  }

  Reading read() {
    List<Lines.Line> lines = Lines.of(source);
    if (!familyStated && lines.stream().anyMatch(l -> SaveLine.namesIpv6(l.text()))) {
      tool = new IptablesTool(IpFamily.INET6, tool.backend());
    }
    if (tool.backend() == Backend.UNSTATED
        && lines.stream().anyMatch(l -> IptablesTool.warnsOfLegacy(l.text()))) {
      tool = tool.with(Backend.NFT);
    }
    for (Lines.Line line : lines) {
      String text = line.text().strip();
      if (!text.isEmpty()) {
        line(text, line.number());
      }
    }
    close(false);
    // how much is shown must be known before the rows come: what is added to a table not opened
    // counts as a part
    state();
    for (Closed closed : blocks) {
      closed.block.addTo(builder, closed.tool, closed.committed, this::isKept);
    }
    return builder.build();
  }

  private void line(String text, int number) {
    if (text.charAt(0) == '#') {
      remark(text, number);
    } else if (SaveLine.tableOf(text).isPresent()) {
      close(false);
      openTable(SaveLine.tableOf(text).get(), number);
    } else if (text.equals("COMMIT")) {
      close(true);
    } else if (!skipping) {
      row(text, number);
    }
  }

  private void row(String text, int number) {
    if (SaveLine.isChain(text)) {
      chain(SpecWord.split(text), number);
    } else if (SaveLine.isRule(text)) {
      rule(text, number);
    } else if (SaveLine.isCommand(text) && open.filter(RuleBlock::isDump).isEmpty()) {
      typed(ShellCommand.parse(text), number);
    } else {
      boolean gap = text.startsWith("...") || text.startsWith("\u2026");
      builder.unread(
          tool.rules(), number, gap ? "lines were left out" : "not a line of iptables-save");
      open.ifPresent(RuleBlock::breakAll);
    }
  }

  private void remark(String text, int number) {
    Optional<IptablesTool> header = tool.header(text);
    if (header.isPresent()) {
      close(false);
      tool = header.get();
      familyStated = true;
    } else if (IptablesTool.warnsOfLegacy(text)) {
      tool.noteLegacy(builder);
    } else if (text.contains("incompatible")) {
      builder.unread(tool.rules(), number, "iptables cannot show this table");
      broken.add(tool);
    }
  }

  private void openTable(String table, int number) {
    boolean second = !dumped.computeIfAbsent(tool, t -> new LinkedHashSet<>()).add(table);
    if (second) {
      builder.unread(tool.rules(), number, "the table " + table + " is listed a second time");
      skipping = true;
    } else {
      open = Optional.of(RuleBlock.ofDump(table));
    }
  }

  private RuleBlock block() {
    if (open.isEmpty()) {
      open = Optional.of(RuleBlock.loose(statedTable()));
    }
    return open.get();
  }

  private Optional<String> statedTable() {
    if (command.isEmpty()) {
      return Optional.empty();
    }
    Optional<String> table =
        command.get().optionValue("-t").or(() -> command.get().optionValue("--table"));
    boolean listsRules = !IptablesSaveParser.isSave(command.get());
    return table.or(() -> listsRules ? Optional.of("filter") : Optional.empty());
  }

  private void close(boolean committed) {
    skipping = false;
    if (open.isPresent()) {
      RuleBlock block = open.get();
      if (block.isDump() && !committed) {
        broken.add(tool);
      }
      blocks.add(new Closed(block, tool, committed));
      open = Optional.empty();
    }
  }

  /** {@code :FORWARD DROP [0:0]}, {@code -P FORWARD DROP}, {@code -N KUBE-FORWARD}. */
  private void chain(List<SpecWord> words, int number) {
    String first = words.getFirst().raw();
    boolean dump = first.charAt(0) == ':';
    String name = dump ? first.substring(1) : words.size() > 1 ? words.get(1).value() : "";
    int at = dump ? 1 : 2;
    boolean builtIn = dump || first.equals("-P") || first.equals("--policy");
    if (name.isEmpty() || builtIn && words.size() <= at) {
      builder.unread(tool.chains(), number, "a chain without its policy");
      return;
    }
    Optional<String> policy =
        builtIn ? Optional.of(words.get(at).value()).filter(p -> !p.equals("-")) : Optional.empty();
    Optional<Counters> counters = Optional.empty();
    for (int i = at; i < words.size(); i++) {
      if (words.get(i).raw().startsWith("[")) {
        counters = counters(words.get(i).raw());
      } else if (words.get(i).raw().equals("-c") && i + 2 < words.size()) {
        counters = counters("[" + words.get(i + 1).raw() + ":" + words.get(i + 2).raw() + "]");
      }
    }
    if (!dump && block().declares(name)) {
      builder.unread(tool.rules(), number, "the chain " + name + " is listed a second time");
      skipping = true;
      return;
    }
    block().declare(name, policy, counters, number, !dump);
  }

  private void rule(String text, int number) {
    List<SpecWord> words = SpecWord.split(text);
    Optional<Counters> counters = Optional.empty();
    if (words.getFirst().raw().startsWith("[")) {
      counters = counters(words.getFirst().raw());
      words = words.subList(1, words.size());
    }
    if (words.size() < 2) {
      builder.unread(tool.rules(), number, "a rule without its chain");
      return;
    }
    int from = 2;
    boolean inserted =
        words.getFirst().raw().equals("-I") || words.getFirst().raw().equals("--insert");
    if (inserted && words.size() > 2 && Amounts.plain(words.get(2).raw()).isPresent()) {
      from = 3;
    }
    take(words.get(1).value(), words.subList(from, words.size()), counters, number);
  }

  private void take(String chain, List<SpecWord> words, Optional<Counters> counters, int number) {
    String table = block().table().orElse("");
    Optional<ChainRule> rule = ChainRuleReader.readWords(table, chain, words);
    if (rule.isEmpty() || !ofFamily(rule.get())) {
      builder.unread(
          tool.rules(),
          number,
          rule.isEmpty() ? "the rule is cut off" : "an address of another family");
      block().breakChain(chain);
      return;
    }
    ChainRule read = rule.get();
    if (counters.isPresent() || read.counters().isPresent()) {
      rank = RANK_COUNTED;
    }
    block()
        .add(
            new ChainRule(
                read.table(), chain, read.matches(), read.target(), counters.or(read::counters)),
            number);
  }

  private boolean ofFamily(ChainRule rule) {
    for (Match match : rule.matches()) {
      if (match instanceof Match.Source(boolean not, IpPrefix prefix)
              && prefix.family() != tool.family()
          || match instanceof Match.Destination(boolean no, IpPrefix to)
              && to.family() != tool.family()) {
        return false;
      }
    }
    return true;
  }

  /** A command somebody noted down instead of its effect. */
  private void typed(ShellCommand typed, int number) {
    List<String> words = typed.words();
    int at = Math.max(words.indexOf("-A"), words.indexOf("-I"));
    if (at < 0 || at + 1 >= words.size()) {
      builder.unread(tool.rules(), number, "not a line of iptables-save");
      return;
    }
    int from =
        at + 2 < words.size() && Amounts.plain(words.get(at + 2)).isPresent() ? at + 3 : at + 2;
    IptablesTool before = tool;
    close(false);
    tool = IptablesTool.of(source, Optional.of(typed));
    open =
        Optional.of(
            RuleBlock.loose(
                typed
                    .optionValue("-t")
                    .or(() -> typed.optionValue("--table"))
                    .or(() -> Optional.of("filter"))));
    take(
        words.get(at + 1),
        words.subList(from, words.size()).stream().map(SpecWord::of).toList(),
        Optional.empty(),
        number);
    close(false);
    tool = before;
  }

  /** States how much of the tables the text shows. */
  private void state() {
    boolean all =
        command.map(c -> IptablesSaveParser.isSave(c) && statedTable().isEmpty()).orElse(false);
    boolean named = command.isEmpty() && source.file().contains("save");
    if (all && dumped.isEmpty() && blocks.isEmpty() && !builder.has(tool.rules())) {
      dumped.put(tool, Set.of());
    }
    for (Closed closed : blocks) {
      if (!dumped.containsKey(closed.tool)) {
        String reason = "only some chains of iptables were listed";
        builder.part(closed.tool.chains(), rank, reason).part(closed.tool.rules(), rank, reason);
      }
    }
    dumped.forEach((which, tables) -> {
      boolean whole =
          (all || named || command.isEmpty() && tables.size() > 1) && !broken.contains(which);
      if (whole) {
        builder.whole(which.chains(), rank).whole(which.rules(), rank);
      } else {
        String reason =
            broken.contains(which)
                ? "the listing is cut off"
                : "only " + String.join(", ", tables) + " was listed";
        builder.part(which.chains(), rank, reason).part(which.rules(), rank, reason);
      }
    });
  }

  /**
   * Every line of {@code iptables -S} names its chain, so {@code grep FORWARD} keeps that chain
   * whole.
   */
  private boolean isKept(String chain) {
    if (source.filtered().isEmpty()) {
      return true;
    }
    if (command.isEmpty()
        || IptablesSaveParser.isSave(command.get())
        || command.get().pipes().size() != 1) {
      return false;
    }
    List<String> grep = Lines.words(command.get().pipes().getFirst());
    boolean plain =
        grep.size() == 2
            && grep.getFirst().equals("grep")
            && grep.get(1)
                .chars()
                .allMatch(c -> Character.isLetterOrDigit(c) || c == '-' || c == '_')
            && !grep.get(1).startsWith("-");
    return plain
        && source.filtered().get().equals(command.get().filter().orElse(""))
        && chain.contains(grep.get(1));
  }

  private static Optional<Counters> counters(String text) {
    int colon = text.indexOf(':');
    if (!text.startsWith("[") || !text.endsWith("]") || colon < 0) {
      return Optional.empty();
    }
    Optional<Long> packets = Amounts.plain(text.substring(1, colon));
    Optional<Long> bytes = Amounts.plain(text.substring(colon + 1, text.length() - 1));
    return packets.flatMap(p -> bytes.map(b -> new Counters(p, b)));
  }
}
