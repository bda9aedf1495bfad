package io.podpath.rules.netfilter;

import static org.assertj.core.api.Assertions.assertThat;

import io.podpath.core.net.IpAddress;
import io.podpath.core.net.IpFamily;
import io.podpath.core.net.IpProtocol;
import io.podpath.core.snapshot.ClusterView;
import io.podpath.core.snapshot.Facts;
import io.podpath.core.walk.ForwardMatch;
import io.podpath.core.walk.ForwardPacket;
import io.podpath.rules.SnapshotFixture;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** The walk says accept or drop only when every rule that could change it was judged. */
class ForwardWalkTest {

  private static final ForwardPacket PACKET =
      new ForwardPacket(
          IpFamily.INET,
          Optional.of(IpAddress.of("10.244.1.5")),
          Optional.of(IpAddress.of("10.244.2.6")),
          Optional.of("cni0"),
          Optional.of("eth0"),
          IpProtocol.TCP);

  private static ForwardVerdict.Run run(boolean assuming, String... rules) {
    String[] lines = new String[rules.length + 4];
    lines[0] = "*filter";
    lines[1] = ":INPUT ACCEPT [0:0]";
    lines[2] = ":FORWARD DROP [0:0]";
    System.arraycopy(rules, 0, lines, 3, rules.length);
    lines[lines.length - 1] = "COMMIT";
    Facts facts =
        SnapshotFixture.bundle()
            .file("nodes/n/iptables-save.txt", lines)
            .snapshot()
            .node("n")
            .orElseThrow()
            .host();
    ClusterView.Listing listing = ClusterView.iptables(facts, IpFamily.INET).getFirst();
    return ForwardWalk.run(new ForwardChains(listing), new ForwardMatch(facts), PACKET, assuming);
  }

  private static ForwardVerdict verdict(String... rules) {
    return run(false, rules).verdict();
  }

  @Test
  void policyDropsWhatNoRuleDecides() {
    assertThat(verdict()).isInstanceOf(ForwardVerdict.DroppedByPolicy.class);
  }

  @Test
  void acceptDecides() {
    assertThat(verdict("-A FORWARD -s 10.244.0.0/16 -j ACCEPT"))
        .isInstanceOf(ForwardVerdict.Accepted.class);
    assertThat(verdict("-A FORWARD ! -s 10.244.0.0/16 -j ACCEPT"))
        .isInstanceOf(ForwardVerdict.DroppedByPolicy.class);
    assertThat(verdict("-A FORWARD -i cni+ -o eth0 -j ACCEPT"))
        .isInstanceOf(ForwardVerdict.Accepted.class);
    assertThat(verdict("-A FORWARD -o docker0 -j ACCEPT"))
        .isInstanceOf(ForwardVerdict.DroppedByPolicy.class);
  }

  @Test
  void firstOfTwoDecides() {
    assertThat(
            verdict(
                "-A FORWARD -j REJECT --reject-with icmp-host-prohibited",
                "-A FORWARD -s 10.244.0.0/16 -j ACCEPT"))
        .isInstanceOf(ForwardVerdict.Dropped.class);
  }

  @Test
  void newConnectionIsNotEstablished() {
    assertThat(verdict("-A FORWARD -m conntrack --ctstate RELATED,ESTABLISHED -j ACCEPT"))
        .isInstanceOf(ForwardVerdict.DroppedByPolicy.class);
    assertThat(verdict("-A FORWARD -m conntrack --ctstate NEW -j ACCEPT"))
        .isInstanceOf(ForwardVerdict.Accepted.class);
    assertThat(verdict("-A FORWARD -m conntrack ! --ctstate INVALID -j ACCEPT"))
        .isInstanceOf(ForwardVerdict.Accepted.class);
  }

  @Test
  void marksAreKept() {
    assertThat(verdict("-A FORWARD -m mark --mark 0x4000/0x4000 -j ACCEPT"))
        .isInstanceOf(ForwardVerdict.DroppedByPolicy.class);
    assertThat(
            verdict(
                "-A FORWARD -j MARK --set-xmark 0x10000/0x10000",
                "-A FORWARD -m mark --mark 0x10000/0x10000 -j ACCEPT"))
        .isInstanceOf(ForwardVerdict.Accepted.class);
  }

