package io.podpath.probes.parse;

import static org.assertj.core.api.Assertions.assertThat;

import io.podpath.core.net.IpAddress;
import io.podpath.core.net.IpProtocol;
import io.podpath.core.node.SeenPacket;
import io.podpath.core.snapshot.Section;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class TcpdumpParserTest {

  private final TcpdumpParser parser = new TcpdumpParser();

  private List<SeenPacket> packets(String text) {
    Parsed parsed = Parsed.by(parser, "tcpdump -n", text);
    assertThat(parsed.unread()).isEmpty();
    assertThat(parsed.isWhole(Section.PACKETS)).isFalse();
    return parsed.rows(Section.PACKETS);
  }

  private SeenPacket packet(String text) {
    List<SeenPacket> packets = packets(text);
    assertThat(packets).hasSize(1);
    return packets.getFirst();
  }

  @Test
  void readsPlainPackets() {
    SeenPacket icmp =
        packet(
            "09:44:19.845193 IP 172.16.192.64 > 172.16.210.201: ICMP echo request, id 13461, seq 1111, length 64\n");
    SeenPacket tcp =
        packet("IP 10.0.0.1.443 > 10.0.0.2.55555: Flags [S.], seq 1, ack 2, win 64240, length 0\n");
    SeenPacket six =
        packet("12:00:00.1 IP6 2001:db8::1.443 > 2001:db8::2.5555: Flags [.], length 0\n");
    SeenPacket dns =
        packet(
            "2021-10-27 10:49:08.123456 IP 10.0.0.1.5353 > 10.0.0.2.53: 1+ A? kubernetes.default. (36)\n");

    assertThat(icmp.time()).isEqualTo("09:44:19.845193");
    assertThat(icmp.protocol()).contains(IpProtocol.ICMP);
    assertThat(icmp)
        .hasToString(
            "172.16.192.64 > 172.16.210.201: ICMP echo request, id 13461, seq 1111, length 64");
    assertThat(tcp.protocol()).contains(IpProtocol.TCP);
    assertThat(tcp.summary()).startsWith("443 > 55555 Flags [S.]");
    assertThat(six.source()).isEqualTo(IpAddress.of("2001:db8::1"));
    assertThat(dns.protocol()).isEmpty();
    assertThat(dns.time()).isEqualTo("2021-10-27 10:49:08.123456");
  }

  @Test
  void readsIpInIpOnOneLine() {
    SeenPacket packet =
        packet(
            "12:00:00.000001 IP 192.168.3.110 > 192.168.0.111: IP 10.122.17.64 > 10.122.124.128: ICMP echo reply, id 22001, seq 4, length 64 (ipip-proto-4)\n");

    assertThat(packet.protocol()).contains(IpProtocol.IPENCAP);
    assertThat(packet.inner())
        .get()
        .extracting(SeenPacket::destination)
        .isEqualTo(IpAddress.of("10.122.124.128"));
    assertThat(packet.inner().flatMap(SeenPacket::protocol)).contains(IpProtocol.ICMP);
  }

  @Test
  void readsIpInIpOnThreeLinesOfWhichAWebCopyLostTheIndentation() {
    String text =
        """
        //request
        00:16:3e:02:06:1e > ee:ff:ff:ff:ff:ff, ethertype IPv4 (0x0800), length 118: (tos 0x0, ttl 64, id 57971, offset 0, flags [DF], proto IPIP (4), length 104)
        192.168.0.111 > 192.168.3.110: (tos 0x0, ttl 64, id 18953, offset 0, flags [DF], proto ICMP (1), length 84)
        10.122.124.128 > 10.122.17.64: ICMP echo request, id 22001, seq 4, length 64
        //reply
        ee:ff:ff:ff:ff:ff > 00:16:3e:02:06:1e, ethertype IPv4 (0x0800), length 118: (tos 0x0, ttl 64, id 2565, offset 0, flags [none], proto IPIP (4), length 104)
        192.168.3.110 > 192.168.0.111: (tos 0x0, ttl 64, id 26374, offset 0, flags [none], proto ICMP (1), length 84)
        10.122.17.64 > 10.122.124.128: ICMP echo reply, id 22001, seq 4, length 64
        """;

    List<SeenPacket> packets = packets(text);

    assertThat(packets).hasSize(2);
    assertThat(packets.get(0))
        .hasToString(
            "192.168.0.111 > 192.168.3.110: 10.122.124.128 > 10.122.17.64: ICMP echo request, id 22001, seq 4, length 64");
    assertThat(packets.get(1))
        .hasToString(
            "192.168.3.110 > 192.168.0.111: 10.122.17.64 > 10.122.124.128: ICMP echo reply, id 22001, seq 4, length 64");
    assertThat(packets).allMatch(p -> p.protocol().filter(IpProtocol.IPENCAP::equals).isPresent());
    assertThat(packets)
        .allMatch(p ->
            p.inner().flatMap(SeenPacket::protocol).filter(IpProtocol.ICMP::equals).isPresent());
  }

  @Test
  void readsTheVerboseFormWithTimes() {
    String text =
        """
        tcpdump: listening on eth1, link-type EN10MB (Ethernet), snapshot length 262144 bytes
        12:00:00.123456 IP (tos 0x0, ttl 63, id 57971, offset 0, flags [DF], proto IPIP (4), length 104)
            192.168.0.111 > 192.168.3.110: IP (tos 0x0, ttl 64, id 18953, offset 0, flags [DF], proto ICMP (1), length 84)
            10.122.124.128 > 10.122.17.64: ICMP echo request, id 22001, seq 4, length 64
        12:00:00.223456 IP (tos 0x0, ttl 64, id 1, offset 0, flags [DF], proto TCP (6), length 60)
            10.0.0.1.443 > 10.0.0.2.555: Flags [S], cksum 0x1431 (incorrect -> 0x8c5a), seq 1, win 64240, length 0
        12:00:00.323456 ARP, Ethernet (len 6), IPv4 (len 4), Request who-has 10.0.0.1 tell 10.0.0.2, length 28
        ^C
        3 packets captured
        3 packets received by filter
        0 packets dropped by kernel
        """;

    List<SeenPacket> packets = packets(text);

    assertThat(packets).hasSize(2);
    assertThat(packets.get(0).inner()).isPresent();
    assertThat(packets.get(1).protocol()).contains(IpProtocol.TCP);
    assertThat(packets.get(1).source()).isEqualTo(IpAddress.of("10.0.0.1"));
  }

  @Test
  void readsTheVerboseFormOfIpv6() {
    SeenPacket packet =
        packet(
            "12:00:00.1 IP6 (flowlabel 0x3d2f0, hlim 64, next-header ICMPv6 (58) payload length: 64) 2001:db8::1 > 2001:db8::2: [icmp6 sum ok] ICMP6, echo request, id 1, seq 1\n");
    SeenPacket split =
        packet(
            "12:00:00.1 IP6 (hlim 64, next-header TCP (6) payload length: 40)\n    2001:db8::1.443 > 2001:db8::2.5555: Flags [S], length 0\n");

    assertThat(packet.protocol()).contains(IpProtocol.ICMPV6);
    assertThat(split.protocol()).contains(IpProtocol.TCP);
    assertThat(split.destination()).isEqualTo(IpAddress.of("2001:db8::2"));
  }

  @Test
  void readsGre() {
    SeenPacket packet =
        packet(
            "07:32:11.459843 IP 10.68.26.57 > 10.68.26.58: GREv0, length 102: IP 172.17.8.2 > 172.17.8.3: ICMP echo request, id 22, seq 1, length 64\n");
    SeenPacket keyed =
        packet(
            "07:32:11.459843 IP 10.68.26.57 > 10.68.26.58: GREv0, key=0x1, proto TEB (0x6558), length 110: c6:e3:8d:d8:03:6a > ae:e3:c4:2b:9e:b0, ethertype IPv4 (0x0800), length 98: 172.17.8.2 > 172.17.8.3: ICMP echo request, id 22, seq 1, length 64\n");

    assertThat(packet.protocol()).contains(IpProtocol.GRE);
    assertThat(packet.inner())
        .get()
        .hasToString("172.17.8.2 > 172.17.8.3: ICMP echo request, id 22, seq 1, length 64");
    assertThat(keyed.inner()).isEqualTo(packet.inner());
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "12:00:00.1 IP 10.0.1.12.37912 > 10.0.1.13.8472: OTV, flags [I] (0x08), overlay 0, instance 1\nIP 10.244.2.15 > 10.244.7.20: ICMP echo request, id 1, seq 1, length 64\n",
        "12:00:00.1 IP 10.0.1.12.37912 > 10.0.1.13.4789: VXLAN, flags [I] (0x08), vni 1\nIP 10.244.2.15 > 10.244.7.20: ICMP echo request, id 1, seq 1, length 64\n",
        "12:00:00.1 IP (tos 0x0, ttl 64, id 1, offset 0, flags [none], proto UDP (17), length 134)\n    10.0.1.12.37912 > 10.0.1.13.8472: [no cksum] OTV, flags [I] (0x08), overlay 0, instance 1\nIP (tos 0x0, ttl 63, id 2, offset 0, flags [DF], proto ICMP (1), length 84)\n    10.244.2.15 > 10.244.7.20: ICMP echo request, id 1, seq 1, length 64\n"
      })
  void readsVxlan(String text) {
    SeenPacket packet = packet(text);

    assertThat(packet.protocol()).contains(IpProtocol.UDP);
    assertThat(packet.destination()).isEqualTo(IpAddress.of("10.0.1.13"));
    assertThat(packet.inner())
        .get()
        .hasToString("10.244.2.15 > 10.244.7.20: ICMP echo request, id 1, seq 1, length 64");
  }

  @Test
  void readsInterfaceAndDirectionOfAny() {
    SeenPacket packet =
        packet(
            "12:00:00.1 eth0  In  IP 10.0.0.1 > 10.0.0.2: ICMP echo request, id 1, seq 1, length 64\n");

    assertThat(packet.source()).isEqualTo(IpAddress.of("10.0.0.1"));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "07:32:11.459843 IP 10.68.26.57 > linux-host: GREv0, length 102: IP 172.17.8.2 > 172.17.8.3: ICMP echo request",
        "12:00:00.1 IP (tos 0x0, ttl 64",
        "12:00:00.1 IP a.b.c.d > 10.0.0.1: ICMP",
        "prose",
        "..."
      })
  void reportsWhatItCannotRead(String line) {
    Parsed parsed = Parsed.by(parser, "tcpdump", line + "\n");

    assertThat(parsed.unread()).hasSize(1);
    assertThat(parsed.rows(Section.PACKETS)).isEmpty();
  }

  @Test
  void survivesManyNestedHeaders() {
    String deep = "IP 10.0.0.1 > 10.0.0.2: ".repeat(50) + "ICMP";

    assertThat(Parsed.by(parser, "tcpdump", deep).unread()).hasSize(1);
    assertThat(Parsed.by(parser, "tcpdump", "").rows(Section.PACKETS)).isEmpty();
  }
}
