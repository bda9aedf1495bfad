package io.podpath.probes.parse;

import static org.assertj.core.api.Assertions.assertThat;

import io.podpath.core.netfilter.NftChain;
import io.podpath.core.netfilter.NftRule;
import io.podpath.core.snapshot.Facts;
import io.podpath.core.snapshot.Section;
import io.podpath.core.snapshot.Source;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class NftParsersTest {

  private static final NftTextParser TEXT = new NftTextParser();
  private static final NftJsonParser JSON = new NftJsonParser();

  private static final String RULESET =
      """
      # Warning: table ip nat is managed by iptables-nft, do not touch!
      table ip nat { # handle 3
      	chain POSTROUTING { # handle 1
      		type nat hook postrouting priority srcnat; policy accept;
      		ip saddr 10.244.0.0/16 ip daddr != 224.0.0.0/4 counter packets 47 bytes 3516 masquerade fully-random # handle 5
      	}
      }
      table inet fw {
      	comment "ours"
      	set allowed {
      		type ipv4_addr
      		flags interval
      		elements = { 10.0.0.0/8,
      			     192.168.0.0/16 }
      	}
      	map m {
      		type inet_service : verdict
      		elements = { 80 : accept }
      	}
      	counter c1 {
      		packets 0 bytes 0
      	}
      	chain forward {
      		type filter hook forward priority filter + 10; policy drop;
      		ct state { established, related } accept
      		iifname "cali*" ip saddr @allowed accept comment "{ not a brace"
      		ip daddr { 10.0.0.1, 10.0.0.2,
      			   10.0.0.3 } drop
      		meta mark & 0x00004000 == 0x00004000 return
      		jump other
      	}

      	chain other {
      	}
      }
      """;

  private static Facts facts(OutputParser parser, Source source) {
    Facts.Builder facts = new Facts.Builder();
    parser.parse(source).parts().forEach(p -> p.addTo(facts));
    return facts.build();
  }

  private static Facts text(String command, String text) {
    Source source = Source.ofFile("x.txt", text);
    return facts(TEXT, command.isEmpty() ? source : source.byCommand(command));
  }

  private static Facts json(String text) {
    return facts(JSON, Source.ofFile("x.json", text).byCommand("nft -j list ruleset"));
  }

  @Test
  void ruleset() {
    Facts facts = text("nft -a list ruleset", RULESET);
    assertThat(facts.get(Section.NFT_CHAINS).isComplete()).isTrue();
    assertThat(facts.get(Section.NFT_CHAINS).values())
        .containsExactly(
            new NftChain(
                "ip",
                "nat",
                "POSTROUTING",
                Optional.of("nat"),
                Optional.of("postrouting"),
                OptionalInt.of(100),
                Optional.of("accept")),
            new NftChain(
                "inet",
                "fw",
                "forward",
                Optional.of("filter"),
                Optional.of("forward"),
                OptionalInt.of(10),
                Optional.of("drop")),
            new NftChain(
                "inet",
                "fw",
                "other",
                Optional.empty(),
                Optional.empty(),
                OptionalInt.empty(),
                Optional.empty()));
    assertThat(facts.get(Section.NFT_RULES).isComplete()).isTrue();
    assertThat(facts.get(Section.NFT_RULES).first().orElseThrow().value())
        .isEqualTo(
            new NftRule(
                "ip",
                "nat",
                "POSTROUTING",
                "ip saddr 10.244.0.0/16 ip daddr != 224.0.0.0/4 counter masquerade fully-random",
                OptionalLong.of(5)));
    assertThat(facts.get(Section.NFT_RULES).values().skip(1))
        .extracting(NftRule::statement)
        .containsExactly(
            "ct state { established, related } accept",
            "iifname \"cali*\" ip saddr @allowed accept comment \"{ not a brace\"",
            "ip daddr { 10.0.0.1, 10.0.0.2, 10.0.0.3 } drop",
            "meta mark & 0x00004000 == 0x00004000 return",
            "jump other");
  }

  @Test
  void indentationDoesNotMatter() {
    assertThat(
            text("nft list ruleset", RULESET.replace("\t", ""))
                .sameValues(text("nft list ruleset", RULESET)))
        .isTrue();
  }

  @ParameterizedTest
  @CsvSource({
    "filter, ip, 0",
    "filter - 5, ip, -5",
    "-150, ip, -150",
    "dstnat, ip, -100",
    "dstnat, bridge, -300",
    "srcnat + 1, ip, 101",
    "raw, inet, -300",
    "security, ip, 50",
    "mangle, ip, -150"
  })
  void priorities(String text, String family, int value) {
    assertThat(NftReading.priority(Lines.words(text), family)).hasValue(value);
  }

  @Test
  void coverage() {
    assertThat(text("nft list table ip nat", RULESET).get(Section.NFT_RULES).isComplete())
        .isFalse();
    assertThat(text("nft list ruleset ip", RULESET).get(Section.NFT_RULES).isComplete()).isFalse();
    assertThat(text("", RULESET).get(Section.NFT_RULES).isComplete()).isFalse();
    assertThat(
            facts(TEXT, Source.ofFile("n/nft-list-ruleset.txt", RULESET))
                .get(Section.NFT_RULES)
                .isComplete())
        .isTrue();
    assertThat(text("nft list ruleset", "").get(Section.NFT_CHAINS).isComplete()).isTrue();
    assertThat(
            text("nft list ruleset", RULESET.substring(0, RULESET.length() - 8))
                .get(Section.NFT_RULES)
                .isComplete())
        .isFalse();
    assertThat(
            text("nft list ruleset", RULESET.replace("jump other", "..."))
                .get(Section.NFT_RULES)
                .isComplete())
        .isFalse();
    assertThat(
            text("nft list ruleset", "Operation not permitted (you must be root)\n")
                .get(Section.NFT_RULES)
                .isComplete())
        .isFalse();
  }

  /**
   * Statements of {@code nft -j} as libnftables 1.0.6 writes them, with what {@code nft} prints for
   * the same rule.
   */
  @ParameterizedTest
  @CsvSource(
      delimiter = '~',
      quoteCharacter = '`',
      value = {
        "{'match':{'op':'in','left':{'ct':{'key':'state'}},'right':['established','related']}},{'accept':null} ~ ct state established,related accept",
        "{'match':{'op':'==','left':{'meta':{'key':'iifname'}},'right':{'set':['cali*','eth0']}}},{'match':{'op':'!=','left':{'meta':{'key':'oifname'}},'right':'cni0'}},{'drop':null} ~ iifname { \"cali*\", \"eth0\" } oifname != \"cni0\" drop",
        "{'match':{'op':'==','left':{'payload':{'protocol':'ip','field':'saddr'}},'right':{'prefix':{'addr':'10.0.0.0','len':8}}}},{'counter':{'packets':1,'bytes':2}},{'masquerade':{'flags':'fully-random'}} ~ ip saddr 10.0.0.0/8 counter masquerade fully-random",
        "{'match':{'op':'==','left':{'&':[{'meta':{'key':'mark'}},16384]},'right':16384}},{'return':null} ~ meta mark & 0x00004000 == 0x00004000 return",
        "{'mangle':{'key':{'meta':{'key':'mark'}},'value':{'|':[{'meta':{'key':'mark'}},16384]}}} ~ meta mark set meta mark | 0x00004000",
        "{'match':{'op':'==','left':{'payload':{'protocol':'tcp','field':'dport'}},'right':{'range':[1000,2000]}}},{'jump':{'target':'other'}} ~ tcp dport 1000-2000 jump other",
        "{'vmap':{'key':{'payload':{'protocol':'tcp','field':'dport'}},'data':{'set':[[22,{'accept':null}],[80,{'goto':{'target':'other'}}]]}}} ~ tcp dport vmap { 22 : accept, 80 : goto other }",
        "{'dnat':{'addr':'10.0.0.1','port':8080}} ~ dnat to 10.0.0.1:8080",
        "{'masquerade':{'flags':['random','persistent']}} ~ masquerade random,persistent",
        "{'match':{'op':'==','left':{'fib':{'result':'type','flags':['daddr']}},'right':'local'}},{'goto':{'target':'x'}} ~ fib daddr type local goto x",
        "{'limit':{'rate':5,'burst':10,'per':'second','inv':true}},{'log':{'prefix':'x y','level':'info'}},{'drop':null} ~ limit rate over 5/second burst 10 packets log prefix \"x y\" level info drop",
        "{'reject':{'type':'icmpx','expr':'admin-prohibited'}} ~ reject with icmpx admin-prohibited",
        "{'xt':{'type':'match','name':'statistic'}},{'xt':{'type':'target','name':'DNAT'}} ~ xt match \"statistic\" xt target \"DNAT\"",
        "{'mystery':{'a':[1,'b'],'c':null}} ~ mystery{a: [1, \"b\"], c: }",
      })
  void jsonStatements(String expr, String statement) {
    String text =
        "{'nftables':[{'rule':{'family':'ip','table':'t','chain':'c','handle':7,'expr':["
                .replace('\'', '"')
            + expr.replace('\'', '"')
            + "]}}]}";
    assertThat(json(text).get(Section.NFT_RULES).values())
        .extracting(NftRule::statement)
        .containsExactly(statement);
  }

  @Test
  void jsonChains() {
    String text =
        """
        {"nftables": [{"metainfo": {"version": "1.0.6"}}, {"table": {"family": "ip", "name": "nat", "handle": 3}},
         {"chain": {"family": "ip", "table": "nat", "name": "POSTROUTING", "handle": 1, "type": "nat", "hook": "postrouting", "prio": 100, "policy": "accept"}},
         {"rule": {"family": "ip", "table": "nat", "chain": "POSTROUTING", "handle": 2, "comment": "hello", "expr": [{"accept": null}]}},
         {"set": {"family": "ip", "name": "s"}}, {"chain": {"family": "ip"}}]}
        """;
    Facts facts = json(text);
    assertThat(facts.get(Section.NFT_CHAINS).values())
        .containsExactly(
            new NftChain(
                "ip",
                "nat",
                "POSTROUTING",
                Optional.of("nat"),
                Optional.of("postrouting"),
                OptionalInt.of(100),
                Optional.of("accept")));
    assertThat(facts.get(Section.NFT_CHAINS).isComplete()).isFalse();
    assertThat(facts.get(Section.NFT_RULES).values())
        .containsExactly(
            new NftRule(
                "ip", "nat", "POSTROUTING", "accept comment \"hello\"", OptionalLong.of(2)));
    assertThat(facts.get(Section.NFT_RULES).isComplete()).isTrue();
    assertThat(facts.get(Section.NFT_RULES).first().orElseThrow().from().line()).isEqualTo(3);
    assertThat(json("{\"nftables\": [{\"rule\"").get(Section.NFT_RULES).isComplete()).isFalse();
    assertThat(json("[]").get(Section.NFT_RULES).isComplete()).isFalse();
  }

  @Test
  void recognised() {
    assertThat(TEXT.reads(ShellCommand.parse("nft list ruleset"))).isTrue();
    assertThat(TEXT.reads(ShellCommand.parse("nft -a list table ip nat"))).isTrue();
    assertThat(TEXT.reads(ShellCommand.parse("nft -j list ruleset"))).isFalse();
    assertThat(TEXT.reads(ShellCommand.parse("nft list tables"))).isFalse();
    assertThat(JSON.reads(ShellCommand.parse("nft -j list ruleset"))).isTrue();
    assertThat(TEXT.likeness("a", RULESET)).isGreaterThanOrEqualTo(90);
    assertThat(JSON.likeness("a", "{\"nftables\": []}")).isEqualTo(100);
    assertThat(TEXT.likeness("a", "*filter\n:FORWARD DROP [0:0]\nCOMMIT\n")).isZero();
    assertThat(JSON.likeness("a", "{\"items\": []}")).isZero();
  }

  @Test
  void hostileTextsAreOnlyUnread() {
    for (String text :
        List.of(
            "table",
            "table ip",
            "table ip x {",
            "table ip x {\nchain",
            "table ip x {\nchain c {\n{{{{",
            "}",
            "{",
            "table ip x {\nset s {\n{",
            "table ip x {}",
            "table ip x {\nchain c {\ntype hook priority ;")) {
      assertThat(TEXT.parse(Source.ofFile("x", text))).isNotNull();
      assertThat(TEXT.likeness("", text)).isBetween(0, 100);
    }
  }

  @Test
  void everyRecordingIsReadWhole() {
    List<Source> sources = SharedMaterial.files("recorded", n -> n.startsWith("nft"));
    assertThat(sources).isNotEmpty();
    for (Source source : sources) {
      Reading reading = TEXT.parse(source);
      assertThat(reading.unread()).as(source.file()).isEmpty();
      assertThat(reading.parts()).allMatch(p -> p.entries().isComplete());
    }
  }
}