  @Test
  void markThatATableBeforeMaySetIsUnknown() {
    assertThat(
            verdict(
                "-A FORWARD -m mark --mark 0x4/0x4 -j ACCEPT",
                "COMMIT",
                "*mangle",
                ":PREROUTING ACCEPT [0:0]",
                "-A PREROUTING -i eth7 -j MARK --set-xmark 0x4/0x4"))
        .isInstanceOf(ForwardVerdict.Unknown.class);
  }

  @Test
  void jumpComesBackAndGotoDoesNot() {
    assertThat(
            verdict(
                ":A - [0:0]",
                "-A FORWARD -j A",
                "-A FORWARD -j ACCEPT",
                "-A A -s 1.2.3.4/32 -j DROP"))
        .isInstanceOf(ForwardVerdict.Accepted.class);
    assertThat(
            verdict(
                ":A - [0:0]",
                "-A FORWARD -g A",
                "-A FORWARD -j ACCEPT",
                "-A A -s 1.2.3.4/32 -j DROP"))
        .isInstanceOf(ForwardVerdict.DroppedByPolicy.class);
    assertThat(
            verdict(
                ":A - [0:0]",
                "-A FORWARD -j A",
                "-A FORWARD -j ACCEPT",
                "-A A -j RETURN",
                "-A A -j DROP"))
        .isInstanceOf(ForwardVerdict.Accepted.class);
  }

  @Test
  void matchNobodyModelsDecidesNothing() {
    ForwardVerdict unknown = verdict("-A FORWARD -m physdev --physdev-is-bridged -j ACCEPT");
    assertThat(unknown).isInstanceOf(ForwardVerdict.Unknown.class);
    assertThat(unknown.toString()).contains("iptables-save.txt:4");
    // it could only accept what is accepted anyway
    assertThat(
            verdict("-A FORWARD -m physdev --physdev-is-bridged -j ACCEPT", "-A FORWARD -j ACCEPT"))
        .isInstanceOf(ForwardVerdict.Accepted.class);
    // it cannot match at all
    assertThat(verdict("-A FORWARD -p udp -m physdev --physdev-is-bridged -j ACCEPT"))
        .isInstanceOf(ForwardVerdict.DroppedByPolicy.class);
  }

  @Test
  void returnThatMayHappenMakesTheRestDoubtful() {
    assertThat(
            verdict(
                ":A - [0:0]",
                "-A FORWARD -j A",
                "-A A -m physdev --physdev-is-bridged -j RETURN",
                "-A A -j ACCEPT"))
        .isInstanceOf(ForwardVerdict.Unknown.class);
  }

  @Test
  void ruleForOnePortIsNotAboutPods() {
    assertThat(verdict("-A FORWARD -p tcp -m tcp --dport 80 -j ACCEPT"))
        .isInstanceOf(ForwardVerdict.DroppedByPolicy.class);
    assertThat(verdict("-A FORWARD -p tcp -m tcp --dport 1024:65535 -j ACCEPT"))
        .isInstanceOf(ForwardVerdict.Unknown.class);
  }

  @Test
  void chainThatWasNotListedMayDoAnything() {
    assertThat(verdict("-A FORWARD -j SOMETHING")).isInstanceOf(ForwardVerdict.Unknown.class);
    assertThat(run(true, "-A FORWARD -j SOMETHING").verdict())
        .isInstanceOf(ForwardVerdict.Unknown.class);
  }

  @Test
  void wellKnownChainIsAssumedAndNamed() {
    ForwardVerdict.Run run = run(true, "-A FORWARD -j KUBE-FORWARD", "-A FORWARD -j DOCKER-USER");
    assertThat(run.verdict()).isInstanceOf(ForwardVerdict.DroppedByPolicy.class);
    assertThat(run.assumed()).containsExactly("KUBE-FORWARD", "DOCKER-USER");
    assertThat(run(true, "-A FORWARD -j FLANNEL-FWD").drops()).isFalse();
  }

  @Test
  void targetNobodyKnowsMayDoAnything() {
    assertThat(verdict("-A FORWARD -j NFQUEUE --queue-num 0"))
        .isInstanceOf(ForwardVerdict.Unknown.class);
    assertThat(verdict("-A FORWARD -j LOG --log-prefix \"x \""))
        .isInstanceOf(ForwardVerdict.DroppedByPolicy.class);
  }

  @Test
  void loopOfChainsEnds() {
    assertThat(verdict(":A - [0:0]", ":B - [0:0]", "-A FORWARD -j A", "-A A -j B", "-A B -j A"))
        .isInstanceOf(ForwardVerdict.Unknown.class);
  }
}
