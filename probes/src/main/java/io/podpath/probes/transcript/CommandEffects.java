package io.podpath.probes.transcript;

import io.podpath.core.fix.Change;
import io.podpath.core.net.IpFamily;
import io.podpath.core.netfilter.Backend;
import io.podpath.core.node.Address;
import io.podpath.core.node.FdbEntry;
import io.podpath.core.node.Neighbour;
import io.podpath.core.node.Route;
import io.podpath.core.node.RouteTable;
import io.podpath.core.snapshot.Fact;
import io.podpath.core.snapshot.Section;
import io.podpath.core.snapshot.Source;
import io.podpath.probes.parse.ChainRuleReader;
import io.podpath.probes.parse.Parsers;
import io.podpath.probes.parse.Reading;
import io.podpath.probes.parse.ShellCommand;
import io.podpath.probes.parse.SysctlParser;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;

/**
 * What a command that somebody ran changes, as far as the model holds it; and whether it changes
 * anything at all.
 */
final class CommandEffects {

  private static final Set<String> EDITORS = Set.of("vi", "vim", "nano");
  private static final Set<String> KUBE_VERBS =
      Set.of(
          "apply",
          "create",
          "delete",
          "edit",
          "patch",
          "replace",
          "label",
          "annotate",
          "rollout",
          "set",
          "taint",
          "scale");

  private final Parsers parsers;

  CommandEffects(Parsers parsers) {
    this.parsers = parsers;
  }

  /** Whether the command changes the machine or the cluster, known to the model or not. */
  static boolean mutates(ShellCommand command) {
    List<String> operands = command.operands();
    return switch (command.program()) {
      case "ip" ->
          operands.size() > 1
              && Set.of(
                      "add", "del", "delete", "replace", "change", "append", "prepend", "flush",
                      "set", "a", "d")
                  .contains(operands.get(1))
              && !Set.of("netns", "monitor").contains(operands.getFirst());
      case "bridge" ->
          operands.size() > 1
              && Set.of("add", "del", "delete", "replace", "append", "set")
                  .contains(operands.get(1));
      case "iptables", "ip6tables", "iptables-legacy", "iptables-nft" ->
          command.arguments().stream()
              .anyMatch(
                  a -> a.matches("-[AIDPFRXNZ]|--(append|insert|delete|policy|flush|replace)"));
      case "sysctl" ->
          command.hasOption("-w")
              || command.hasOption("-p")
              || operands.stream().anyMatch(o -> o.contains("="));
      case "systemctl", "service" ->
          operands.stream()
              .anyMatch(o ->
                  Set.of("restart", "start", "stop", "reload", "disable", "enable").contains(o));
      case "kubectl", "calicoctl" -> operands.stream().limit(4).anyMatch(KUBE_VERBS::contains);
      case "ovs-vsctl" ->
          operands.stream()
              .anyMatch(o ->
                  o.startsWith("add-")
                      || o.startsWith("del-")
                      || o.equals("set")
                      || o.equals("remove"));
      case "ipvsadm" -> command.arguments().stream().anyMatch(a -> a.matches("-[AaEeDdCR]"));
      case "conntrack" -> command.hasOption("-D") || command.hasOption("-F");
      case "modprobe", "ufw", "firewall-cmd", "route", "docker", "kubeadm" ->
          operands.stream()
              .anyMatch(o ->
                  Set.of(
                          "add",
                          "del",
                          "restart",
                          "disable",
                          "allow",
                          "br_netfilter",
                          "ipip",
                          "init",
                          "reset")
                      .contains(o));
      case "vi", "vim", "nano" ->
          operands.stream()
              .anyMatch(o -> o.matches(".*\\.(ya?ml|conf|conflist|json|env|cfg|service)"));
      case "echo" -> procFile(command).isPresent();
      default -> false;
    };
  }

  /** The file below /proc/sys that a command writes. */
  private static Optional<String> procFile(ShellCommand command) {
    return command.written().stream().filter(SysctlParser::isProcFile).findFirst();
  }

  /** How the tools begin what they say when they changed nothing. */
  private static final Pattern FAILED =
      Pattern.compile(
          "(?m)^\\s*(RTNETLINK answers|Error:|error:|Cannot |-?bash: |sh: |sysctl: |ip6?tables( v[0-9.]+ ?\\S*)?: "
              + "|ipvsadm: |ipset v[0-9.]+: |ovs-vsctl: |Usage:|usage:|Command line is not complete)");

