package io.podpath.core.fix;

import io.podpath.core.net.IpFamily;
import io.podpath.core.netfilter.Backend;
import io.podpath.core.netfilter.Chain;
import io.podpath.core.netfilter.ChainRule;
import io.podpath.core.node.Address;
import io.podpath.core.node.FdbEntry;
import io.podpath.core.node.Neighbour;
import io.podpath.core.node.Route;
import io.podpath.core.node.Sysctl;
import io.podpath.core.snapshot.Fact;
import io.podpath.core.snapshot.Section;
import io.podpath.core.snapshot.Snapshot;
import java.util.Optional;

/**
 * One change of one node's host namespace. It has the same effect on a snapshot as its command has
 * on the node.
 */
public sealed interface Change {

  String node();

  /** The command that does it, in the tool's own words. */
  String command();

  /** What takes it back. */
  Change inverse();

  Snapshot applyTo(Snapshot snapshot);

  /** The command that takes it back; empty when it must put back what was not gathered. */
  default Optional<String> undoCommand() {
    return Optional.of(inverse().command());
  }

  /** Adds a route, if none stands in its place: then the command fails and nothing is changed. */
  record AddRoute(String node, Route route) implements Change {
    @Override
    public String command() {
      return "ip route add " + RouteWords.of(route);
    }

    @Override
    public Change inverse() {
      return new DeleteRoute(node, route);
    }

    @Override
    public Snapshot applyTo(Snapshot snapshot) {
      return TableEdit.rows(
          snapshot,
          node,
          TableEdit.section(route),
          list -> RouteWords.added(list, new Fact<>(route, TableEdit.made(this))));
    }
  }

  record DeleteRoute(String node, Route route) implements Change {
    @Override
    public String command() {
      return "ip route del " + RouteWords.of(route);
    }

    @Override
    public Change inverse() {
      return new AddRoute(node, route);
    }

    @Override
    public Snapshot applyTo(Snapshot snapshot) {
      return TableEdit.rows(
          snapshot,
          node,
          TableEdit.section(route),
          list -> TableEdit.without(list, r -> RouteWords.selects(route, r)));
    }
  }

  /**
   * Adds a route to a destination that has one already, before or behind it: of two the kernel
   * takes the first, and a plain {@code add} is refused.
   */
  record AddSecondRoute(String node, Route route, boolean first) implements Change {
    @Override
    public String command() {
      return "ip route " + (first ? "prepend " : "append ") + RouteWords.of(route);
    }

    @Override
    public Change inverse() {
      return new DeleteSecondRoute(node, route, first);
    }

    @Override
    public Snapshot applyTo(Snapshot snapshot) {
      return TableEdit.rows(
          snapshot,
          node,
          TableEdit.section(route),
          list -> RouteWords.beside(list, new Fact<>(route, TableEdit.made(this)), first));
    }
  }

  /**
   * Deletes one of two routes to a destination.
   *
   * @param first whether it stands before the other, for the undo
   */
  record DeleteSecondRoute(String node, Route route, boolean first) implements Change {
    @Override
    public String command() {
      return "ip route del " + RouteWords.of(route);
    }

    @Override
    public Change inverse() {
      return new AddSecondRoute(node, route, first);
    }

    @Override
    public Snapshot applyTo(Snapshot snapshot) {
      return TableEdit.rows(
          snapshot, node, TableEdit.section(route), list -> TableEdit.without(list, route::equals));
    }
  }

  /** Deletes one route and adds another in its place. */
  record ReplaceRoute(String node, Route from, Route to) implements Change {
    @Override
    public String command() {
      return RouteWords.replacement(from, to);
    }

    @Override
    public Change inverse() {
      return new ReplaceRoute(node, to, from);
    }

    @Override
    public Snapshot applyTo(Snapshot snapshot) {
      return TableEdit.rows(
          snapshot,
          node,
          TableEdit.section(from),
          list -> TableEdit.replaced(list, from::equals, to, this));
    }
  }

