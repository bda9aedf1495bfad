package io.podpath.core.netfilter;

import io.podpath.core.net.FwMark;
import io.podpath.core.net.IpPrefix;
import io.podpath.core.net.IpProtocol;
import java.util.Comparator;
import java.util.List;
import java.util.SortedSet;
import java.util.stream.Collectors;

/** A condition of a chain rule. {@code negated} stands for the exclamation mark. */
public sealed interface Match {

  record Source(boolean negated, IpPrefix prefix) implements Match {
    @Override
    public String toString() {
      return not(negated) + "-s " + prefix;
    }
  }

  record Destination(boolean negated, IpPrefix prefix) implements Match {
    @Override
    public String toString() {
      return not(negated) + "-d " + prefix;
    }
  }

  /**
   * @param name an interface, or a beginning of names with {@code +} behind it
   */
  record InInterface(boolean negated, String name) implements Match {
    @Override
    public String toString() {
      return not(negated) + "-i " + name;
    }
  }

  record OutInterface(boolean negated, String name) implements Match {
    @Override
    public String toString() {
      return not(negated) + "-o " + name;
    }
  }

  record Protocol(boolean negated, IpProtocol protocol) implements Match {
    @Override
    public String toString() {
      return not(negated) + "-p " + protocol;
    }
  }

  /**
   * A module without options, as in {@code -p tcp -m tcp}: it asks for nothing that {@code -p} does
   * not.
   */
  record Module(String name) implements Match {
    @Override
    public String toString() {
      return "-m " + name;
    }
  }

  /** Ports of {@code -m tcp} or {@code -m udp}; {@code from} equals {@code to} for one port. */
  record SourcePort(boolean negated, String module, int from, int to) implements Match {
    @Override
    public String toString() {
      return "-m " + module + " " + not(negated) + "--sport " + range(from, to);
    }
  }

  record DestinationPort(boolean negated, String module, int from, int to) implements Match {
    @Override
    public String toString() {
      return "-m " + module + " " + not(negated) + "--dport " + range(from, to);
    }
  }

  /**
   * @param option dports, sports or ports
   * @param ports as printed, {@code 80,443} or {@code 1024:2048}
   */
  record MultiPort(boolean negated, String option, List<String> ports) implements Match {
    public MultiPort {
      ports = List.copyOf(ports);
    }

    @Override
    public String toString() {
      return "-m multiport " + not(negated) + "--" + option + " " + String.join(",", ports);
    }
  }

  /**
   * @param module conntrack or state
   * @param states NEW, ESTABLISHED, RELATED, INVALID, UNTRACKED, DNAT, SNAT
   */
  record ConnState(boolean negated, String module, SortedSet<String> states) implements Match {
    @Override
    public String toString() {
      return "-m "
          + module
          + " "
          + not(negated)
          + (module.equals("state") ? "--state " : "--ctstate ")
          + states.stream()
              .sorted(Comparator.comparingInt(CONNTRACK_ORDER::indexOf))
              .collect(Collectors.joining(","));
    }
  }

  /** The order of iptables' extensions/libxt_conntrack.c: conntrack_print_state. */
  List<String> CONNTRACK_ORDER =
      List.of("INVALID", "NEW", "RELATED", "ESTABLISHED", "UNTRACKED", "SNAT", "DNAT");

  record Mark(boolean negated, FwMark mark) implements Match {
    @Override
    public String toString() {
      return "-m mark " + not(negated) + "--mark " + mark;
    }
  }

  /**
   * @param directions src and dst in the set's order
   */
  record InSet(boolean negated, String name, List<String> directions) implements Match {
    public InSet {
      directions = List.copyOf(directions);
    }

    @Override
    public String toString() {
      return "-m set " + not(negated) + "--match-set " + name + " " + String.join(",", directions);
    }
  }

  /**
   * @param option src-type or dst-type
   * @param type LOCAL, UNICAST, BROADCAST …
   * @param limit limit-iface-in or limit-iface-out where only the addresses of the packet's own
   *     interface count; else empty
   */
  record AddrType(boolean negated, String option, String type, String limit) implements Match {
    public AddrType(boolean negated, String option, String type) {
      this(negated, option, type, "");
    }

    @Override
    public String toString() {
      return "-m addrtype "
          + not(negated)
          + "--"
          + option
          + " "
          + type
          + (limit.isEmpty() ? "" : " --" + limit);
    }
  }

  /** {@code -m statistic --mode random --probability p}; kube-proxy spreads endpoints with it. */
  record Probability(boolean negated, double probability) implements Match {
    @Override
    public String toString() {
      return "-m statistic --mode random "
          + not(negated)
          + "--probability "
          + String.format(java.util.Locale.ROOT, "%.11f", probability);
    }
  }

  record Comment(String text) implements Match {
    @Override
    public String toString() {
      return "-m comment --comment " + quoted(text);
    }
  }

  /** A match podpath does not know: no walk may assume it matches or does not. */
  record Unmodelled(String text) implements Match {
    @Override
    public String toString() {
      return text;
    }
  }

  /** As iptables prints a free text (libxtables/xtables.c: xtables_save_string). */
  static String quoted(String text) {
    boolean plain =
        !text.isEmpty()
            && text.chars()
                .allMatch(c -> c < 128 && (Character.isLetterOrDigit(c) || c == '_' || c == '-'));
    return plain
        ? text
        : '"' + text.replace("\\", "\\\\").replace("\"", "\\\"").replace("'", "\\'") + '"';
  }

  private static String not(boolean negated) {
    return negated ? "! " : "";
  }

  private static String range(int from, int to) {
    return from == to ? Integer.toString(from) : from + ":" + to;
  }
}
