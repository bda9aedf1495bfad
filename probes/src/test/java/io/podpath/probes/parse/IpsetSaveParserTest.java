package io.podpath.probes.parse;

import static org.assertj.core.api.Assertions.assertThat;

import io.podpath.core.netfilter.IpSet;
import io.podpath.core.netfilter.IpSetMember;
import io.podpath.core.snapshot.Facts;
import io.podpath.core.snapshot.Section;
import io.podpath.core.snapshot.Source;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class IpsetSaveParserTest {

  private static final IpsetSaveParser PARSER = new IpsetSaveParser();

  private static final String SAVED =
      """
      create KUBE-CLUSTER-IP hash:ip,port family inet hashsize 1024 maxelem 65536
      add KUBE-CLUSTER-IP 10.96.0.1,tcp:443
      add KUBE-CLUSTER-IP 10.96.0.10,udp:53 comment "kube-system/dns"
      create KUBE-NODE-PORT-TCP bitmap:port range 0-65535
      add KUBE-NODE-PORT-TCP 30080
      create empty hash:net family inet6 hashsize 1024 maxelem 65536
      """;

  private static final String LISTED =
      """
      Name: KUBE-CLUSTER-IP
      Type: hash:ip,port
      Revision: 5
      Header: family inet hashsize 1024 maxelem 65536
      Size in memory: 408
      References: 2
      Number of entries: 2
      Members:
      10.96.0.1,tcp:443
      10.96.0.10,udp:53 comment "kube-system/dns"

      Name: KUBE-NODE-PORT-TCP
      Type: bitmap:port
      Revision: 3
      Header: range 0-65535
      Size in memory: 8268
      References: 1
      Number of entries: 1
      Members:
      30080

      Name: empty
      Type: hash:net
      Revision: 6
      Header: family inet6 hashsize 1024 maxelem 65536
      Size in memory: 1000
      References: 0
      Members:
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

  @Test
  void saved() {
    Facts facts = facts(source("ipset save", SAVED));
    assertThat(facts.get(Section.IPSETS).isComplete()).isTrue();
    assertThat(facts.get(Section.IPSET_MEMBERS).isComplete()).isTrue();
    assertThat(facts.get(Section.IPSETS).values())
        .contains(new IpSet("KUBE-NODE-PORT-TCP", "bitmap:port", "range 0-65535"))
        .hasSize(3);
    assertThat(facts.get(Section.IPSET_MEMBERS).values())
        .containsExactly(
            new IpSetMember("KUBE-CLUSTER-IP", "10.96.0.1,tcp:443", ""),
            new IpSetMember("KUBE-CLUSTER-IP", "10.96.0.10,udp:53", "comment \"kube-system/dns\""),
            new IpSetMember("KUBE-NODE-PORT-TCP", "30080", ""));
  }

  @Test
  void listedSaysTheSame() {
    assertThat(facts(source("ipset list", LISTED)).sameValues(facts(source("ipset save", SAVED))))
        .isTrue();
    assertThat(facts(source("", LISTED)).get(Section.IPSETS).isComplete()).isTrue();
    assertThat(
            facts(source("ipset -L", LISTED.replaceAll(" +", " ")))
                .get(Section.IPSET_MEMBERS)
                .isComplete())
        .isTrue();
  }

  @Test
  void parts() {
    Facts one = facts(source("ipset list KUBE-CLUSTER-IP", LISTED));
    assertThat(one.get(Section.IPSETS).isComplete()).isFalse();
    assertThat(one.get(Section.IPSET_MEMBERS).isComplete()).isFalse();
    Facts terse =
        facts(source("ipset list -t", LISTED.replaceAll("(?s)Members:.*?(?=Name:|$)", "")));
    assertThat(terse.get(Section.IPSETS).isComplete()).isTrue();
    assertThat(terse.get(Section.IPSET_MEMBERS).isNotGathered()).isTrue();
    Facts cut = facts(source("ipset list", LISTED.replace("10.96.0.1,tcp:443\n", "")));
    assertThat(cut.get(Section.IPSET_MEMBERS).isComplete()).isFalse();
    Facts gap =
        facts(
            source(
                "ipset save", SAVED.replace("add KUBE-CLUSTER-IP 10.96.0.1,tcp:443\n", "...\n")));
    assertThat(gap.get(Section.IPSET_MEMBERS).isComplete()).isFalse();
    assertThat(facts(source("ipset save", "")).get(Section.IPSETS).isComplete()).isTrue();
    assertThat(facts(source("", "add A 1.2.3.4\n")).get(Section.IPSETS).isComplete()).isFalse();
  }

  @ParameterizedTest
  @CsvSource({
    "ipset save, true",
    "ipset list, true",
    "ipset list KUBE-X, true",
    "ipset -L, true",
    "ipset save -o save, true",
    "ipset list -n, false",
    "ipset add A 1.2.3.4, false",
    "ipset test A 1.2.3.4, false",
    "iptables-save, false"
  })
  void reads(String command, boolean reads) {
    assertThat(PARSER.reads(ShellCommand.parse(command))).isEqualTo(reads);
  }

  @Test
  void likeness() {
    assertThat(PARSER.likeness("a", SAVED)).isGreaterThanOrEqualTo(90);
    assertThat(PARSER.likeness("a", LISTED)).isGreaterThanOrEqualTo(90);
    assertThat(PARSER.likeness("a", "Name: x\nNamespace: y\n")).isZero();
    assertThat(PARSER.likeness("a", "")).isZero();
  }

  @Test
  void hostileTextsAreOnlyUnread() {
    for (String text :
        List.of(
            "create",
            "create x",
            "add",
            "add x",
            "Name:",
            "Type:",
            "Header:",
            "Members:",
            "Number of entries: x",
            "\u0001")) {
      assertThat(PARSER.parse(source("ipset save", text))).isNotNull();
      assertThat(PARSER.likeness("", text)).isBetween(0, 100);
    }
    assertThat(
            PARSER
                .parse(
                    source(
                        "ipset save",
                        "ipset v7.17: Kernel error received: Operation not permitted\n"))
                .unread())
        .isNotEmpty();
  }

  @Test
  void everyRecordedLinePrintsAsItWasRead() {
    List<Source> sources = SharedMaterial.files("recorded", n -> n.startsWith("ipset"));
    assertThat(sources).isNotEmpty();
    for (Source source : sources) {
      Reading reading = PARSER.parse(source);
      assertThat(reading.unread()).as(source.file()).isEmpty();
      reading
          .parts()
          .forEach(p ->
              p.entries().stream()
                  .forEach(f -> assertThat(f.value().toString()).isEqualTo(f.from().raw())));
      assertThat(reading.parts().stream().mapToLong(p -> p.entries().facts().size()).sum())
          .isEqualTo(source.text().lines().count());
    }
  }
}
