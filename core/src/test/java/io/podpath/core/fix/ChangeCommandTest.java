package io.podpath.core.fix;

import static org.assertj.core.api.Assertions.assertThat;

import io.podpath.core.net.IpAddress;
import io.podpath.core.net.IpFamily;
import io.podpath.core.net.IpPrefix;
import io.podpath.core.net.MacAddress;
import io.podpath.core.netfilter.Backend;
import io.podpath.core.netfilter.ChainRule;
import io.podpath.core.netfilter.Match;
import io.podpath.core.netfilter.Target;
import io.podpath.core.node.FdbEntry;
import io.podpath.core.node.Neighbour;
import io.podpath.core.node.NextHop;
import io.podpath.core.node.Route;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import org.junit.jupiter.api.Test;

class ChangeCommandTest {

  private static final String NODE = "node1";
  private static final IpAddress GATEWAY = IpAddress.of("10.0.0.12");
  private static final IpPrefix SUBNET = IpPrefix.of("10.244.2.0/24");

  private static FdbEntry entry(String mac) {
    return new FdbEntry(
        MacAddress.of(mac),
        Optional.of("flannel.1"),
        Optional.of(GATEWAY),
        Optional.empty(),
        Optional.empty(),
        OptionalInt.empty(),
        Optional.empty(),
        Set.of("self", "permanent"));
  }

  private static ChainRule rule(Match... matches) {
    return new ChainRule(
        "filter", "FORWARD", List.of(matches), new Target.Accept(), Optional.empty());
  }

  private static String chainCommand(ChainRule rule) {
    return new Change.AddChainRule(NODE, IpFamily.INET, Backend.UNSTATED, rule, Optional.empty())
        .command();
  }

  @Test
  void namesOfDevicesAreNotRunByAShell() {
    Route route = Route.unicast(SUBNET, NextHop.via(GATEWAY, "$(reboot)"));
    assertThat(new Change.AddRoute(NODE, route).command())
        .isEqualTo("ip route add 10.244.2.0/24 via 10.0.0.12 dev '$(reboot)'");
    Route other = Route.unicast(SUBNET, NextHop.via(GATEWAY, "e;reboot;x"));
    assertThat(new Change.ReplaceRoute(NODE, route, other).command())
        .isEqualTo("ip route replace 10.244.2.0/24 via 10.0.0.12 dev 'e;reboot;x'");
    assertThat(
            new Change.SetOvsOption(
                NODE, "gre1;reboot", "remote_ip", Optional.of("$(id)"), "10.0.0.12"))
        .satisfies(c ->
            assertThat(c.command())
                .isEqualTo("ovs-vsctl set interface 'gre1;reboot' options:remote_ip=10.0.0.12"))
        .satisfies(c ->
            assertThat(c.undoCommand())
                .contains("ovs-vsctl set interface 'gre1;reboot' 'options:remote_ip=$(id)'"));
    assertThat(
            new Change.SetSysctl(NODE, "net.ipv4.conf.a`b.forwarding", Optional.of("0"), "1")
                .command())
        .isEqualTo("sysctl -w 'net.ipv4.conf.a`b.forwarding=1'");
    Neighbour neighbour =
        new Neighbour(GATEWAY, Optional.of("a&b"), Optional.empty(), Set.of(), Set.of());
    assertThat(new Change.ReplaceNeighbour(NODE, neighbour, neighbour).command())
        .isEqualTo("ip neigh replace 10.0.0.12 dev 'a&b'");
  }

  /**
   * iptables-save quotes for iptables-restore, where a dollar and a back tick stand for themselves.
   */
  @Test
  void commentsOfChainRulesAreNotRunByAShell() {
    assertThat(chainCommand(rule(new Match.Comment("say \"$(reboot)\" `x`"))))
        .isEqualTo("iptables -A FORWARD -m comment --comment 'say \"$(reboot)\" `x`' -j ACCEPT");
    assertThat(chainCommand(rule(new Match.Comment("it's ok"))))
        .isEqualTo("iptables -A FORWARD -m comment --comment 'it'\\''s ok' -j ACCEPT");
    assertThat(
            chainCommand(
                rule(new Match.InInterface(true, "e;x"), new Match.Unmodelled("-m x --y |z"))))
        .isEqualTo("iptables -A FORWARD ! -i 'e;x' -m x --y '|z' -j ACCEPT");
  }

  @Test
  void ordinaryWordsStayAsTheyAre() {
    assertThat(
            chainCommand(
                rule(new Match.Source(false, SUBNET), new Match.Comment("flanneld forward"))))
        .isEqualTo(
            "iptables -A FORWARD -s 10.244.2.0/24 -m comment --comment 'flanneld forward' -j ACCEPT");
  }

  @Test
  void anotherMacAddressIsAnotherForwardingEntry() {
    Change.ReplaceFdb change =
        new Change.ReplaceFdb(NODE, entry("02:00:00:00:00:01"), entry("02:00:00:00:00:02"));
    assertThat(change.command())
        .isEqualTo(
            "bridge fdb add 02:00:00:00:00:02 dev flannel.1 dst 10.0.0.12 self permanent"
                + " && bridge fdb del 02:00:00:00:00:01 dev flannel.1 dst 10.0.0.12 self permanent");
    assertThat(change.undoCommand())
        .contains(
            "bridge fdb add 02:00:00:00:00:01 dev flannel.1 dst 10.0.0.12 self permanent"
                + " && bridge fdb del 02:00:00:00:00:02 dev flannel.1 dst 10.0.0.12 self permanent");
  }
}