  /**
   * Puts one forwarding entry in the place of another. MAC addresses are the keys of the table
   * (drivers/net/vxlan/vxlan_core.c: vxlan_find_mac): replacing an entry by one with another MAC
   * address would leave both.
   */
  record ReplaceFdb(String node, FdbEntry from, FdbEntry to) implements Change {
    @Override
    public String command() {
      return from.mac().equals(to.mac())
          ? "bridge fdb replace " + EntryWords.of(to)
          : "bridge fdb add " + EntryWords.of(to) + " && bridge fdb del " + EntryWords.of(from);
    }

    @Override
    public Change inverse() {
      return new ReplaceFdb(node, to, from);
    }

    @Override
    public Snapshot applyTo(Snapshot snapshot) {
      return TableEdit.rows(
          snapshot, node, Section.FDB, list -> TableEdit.replaced(list, from::equals, to, this));
    }
  }

  record ReplaceNeighbour(String node, Neighbour from, Neighbour to) implements Change {
    @Override
    public String command() {
      return "ip neigh replace " + EntryWords.of(to);
    }

    @Override
    public Change inverse() {
      return new ReplaceNeighbour(node, to, from);
    }

    @Override
    public Snapshot applyTo(Snapshot snapshot) {
      return TableEdit.rows(
          snapshot,
          node,
          Section.neighbours(from.address().family()),
          list -> TableEdit.replaced(list, from::equals, to, this));
    }
  }

  record AddAddress(String node, Address address) implements Change {
    @Override
    public String command() {
      return "ip addr add " + EntryWords.of(address);
    }

    @Override
    public Change inverse() {
      return new DeleteAddress(node, address);
    }

    @Override
    public Snapshot applyTo(Snapshot snapshot) {
      return TableEdit.rows(
          snapshot, node, Section.ADDRESSES, list -> TableEdit.added(list, address, this));
    }
  }

  record DeleteAddress(String node, Address address) implements Change {
    @Override
    public String command() {
      return "ip addr del " + EntryWords.of(address);
    }

    @Override
    public Change inverse() {
      return new AddAddress(node, address);
    }

    @Override
    public Snapshot applyTo(Snapshot snapshot) {
      return TableEdit.rows(
          snapshot,
          node,
          Section.ADDRESSES,
          list ->
              TableEdit.without(
                  list,
                  a -> a.device().equals(address.device()) && a.local().equals(address.local())));
    }
  }

  /**
   * @param from the value before; empty when it was not gathered, and then there is no undo but by
   *     hand
   */
  record SetSysctl(String node, String key, Optional<String> from, String to) implements Change {
    @Override
    public String command() {
      return "sysctl -w " + ShellWord.quoted(key + "=" + to);
    }

    @Override
    public Change inverse() {
      return new SetSysctl(node, key, Optional.of(to), from.orElse(to));
    }

    @Override
    public Optional<String> undoCommand() {
      return from.map(before -> inverse().command());
    }

    @Override
    public Snapshot applyTo(Snapshot snapshot) {
      Sysctl wanted = new Sysctl(key, to);
      return TableEdit.rows(
          snapshot,
          node,
          Section.SYSCTLS,
          list ->
              TableEdit.replaced(list, s -> s.key().equals(key), wanted, this).stream()
                  .map(f ->
                      follows(f.value())
                          ? new Fact<>(new Sysctl(f.value().key(), to), TableEdit.made(this))
                          : f)
                  .toList());
    }

    /**
     * Writing ip_forward writes the setting of every interface (net/ipv4/devinet.c:
     * inet_forward_change).
     */
    private boolean follows(Sysctl other) {
      return key.equals("net.ipv4.ip_forward")
          && other.key().startsWith("net.ipv4.conf.")
          && other.key().endsWith(".forwarding");
    }
  }

