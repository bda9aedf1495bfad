package io.podpath.probes.parse;

import static org.assertj.core.api.Assertions.assertThat;

import io.podpath.core.net.IpAddress;
import io.podpath.core.net.IpProtocol;
import io.podpath.core.net.Port;
import io.podpath.core.netfilter.VirtualServer;
import io.podpath.core.netfilter.VirtualServer.RealServer;
import io.podpath.core.snapshot.Entries;
import io.podpath.core.snapshot.Facts;
import io.podpath.core.snapshot.Section;
import io.podpath.core.snapshot.Source;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class IpvsadmParserTest {

  private static final IpvsadmParser PARSER = new IpvsadmParser();

  private static final String HEAD =
      """
      IP Virtual Server version 1.2.1 (size=4096)
      Prot LocalAddress:Port Scheduler Flags
        -> RemoteAddress:Port           Forward Weight ActiveConn InActConn
      """;

  private static final String LISTED =
      HEAD
          + """
          TCP  10.96.0.1:443 rr persistent 10800
            -> 192.168.3.113:6443           Masq    1      0          5
          TCP  10.96.50.50:80 rr
          UDP  10.96.0.10:53 rr
            -> 10.244.1.3:53                Masq    1      0          1
            -> 10.244.2.3:53                Masq    0      0          2
          FWM  7 wlc
            -> 10.244.1.9:0                 Route   3      0          0
          TCP  [fd00:10:96::1]:443 rr
            -> [fd00::5]:6443               Tunnel  1      0          0
          """;

  private static final String SAVED =
      """
      -A -t 10.96.0.1:443 -s rr -p 10800
      -a -t 10.96.0.1:443 -r 192.168.3.113:6443 -m -w 1
      -A -t 10.96.50.50:80 -s rr
      -A -u 10.96.0.10:53 -s rr
      -a -u 10.96.0.10:53 -r 10.244.1.3:53 -m -w 1
      -a -u 10.96.0.10:53 -r 10.244.2.3:53 -m -w 0
      -A -f 7 -s wlc
      -a -f 7 -r 10.244.1.9:0 -g -w 3
      -A -t [fd00:10:96::1]:443 -s rr
      -a -t [fd00:10:96::1]:443 -r [fd00::5]:6443 -i -w 1
      """;

  private static Entries<VirtualServer> ipvs(Source source) {
    Facts.Builder facts = new Facts.Builder();
    PARSER.parse(source).parts().forEach(p -> p.addTo(facts));
    return facts.build().get(Section.IPVS);
  }

  private static Source source(String command, String text) {
    Source source = Source.ofFile("transcript.txt", text);
    return command.isEmpty() ? source : source.byCommand(command);
  }

  @Test
  void listed() {
    Entries<VirtualServer> ipvs = ipvs(source("ipvsadm -Ln", LISTED));
    assertThat(ipvs.isComplete()).isTrue();
    assertThat(ipvs.values())
        .extracting(VirtualServer::toString)
        .containsExactly(
            "-A -t 10.96.0.1:443 -s rr -p 10800",
            "-A -t 10.96.50.50:80 -s rr",
            "-A -u 10.96.0.10:53 -s rr",
            "-A -f 7 -s wlc",
            "-A -t [fd00:10:96::1]:443 -s rr");
    VirtualServer dns = ipvs.values().toList().get(2);
    assertThat(dns)
        .isEqualTo(
            new VirtualServer(
                Optional.of(IpProtocol.UDP),
                Optional.of(IpAddress.of("10.96.0.10")),
                Optional.of(new Port(53)),
                Optional.empty(),
                "rr",
                OptionalInt.empty(),
                List.of(
                    new RealServer(
                        IpAddress.of("10.244.1.3"), new Port(53), "Masq", OptionalInt.of(1)),
                    new RealServer(
                        IpAddress.of("10.244.2.3"), new Port(53), "Masq", OptionalInt.of(0)))));
    assertThat(ipvs.values().toList().get(1).realServers()).isEmpty();
    assertThat(ipvs.facts().get(2).from().raw()).isEqualTo("UDP  10.96.0.10:53 rr");
  }

  @Test
  void savedSaysTheSame() {
    Entries<VirtualServer> saved = ipvs(source("ipvsadm-save -n", SAVED));
    assertThat(saved.isComplete()).isTrue();
    assertThat(saved.values().toList())
        .isEqualTo(ipvs(source("ipvsadm -Ln", LISTED)).values().toList());
    assertThat(ipvs(source("ipvsadm -S -n", SAVED)).isComplete()).isTrue();
  }

  @Test
  void webCopiesAndLooseFiles() {
    String collapsed = LISTED.replaceAll("[ \t]+", " ").replace("\n ", "\n");
    assertThat(ipvs(source("", collapsed)).values().toList())
        .isEqualTo(ipvs(source("ipvsadm -Ln", LISTED)).values().toList());
    assertThat(ipvs(source("", collapsed)).isComplete()).isTrue();
    String rows = LISTED.substring(HEAD.length());
    assertThat(ipvs(source("", rows)).facts()).hasSize(5);
    assertThat(ipvs(source("", rows)).isComplete()).isFalse();
  }

  /**
   * Counters take the place of scheduler, method and weight: those are then not known, not zero.
   */
  @Test
  void statistics() {
    String text =
        """
        IP Virtual Server version 1.2.1 (size=4096)
        Prot LocalAddress:Port               Conns   InPkts  OutPkts  InBytes OutBytes
          -> RemoteAddress:Port
        TCP  10.96.0.1:443                       5       45       36     5218    13528
          -> 192.168.3.113:6443                  5       45       36     5218    135K
        """;
    VirtualServer server = ipvs(source("ipvsadm -Ln --stats", text)).first().orElseThrow().value();
    assertThat(server.scheduler()).isEmpty();
    assertThat(server.realServers())
        .containsExactly(
            new RealServer(IpAddress.of("192.168.3.113"), new Port(6443), "", OptionalInt.empty()));
  }

  @Test
  void emptyTables() {
    assertThat(ipvs(source("ipvsadm -Ln", HEAD)).isComplete()).isTrue();
    assertThat(ipvs(source("ipvsadm-save -n", "")).isComplete()).isTrue();
    assertThat(ipvs(source("ipvsadm -Ln", "")).isComplete()).isFalse();
    String noModule =
        "Can't initialize ipvs: Protocol not available\nAre you sure that IP Virtual Server is built in the kernel or as module?\n";
    assertThat(ipvs(source("ipvsadm -Ln", noModule)).isComplete()).isTrue();
    String denied =
        noModule.replace("Protocol not available", "Permission denied (you must be root)");
    assertThat(ipvs(source("ipvsadm -Ln", denied)).isComplete()).isFalse();
  }

  /** A service whose servers cannot all be read would look as if it had fewer. */
  @Test
  void namesAreNotRead() {
    String text =
        LISTED
            .replace("10.244.2.3:53 ", "node2.example:53")
            .replace("10.96.0.1:443", "kubernetes:https");
    Reading reading = PARSER.parse(source("ipvsadm -L", text));
    assertThat(reading.unread()).hasSize(2);
    Entries<VirtualServer> ipvs = ipvs(source("ipvsadm -L", text));
    assertThat(ipvs.isComplete()).isFalse();
    assertThat(ipvs.values())
        .extracting(VirtualServer::toString)
        .doesNotContain("-A -u 10.96.0.10:53 -s rr")
        .hasSize(3);
    assertThat(ipvs(source("ipvsadm -L", LISTED.replace(":53 ", ":domain "))).facts()).hasSize(5);
  }

  @Test
  void partsOfATable() {
    assertThat(ipvs(source("ipvsadm -Ln -t 10.96.0.1:443", LISTED)).isComplete()).isFalse();
    Entries<VirtualServer> filtered =
        ipvs(source("ipvsadm -Ln | grep 10.96", LISTED).filteredBy("piped into grep 10.96"));
    assertThat(filtered.isComplete()).isFalse();
    assertThat(filtered.values()).noneMatch(v -> v.realServers().isEmpty());
    String cut = LISTED.replace("  -> 10.244.2.3:53", "...\n  -> 10.244.2.3:53");
    assertThat(ipvs(source("ipvsadm -Ln", cut)).values())
        .extracting(VirtualServer::toString)
        .doesNotContain("-A -u 10.96.0.10:53 -s rr");
  }

  @ParameterizedTest
  @CsvSource({
    "ipvsadm -Ln, true",
    "ipvsadm -L -n --stats, true",
    "ipvsadm, true",
    "ipvsadm-save -n, true",
    "ipvsadm -S -n, true",
    "ipvsadm -ln, true",
    "ipvsadm -Lnc, false",
    "ipvsadm -A -t 10.0.0.1:80 -s rr, false",
    "ipvsadm -L --timeout, false",
    "iptables -L, false"
  })
  void reads(String command, boolean reads) {
    assertThat(PARSER.reads(ShellCommand.parse(command))).isEqualTo(reads);
  }

  @Test
  void likeness() {
    assertThat(PARSER.likeness("a", LISTED)).isEqualTo(100);
    assertThat(PARSER.likeness("a", SAVED)).isGreaterThanOrEqualTo(80);
    assertThat(PARSER.likeness("a", "-A FORWARD -j ACCEPT\n")).isZero();
    assertThat(
            PARSER.likeness(
                "a",
                "IPVS connection entries\npro expire state       source             virtual            destination\n"))
        .isZero();
  }

  @Test
  void hostileTextsAreOnlyUnread() {
    for (String text :
        List.of(
            "->",
            "-> x",
            "TCP",
            "FWM",
            "FWM x",
            "TCP :",
            "TCP [",
            "TCP []:1",
            "TCP 1.2.3.4:99999 rr",
            "-A",
            "-a",
            "-A -t",
            "-a -t 1.2.3.4:1 -r",
            "-a -f 1 -r 1.2.3.4:1 -w x",
            "TCP 1.2.3.4:1 rr\n-> 5.6.7.8:1 Masq 99999999999999999999 0 0")) {
      assertThat(PARSER.parse(source("ipvsadm -Ln", text)).unread()).as(text).isNotEmpty();
      assertThat(PARSER.likeness("", text)).isBetween(0, 100);
    }
  }

  @Test
  void everyRecordingIsReadWhole() {
    List<Source> sources =
        SharedMaterial.files("recorded", n -> n.startsWith("ipvsadm") && !n.contains("Lnc"));
    assertThat(sources).isNotEmpty();
    for (Source source : sources) {
      Entries<VirtualServer> ipvs = ipvs(source);
      assertThat(PARSER.likeness("", source.text())).as(source.file()).isGreaterThanOrEqualTo(80);
      assertThat(ipvs.isComplete()).as(source.file()).isTrue();
      assertThat(ipvs.facts()).as(source.file()).hasSizeGreaterThan(4);
    }
  }
}
