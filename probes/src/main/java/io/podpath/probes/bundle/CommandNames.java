package io.podpath.probes.bundle;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * Which command a file name stands for: {@code ip-6-route.txt} is what {@code ip -6 route} printed.
 */
final class CommandNames {

  /** Names that do not follow from the words of the command. */
  private static final Map<String, String> SPECIAL =
      Map.ofEntries(
          Map.entry("fdb", "bridge fdb show"),
          Map.entry("bridge-fdb", "bridge fdb show"),
          Map.entry("iptables", "iptables-save"),
          Map.entry("ifconfig-a", "ifconfig -a"),
          Map.entry("route-print", "route"),
          Map.entry("kubectl-get-node", "kubectl get nodes"),
          Map.entry("sysctl-a", "sysctl -a"));

  private static final Set<String> TOOLS =
      Set.of(
          "ip",
          "bridge",
          "iptables",
          "ip6tables",
          "nft",
          "ipset",
          "ipvsadm",
          "conntrack",
          "sysctl",
          "ss",
          "netstat",
          "arp",
          "route",
          "ifconfig",
          "brctl",
          "kubectl",
          "calicoctl",
          "birdc",
          "birdcl",
          "ufw",
          "nstat",
          "tcpdump",
          "ethtool",
          "ping",
          "traceroute",
          "vtysh",
          "systemctl",
          "journalctl",
          "docker",
          "crictl",
          "lsmod",
          "uname",
          "tc",
          "nmcli",
          "etcdctl",
          "iptables-save",
          "ip6tables-save",
          "iptables-legacy",
          "iptables-legacy-save",
          "iptables-nft",
          "iptables-nft-save",
          "ip6tables-legacy",
          "ip6tables-legacy-save",
          "ip6tables-nft",
          "ip6tables-nft-save",
          "ipvsadm-save",
          "ovs-vsctl",
          "ovs-ofctl",
          "ovs-dpctl",
          "ovs-appctl",
          "firewall-cmd");

  /** Words of these tools that are joined by dashes themselves. */
  private static final Set<String> DASHED =
      Set.of(
          "dump-flows",
          "dump-ports",
          "dump-groups",
          "list-br",
          "list-ports",
          "list-ifaces",
          "fdb-show",
          "list-all");

  private static final Set<String> TABLES = Set.of("nat", "filter", "mangle", "raw", "security");

  private CommandNames() {}

  /** The command a file is named after; empty when its first word is no tool. */
  static Optional<String> guess(String stem) {
    String plain = stem.replace('_', '-').replace(' ', '-');
    String special = SPECIAL.get(plain.toLowerCase(Locale.ROOT));
    if (special != null) {
      return Optional.of(special);
    }
    List<String> words = new ArrayList<>(List.of(plain.split("-+")));
    words.removeIf(String::isEmpty);
    Optional<String> tool = tool(words);
    if (tool.isEmpty()) {
      return Optional.empty();
    }
    List<String> command = new ArrayList<>(List.of(tool.get()));
    List<String> arguments = words.subList(tool.get().split("-").length, words.size());
    switch (tool.get()) {
      case "ip", "bridge", "nft", "tc" -> addObject(command, arguments);
      case "tcpdump" -> {
        if (!arguments.isEmpty()) {
          command.addAll(List.of("-i", String.join("-", arguments)));
        }
      }
      case "kubectl",
          "calicoctl",
          "birdc",
          "birdcl",
          "ufw",
          "brctl",
          "sysctl",
          "systemctl",
          "docker",
          "crictl",
          "vtysh" ->
          command.addAll(arguments);
      default -> addOptions(command, arguments);
    }
    return Optional.of(String.join(" ", command));
  }

  /**
   * The longest beginning that is a tool's name: {@code iptables-legacy-save} before {@code
   * iptables}.
   */
  private static Optional<String> tool(List<String> words) {
    for (int n = Math.min(3, words.size()); n > 0; n--) {
      String name = String.join("-", words.subList(0, n)).toLowerCase(Locale.ROOT);
      if (TOOLS.contains(name)) {
        return Optional.of(name);
      }
    }
    return Optional.empty();
  }

  /**
   * {@code ip-d-j-link}: single letters and digits are options, {@code table} needs its {@code
   * show}.
   */
  private static void addObject(List<String> command, List<String> words) {
    int i = 0;
    while (i < words.size() - 1 && words.get(i).length() == 1) {
      command.add("-" + words.get(i++));
    }
    List<String> rest = words.subList(i, words.size());
    if (rest.size() > 1 && rest.get(1).equals("table")) {
      command.addAll(List.of(rest.getFirst(), "show"));
      command.addAll(rest.subList(1, rest.size()));
    } else if (rest.size() == 2
        && command.getFirst().equals("ip")
        && rest.getFirst().startsWith("route")
        && rest.get(1).matches("main|local|all|default")) {
      command.addAll(List.of(rest.getFirst(), "show", "table", rest.get(1)));
    } else {
      command.addAll(rest);
    }
  }

  /**
   * {@code iptables-L-FORWARD-v}, {@code ss-natu}, {@code ovs-ofctl-dump-flows-br0}: what the tool
   * takes as options gets its dash.
   */
  private static void addOptions(List<String> command, List<String> words) {
    String tool = command.getFirst();
    for (int i = 0; i < words.size(); i++) {
      String word = words.get(i);
      String pair = i + 1 < words.size() ? word + "-" + words.get(i + 1) : "";
      if (DASHED.contains(pair)) {
        command.add(tool.equals("ovs-appctl") ? pair.replace('-', '/') : pair);
        i++;
      } else if (tool.contains("tables") && TABLES.contains(word)) {
        command.addAll(List.of("-t", word));
      } else if (tool.equals("ipvsadm") && word.length() > 3) {
        command.add("--" + word);
      } else if (isOption(tool, word)) {
        command.add("-" + word);
      } else {
        command.add(word);
      }
    }
  }

  private static boolean isOption(String tool, String word) {
    return switch (tool) {
      case "ss", "netstat", "route", "arp", "ifconfig", "uname" ->
          word.length() <= 6 && word.matches("[a-zA-Z46]+");
      case "ipvsadm", "ipvsadm-save", "conntrack" -> word.length() <= 3;
      default -> tool.contains("tables") && word.matches("[A-Za-z]{1,3}");
    };
  }
}
