package io.podpath.probes.walk;

import static io.podpath.probes.walk.RouterBed.droppedBy;
import static org.assertj.core.api.Assertions.assertThat;

import io.podpath.core.net.IpAddress;
import io.podpath.core.net.IpProtocol;
import io.podpath.core.walk.Disposition;
import io.podpath.core.walk.Trace;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Rules that another tool of this kind reads wrong, each with what Linux does. */
class PeersInputsTest {

  @Test
  void invertedSource() {
    String rule = "-A FORWARD ! -s 10.1.0.0/24 -j DROP";
    assertThat(droppedBy(RouterBed.filter(rule).tcp(80))).isEmpty();
    IpAddress other = IpAddress.of("10.9.0.9");
    assertThat(droppedBy(RouterBed.filter(rule).ask(IpProtocol.TCP, 80, other)))
        .contains("filter " + rule);
  }

  @Test
  void invertedMark() {
    String drop = "-A FORWARD -m mark ! --mark 0x1/0x1 -j DROP";
    assertThat(droppedBy(RouterBed.filter(drop).tcp(80))).contains("filter " + drop);
    assertThat(droppedBy(RouterBed.filter("-A FORWARD -j MARK --set-xmark 0x1/0x1", drop).tcp(80)))
        .isEmpty();
  }

  @Test
  void invertedState() {
    String drop = "-A FORWARD -m conntrack ! --ctstate NEW -j DROP";
    assertThat(droppedBy(RouterBed.filter(drop).tcp(80))).isEmpty();
  }

  @Test
  void rulesBehindMarkAreReached() {
    String drop = "-A FORWARD -p tcp -m tcp --dport 80 -j DROP";
    RouterBed bed = RouterBed.filter("-A FORWARD -j MARK --set-xmark 0x10000/0x10000", drop);
    assertThat(droppedBy(bed.tcp(80))).contains("filter " + drop);
    assertThat(droppedBy(bed.tcp(81))).isEmpty();
  }

  @Test
  void destinationIsRewritten() {
    RouterBed bed =
        RouterBed.with(
            """
            *nat
            :PREROUTING ACCEPT [0:0]
            -A PREROUTING -d 10.96.0.1/32 -p tcp -m tcp --dport 443 -j DNAT --to-destination 10.2.0.2:6443
            COMMIT
            """);
    Trace trace = bed.ask(IpProtocol.TCP, 443, RouterBed.CLIENT, IpAddress.of("10.96.0.1"));
    assertThat(trace.worstForward().isDelivered()).isTrue();
    assertThat(trace.worstForward().packet()).hasToString("10.1.0.9:20404 > 10.2.0.2:6443 tcp");
  }

  @Test
  void sourceIsMasqueradedAndAnswersComeBack() {
    RouterBed bed =
        RouterBed.with(
            """
            *nat
            :POSTROUTING ACCEPT [0:0]
            -A POSTROUTING -s 10.1.0.0/24 -j MASQUERADE
            COMMIT
            """);
    Trace trace = bed.tcp(80);
    assertThat(trace.worstForward().packet()).hasToString("10.2.0.1:20404 > 10.2.0.2:80 tcp");
    // the client is nobody that was recorded: the answer leaves towards it, translated back
    assertThat(trace.worstReply().orElseThrow().packet())
        .hasToString("10.2.0.2:80 > 10.1.0.9:20404 tcp");
  }

  @Test
  void rejectDrops() {
    String reject = "-A FORWARD -j REJECT --reject-with icmp-port-unreachable";
    assertThat(droppedBy(RouterBed.filter(reject).tcp(80))).contains("filter " + reject);
  }

  @Test
  void innerChainReturnsIntoItsCaller() {
    String drop = "-A OUTER -p tcp -m tcp --dport 80 -j DROP";
    RouterBed bed =
        RouterBed.filter(
            ":OUTER",
            ":INNER",
            "-A FORWARD -j OUTER",
            "-A FORWARD -j ACCEPT",
            "-A OUTER -j INNER",
            drop,
            "-A INNER -p udp -j DROP");
    assertThat(droppedBy(bed.tcp(80))).contains("filter " + drop);
  }

  @Test
  void gotoDoesNotComeBack() {
    RouterBed bed =
        RouterBed.filter(
            ":OUTER",
            ":ELSEWHERE",
            "-A FORWARD -j OUTER",
            "-A OUTER -g ELSEWHERE",
            "-A OUTER -j DROP",
            "-A ELSEWHERE -p udp -j DROP");
    assertThat(droppedBy(bed.tcp(80))).isEmpty();
  }

