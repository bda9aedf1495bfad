package io.podpath.probes.parse;

import static org.assertj.core.api.Assertions.assertThat;

import io.podpath.core.net.IpProtocol;
import io.podpath.core.netfilter.ConntrackEntry;
import io.podpath.core.snapshot.Entries;
import io.podpath.core.snapshot.Facts;
import io.podpath.core.snapshot.Section;
import io.podpath.core.snapshot.Source;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ConntrackParserTest {

  private static final ConntrackParser PARSER = new ConntrackParser();

  private static final String LISTED =
      """
      tcp      6 431999 ESTABLISHED src=10.244.2.2 dst=10.96.0.1 sport=38152 dport=443 src=192.168.3.113 dst=192.168.3.115 sport=6443 dport=63561 [ASSURED] mark=0 use=1
      udp      17 27 src=10.244.2.2 dst=10.96.0.10 sport=46089 dport=53 [UNREPLIED] src=10.244.9.9 dst=10.244.2.2 sport=53 dport=46089 mark=0 use=1
      icmp     1 23 src=10.244.0.3 dst=10.244.2.3 type=8 code=0 id=1942 src=10.244.2.3 dst=10.244.0.3 type=0 code=0 id=1942 mark=0 use=1
      unknown  4 595 src=172.31.0.1 dst=172.31.0.2 src=172.31.0.2 dst=172.31.0.1 mark=0 use=1
      gre      47 179 src=172.31.0.1 dst=172.31.0.2 srckey=0x0 dstkey=0x0 [UNREPLIED] src=172.31.0.2 dst=172.31.0.1 srckey=0x0 dstkey=0x0 mark=0 use=1
      conntrack v1.4.7 (conntrack-tools): 5 flow entries have been shown.
      """;

  private static Entries<ConntrackEntry> entries(Source source) {
    Facts.Builder facts = new Facts.Builder();
    PARSER.parse(source).parts().forEach(p -> p.addTo(facts));
    return facts.build().get(Section.CONNTRACK);
  }

  private static Source source(String command, String text) {
    Source source = Source.ofFile("transcript.txt", text);
    return command.isEmpty() ? source : source.byCommand(command);
  }

  @Test
  void listed() {
    Entries<ConntrackEntry> entries = entries(source("conntrack -L", LISTED));
    assertThat(entries.isComplete()).isTrue();
    assertThat(entries.values())
        .extracting(ConntrackEntry::toString)
        .containsExactly(
            "tcp ESTABLISHED src=10.244.2.2 dst=10.96.0.1 sport=38152 dport=443 src=192.168.3.113 dst=192.168.3.115 sport=6443 dport=63561",
            "udp src=10.244.2.2 dst=10.96.0.10 sport=46089 dport=53 [UNREPLIED] src=10.244.9.9 dst=10.244.2.2 sport=53 dport=46089",
            "icmp src=10.244.0.3 dst=10.244.2.3 src=10.244.2.3 dst=10.244.0.3",
            "ipencap src=172.31.0.1 dst=172.31.0.2 src=172.31.0.2 dst=172.31.0.1",
            "gre src=172.31.0.1 dst=172.31.0.2 [UNREPLIED] src=172.31.0.2 dst=172.31.0.1");
    assertThat(entries.values())
        .extracting(ConntrackEntry::isNatted)
        .containsExactly(true, true, false, false, false);
    assertThat(entries.values().toList().getFirst().flags()).containsExactly("ASSURED");
  }

  @Test
  void marksAndZones() {
    String text =
        """
        udp      17 299 src=10.244.1.2 dst=10.244.2.2 sport=20001 dport=81 [UNREPLIED] src=10.244.2.2 dst=10.244.1.2 sport=81 dport=20001 mark=7 zone=3 use=1
        udp      17 299 src=10.244.1.2 dst=10.244.2.2 sport=20002 dport=81 zone-orig=4 [UNREPLIED] src=10.244.2.2 dst=10.244.1.2 sport=81 dport=20002 mark=4294967295 use=1
        udp      17 299 src=10.244.1.2 dst=10.244.2.2 sport=20002 dport=82 [UNREPLIED] src=10.244.2.2 dst=10.244.1.2 sport=82 dport=20002 zone-reply=5 use=1
        """;
    Entries<ConntrackEntry> entries = entries(source("conntrack -L", text));
    assertThat(entries.isComplete()).isTrue();
    assertThat(entries.values())
        .extracting(ConntrackEntry::mark)
        .containsExactly(7L, 0xffff_ffffL, 0L);
    assertThat(entries.values()).extracting(ConntrackEntry::originalZone).containsExactly(3, 4, 0);
    assertThat(entries.values()).extracting(ConntrackEntry::replyZone).containsExactly(3, 0, 5);
  }

  /** {@code -o extended}, {@code /proc/net/nf_conntrack} and accounting. */
  @Test
  void otherForms() {
    String text =
        """
        ipv4     2 tcp      6 113 TIME_WAIT src=10.0.0.1 dst=10.0.0.2 sport=1 dport=2 packets=5 bytes=400 src=10.0.0.2 dst=10.0.0.1 sport=2 dport=1 packets=4 bytes=300 [ASSURED] mark=0 zone=0 use=2
        ipv6     10 udp      17 29 src=fd00::1 dst=fd00::2 sport=1 dport=53 [UNREPLIED] src=fd00::2 dst=fd00::1 sport=53 dport=1 mark=0 use=1
        tcp      6 src=10.0.0.1 dst=10.0.0.3 sport=1 dport=2 src=10.0.0.3 dst=10.0.0.1 sport=2 dport=1 [OFFLOAD] mark=0 use=2
        """;
    Entries<ConntrackEntry> entries = entries(source("cat /proc/net/nf_conntrack", text));
    assertThat(entries.isComplete()).isTrue();
    assertThat(entries.values())
        .extracting(ConntrackEntry::protocol)
        .containsExactly(IpProtocol.TCP, IpProtocol.UDP, IpProtocol.TCP);
    assertThat(entries.values())
        .extracting(e -> e.state().orElse(""))
        .containsExactly("TIME_WAIT", "", "");
    assertThat(entries.values())
        .extracting(ConntrackEntry::flags)
        .extracting(f -> String.join(",", f))
        .containsExactly("ASSURED", "UNREPLIED", "OFFLOAD");
  }

  @Test
  void maskedAddressesAreNotRead() {
    String text =
        """
        udp  17 27 src=10.103.83.53 dst=<clusterIp> sport=21667 dport=53 [UNREPLIED] src=10.103.78.37 dst=10.103.83.53 sport=53 dport=21667 mark=0 use=1
        udp  17 27 src=10.103.83.53 dst=10.96.0.10 sport=xxxx dport=53 [UNREPLIED] src=10.103.78.37 dst=10.103.83.53 sport=53 dport=xxxx mark=0 use=1
        ...
        """;
    Reading reading = PARSER.parse(source("conntrack -L", text));
    assertThat(reading.unread()).hasSize(3);
    assertThat(entries(source("conntrack -L", text)).isEmpty()).isTrue();
    assertThat(entries(source("conntrack -L", text)).isComplete()).isFalse();
  }

  @Test
  void coverage() {
    assertThat(entries(source("conntrack -L", "")).isComplete()).isTrue();
    assertThat(entries(source("conntrack -L -p udp --dport 53", LISTED)).isComplete()).isFalse();
    assertThat(
            entries(source("conntrack -L | grep 10.96", LISTED).filteredBy("piped into grep 10.96"))
                .isComplete())
        .isFalse();
    assertThat(entries(source("", LISTED)).isComplete()).isFalse();
    assertThat(entries(Source.ofFile("nodes/a/conntrack-L.txt", LISTED)).isComplete()).isTrue();
  }

  @ParameterizedTest
  @CsvSource({
    "conntrack -L, true",
    "conntrack -L -o extended, true",
    "conntrack --dump, true",
    "cat /proc/net/nf_conntrack, true",
    "conntrack -E, false",
    "conntrack -D -p udp, false",
    "conntrack -L expect, false",
    "conntrack -S, false",
    "cat /proc/net/route, false"
  })
  void reads(String command, boolean reads) {
    assertThat(PARSER.reads(ShellCommand.parse(command))).isEqualTo(reads);
  }

  @Test
  void likeness() {
    assertThat(PARSER.likeness("a", LISTED)).isGreaterThanOrEqualTo(90);
    assertThat(
            PARSER.likeness(
                "a",
                "[NEW] udp 17 30 src=1.1.1.1 dst=2.2.2.2 sport=1 dport=2 [UNREPLIED] src=2.2.2.2 dst=1.1.1.1 sport=2 dport=1\n"))
        .isZero();
    assertThat(PARSER.likeness("a", "default via 10.0.0.1 dev eth0 src 10.0.0.2\n")).isZero();
  }

  @Test
  void hostileTextsAreOnlyUnread() {
    for (String text :
        List.of(
            "src=",
            "src= dst= src= dst=",
            "a b c d src=1.1.1.1",
            "tcp 6 1 X src=1.1.1.1 dst=2.2.2.2",
            "tcp 999 1 src=1.1.1.1 dst=2.2.2.2 src=2.2.2.2 dst=1.1.1.1",
            "ipv4 2 src=1",
            "x")) {
      assertThat(PARSER.parse(source("conntrack -L", text)).unread()).as(text).hasSize(1);
    }
  }

  @Test
  void everyRecordingIsReadWhole() {
    List<Source> sources = SharedMaterial.files("recorded", n -> n.startsWith("conntrack"));
    assertThat(sources).isNotEmpty();
    for (Source source : sources) {
      assertThat(PARSER.parse(source).unread()).as(source.file()).isEmpty();
      assertThat(entries(source).isComplete()).as(source.file()).isTrue();
      assertThat(entries(source).facts())
          .as(source.file())
          .hasSize((int) source.text().lines().filter(l -> l.contains("src=")).count());
    }
  }

  @Test
  void everyCaseIsRead() {
    for (Source source : SharedMaterial.files("cases", n -> n.startsWith("conntrack"))) {
      assertThat(PARSER.likeness("", source.text())).isGreaterThanOrEqualTo(30);
      assertThat(PARSER.parse(source).unread()).isNotEmpty();
    }
  }
}
