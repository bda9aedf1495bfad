package io.podpath.probes.parse;

import static org.assertj.core.api.Assertions.assertThat;

import io.podpath.core.net.IpAddress;
import io.podpath.core.net.MacAddress;
import io.podpath.core.net.Port;
import io.podpath.core.net.Vni;
import io.podpath.core.node.GreHeader;
import io.podpath.core.node.Link;
import io.podpath.core.node.LinkKind;
import io.podpath.core.node.OuterHeader;
import io.podpath.core.node.OuterHeader.DontFragment;
import io.podpath.core.node.OuterHeader.Ttl;
import io.podpath.core.snapshot.Coverage;
import io.podpath.core.snapshot.Entries;
import io.podpath.core.snapshot.Facts;
import io.podpath.core.snapshot.Section;
import io.podpath.core.snapshot.Source;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class IpLinkParserTest {

  private final IpLinkParser parser = new IpLinkParser();

  private static final String DETAILED =
      """
      1: lo: <LOOPBACK,UP,LOWER_UP> mtu 65536 qdisc noqueue state UNKNOWN mode DEFAULT group default qlen 1000
          link/loopback 00:00:00:00:00:00 brd 00:00:00:00:00:00 promiscuity 0  allmulti 0 minmtu 0 maxmtu 0 addrgenmode eui64 numtxqueues 1\s
      2: eth0@if4: <BROADCAST,MULTICAST,UP,LOWER_UP> mtu 1500 qdisc noqueue master docker0 state UP mode DEFAULT group default qlen 1000
          link/ether 52:54:00:03:00:01 brd ff:ff:ff:ff:ff:ff link-netns fabric promiscuity 0  allmulti 0 minmtu 68 maxmtu 65535\s
          veth\s
          bridge_slave state forwarding priority 32 cost 2 hairpin off guard off\s
          alias the uplink
          altname enp0s99
      5: flannel.1: <BROADCAST,MULTICAST,UP,LOWER_UP> mtu 1450 qdisc noop state UNKNOWN mode DEFAULT group default qlen 1000
          link/ether 6e:99:a1:93:0b:bb brd ff:ff:ff:ff:ff:ff promiscuity 0  allmulti 0 minmtu 68 maxmtu 65535\s
          vxlan id 1 local 10.0.0.1 dev eth0 srcport 0 0 dstport 8472 nolearning ttl auto ageing 300 udpcsum noudp6zerocsumtx\s
      6: tunl0@NONE: <NOARP,UP,LOWER_UP> mtu 1440 qdisc noqueue state UNKNOWN mode DEFAULT group default qlen 1000
          link/ipip 0.0.0.0 brd 0.0.0.0 promiscuity 0  allmulti 0 minmtu 0 maxmtu 0\s
          ipip any remote any local any ttl inherit nopmtudisc addrgenmode eui64\s
      7: docker0: <NO-CARRIER,BROADCAST,MULTICAST,UP> mtu 1500 qdisc noqueue state DOWN mode DEFAULT group default qlen 1000
          link/ether 02:42:52:d2:23:bb brd ff:ff:ff:ff:ff:ff promiscuity 0  allmulti 0 minmtu 68 maxmtu 65535\s
          bridge forward_delay 1500 hello_time 200 stp_state 0 priority 32768 vlan_filtering 1 vlan_protocol 802.1Q nf_call_iptables 1 nf_call_ip6tables 0\s
      8: gretap1@NONE: <BROADCAST,MULTICAST> mtu 1462 qdisc noop state DOWN mode DEFAULT group default qlen 1000
          link/ether 00:00:00:00:00:00 brd ff:ff:ff:ff:ff:ff promiscuity 0  allmulti 0 minmtu 68 maxmtu 0\s
          gretap remote 10.0.0.2 local 10.0.0.1 ttl inherit nopmtudisc addrgenmode eui64\s
      9: flannel0: <POINTOPOINT,MULTICAST,NOARP,UP,LOWER_UP> mtu 1472 qdisc pfifo_fast state UNKNOWN mode DEFAULT group default qlen 500
          link/none  promiscuity 0  allmulti 0 minmtu 68 maxmtu 65535\s
          tun type tun pi off vnet_hdr off persist off\s
      10: ovs-system: <BROADCAST,MULTICAST> mtu 1500 qdisc noop state DOWN mode DEFAULT group default qlen 1000
          link/ether 76:dd:42:d3:46:d9 brd ff:ff:ff:ff:ff:ff promiscuity 1  allmulti 0 minmtu 68 maxmtu 65535\s
          openvswitch addrgenmode eui64\s
      """;

  private Reading read(String command, String text) {
    return parser.parse(Source.ofFile("paste.txt", text).byCommand(command));
  }

  private static Entries<Link> links(Reading reading) {
    Facts.Builder facts = new Facts.Builder();
    reading.parts().forEach(p -> p.addTo(facts));
    return facts.build().get(Section.LINKS);
  }

  private static Link link(Reading reading, String name) {
    return links(reading).values().filter(l -> l.name().equals(name)).findFirst().orElseThrow();
  }

  @Test
  void readsHeads() {
    Reading reading = read("ip -d link", DETAILED);

    Link eth0 = link(reading, "eth0");
    assertThat(reading.unread()).isEmpty();
    assertThat(links(reading).values().count()).isEqualTo(8);
    assertThat(eth0)
        .hasToString(
            "2: eth0@if4: <BROADCAST,LOWER_UP,MULTICAST,UP> mtu 1500 master docker0 state UP");
    assertThat(eth0.mac()).contains(MacAddress.of("52:54:00:03:00:01"));
    assertThat(eth0.linkType()).isEqualTo("ether");
    assertThat(link(reading, "docker0").operState()).contains("DOWN");
    assertThat(link(reading, "tunl0").mac()).isEmpty();
    assertThat(link(reading, "tunl0").peer()).contains("NONE");
  }

  @Test
  void readsKinds() {
    Reading reading = read("ip -d link", DETAILED);

    assertThat(link(reading, "eth0").kind()).contains(new LinkKind.Veth());
    assertThat(link(reading, "lo").kind()).isEmpty();
    assertThat(link(reading, "flannel.1").kind())
        .contains(
            new LinkKind.Vxlan(
                Optional.of(new Vni(1)),
                Optional.of(IpAddress.of("10.0.0.1")),
                Optional.empty(),
                Optional.of("eth0"),
                Optional.of(new Port(8472)),
                false));
    assertThat(link(reading, "tunl0").kind())
        .contains(new LinkKind.Ipip(Optional.empty(), Optional.empty()));
    assertThat(link(reading, "docker0").kind()).contains(new LinkKind.Bridge(true, true, false));
    assertThat(link(reading, "gretap1").kind())
        .contains(
            new LinkKind.Gre(
                "gretap",
                Optional.of(IpAddress.of("10.0.0.1")),
                Optional.of(IpAddress.of("10.0.0.2"))));
    assertThat(link(reading, "flannel0").kind()).contains(new LinkKind.Tun());
    assertThat(link(reading, "ovs-system").kind()).contains(new LinkKind.Other("openvswitch"));
  }

  @Test
  void readsWhatTunnelsWriteIntoHeaders() {
    String text =
        """
        2: v1: <BROADCAST,MULTICAST> mtu 1500 qdisc noop state DOWN mode DEFAULT group default qlen 1000
            link/ether 3a:dd:01:1d:ce:4c brd ff:ff:ff:ff:ff:ff promiscuity 0  allmulti 0 minmtu 68 maxmtu 65535\s
            vxlan id 1 local 10.0.0.1 srcport 0 0 dstport 8472 ttl 5 df set ageing 300 udpcsum noudp6zerocsumtx\s
        3: v2: <BROADCAST,MULTICAST> mtu 1500 qdisc noop state DOWN mode DEFAULT group default qlen 1000
            link/ether 26:3f:f4:f2:9c:43 brd ff:ff:ff:ff:ff:ff promiscuity 0  allmulti 0 minmtu 68 maxmtu 65535\s
            vxlan id 2 local 10.0.0.1 srcport 0 0 dstport 8472 ttl inherit df inherit ageing 300 udpcsum\s
        4: gre1@eth0: <POINTOPOINT,NOARP> mtu 1464 qdisc noop state DOWN mode DEFAULT group default qlen 1000
            link/gre 10.0.0.1 peer 10.0.0.2 promiscuity 0  allmulti 0 minmtu 0 maxmtu 0\s
            gre remote 10.0.0.2 local 10.0.0.1 dev eth0 ttl 9 ikey 0.0.0.5 okey 0.0.1.0 iseq oseq icsum ocsum addrgenmode eui64\s
        5: ipip1@NONE: <POINTOPOINT,NOARP> mtu 1480 qdisc noop state DOWN mode DEFAULT group default qlen 1000
            link/ipip 10.0.0.1 peer 10.0.0.2 promiscuity 0  allmulti 0 minmtu 0 maxmtu 0\s
            ipip ipip remote 10.0.0.2 local 10.0.0.1 ttl inherit pmtudisc addrgenmode eui64\s
        6: tap1@NONE: <BROADCAST,MULTICAST> mtu 1462 qdisc noop state DOWN mode DEFAULT group default qlen 1000
            link/ether 26:3f:f4:f2:9c:44 brd ff:ff:ff:ff:ff:ff promiscuity 0  allmulti 0 minmtu 68 maxmtu 65535\s
            gretap remote 10.0.0.2 local any ttl inherit nopmtudisc ignore-df\s
        """;
    String json =
        """
        [{"ifindex":2,"ifname":"v1","flags":["UP"],"mtu":1500,"link_type":"ether","linkinfo":{"info_kind":"vxlan","info_data":{"id":1,"local":"10.0.0.1","port":8472,"learning":true,"ttl":5,"df":"set","ageing":300,"udp_csum":true}}},
        {"ifindex":3,"ifname":"v2","flags":["UP"],"mtu":1500,"link_type":"ether","linkinfo":{"info_kind":"vxlan","info_data":{"id":2,"local":"10.0.0.1","port":8472,"learning":true,"df":"inherit","ageing":300,"udp_csum":true}}},
        {"ifindex":4,"link":"eth0","ifname":"gre1","flags":["UP"],"mtu":1464,"link_type":"gre","linkinfo":{"info_kind":"gre","info_data":{"remote":"10.0.0.2","local":"10.0.0.1","link":"eth0","ttl":9,"ikey":"0.0.0.5","okey":"0.0.1.0","iseq":true,"oseq":true,"icsum":true,"ocsum":true}}},
        {"ifindex":5,"link":null,"ifname":"ipip1","flags":["UP"],"mtu":1480,"link_type":"ipip","linkinfo":{"info_kind":"ipip","info_data":{"proto":"ipip","remote":"10.0.0.2","local":"10.0.0.1","ttl":0,"pmtudisc":true}}},
        {"ifindex":6,"link":null,"ifname":"tap1","flags":["UP"],"mtu":1462,"link_type":"ether","linkinfo":{"info_kind":"gretap","info_data":{"remote":"10.0.0.2","local":"any","ttl":0,"pmtudisc":false,"ignore_df":true}}}]
        """;

    for (Reading reading : List.of(read("ip -d link", text), read("ip -d -j link", json))) {
      assertThat(outer(reading, "v1"))
          .isEqualTo(new OuterHeader(new Ttl.Fixed(5), DontFragment.SET));
      assertThat(outer(reading, "v2"))
          .isEqualTo(new OuterHeader(new Ttl.Inherited(), DontFragment.INHERITED));
      assertThat(link(reading, "gre1").kind())
          .contains(
              new LinkKind.Gre(
                  "gre",
                  Optional.of(IpAddress.of("10.0.0.1")),
                  Optional.of(IpAddress.of("10.0.0.2")),
                  new OuterHeader(new Ttl.Fixed(9), DontFragment.SET),
                  new GreHeader(OptionalLong.of(5), true, true),
                  new GreHeader(OptionalLong.of(256), true, true)));
      assertThat(outer(reading, "ipip1"))
          .isEqualTo(new OuterHeader(new Ttl.Inherited(), DontFragment.SET));
      assertThat(outer(reading, "tap1"))
          .isEqualTo(new OuterHeader(new Ttl.Inherited(), DontFragment.UNSET));
    }
  }

  private static OuterHeader outer(Reading reading, String name) {
    return switch (link(reading, name).kind().orElseThrow()) {
      case LinkKind.Vxlan vxlan -> vxlan.outer();
      case LinkKind.Ipip ipip -> ipip.outer();
      case LinkKind.Gre gre -> gre.outer();
      case LinkKind.Bridge _,
          LinkKind.Veth _,
          LinkKind.Tun _,
          LinkKind.Dummy _,
          LinkKind.Metadata _,
          LinkKind.Other _ ->
          throw new AssertionError(name);
    };
  }

  @Test
  void needsNoIndentation() {
    String flat =
        DETAILED
            .lines()
            .map(String::strip)
            .map(l -> String.join(" ", Lines.words(l)))
            .reduce("", (a, b) -> a + b + "\n");

    assertThat(links(read("ip -d link", flat)).values().toList())
        .isEqualTo(links(read("ip -d link", DETAILED)).values().toList());
  }

  @Test
  void readsJson() {
    String json =
        """
        [{"ifindex":1,"ifname":"lo","flags":["LOOPBACK","UP","LOWER_UP"],"mtu":65536,"operstate":"UNKNOWN","link_type":"loopback","address":"00:00:00:00:00:00"},
        {"ifindex":3,"link":null,"ifname":"tunl0","flags":["NOARP"],"mtu":1480,"operstate":"DOWN","link_type":"ipip","address":"0.0.0.0","broadcast":"0.0.0.0","linkinfo":{"info_kind":"ipip","info_data":{"proto":"ipip","remote":"any","local":"any"}}},
        {"ifindex":4,"link_index":9,"ifname":"veth1","flags":["UP"],"mtu":1500,"operstate":"UP","master":"cni0","link_type":"ether","address":"5e:21:0c:9d:44:07","linkinfo":{"info_kind":"veth","info_slave_kind":"bridge"}},
        {"ifindex":5,"ifname":"flannel.1","flags":["UP"],"mtu":1450,"operstate":"UNKNOWN","link_type":"ether","address":"5e:21:0c:9d:44:08","linkinfo":{"info_kind":"vxlan","info_data":{"id":1,"local":"192.168.80.241","link":"ens33","port":8472,"learning":false}}}]
        """;

    Reading reading = read("ip -d -j link", json);

    assertThat(reading.unread()).isEmpty();
    assertThat(links(reading).isComplete()).isTrue();
    assertThat(link(reading, "tunl0").peer()).contains("NONE");
    assertThat(link(reading, "tunl0").kind())
        .contains(new LinkKind.Ipip(Optional.empty(), Optional.empty(), OuterHeader.UNTOLD));
    assertThat(link(reading, "veth1"))
        .hasToString("4: veth1@if9: <UP> mtu 1500 master cni0 state UP");
    assertThat(link(reading, "flannel.1").kind())
        .contains(
            new LinkKind.Vxlan(
                Optional.of(new Vni(1)),
                Optional.of(IpAddress.of("192.168.80.241")),
                Optional.empty(),
                Optional.of("ens33"),
                Optional.of(new Port(8472)),
                false));
  }

  /** The other end comes with each packet: no entry of the FDB is to be looked for. */
  @Test
  void readsExternalTunnels() {
    String text =
        """
        2: cilium_vxlan: <BROADCAST,MULTICAST,UP,LOWER_UP> mtu 1500 qdisc noop state UNKNOWN mode DEFAULT group default qlen 1000
            link/ether 8a:e6:c6:f5:c8:c3 brd ff:ff:ff:ff:ff:ff promiscuity 0  allmulti 0 minmtu 68 maxmtu 65535\s
            vxlan external id 0 srcport 0 0 dstport 8472 nolearning ttl auto ageing 300 udpcsum noudp6zerocsumtx noudp6zerocsumrx addrgenmode eui64\s
        """;
    String json =
        """
        [{"ifindex":2,"ifname":"cilium_vxlan","flags":["UP"],"mtu":1500,"operstate":"UNKNOWN","link_type":"ether","address":"8a:e6:c6:f5:c8:c3","linkinfo":{"info_kind":"vxlan","info_data":{"external":true,"id":0,"port":8472,"learning":false}}}]
        """;

    assertThat(link(read("ip -d link", text), "cilium_vxlan").kind())
        .contains(new LinkKind.Metadata("vxlan"));
    assertThat(link(read("ip -d -j link", json), "cilium_vxlan").kind())
        .contains(new LinkKind.Metadata("vxlan"));
  }

  @Test
  void readsTheFormOfCentos7() {
    String text =
        """
        2: ens3: <BROADCAST,MULTICAST,UP,LOWER_UP> mtu 1500 qdisc pfifo_fast state UP qlen 1000
            link/ether 52:54:00:0f:dd:90 brd ff:ff:ff:ff:ff:ff promiscuity 0\s
        4: tunl0@NONE: <NOARP,UP,LOWER_UP> mtu 1440 qdisc noqueue state UNKNOWN\s
            link/ipip 10.0.0.5 peer 10.0.0.6
        """;

    Reading reading = read("ip link show", text);

    assertThat(link(reading, "ens3").mtu()).hasToString("Optional[1500]");
    assertThat(link(reading, "tunl0").kind())
        .contains(
            new LinkKind.Ipip(
                Optional.of(IpAddress.of("10.0.0.5")),
                Optional.of(IpAddress.of("10.0.0.6")),
                OuterHeader.UNTOLD));
  }

  @Test
  void readsOneLineAndBriefForms() {
    Reading oneline =
        read(
            "ip -o link",
            "3: e0@p0: <BROADCAST,UP> mtu 1500 qdisc noqueue state UP qlen 1000\\    link/ether 96:74:8b:ac:b4:5a brd ff:ff:ff:ff:ff:ff\\    alias my link\n");
    Reading brief =
        read(
            "ip -br link",
            "lo               UNKNOWN        00:00:00:00:00:00 <LOOPBACK,UP,LOWER_UP> \ntun0             DOWN           <POINTOPOINT,NOARP> \n");

    assertThat(link(oneline, "e0").mac()).contains(MacAddress.of("96:74:8b:ac:b4:5a"));
    assertThat(link(brief, "lo").isUp()).isTrue();
    assertThat(link(brief, "tun0").isUp()).isFalse();
    assertThat(brief.parts().getFirst().rank()).isEqualTo(10);
    assertThat(oneline.unread()).isEmpty();
    assertThat(brief.unread()).isEmpty();
  }

  @Test
  void passesOverCounters() {
    String text =
        """
        2: enp1s0@if4: <BROADCAST,MULTICAST,UP,LOWER_UP> mtu 1500 qdisc noqueue state UP mode DEFAULT group default qlen 1000
            link/ether 52:54:00:03:00:01 brd ff:ff:ff:ff:ff:ff link-netns fabric
            RX:  bytes packets errors dropped  missed   mcast          \s
                 71124     338      0       0       0       0\s
            TX:  bytes packets errors dropped carrier collsns          \s
                 36513     357      0       0       0       0\s
        """;

    assertThat(read("ip -s link", text).unread()).isEmpty();
  }

  @ParameterizedTest
  @CsvSource({
    "ip link, true",
    "ip -d l ls, true",
    "ip link show, true",
    "ip link show eth0, false",
    "ip link show master cni0, false",
    "ip link list up, false"
  })
  void theCommandTellsWhetherAllAreShown(String command, boolean whole) {
    assertThat(links(read(command, DETAILED)).isComplete()).isEqualTo(whole);
  }

  @Test
  void withoutCommandOnlyAListingWithTheLoopbackIsWhole() {
    String some = DETAILED.substring(DETAILED.indexOf("2: eth0"));

    assertThat(links(parser.parse(Source.ofFile("ip-link.txt", DETAILED))).isComplete()).isTrue();
    assertThat(links(parser.parse(Source.ofFile("ip-link.txt", some))).isComplete()).isFalse();
  }

  @Test
  void withoutTheLoopbackEvenTheWholeCommandShowsAnExcerpt() {
    assertThat(links(read("ip link", DETAILED.substring(DETAILED.indexOf("2: eth0")))).isComplete())
        .isFalse();
    assertThat(links(read("ip link", "")).isComplete()).isFalse();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "...",
        "Device \"eth9\" does not exist.",
        "some prose",
        "inet 10.0.0.1/24 scope global eth0"
      })
  void aForeignLineMakesTheTablePartial(String line) {
    Reading reading = read("ip link", DETAILED + line + "\n");

    assertThat(reading.unread()).hasSize(1);
    assertThat(links(reading).coverage()).isInstanceOf(Coverage.Partial.class);
    assertThat(links(reading).values().count()).isEqualTo(8);
  }

  @Test
  void survivesNonsense() {
    for (String text :
        List.of(
            "",
            "1:",
            "1: :",
            "99999999999: x: <",
            "x: <>",
            "link/ether",
            "[{\"ifname\":",
            "[{}]",
            "[[[",
            "1: a: <,,,> mtu")) {
      assertThat(read("ip link", text).unread().size()).as(text).isLessThanOrEqualTo(2);
    }
  }

  @Test
  void readsEveryRecordedListingAlikeAsTextAndJson() {
    List<Path> texts = new ArrayList<>(RealOutputs.examples(n -> n.equals("ip-d-link.txt")));
    texts.addAll(
        RealOutputs.shared(
            "recorded", n -> n.equals("ip-d-link.txt") || n.equals("ip-s-link.txt")));
    for (Path file : texts) {
      Reading reading = read("ip -d link", RealOutputs.read(file).text());
      assertThat(reading.unread()).as(file.toString()).isEmpty();
      Path json = file.resolveSibling("ip-d-j-link.json");
      if (json.toFile().exists() && file.toString().contains("-d-")) {
        List<Link> objects =
            links(read("ip -d -j link", RealOutputs.read(json).text())).values().toList();
        assertThat(links(reading).values().map(IpLinkParserTest::withoutNamespaceWords).toList())
            .as(file.toString())
            .isEqualTo(objects.stream().map(IpLinkParserTest::withoutNamespaceWords).toList());
      }
    }
    assertThat(texts).isNotEmpty();
  }

  /** The text resolves the peer's index within the wrong namespace, JSON does not resolve it. */
  private static Link withoutNamespaceWords(Link link) {
    return new Link(
        link.name(),
        link.index(),
        link.flags(),
        link.mtu(),
        link.operState(),
        link.master(),
        Optional.empty(),
        link.linkType(),
        link.mac(),
        link.kind());
  }
}