  @Test
  void newPacketIsNotInvalid() {
    assertThat(
            droppedBy(
                RouterBed.filter("-A FORWARD -m conntrack --ctstate INVALID -j DROP").tcp(80)))
        .isEmpty();
  }

  @Test
  void newPacketIsNotEstablished() {
    String drop = "-A FORWARD -j DROP";
    RouterBed bed =
        RouterBed.filter("-A FORWARD -m conntrack --ctstate RELATED,ESTABLISHED -j ACCEPT", drop);
    assertThat(droppedBy(bed.tcp(80))).contains("filter " + drop);
  }

  @Test
  void wildcardOfInterfaces() {
    String in = "-A FORWARD -i eth+ -j DROP";
    assertThat(droppedBy(RouterBed.filter(in).tcp(80))).contains("filter " + in);
    String other = "-A FORWARD -i cali+ -j DROP";
    assertThat(droppedBy(RouterBed.filter(other).tcp(80))).isEmpty();
    String out = "-A FORWARD -o eth1 -j DROP";
    assertThat(droppedBy(RouterBed.filter(out).tcp(80))).contains("filter " + out);
  }

  @Test
  void rangesOfPorts() {
    String drop = "-A FORWARD -p tcp -m tcp --dport 30000:32767 -j DROP";
    assertThat(droppedBy(RouterBed.filter(drop).tcp(30080))).contains("filter " + drop);
    assertThat(droppedBy(RouterBed.filter(drop).tcp(80))).isEmpty();
    String several = "-A FORWARD -p tcp -m multiport --dports 80,443,8000:8100 -j DROP";
    assertThat(droppedBy(RouterBed.filter(several).tcp(8050))).contains("filter " + several);
    assertThat(droppedBy(RouterBed.filter(several).tcp(81))).isEmpty();
  }

  /** One such rule does not empty the whole rule set. */
  @ParameterizedTest
  @ValueSource(
      strings = {
        "-A FORWARD -p tcp -m tcp --tcp-flags SYN,RST SYN -j TCPMSS --clamp-mss-to-pmtu",
        "-A FORWARD -j LOG --log-prefix \"seen: \"",
        "-A FORWARD -j NFLOG --nflog-group 1",
        "-A FORWARD -m limit --limit 5/min -j LOG",
        "-A FORWARD -m recent --set --name x --mask 255.255.255.255 --rsource",
        "-A FORWARD -m physdev --physdev-is-bridged -j ACCEPT",
        "-A FORWARD -m owner --uid-owner 0 -j ACCEPT",
        "-A FORWARD -p icmp -m icmp --icmp-type 8 -j ACCEPT",
        "-A FORWARD -p sctp -m sctp --dport 80 -j ACCEPT",
        "-A FORWARD -m nfacct --nfacct-name n",
        "-A FORWARD -m u32 --u32 \"0x0=0x0\" -j LOG",
        "-A FORWARD -j CONNMARK --save-mark --nfmask 0xffffffff --ctmask 0xffffffff",
        "-A FORWARD -m state --state ESTABLISHED -j ACCEPT",
      })
  void rulesAroundItStillCount(String rule) {
    String drop = "-A FORWARD -p tcp -m tcp --dport 80 -j DROP";
    assertThat(droppedBy(RouterBed.filter(rule, drop).tcp(80))).contains("filter " + drop);
    assertThat(droppedBy(RouterBed.filter(rule, drop).tcp(81))).isEmpty();
  }

  @Test
  void redirectGoesToTheRouterItself() {
    RouterBed bed =
        RouterBed.with(
            """
            *nat
            :PREROUTING ACCEPT [0:0]
            -A PREROUTING -p tcp -m tcp --dport 80 -j REDIRECT --to-ports 8080
            COMMIT
            """);
    Trace trace = bed.tcp(80);
    assertThat(trace.worstForward().end()).hasToString("router");
    assertThat(trace.worstForward().packet()).hasToString("10.1.0.9:20404 > 10.1.0.1:8080 tcp");
  }

  /** What is not modelled is said, with its line, and never taken for an accept. */
  @Test
  void unknownMatchLeavesItOpen() {
    String rule = "-A FORWARD -m u32 --u32 \"0x0=0x0\" -j ACCEPT";
    Trace trace = RouterBed.filter(rule, "-A FORWARD -j DROP").tcp(80);
    assertThat(trace.disposition()).isEqualTo(Disposition.INSUFFICIENT_INFO);
    assertThat(trace.worstForward().doubts()).singleElement().asString().contains("u32");
    assertThat(trace.worstForward().steps())
        .anySatisfy(s ->
            assertThat(s.source().orElseThrow()).hasToString("nodes/router/iptables-save.txt:5"));
  }
}
