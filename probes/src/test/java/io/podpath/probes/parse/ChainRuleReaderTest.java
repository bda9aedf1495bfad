package io.podpath.probes.parse;

import static org.assertj.core.api.Assertions.assertThat;

import io.podpath.core.net.IpPrefix;
import io.podpath.core.net.IpProtocol;
import io.podpath.core.netfilter.ChainRule;
import io.podpath.core.netfilter.Counters;
import io.podpath.core.netfilter.Match;
import io.podpath.core.netfilter.Target;
import java.util.List;
import java.util.Optional;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ChainRuleReaderTest {

  private static ChainRule rule(String spec) {
    return ChainRuleReader.readWords("filter", "FORWARD", SpecWord.split(spec)).orElseThrow();
  }

  /** What prints as it was read, word by word. */
  @ParameterizedTest
  @ValueSource(
      strings = {
        "-s 10.244.0.0/16 -j ACCEPT",
        "! -s 10.244.0.0/16 -d 10.244.1.0/24 -j RETURN",
        "-i docker0 ! -o docker0 -j DOCKER-ISOLATION-STAGE-1",
        "-o cali+ -m comment --comment \"cali:CNb2G4drnt5VHtg6\" -g cali-to-wl-dispatch",
        "-p ipencap -m comment --comment \"Drop IPinIP encapped packets originating in pods\" -j DROP",
        "-p tcp -m comment --comment \"default/web:http\" -m tcp -j DNAT --to-destination 10.244.1.2:80",
        "-d 10.96.0.1/32 -p tcp -m comment --comment \"default/kubernetes:https cluster IP\" -m tcp --dport 443 -j KUBE-SVC-NPX46M4PTMTKRN6Y",
        "-p udp -m udp --sport 67 --dport 68 -j ACCEPT",
        "-p tcp -m tcp --dport 30000:32767 -j ACCEPT",
        "-p tcp -m tcp --dport 80 --tcp-flags FIN,SYN,RST,ACK SYN -j ACCEPT",
        "-m conntrack --ctstate RELATED,ESTABLISHED -j ACCEPT",
        "-m conntrack ! --ctstate RELATED,ESTABLISHED,DNAT -j DROP",
        "-m state --state INVALID,NEW -j DROP",
        "-m mark --mark 0x4000/0x4000 -j MASQUERADE --random-fully",
        "-m mark ! --mark 0x4000/0x4000 -j RETURN",
        "-j MARK --set-xmark 0x4000/0x0",
        "-j MARK --set-xmark 0x0/0xffffffff",
        "-m set --match-set calinmasq-ipam-pools src -m set ! --match-set calinall-ipam-pools dst -j MASQUERADE",
        "-m set --match-set KUBE-LOOP-BACK dst,dst,src -j MASQUERADE",
        "-o tunl0 -m addrtype ! --src-type LOCAL --limit-iface-out -m addrtype --src-type LOCAL -j MASQUERADE",
        "-m addrtype --src-type LOCAL --dst-type LOCAL -j ACCEPT",
        "-p tcp -m multiport --dports 80,443,8000:8080 -j ACCEPT",
        "-m statistic --mode random --probability 0.33333333349 -j KUBE-SEP-A",
        "-m statistic --mode nth --every 3 --packet 0 -j KUBE-SEP-A",
        "-m limit --limit 3/min --limit-burst 10 -j LOG --log-prefix \"[UFW BLOCK] \"",
        "-m comment --comment kubernetes -j KUBE-FORWARD",
        "-m comment --comment \"it\\'s \\\"quoted\\\" \\\\ here\" -j ACCEPT",
        "-m recent --rcheck --seconds 10800 --reap --name KUBE-SEP-A --mask 255.255.255.255 --rsource -j KUBE-SEP-A",
        "-m physdev --physdev-is-bridged -j ACCEPT",
        "-m rpfilter --validmark --invert -j DROP",
        "-m u32 --u32 \"0x0>>0x16&0x3c@0x8=0x1\" -j DROP",
        "-p icmp -m icmp --icmp-type 8 -j ACCEPT",
        "-p tcp -m tcp --tcp-flags SYN,RST SYN -j TCPMSS --clamp-mss-to-pmtu",
        "-j CT --notrack",
        "-j CONNMARK --restore-mark --nfmask 0xffffffff --ctmask 0xffffffff",
        "-p tcp -j REDIRECT --to-ports 15001",
        "-j NFLOG --nflog-prefix x --nflog-group 10",
        "-j REJECT --reject-with icmp-host-prohibited",
        "-s 10.0.0.1/32 -j SNAT --to-source 192.168.1.5 --random-fully",
        "-p 250 -j ACCEPT",
        "-s 10.0.0.0/255.0.255.0 -j ACCEPT",
        "-s 10.0.0.0/8",
        "-j CHECKSUM --checksum-fill",
      })
  void printsWhatItRead(String spec) {
    assertThat(rule(spec)).hasToString("-A FORWARD " + spec);
  }

  @Test
  void everyMatchHasItsMeaning() {
    assertThat(
            rule("! -s 10.0.0.0/8 -i eth0 -p tcp -m tcp --dport 80 -m conntrack --ctstate NEW -m addrtype --dst-type LOCAL -j DROP")
                .matches())
        .containsExactly(
            new Match.Source(true, IpPrefix.of("10.0.0.0/8")),
            new Match.InInterface(false, "eth0"),
            new Match.Protocol(false, IpProtocol.TCP),
            new Match.DestinationPort(false, "tcp", 80, 80),
            new Match.ConnState(false, "conntrack", new TreeSet<>(List.of("NEW"))),
            new Match.AddrType(false, "dst-type", "LOCAL"));
  }

  /**
   * As people and kube-proxy's own source write it: options of modules anywhere, modules implied,
   * old inversion, glued words.
   */
  @Test
  void readsWhatPeopleType() {
    assertThat(rule("-p tcp --dport 80 -j ACCEPT").spec())
        .isEqualTo("-p tcp -m tcp --dport 80 -j ACCEPT");
    assertThat(rule("-j ACCEPT -p tcp --dport http -s 10.1.0.0/255.255.0.0").spec())
        .isEqualTo("-s 10.1.0.0/16 -p tcp -m tcp --dport 80 -j ACCEPT");
    assertThat(rule("-m comment -m tcp --dport 53 --comment dns -p tcp -j ACCEPT").spec())
        .isEqualTo("-p tcp -m comment --comment dns -m tcp --dport 53 -j ACCEPT");
    assertThat(rule("-s ! 10.0.0.0/8 --destination=10.1.2.3 -p ! tcp -jACCEPT").spec())
        .isEqualTo("! -s 10.0.0.0/8 -d 10.1.2.3/32 ! -p tcp -j ACCEPT");
    assertThat(rule("-p tcp -m tcp --dport ! 22 -m state --state ! NEW -j DROP").spec())
        .isEqualTo("-p tcp -m tcp ! --dport 22 -m state ! --state NEW -j DROP");
    assertThat(rule("-s 0.0.0.0/0 -d 0/0 -i + -p all -j ACCEPT").spec())
        .isEqualTo("-d 0/0 -j ACCEPT");
    assertThat(rule("-p tcp -j DNAT --to 10.0.0.1:80").target())
        .isEqualTo(new Target.Dnat("10.0.0.1:80"));
    assertThat(rule("-j MARK --set-mark 0x1").target()).hasToString("-j MARK --set-mark 0x1");
    assertThat(ChainRuleReader.read("nat", "POSTROUTING", List.of("-o", "br0", "-j", "MASQUERADE")))
        .hasValueSatisfying(r -> assertThat(r).hasToString("-A POSTROUTING -o br0 -j MASQUERADE"));
    assertThat(
            ChainRuleReader.read(
                "filter",
                "INPUT",
                List.of("-m", "comment", "--comment", "two words", "-j", "ACCEPT")))
        .hasValueSatisfying(r -> assertThat(r.comment()).contains("two words"));
  }

  @Test
  void whatItDoesNotKnowIsNeverTakenForAMatchOfAll() {
    for (String spec :
        List.of(
            "-m mystery --option 1 -j ACCEPT",
            "-m owner --uid-owner 0 -j ACCEPT",
            "-f -j ACCEPT",
            "-s some.host.example -j ACCEPT",
            "-p mystery -j ACCEPT",
            "strange words -j ACCEPT",
            "-m state --state NEW,MYSTERY -j ACCEPT",
            "-m addrtype --dst-type LOCAL,BROADCAST -j ACCEPT",
            "-m mark --mark nothing -j ACCEPT",
            "--mystery 7 -j ACCEPT")) {
      assertThat(rule(spec).isModelled()).as(spec).isFalse();
      assertThat(rule(spec).target()).as(spec).isEqualTo(new Target.Accept());
    }
  }

  @Test
  void targetsThatAreNoChainsAreNoJumps() {
    assertThat(rule("-j KUBE-FORWARD").target()).isEqualTo(new Target.Jump("KUBE-FORWARD"));
    assertThat(rule("-j LOG").target()).isEqualTo(new Target.Other("LOG", ""));
    assertThat(rule("-j NOTRACK").target()).isEqualTo(new Target.Other("NOTRACK", ""));
    assertThat(rule("-j ACCEPT it").target()).isEqualTo(new Target.Other("ACCEPT", "it"));
    assertThat(rule("-j DNAT --to-destination 10.0.0.1 --to-destination 10.0.0.2").target())
        .isEqualTo(new Target.Other("DNAT", "--to-destination 10.0.0.1 --to-destination 10.0.0.2"));
    assertThat(rule("-s 10.0.0.0/8").target()).isEqualTo(new Target.CountOnly());
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "-s",
        "-j",
        "-s -j ACCEPT",
        "-s 10.0.0.0/8 ...",
        "-m comment --comment x -j",
        "!",
        "-s !"
      })
  void aRuleThatIsCutIsNoRule(String spec) {
    assertThat(ChainRuleReader.readWords("filter", "FORWARD", SpecWord.split(spec))).isEmpty();
  }

  @Test
  void readsCountersAndLeavesRemarksOut() {
    ChainRule rule = rule("-s 10.0.0.0/8 -c 12 345 -j ACCEPT //comment");
    assertThat(rule.counters()).isEqualTo(Optional.of(new Counters(12, 345)));
    assertThat(rule.spec()).isEqualTo("-s 10.0.0.0/8 -j ACCEPT");
    assertThat(rule("-j DROP # drops all").target()).isEqualTo(new Target.Drop());
  }
}
