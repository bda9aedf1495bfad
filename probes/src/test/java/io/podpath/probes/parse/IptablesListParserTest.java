package io.podpath.probes.parse;

import static org.assertj.core.api.Assertions.assertThat;

import io.podpath.core.net.IpFamily;
import io.podpath.core.netfilter.Backend;
import io.podpath.core.netfilter.Chain;
import io.podpath.core.netfilter.ChainRule;
import io.podpath.core.netfilter.Counters;
import io.podpath.core.netfilter.Match;
import io.podpath.core.netfilter.Target;
import io.podpath.core.snapshot.Entries;
import io.podpath.core.snapshot.Facts;
import io.podpath.core.snapshot.Section;
import io.podpath.core.snapshot.Source;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class IptablesListParserTest {

  private static final IptablesListParser PARSER = new IptablesListParser();

  /** CentOS 7, without -n. */
  private static final String VERBOSE =
      """
      Chain FORWARD (policy DROP 14 packets, 630 bytes)
       pkts bytes target     prot opt in     out     source               destination
       4649  210K KUBE-FORWARD  all  --  any    any     anywhere             anywhere             /* kubernetes forwarding rules */
       4649  210K KUBE-SERVICES  all  --  any    any     anywhere             anywhere             ctstate NEW /* kubernetes service portals */
          0     0 ACCEPT     all  --  docker0 !docker0  anywhere             anywhere
         73  3285 ACCEPT     all  --  any    any     10.244.0.0/16        anywhere
          0     0 ACCEPT     tcp  --  any    cni0    anywhere             !10.244.0.0/16        tcp dpt:http
      """;

  /** iptables 1.8.9 prints protocols as numbers. */
  private static final String NUMERIC =
      """
      Chain PREROUTING (policy ACCEPT 0 packets, 0 bytes)
      num   pkts bytes target     prot opt in     out     source               destination
      1        5   300 KUBE-SERVICES  0    --  *      *       0.0.0.0/0            0.0.0.0/0            /* kubernetes service portals */

      Chain KUBE-SEP-A (1 references)
      num   pkts bytes target     prot opt in     out     source               destination
      1        0     0 KUBE-MARK-MASQ  0    --  *      *       10.244.1.2           0.0.0.0/0            /* default/web */
      2        1    60 DNAT       6    --  *      *       0.0.0.0/0            0.0.0.0/0            /* default/web */ tcp to:10.244.1.2:80

      Chain KUBE-MARK-MASQ (2 references)
      num   pkts bytes target     prot opt in     out     source               destination
      1        0     0 MARK       0    --  *      *       0.0.0.0/0            0.0.0.0/0            MARK or 0x4000
      2        0     0            0    --  *      *       0.0.0.0/0            10.96.0.1
      """;

  private static Facts facts(Source source) {
    Facts.Builder facts = new Facts.Builder();
    PARSER.parse(source).parts().forEach(p -> p.addTo(facts));
    return facts.build();
  }

  private static Source source(String command, String text) {
    Source source = Source.ofFile("transcript.txt", text);
    return command.isEmpty() ? source : source.byCommand(command);
  }

  private static Entries<ChainRule> rules(Facts facts) {
    return facts.get(Section.chainRules(IpFamily.INET, Backend.UNSTATED));
  }

  private static Entries<Chain> chains(Facts facts) {
    return facts.get(Section.chains(IpFamily.INET, Backend.UNSTATED));
  }

  /** Reads the words behind source and destination. */
  private static ChainRule row(String target, String protocol, String extras) {
    String text =
        """
        Chain X (1 references)
         pkts bytes target     prot opt in     out     source               destination
            0     0 TARGET     PROT  --  *      *       0.0.0.0/0            0.0.0.0/0            EXTRAS
        """
            .replace("TARGET", target)
            .replace("PROT", protocol)
            .replace("EXTRAS", extras);
    return rules(facts(source("iptables -nvL X", text))).first().orElseThrow().value();
  }

  @Test
  void verboseWithNames() {
    Facts facts = facts(source("iptables -v -L FORWARD", VERBOSE));
    assertThat(chains(facts).values())
        .containsExactly(
            new Chain(
                "filter", "FORWARD", Optional.of("DROP"), Optional.of(new Counters(14, 630))));
    assertThat(rules(facts).values())
        .extracting(ChainRule::toString)
        .containsExactly(
            "-A FORWARD -m comment --comment \"kubernetes forwarding rules\" -j KUBE-FORWARD",
            "-A FORWARD -m conntrack --ctstate NEW -m comment --comment \"kubernetes service portals\" -j KUBE-SERVICES",
            "-A FORWARD -i docker0 ! -o docker0 -j ACCEPT",
            "-A FORWARD -s 10.244.0.0/16 -j ACCEPT",
            "-A FORWARD ! -d 10.244.0.0/16 -o cni0 -p tcp -m tcp --dport 80 -j ACCEPT");
    assertThat(rules(facts).values()).allMatch(ChainRule::isModelled);
    assertThat(rules(facts).values().map(ChainRule::counters))
        .first()
        .isEqualTo(Optional.of(new Counters(4649, 210_000)));
    assertThat(rules(facts).isComplete()).isFalse();
  }

  @Test
  void numericWithLineNumbers() {
    Facts facts = facts(source("iptables -t nat -nvL --line-numbers", NUMERIC));
    assertThat(rules(facts).values())
        .extracting(r -> r.table() + " " + r)
        .containsExactly(
            "nat -A PREROUTING -m comment --comment \"kubernetes service portals\" -j KUBE-SERVICES",
            "nat -A KUBE-SEP-A -s 10.244.1.2/32 -m comment --comment default/web -j KUBE-MARK-MASQ"
                .replace("default/web", "\"default/web\""),
            "nat -A KUBE-SEP-A -p tcp -m comment --comment \"default/web\" -m tcp -j DNAT --to-destination 10.244.1.2:80",
            "nat -A KUBE-MARK-MASQ -j MARK --set-xmark 0x4000/0x4000",
            "nat -A KUBE-MARK-MASQ -d 10.96.0.1/32");
    assertThat(chains(facts).values())
        .extracting(Chain::name)
        .containsExactly("PREROUTING", "KUBE-SEP-A", "KUBE-MARK-MASQ");
  }

  /** Web pages collapse blanks; the seven columns stay seven words. */
  @Test
  void blanksDoNotMatter() {
    Facts collapsed =
        facts(
            source(
                "iptables -t nat -nvL --line-numbers",
                NUMERIC.replaceAll("[ \t]+", " ").replace("\n ", "\n")));
    assertThat(rules(collapsed).values().toList())
        .isEqualTo(
            rules(facts(source("iptables -t nat -nvL --line-numbers", NUMERIC))).values().toList());
  }

  @Test
  void withoutVerboseNothingMatchesAll() {
    String text =
        """
        Chain INPUT (policy ACCEPT)
        target     prot opt source               destination
        ACCEPT     all  --  anywhere             anywhere
        REJECT     all  --  anywhere             anywhere             reject-with icmp-host-prohibited
        """;
    Facts facts = facts(source("iptables -L", text));
    assertThat(rules(facts).values())
        .hasSize(2)
        .noneMatch(ChainRule::matchesAll)
        .noneMatch(ChainRule::isModelled);
    assertThat(rules(facts).values().map(ChainRule::target))
        .containsExactly(new Target.Accept(), new Target.Reject("icmp-host-prohibited"));
    assertThat(chains(facts).values())
        .containsExactly(new Chain("filter", "INPUT", Optional.of("ACCEPT"), Optional.empty()));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "ACCEPT | all | ctstate RELATED,ESTABLISHED | -m conntrack --ctstate RELATED,ESTABLISHED -j ACCEPT",
        "DROP | all | ! ctstate RELATED,ESTABLISHED,DNAT | -m conntrack ! --ctstate RELATED,ESTABLISHED,DNAT -j DROP",
        "ACCEPT | all | state NEW | -m state --state NEW -j ACCEPT",
        "RETURN | all | mark match ! 0x4000/0x4000 | -m mark ! --mark 0x4000/0x4000 -j RETURN",
        "RETURN | 94 | match-set NIPv4abc src | -p ipip -m set --match-set NIPv4abc src -j RETURN",
        "MASQUERADE | all | match-set A src ! match-set B dst,dst | -m set --match-set A src -m set ! --match-set B dst,dst -j MASQUERADE",
        "ACCEPT | udp | udp spt:67 dpt:68 | -p udp -m udp --sport 67 --dport 68 -j ACCEPT",
        "ACCEPT | tcp | tcp dpts:30000:32767 | -p tcp -m tcp --dport 30000:32767 -j ACCEPT",
        "ACCEPT | tcp | tcp dpt:!22 | -p tcp -m tcp ! --dport 22 -j ACCEPT",
        "ACCEPT | tcp | multiport dports 80,https | -p tcp -m multiport --dports 80,443 -j ACCEPT",
        "ACCEPT | tcp | multiport dports !80,443 | -p tcp -m multiport ! --dports 80,443 -j ACCEPT",
        "DOCKER | all | ADDRTYPE match dst-type LOCAL | -m addrtype --dst-type LOCAL -j DOCKER",
        "MASQUERADE | all | ADDRTYPE match src-type !LOCAL limit-out ADDRTYPE match src-type LOCAL random-fully | -m addrtype ! --src-type LOCAL --limit-iface-out -m addrtype --src-type LOCAL -j MASQUERADE --random-fully",
        "KUBE-SEP-A | all | /* default/web -> 10.10.1.2:80 */ statistic mode random probability 0.50000000000 | -m comment --comment \"default/web -> 10.10.1.2:80\" -m statistic --mode random --probability 0.50000000000 -j KUBE-SEP-A",
        "cali-tw-1 | all | [goto]  /* cali:x */ | -m comment --comment \"cali:x\" -g cali-tw-1",
        "SNAT | all | to:192.168.1.5 random-fully | -j SNAT --to-source 192.168.1.5 --random-fully",
        "MARK | all | MARK and 0xfffcffff | -j MARK --set-xmark 0x0/0x30000",
        "MARK | all | MARK xset 0x10000/0x30000 | -j MARK --set-xmark 0x10000/0x30000",
        "MARK | all | MARK set 0x1 | -j MARK --set-xmark 0x1/0xffffffff",
        "MASQUERADE | tcp | masq ports: 1024-65535 random | -p tcp -j MASQUERADE --to-ports 1024-65535 --random",
        "REJECT | tcp | tcp dpt:443 /* has no endpoints */ reject-with icmp-port-unreachable | -p tcp -m tcp --dport 443 -m comment --comment \"has no endpoints\" -j REJECT --reject-with icmp-port-unreachable",
        "ACCEPT | all | //somebody's remark | -j ACCEPT",
      })
  void modulesPrintInTheirOwnWords(String target, String protocol, String extras, String spec) {
    assertThat(row(target, protocol, extras).spec()).isEqualTo(spec);
    assertThat(row(target, protocol, extras).isModelled()).isTrue();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "limit: avg 3/min burst 10",
        "icmptype 8",
        "owner UID match 0",
        "tcp flags:0x17/0x02",
        "PHYSDEV match --physdev-is-bridged",
        "connmark match  0x1",
        "recent: CHECK seconds: 10 name: X side: source mask: 255.255.255.255",
        "source IP range 10.0.0.1-10.0.0.9",
        "statistic mode nth every 3",
        "ctstate MYSTERY",
        "! mystery",
        "ADDRTYPE match src-type LOCAL dst-type LOCAL",
        "tcp dpt:mystery"
      })
  void whatItDoesNotKnowIsKept(String extras) {
    ChainRule rule = row("ACCEPT", "all", extras + " ctstate NEW");
    assertThat(rule.isModelled()).isFalse();
    assertThat(rule.target()).isEqualTo(new Target.Accept());
    assertThat(rule.matches()).anyMatch(m -> m instanceof Match.ConnState);
  }

  @Test
  void someOfThatSpeaksAsIptablesSave() {
    assertThat(row("ACCEPT", "icmp", "icmptype 8").spec())
        .isEqualTo("-p icmp -m icmp --icmp-type 8 -j ACCEPT");
    assertThat(row("ACCEPT", "icmp", "icmp echo-request").spec())
        .isEqualTo("-p icmp -m icmp --icmp-type echo-request -j ACCEPT");
    assertThat(row("DROP", "icmp", "icmptype 3 code 4 /* pmtu */").spec())
        .isEqualTo("-p icmp -m icmp --icmp-type 3/4 -m comment --comment pmtu -j DROP");
    assertThat(row("X", "all", "limit: avg 3/min burst 10 /* x */").spec())
        .isEqualTo("-m limit --limit 3/min --limit-burst 10 -m comment --comment x -j X");
  }

  @Test
  void namesThatMeanTheSameEverywhere() {
    String text =
        "Chain X (1 references)\ntarget     prot opt source               destination\nMASQUERADE  all  --  !loopback/8           !base-address.mcast.net/4\n";
    assertThat(
            rules(facts(source("iptables -t nat -L X", text))).first().orElseThrow().value().spec())
        .isEqualTo(
            "! -s 127.0.0.0/8 ! -d 224.0.0.0/4 " + ListedRule.INTERFACES_HIDDEN + " -j MASQUERADE");
  }

  @Test
  void targetsKeepTheirOptions() {
    assertThat(
            row(
                    "LOG",
                    "all",
                    "limit: avg 3/min burst 10 LOG flags 0 level 4 prefix \"[UFW BLOCK] \"")
                .target())
        .isEqualTo(new Target.Other("LOG", "LOG flags 0 level 4 prefix \"[UFW BLOCK] \""));
    assertThat(row("TCPMSS", "tcp", "tcp flags:0x06/0x02 TCPMSS clamp to PMTU").target())
        .isEqualTo(new Target.Other("TCPMSS", "TCPMSS clamp to PMTU"));
    assertThat(row("DNAT", "tcp", "tcp").target()).isEqualTo(new Target.Other("DNAT", ""));
  }

  /** ip6tables leaves the column opt blank. */
  @Test
  void ip6tables() {
    String text =
        """
        Chain INPUT (policy ACCEPT 0 packets, 0 bytes)
         pkts bytes target     prot opt in     out     source               destination
            0     0 ACCEPT     all      lo     *       ::/0                 ::/0
            2   160            all      *      *       ::/0                 fd00::/64            /* counts */
            0     0 ACCEPT     icmpv6    *      *       fe80::/10            ::/0                 ipv6-icmptype 134
        """;
    Facts facts = facts(source("ip6tables -nvL", text));
    assertThat(facts.get(Section.chainRules(IpFamily.INET6, Backend.UNSTATED)).values())
        .extracting(ChainRule::toString)
        .containsExactly(
            "-A INPUT -i lo -j ACCEPT",
            "-A INPUT -d fd00::/64 -m comment --comment counts",
            "-A INPUT -s fe80::/10 -p ipv6-icmp -m icmp6 --icmpv6-type 134 -j ACCEPT");
    assertThat(
            facts(source("", text))
                .get(Section.chainRules(IpFamily.INET6, Backend.UNSTATED))
                .facts())
        .hasSize(3);
  }

  @Test
  void rowsWithoutTheirHeader() {
    Source nat =
        Source.ofFile(
            "iptables-L-v-nat.txt",
            "    0     0 KUBE-SEP-A  all  --  any    any     anywhere             anywhere             /* x */ statistic mode random probability 0.5\n");
    assertThat(rules(facts(nat)).values())
        .extracting(r -> r.table() + " " + r.chain() + " " + r.target())
        .containsExactly("nat ? -j KUBE-SEP-A");
    Facts two =
        facts(
            source(
                "",
                "1    RETURN     94    --  0.0.0.0/0            0.0.0.0/0            match-set N src\n"));
    assertThat(rules(two).values())
        .extracting(ChainRule::spec)
        .containsExactly(
            "-p ipip " + ListedRule.INTERFACES_HIDDEN + " -m set --match-set N src -j RETURN");
    assertThat(chains(two).isEmpty()).isTrue();
  }

  @Test
  void columnsThatWereCutOut() {
    Facts facts =
        facts(
            source(
                "",
                "Chain FORWARD (policy DROP 0 packets, 0 bytes)\n pkts bytes  target\n 6623 1405K  KUBE-FORWARD\n    8   480  ACCEPT\n"));
    assertThat(rules(facts).values().map(ChainRule::target))
        .containsExactly(new Target.Jump("KUBE-FORWARD"), new Target.Accept());
    assertThat(rules(facts).values()).noneMatch(ChainRule::isModelled);
    assertThat(chains(facts).values()).extracting(Chain::dropsByPolicy).containsExactly(true);
  }

  @Test
  void tablesOneAfterTheOther() {
    String text =
        "Chain INPUT (policy ACCEPT)\n\nChain FORWARD (policy DROP)\n\nChain X (0 references)\n\nChain PREROUTING (policy ACCEPT)\n\nChain INPUT (policy ACCEPT)\n\nChain POSTROUTING (policy ACCEPT)\n";
    assertThat(chains(facts(source("", text))).values())
        .extracting(c -> c.table() + "/" + c.name())
        .containsExactly(
            "filter/INPUT",
            "filter/FORWARD",
            "filter/X",
            "nat/PREROUTING",
            "nat/INPUT",
            "nat/POSTROUTING");
  }

  @Test
  void aChainListedTwiceDoesNotHoldItsRulesTwice() {
    for (String command : List.of("", "iptables -vL FORWARD")) {
      Facts facts = facts(source(command, VERBOSE + "\n" + VERBOSE.replace("4649", "4854")));
      assertThat(rules(facts).facts()).hasSize(5);
      assertThat(chains(facts).facts()).hasSize(1);
      assertThat(PARSER.parse(source(command, VERBOSE + VERBOSE)).unread()).hasSize(1);
    }
  }

  @Test
  void aChainWithARowThatCannotBeReadIsNotWhole() {
    String text =
        NUMERIC.replace("1        0     0 KUBE-MARK-MASQ", "...\n1        0     0 KUBE-MARK-MASQ")
            + "garbage\n";
    Reading reading = PARSER.parse(source("iptables -t nat -nvL --line-numbers", text));
    assertThat(reading.unread()).hasSize(2);
    Facts facts = facts(source("iptables -t nat -nvL --line-numbers", text));
    assertThat(chains(facts).values()).extracting(Chain::name).containsExactly("PREROUTING");
    assertThat(rules(facts).facts()).hasSize(5);
    assertThat(
            chains(facts(source("iptables -nvL", VERBOSE).filteredBy("piped into grep KUBE")))
                .isEmpty())
        .isTrue();
  }

  @ParameterizedTest
  @CsvSource({
    "iptables -L, true", "iptables -nvL FORWARD, true", "iptables -t nat -vnL --line, true",
        "ip6tables --list, true", "iptables-legacy -L, true",
    "iptables -S, false", "iptables-save, false", "ipvsadm -L, false", "conntrack -L, false",
        "iptables -A FORWARD -j ACCEPT, false"
  })
  void reads(String command, boolean reads) {
    assertThat(PARSER.reads(ShellCommand.parse(command))).isEqualTo(reads);
  }

  @Test
  void likeness() {
    assertThat(PARSER.likeness("a", VERBOSE)).isGreaterThanOrEqualTo(90);
    assertThat(
            PARSER.likeness(
                "a",
                "    0     0 RETURN     94    --  *      *       0.0.0.0/0            0.0.0.0/0            match-set N src\n"))
        .isGreaterThanOrEqualTo(30);
    assertThat(
            PARSER.likeness(
                "iptables-save.txt",
                "*filter\n:FORWARD DROP [0:0]\n-A FORWARD -j ACCEPT\nCOMMIT\n"))
        .isZero();
    assertThat(
            PARSER.likeness(
                "a",
                "Status: active\n\nTo                         Action      From\n--                         ------      ----\n"))
        .isZero();
    assertThat(PARSER.likeness("a", "")).isZero();
  }

  @Test
  void hostileTextsAreOnlyUnread() {
    for (String text :
        List.of(
            "Chain",
            "Chain X",
            "Chain X (",
            "Chain X (policy",
            "Chain X (policy )",
            "--",
            "-- --",
            "0 0 -- x",
            "a all --",
            "all -- 1 2 3 4",
            "Chain X (1 references)\ntarget\nx",
            "Chain X (1 references)\ntarget prot opt source destination\nACCEPT all --\nACCEPT all -- a b /* open",
            "Chain X (1 references)\ntarget prot opt source destination\nACCEPT all -- a b ! !\nDNAT all -- a b to:\nMARK all -- a b MARK\nA all -- a b multiport\nA all -- a b statistic mode random\nA all -- a b match-set")) {
      assertThat(PARSER.parse(source("", text))).as(text).isNotNull();
      assertThat(PARSER.parse(source("iptables -L", text))).as(text).isNotNull();
      assertThat(PARSER.likeness("", text)).isBetween(0, 100);
    }
  }

  @Test
  void everyCaseIsRead() {
    for (Source source : SharedMaterial.files("cases", n -> n.startsWith("iptables-L"))) {
      assertThat(PARSER.likeness(source.file(), source.text()))
          .as(source.file())
          .isGreaterThanOrEqualTo(30);
      Reading reading = PARSER.parse(source);
      assertThat(reading.unread()).as(source.file()).isEmpty();
      assertThat(rules(facts(source)).isEmpty()).as(source.file()).isFalse();
    }
  }
}