  /** Whether a command's answer says that it did nothing. */
  static boolean failed(String output) {
    return FAILED.matcher(output).find();
  }

  static boolean isEditor(ShellCommand command) {
    return EDITORS.contains(command.program());
  }

  /**
   * The changes a command makes on a node.
   *
   * @param node where it ran; changes of nodes that cannot have run it are left to the caller
   */
  List<Change> changes(String node, ShellCommand command) {
    if (!command.wrappers().isEmpty()) {
      return List.of();
    }
    List<String> operands = command.operands();
    return switch (command.program()) {
      case "ip" -> operands.size() < 3 ? List.of() : ip(node, command, operands);
      case "bridge" ->
          operands.size() > 2 && operands.getFirst().equals("fdb")
              ? fdb(node, command, operands.get(1))
              : List.of();
      case "iptables", "ip6tables", "iptables-legacy", "iptables-nft" -> iptables(node, command);
      case "sysctl" -> sysctl(node, operands);
      case "echo" -> written(node, command);
      default -> List.of();
    };
  }

  private List<Change> ip(String node, ShellCommand command, List<String> operands) {
    String object = operands.getFirst();
    String verb = operands.get(1);
    if ("route".startsWith(object)) {
      return route(node, command, verb);
    }
    if ("address".startsWith(object)) {
      return address(node, command, verb);
    }
    if ("neighbour".startsWith(object) || "neighbor".startsWith(object)) {
      return neighbour(node, command, verb);
    }
    return List.of();
  }

  private List<Change> route(String node, ShellCommand command, String verb) {
    List<String> words = new ArrayList<>(after(command, verb));
    Optional<RouteTable> table = take(words, "table").map(RouteTable::new);
    Optional<Route> read =
        first(
            "ip route",
            String.join(" ", words),
            Section.routes(IpFamily.INET, Section.RouteScope.MAIN),
            Section.routes(IpFamily.INET6, Section.RouteScope.MAIN),
            Section.routes(IpFamily.INET, Section.RouteScope.LOCAL));
    Optional<Route> route = read.map(r -> table.map(r::withTable).orElse(r));
    if (route.isEmpty()) {
      return List.of();
    }
    // Taking a service address out of table local is no repair: it moves the fault from the node's
    // processes to its pods. The entry stays
    // in the model so that the rules can say so.
    boolean serviceAddress =
        route.get().table().equals(RouteTable.LOCAL)
            && route.get().device().filter(d -> d.startsWith("kube-ipvs")).isPresent();
    return switch (verb) {
      case "add", "a", "append", "prepend", "replace", "change" ->
          List.of(new Change.AddRoute(node, route.get()));
      case "del", "delete", "d" ->
          serviceAddress ? List.of() : List.of(new Change.DeleteRoute(node, route.get()));
      default -> List.of();
    };
  }

  private List<Change> address(String node, ShellCommand command, String verb) {
    List<String> words = new ArrayList<>(after(command, verb));
    Optional<String> device = take(words, "dev");
    if (words.isEmpty() || device.isEmpty()) {
      return List.of();
    }
    String family = words.getFirst().contains(":") ? "inet6 " : "inet ";
    Optional<Address> address =
        first(
            "ip addr",
            family + words.getFirst() + " scope global " + device.get(),
            Section.ADDRESSES);
    return address
        .map(a ->
            switch (verb) {
              case "add", "a", "replace", "change" ->
                  List.<Change>of(new Change.AddAddress(node, a));
              case "del", "delete", "d" -> List.<Change>of(new Change.DeleteAddress(node, a));
              default -> List.<Change>of();
            })
        .orElse(List.of());
  }

  private List<Change> neighbour(String node, ShellCommand command, String verb) {
    if (!Set.of("add", "replace", "change").contains(verb)) {
      return List.of();
    }
    List<String> words = new ArrayList<>(after(command, verb));
    Optional<String> nud = take(words, "nud");
    String line =
        String.join(" ", words) + " " + nud.orElse("permanent").toUpperCase(java.util.Locale.ROOT);
    Optional<Neighbour> neighbour = first("ip neigh", line, Section.NEIGHBOURS);
    return neighbour
        .map(n -> List.<Change>of(new Change.ReplaceNeighbour(node, n, n)))
        .orElse(List.of());
  }

