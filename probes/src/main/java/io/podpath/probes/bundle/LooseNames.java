package io.podpath.probes.bundle;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * Node names inside the names of loose files: {@code ip-route-worker1.txt} beside {@code
 * ip-route-worker2.txt}, or {@code worker1-ip-route.txt} beside {@code worker2-ip-route.txt}. One
 * such name alone says nothing: only two outputs of one command in one directory must be of two
 * machines.
 */
final class LooseNames {

  /** Outputs that exist once per machine. Longer names first, so that the longest one is found. */
  private static final List<String> ONCE =
      List.of(
          "ip-route-show-table-all",
          "ip-route-table-all",
          "ip-6-route",
          "ip-route",
          "ip-addr-show",
          "ip-addr",
          "ip-d-link",
          "ip-link",
          "ip-neigh",
          "ip-rule",
          "ip-a",
          "ip-r",
          "bridge-fdb-show",
          "bridge-fdb",
          "fdb",
          "bridge-link",
          "iptables-save",
          "iptables-L-n",
          "iptables-nft-save",
          "iptables-legacy-save",
          "ip6tables-save",
          "iptables",
          "nft-list-ruleset",
          "ipset-save",
          "ipset-list",
          "ipvsadm-Ln",
          "route-n",
          "ifconfig",
          "brctl-show",
          "arp-n",
          "sysctl-a",
          "sysctl",
          "conntrack-L",
          "ovs-vsctl-show",
          "calicoctl-node-status",
          "birdc-show-route",
          "netstat-rn",
          "kube-proxy",
          "kubelet",
          "flanneld",
          "flannel",
          "calico-node");

  /** What stands beside a command's name and is no node. */
  private static final Set<String> NO_NODE =
      Set.of(
          "before", "after", "old", "new", "main", "local", "all", "get", "show", "list", "default",
          "4", "6", "v4", "v6", "d", "j", "s", "c", "n", "v", "nat", "filter", "mangle", "raw",
          "detail", "full", "output", "log", "1", "2", "3");

  /**
   * @param stem what is left of the file's name: the command
   */
  record Owned(String node, String stem) {}

  private LooseNames() {}

  /** The files of one directory that name their node, by their stems. */
  static Map<String, Owned> owners(List<String> stems) {
    Map<String, Owned> found = new HashMap<>();
    Map<String, Set<String>> nodesOf = new HashMap<>();
    for (String stem : stems) {
      split(stem)
          .ifPresent(o -> {
            found.put(stem, o);
            nodesOf
                .computeIfAbsent(o.stem(), s -> new HashSet<>())
                .add(o.node().toLowerCase(Locale.ROOT));
          });
    }
    Set<String> nodes = new HashSet<>();
    nodesOf.values().stream().filter(n -> n.size() > 1).forEach(nodes::addAll);
    found.values().removeIf(o -> !nodes.contains(o.node().toLowerCase(Locale.ROOT)));
    return found;
  }

  private static Optional<Owned> split(String stem) {
    String plain = stem.replace('_', '-').replace(' ', '-');
    for (String command : ONCE) {
      if (plain.length() > command.length() + 1) {
        String rest = "";
        if (plain.regionMatches(true, 0, command + "-", 0, command.length() + 1)) {
          rest = stem.substring(command.length() + 1);
        } else if (plain.regionMatches(
            true, plain.length() - command.length() - 1, "-" + command, 0, command.length() + 1)) {
          rest = stem.substring(0, stem.length() - command.length() - 1);
        }
        if (isName(rest)) {
          return Optional.of(new Owned(rest, command));
        }
      }
    }
    return Optional.empty();
  }

  private static boolean isName(String rest) {
    List<String> words = new ArrayList<>(List.of(rest.toLowerCase(Locale.ROOT).split("[-_ ]")));
    return !rest.isEmpty()
        && words.stream().noneMatch(NO_NODE::contains)
        && rest.chars()
            .allMatch(c -> Character.isLetterOrDigit(c) || c == '-' || c == '.' || c == '_');
  }
}
