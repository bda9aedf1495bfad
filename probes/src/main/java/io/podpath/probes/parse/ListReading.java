package io.podpath.probes.parse;

import io.podpath.core.net.IpAddress;
import io.podpath.core.net.IpFamily;
import io.podpath.core.net.IpPrefix;
import io.podpath.core.netfilter.Backend;
import io.podpath.core.netfilter.ChainRule;
import io.podpath.core.netfilter.Counters;
import io.podpath.core.snapshot.Source;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;

/**
 * Reads one text of {@code iptables -L}, chain by chain. One listing shows one table, so it never
 * shows all there is.
 */
final class ListReading {

  /** The chain of rows that stand without their chain's header. */
  static final String UNKNOWN_CHAIN = "?";

  private static final int RANK = 12;
  private static final int RANK_VERBOSE = 15;

  /**
   * {@code Chain FORWARD (policy DROP 14 packets, 630 bytes)} or {@code Chain KUBE-FORWARD (1
   * references)}.
   */
  record Header(String name, Optional<String> policy, Optional<Counters> counters) {}

  private final Source source;
  private final Optional<ShellCommand> command;
  private final ReadingBuilder builder;
  private final Optional<String> statedTable;
  private final List<RuleBlock> blocks = new ArrayList<>();
  private final Set<String> chains = new HashSet<>();
  private IptablesTool tool;
  private RuleBlock block;
  private String chain = UNKNOWN_CHAIN;
  private Optional<ListColumns> columns = Optional.empty();
  private boolean userChainsBegun;
  private boolean verbose;

  ListReading(Source source) {
    this.source = source;
    this.command = source.command().map(ShellCommand::parse);
    this.builder = new ReadingBuilder(source);
    this.tool = IptablesTool.of(source, command);
    this.statedTable = statedTable();
    this.block = RuleBlock.loose(statedTable);
    blocks.add(block);
  }

  private Optional<String> statedTable() {
    if (command.isPresent()) {
      ShellCommand typed = command.get();
      return typed
          .optionValue("-t")
          .or(() -> typed.optionValue("--table"))
          .or(() -> Optional.of("filter"));
    }
    String name =
        source.file().substring(source.file().lastIndexOf('/') + 1).toLowerCase(Locale.ROOT);
    for (String table : List.of("nat", "mangle", "raw", "filter", "security")) {
      int at = name.indexOf(table);
      boolean word =
          at > 0
              && !Character.isLetter(name.charAt(at - 1))
              && (at + table.length() == name.length()
                  || !Character.isLetter(name.charAt(at + table.length())));
      if (word) {
        return Optional.of(table);
      }
    }
    return Optional.empty();
  }

  Reading read() {
    List<Lines.Line> lines = Lines.of(source);
    boolean legacyToo = lines.stream().anyMatch(l -> IptablesTool.warnsOfLegacy(l.text()));
    if (legacyToo) {
      tool = tool.backend() == Backend.UNSTATED ? tool.with(Backend.NFT) : tool;
      tool.noteLegacy(builder);
    }
    if (tool.family() == IpFamily.INET
        && command.isEmpty()
        && lines.stream().anyMatch(ListReading::namesIpv6)) {
      tool = new IptablesTool(IpFamily.INET6, tool.backend());
    }
    for (Lines.Line line : lines) {
      List<String> words = line.words();
      if (!words.isEmpty() && !words.getFirst().startsWith("#")) {
        line(words, line.number());
      }
    }
    if (blocks.stream().anyMatch(b -> !b.isEmpty()) || builder.has(tool.rules())) {
      int rank = verbose ? RANK_VERBOSE : RANK;
      String reason =
          "iptables -L shows one table" + statedTable.map(t -> ", here " + t).orElse("");
      builder.part(tool.chains(), rank, reason).part(tool.rules(), rank, reason);
    }
    Set<String> shown = new HashSet<>();
    for (RuleBlock read : blocks) {
      read.addNewTo(builder, tool, c -> source.filtered().isEmpty(), shown);
    }
    return builder.build();
  }

  private void line(List<String> words, int number) {
    Optional<Header> header = chainHeader(words);
    if (header.isPresent()) {
      open(header.get(), number);
      return;
    }
    Optional<ListColumns> stated = ListColumns.ofHeader(words);
    if (stated.isPresent()) {
      columns = stated;
      return;
    }
    Optional<ListColumns> shown = columns.or(() -> ListColumns.ofRow(words));
    Optional<ChainRule> rule =
        shown.flatMap(c -> ListedRule.read(statedTable.orElse(""), chain, c, words));
    if (rule.isEmpty()) {
      boolean gap = words.getFirst().startsWith("...") || words.getFirst().startsWith("\u2026");
      builder.unread(
          tool.rules(), number, gap ? "lines were left out" : "not a row of iptables -L");
      block.breakChain(chain);
      return;
    }
    verbose |= shown.get().interfaces();
    block.add(rule.get(), number);
  }

  /**
   * Built-in chains come first in a listing, so one behind others begins the listing of another
   * table.
   */
  private void open(Header header, int number) {
    boolean builtIn = header.policy().isPresent();
    boolean other =
        builtIn && userChainsBegun
            || header.name().equals("PREROUTING") && chains.contains("FORWARD");
    if (chains.contains(header.name()) || other && statedTable.isEmpty()) {
      block = RuleBlock.loose(statedTable);
      blocks.add(block);
      chains.clear();
      userChainsBegun = false;
    }
    userChainsBegun |= !builtIn;
    chains.add(header.name());
    chain = header.name();
    columns = Optional.empty();
    block.declare(chain, header.policy(), header.counters(), number, true);
  }

  static Optional<Header> chainHeader(List<String> words) {
    if (words.size() < 3 || !words.getFirst().equals("Chain") || !words.get(2).startsWith("(")) {
      return Optional.empty();
    }
    String name = words.get(1);
    if (words.get(2).equals("(policy") && words.size() >= 4) {
      String policy =
          words.get(3).endsWith(")")
              ? words.get(3).substring(0, words.get(3).length() - 1)
              : words.get(3);
      Optional<Counters> counters =
          words.size() < 8
              ? Optional.empty()
              : Amounts.rounded(words.get(4))
                  .flatMap(p -> Amounts.rounded(words.get(6)).map(b -> new Counters(p, b)));
      return Optional.of(new Header(name, Optional.of(policy), counters));
    }
    boolean user = words.size() >= 4 && words.get(3).startsWith("references");
    return user
        ? Optional.of(new Header(name, Optional.empty(), Optional.empty()))
        : Optional.empty();
  }

  private static boolean namesIpv6(Lines.Line line) {
    for (String word : line.words()) {
      if (word.startsWith("/*")) {
        return false;
      }
      boolean address = word.indexOf(':') >= 0 && word.indexOf('/') > 0;
      if (address
          && IpPrefix.parse(word.startsWith("!") ? word.substring(1) : word)
              .map(IpPrefix::address)
              .filter(a -> !a.isV4())
              .isPresent()) {
        return true;
      }
      if (word.equals("::") || IpAddress.parse(word).filter(a -> !a.isV4()).isPresent()) {
        return true;
      }
    }
    return false;
  }
}