  private List<Change> fdb(String node, ShellCommand command, String verb) {
    if (!Set.of("replace", "add", "append").contains(verb)) {
      return List.of();
    }
    Optional<FdbEntry> entry =
        first("bridge fdb", String.join(" ", after(command, verb)), Section.FDB);
    return entry.map(e -> List.<Change>of(new Change.ReplaceFdb(node, e, e))).orElse(List.of());
  }

  private List<Change> iptables(String node, ShellCommand command) {
    List<String> words = new ArrayList<>(command.arguments());
    String table = take(words, "-t").or(() -> take(words, "--table")).orElse("filter");
    take(words, "-w");
    IpFamily family = command.program().startsWith("ip6") ? IpFamily.INET6 : IpFamily.INET;
    Backend backend =
        command.program().endsWith("-legacy")
            ? Backend.LEGACY
            : command.program().endsWith("-nft") ? Backend.NFT : Backend.UNSTATED;
    if (words.size() < 3) {
      return List.of();
    }
    String verb = words.removeFirst();
    String chain = words.removeFirst();
    if (verb.equals("-P") || verb.equals("--policy")) {
      return List.of(
          new Change.SetChainPolicy(
              node, family, backend, table, chain, Optional.empty(), words.getFirst()));
    }
    Optional<Integer> position = Optional.empty();
    if (verb.equals("-I")) {
      position = Optional.of(1);
      if (words.getFirst().matches("\\d{1,5}")) {
        position = Optional.of(Integer.parseInt(words.removeFirst()));
      }
    }
    Optional<Integer> place = position;
    return ChainRuleReader.read(table, chain, words)
        .map(rule ->
            switch (verb) {
              case "-A", "-I", "--append", "--insert" ->
                  List.<Change>of(new Change.AddChainRule(node, family, backend, rule, place));
              case "-D", "--delete" ->
                  List.<Change>of(
                      new Change.DeleteChainRule(node, family, backend, rule, Optional.empty()));
              default -> List.<Change>of();
            })
        .orElse(List.of());
  }

  private static List<Change> sysctl(String node, List<String> operands) {
    List<Change> changes = new ArrayList<>();
    for (String operand : operands) {
      int equals = operand.indexOf('=');
      if (equals > 0) {
        changes.add(
            new Change.SetSysctl(
                node,
                operand.substring(0, equals).strip(),
                Optional.empty(),
                operand.substring(equals + 1).strip()));
      }
    }
    return changes;
  }

  /** {@code echo 1 > /proc/sys/net/ipv4/ip_forward}. */
  private static List<Change> written(String node, ShellCommand command) {
    List<String> values = command.operands();
    Optional<String> file = procFile(command);
    return file.isEmpty() || values.isEmpty()
        ? List.of()
        : List.of(
            new Change.SetSysctl(
                node, SysctlParser.key(file.get()), Optional.empty(), String.join(" ", values)));
  }

  private static List<String> after(ShellCommand command, String verb) {
    List<String> all = command.arguments();
    int at = all.indexOf(verb);
    return at < 0 ? List.of() : all.subList(at + 1, all.size());
  }

  /** Takes an option with its value out of the words. */
  private static Optional<String> take(List<String> words, String option) {
    int at = words.indexOf(option);
    if (at < 0 || at + 1 >= words.size()) {
      return Optional.empty();
    }
    words.remove(at);
    return Optional.of(words.remove(at));
  }

  /** Reads one line as the tool would print it. */
  @SafeVarargs
  private <T> Optional<T> first(String tool, String line, Section<T>... sections) {
    Source source = Source.ofFile("(command)", line + "\n").byCommand(tool);
    Optional<Reading> reading =
        parsers.forCommand(ShellCommand.parse(tool)).map(p -> p.parse(source));
    if (reading.isEmpty()) {
      return Optional.empty();
    }
    for (Reading.Part<?> part : reading.get().parts()) {
      for (Section<T> section : sections) {
        if (part.section().equals(section) && !part.entries().isEmpty()) {
          return CommandEffects.<T>rows(part).findFirst().map(Fact::value);
        }
      }
    }
    return Optional.empty();
  }

  @SuppressWarnings("unchecked") // a part's entries are of its section's type
  private static <T> java.util.stream.Stream<Fact<T>> rows(Reading.Part<?> part) {
    return ((Reading.Part<T>) part).entries().stream();
  }
}