  /**
   * Inserts a chain rule.
   *
   * @param position 1-based place in its chain, as {@code iptables -I CHAIN position}; empty
   *     appends
   */
  record AddChainRule(
      String node, IpFamily family, Backend backend, ChainRule rule, Optional<Integer> position)
      implements Change {
    @Override
    public String command() {
      return ChainRuleWords.insertion(family, backend, rule, position);
    }

    @Override
    public Change inverse() {
      return new DeleteChainRule(node, family, backend, rule, position);
    }

    @Override
    public Snapshot applyTo(Snapshot snapshot) {
      return TableEdit.rows(
          snapshot,
          node,
          Section.chainRules(family, backend),
          list -> ChainRuleWords.inserted(list, rule, position, TableEdit.made(this)));
    }
  }

  /**
   * @param position where it stands in its chain, for the undo
   */
  record DeleteChainRule(
      String node, IpFamily family, Backend backend, ChainRule rule, Optional<Integer> position)
      implements Change {
    @Override
    public String command() {
      return ChainRuleWords.deletion(family, backend, rule);
    }

    @Override
    public Change inverse() {
      return new AddChainRule(node, family, backend, rule, position);
    }

    @Override
    public Snapshot applyTo(Snapshot snapshot) {
      return TableEdit.rows(
          snapshot,
          node,
          Section.chainRules(family, backend),
          list -> ChainRuleWords.deleted(list, rule));
    }
  }

  /**
   * Sets the policy of a built-in chain.
   *
   * @param from the policy before; empty when it was not gathered, and then there is no undo but by
   *     hand
   */
  record SetChainPolicy(
      String node,
      IpFamily family,
      Backend backend,
      String table,
      String chain,
      Optional<String> from,
      String to)
      implements Change {
    @Override
    public String command() {
      return ChainRuleWords.policy(family, backend, table, chain, to);
    }

    @Override
    public Change inverse() {
      return new SetChainPolicy(
          node, family, backend, table, chain, Optional.of(to), from.orElse(to));
    }

    @Override
    public Optional<String> undoCommand() {
      return from.map(before -> inverse().command());
    }

    @Override
    public Snapshot applyTo(Snapshot snapshot) {
      Chain wanted = new Chain(table, chain, Optional.of(to), Optional.empty());
      return TableEdit.rows(
          snapshot,
          node,
          Section.chains(family, backend),
          list ->
              TableEdit.replaced(
                  list, c -> c.table().equals(table) && c.name().equals(chain), wanted, this));
    }
  }

  /** Sets one option of an Open vSwitch interface, such as {@code options:remote_ip}. */
  record SetOvsOption(
      String node, String interfaceName, String option, Optional<String> from, String to)
      implements Change {
    @Override
    public String command() {
      return "ovs-vsctl set interface "
          + ShellWord.quoted(interfaceName)
          + " "
          + ShellWord.quoted("options:" + option + "=" + to);
    }

    @Override
    public Change inverse() {
      return new SetOvsOption(node, interfaceName, option, Optional.of(to), from.orElse(to));
    }

    @Override
    public Optional<String> undoCommand() {
      return from.map(before -> inverse().command());
    }

    @Override
    public Snapshot applyTo(Snapshot snapshot) {
      return TableEdit.rows(
          snapshot,
          node,
          Section.OVS_PORTS,
          list ->
              list.stream()
                  .map(f ->
                      f.value().interfaceName().equals(interfaceName)
                          ? new Fact<>(f.value().withOption(option, to), TableEdit.made(this))
                          : f)
                  .toList());
    }
  }

  /**
   * A command whose effect the model does not hold, such as restarting a daemon.
   *
   * @param command with every name in it quoted for the shell, and {@code undo} likewise
   */
  record Instruction(String node, String command, String undo) implements Change {
    @Override
    public Change inverse() {
      return new Instruction(node, undo, command);
    }

    @Override
    public Optional<String> undoCommand() {
      return Optional.of(undo).filter(u -> !u.isBlank());
    }

    @Override
    public Snapshot applyTo(Snapshot snapshot) {
      return snapshot;
    }
  }
}
