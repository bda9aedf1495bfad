package io.podpath.probes.parse;

import static org.assertj.core.api.Assertions.assertThat;

import io.podpath.core.net.IpAddress;
import io.podpath.core.node.Address;
import io.podpath.core.node.Link;
import io.podpath.core.snapshot.Entries;
import io.podpath.core.snapshot.Facts;
import io.podpath.core.snapshot.Section;
import io.podpath.core.snapshot.Source;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class IpAddrParserTest {

  private final IpAddrParser parser = new IpAddrParser();

  private static final String TEXT =
      """
      1: lo: <LOOPBACK,UP,LOWER_UP> mtu 65536 qdisc noqueue state UNKNOWN group default qlen 1000
          link/loopback 00:00:00:00:00:00 brd 00:00:00:00:00:00
          inet 127.0.0.1/8 scope host lo
             valid_lft forever preferred_lft forever
          inet6 ::1/128 scope host\s
             valid_lft forever preferred_lft forever
      3: e0@p0: <BROADCAST,MULTICAST,UP,LOWER_UP> mtu 1500 qdisc noqueue state UP group default qlen 1000
          link/ether 96:74:8b:ac:b4:5a brd ff:ff:ff:ff:ff:ff
          altname enp0s99
          inet 10.0.0.1/24 brd 10.0.0.255 scope global e0
             valid_lft forever preferred_lft forever
          inet 10.7.0.1/24 metric 77 scope global dynamic e0
             valid_lft 100sec preferred_lft 50sec
          inet 10.0.0.9/24 scope global secondary e0:1
             valid_lft forever preferred_lft forever
          inet6 2001:db8::7/64 scope global deprecated tentative dynamic\s
             valid_lft 500sec preferred_lft 0sec
      4: tun0: <POINTOPOINT,NOARP,UP,LOWER_UP> mtu 1500 qdisc noop state UNKNOWN group default qlen 500
          link/none\s
          inet 10.8.0.1 peer 10.8.0.2/32 scope global tun0
             valid_lft forever preferred_lft forever
      """;

  private static final String JSON =
      """
      [{"ifindex":1,"ifname":"lo","flags":["LOOPBACK","UP","LOWER_UP"],"mtu":65536,"operstate":"UNKNOWN","link_type":"loopback","address":"00:00:00:00:00:00","addr_info":[
        {"family":"inet","local":"127.0.0.1","prefixlen":8,"scope":"host","label":"lo"},{"family":"inet6","local":"::1","prefixlen":128,"scope":"host"}]},
       {"ifindex":3,"link":"p0","ifname":"e0","flags":["BROADCAST","MULTICAST","UP","LOWER_UP"],"mtu":1500,"operstate":"UP","link_type":"ether","address":"96:74:8b:ac:b4:5a","addr_info":[
        {"family":"inet","local":"10.0.0.1","prefixlen":24,"broadcast":"10.0.0.255","scope":"global","label":"e0"},
        {"family":"inet","local":"10.7.0.1","prefixlen":24,"metric":77,"scope":"global","dynamic":true,"label":"e0"},
        {"family":"inet","local":"10.0.0.9","prefixlen":24,"scope":"global","secondary":true,"label":"e0:1"},
        {"family":"inet6","local":"2001:db8::7","prefixlen":64,"scope":"global","deprecated":true,"tentative":true,"dynamic":true}]},
       {"ifindex":4,"ifname":"tun0","flags":["POINTOPOINT","NOARP","UP","LOWER_UP"],"mtu":1500,"operstate":"UNKNOWN","link_type":"none","addr_info":[
        {"family":"inet","local":"10.8.0.1","address":"10.8.0.2","prefixlen":32,"scope":"global","label":"tun0"}]}]
      """;

  private Facts read(String command, String text) {
    return facts(parser.parse(Source.ofFile("paste.txt", text).byCommand(command)));
  }

  private static Facts facts(Reading reading) {
    Facts.Builder facts = new Facts.Builder();
    reading.parts().forEach(p -> p.addTo(facts));
    return facts.build();
  }

  private static List<String> printed(Facts facts) {
    return facts.get(Section.ADDRESSES).values().map(Address::toString).toList();
  }

  @Test
  void readsLinksAndAddresses() {
    Facts facts = read("ip addr", TEXT);

    assertThat(facts.get(Section.LINKS).values().map(Link::name))
        .containsExactly("lo", "e0", "tun0");
    assertThat(printed(facts))
        .containsExactly(
            "inet 127.0.0.1/8 scope host dev lo",
            "inet6 ::1/128 scope host dev lo",
            "inet 10.0.0.1/24 brd 10.0.0.255 scope global dev e0",
            "inet 10.7.0.1/24 scope global dev e0",
            "inet 10.0.0.9/24 scope global dev e0",
            "inet6 2001:db8::7/64 scope global dev e0",
            "inet 10.8.0.1 peer 10.8.0.2/32 scope global dev tun0");
    assertThat(facts.get(Section.ADDRESSES).values().map(Address::flags).toList().get(5))
        .containsExactlyInAnyOrder("deprecated", "tentative", "dynamic");
    assertThat(facts.get(Section.ADDRESSES).isComplete()).isTrue();
    assertThat(facts.get(Section.LINKS).isComplete()).isTrue();
  }

  @Test
  void jsonGivesTheSame() {
    assertThat(read("ip -j addr", JSON).sameValues(read("ip addr", TEXT))).isTrue();
  }

  @Test
  void needsNoIndentation() {
    String flat =
        TEXT.lines().map(l -> String.join(" ", Lines.words(l))).reduce("", (a, b) -> a + b + "\n");

    assertThat(read("ip addr", flat).sameValues(read("ip addr", TEXT))).isTrue();
  }

  @Test
  void oneLineFormGivesAddressesOnly() {
    Facts facts =
        read(
            "ip -o addr",
            "1: lo    inet 127.0.0.1/8 scope host lo\\       valid_lft forever preferred_lft forever\n3: e0    inet 10.0.0.9/24 scope global secondary e0:1\\       valid_lft forever preferred_lft forever\n3: e0    inet6 2001:db8::5/64 scope global nodad \\       valid_lft forever preferred_lft forever\n");

    assertThat(printed(facts))
        .containsExactly(
            "inet 127.0.0.1/8 scope host dev lo",
            "inet 10.0.0.9/24 scope global dev e0",
            "inet6 2001:db8::5/64 scope global dev e0");
    assertThat(facts.get(Section.ADDRESSES).isComplete()).isTrue();
    assertThat(facts.get(Section.LINKS).isNotGathered()).isTrue();
  }

  @Test
  void briefFormGivesAddressesOnly() {
    Facts text =
        read(
            "ip -br a",
            "docker0          DOWN           \ne0@p0            UP             10.0.0.1/24 10.7.0.1/24 metric 77 fe80::1/64 \nt1               UNKNOWN        10.8.0.1 peer 10.8.0.2/32 \n");
    Facts json =
        read(
            "ip -br -j a",
            "[{\"ifname\":\"lo\",\"operstate\":\"UNKNOWN\",\"addr_info\":[{\"local\":\"127.0.0.1\",\"prefixlen\":8}]}]");

    assertThat(printed(text))
        .containsExactly(
            "inet 10.0.0.1/24 scope global dev e0",
            "inet 10.7.0.1/24 scope global dev e0",
            "inet6 fe80::1/64 scope link dev e0",
            "inet 10.8.0.1 peer 10.8.0.2/32 scope global dev t1");
    assertThat(text.get(Section.LINKS).isNotGathered()).isTrue();
    assertThat(printed(json)).containsExactly("inet 127.0.0.1/8 scope host dev lo");
    assertThat(json.get(Section.LINKS).isNotGathered()).isTrue();
  }

  @Test
  void aFragmentIsNamedByItsLabel() {
    Facts lone =
        facts(
            parser.parse(
                Source.ofFile(
                    "ip-addr.txt", "    inet 192.168.96.12/32 scope global kube-ipvs0\n")));
    Facts cut =
        facts(
            parser.parse(
                Source.ofFile(
                    "ip-addr.txt",
                    "14: kube-ipvs0: <BROADCAST,NOARP> mtu 1500 qdisc noop state DOWN group default\n    inet 10.11.0.1/32 ...\n")));

    assertThat(printed(lone)).containsExactly("inet 192.168.96.12/32 scope global dev kube-ipvs0");
    assertThat(lone.get(Section.ADDRESSES).isComplete()).isFalse();
    assertThat(lone.get(Section.LINKS).isComplete()).isFalse();
    assertThat(lone.get(Section.LINKS).isEmpty()).isTrue();
    assertThat(printed(cut)).containsExactly("inet 10.11.0.1/32 scope global dev kube-ipvs0");
  }

  @Test
  void anAddressBelowTheHeadOfAnotherInterfaceKeepsItsOwn() {
    Facts facts =
        read(
            "ip addr",
            "2: eth0: <UP> mtu 1500 state UP\n    inet 10.0.0.1/24 scope global eth0\n    inet 10.96.0.1/32 scope global kube-ipvs0\n");

    assertThat(printed(facts))
        .containsExactly(
            "inet 10.0.0.1/24 scope global dev eth0",
            "inet 10.96.0.1/32 scope global dev kube-ipvs0");
  }

  @Test
  void readsTheFormOfCentos7() {
    Facts facts =
        read(
            "ip a",
            """
            2: ens3: <BROADCAST,MULTICAST,UP,LOWER_UP> mtu 1500 qdisc pfifo_fast state UP qlen 1000
                link/ether 52:54:00:0f:dd:90 brd ff:ff:ff:ff:ff:ff
                inet 10.110.25.205/24 brd 10.110.25.255 scope global dynamic ens3
                   valid_lft 80000sec preferred_lft 80000sec
            """);

    assertThat(facts.get(Section.ADDRESSES).values())
        .singleElement()
        .satisfies(a -> {
          assertThat(a.local()).isEqualTo(IpAddress.of("10.110.25.205"));
          assertThat(a.flags()).containsExactly("dynamic");
        });
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "inet x.y.z.w/24 scope global eth0",
        "inet 10.0.0.1/99 scope global eth0",
        "inet 10.0.0.1/24",
        "inet6 10.0.0.1/24 scope global",
        "inet 10.0.0.1/24 brd",
        "..."
      })
  void aLineItCannotReadMakesTheAddressesPartial(String line) {
    Reading reading = parser.parse(Source.ofFile("p", TEXT + line + "\n").byCommand("ip addr"));

    assertThat(reading.unread())
        .isNotEmpty()
        .allSatisfy(u -> assertThat(u.from().line()).isEqualTo(22));
    assertThat(facts(reading).get(Section.ADDRESSES).isComplete()).isFalse();
    assertThat(printed(facts(reading))).hasSize(7);
  }

  @Test
  void anIpv6AddressWhoseInterfaceIsNotShownIsReported() {
    Reading reading = parser.parse(Source.ofFile("p", "inet6 fe80::1/64 scope link\n"));

    assertThat(reading.unread()).hasSize(1);
    assertThat(facts(reading).get(Section.ADDRESSES).isEmpty()).isTrue();
  }

  @ParameterizedTest
  @CsvSource({
    "ip a, true, true",
    "ip address show, true, true",
    "ip a s eth0, false, false",
    "ip addr show dev eth0, false, false",
    "ip -4 addr, false, false",
    "ip -o addr, true, false",
    "ip -4 -o a, false, false"
  })
  void theCommandTellsWhatIsWhole(String command, boolean addresses, boolean links) {
    Facts facts =
        read(command, command.contains("-o") ? "1: lo    inet 127.0.0.1/8 scope host lo\n" : TEXT);

    assertThat(facts.get(Section.ADDRESSES).isComplete()).isEqualTo(addresses);
    assertThat(facts.get(Section.LINKS).isComplete()).isEqualTo(links);
  }

  @Test
  void withoutTheLoopbackEvenTheWholeCommandShowsAnExcerpt() {
    String cut = TEXT.substring(TEXT.indexOf("3: e0"));

    assertThat(read("ip addr", cut).get(Section.ADDRESSES).isComplete()).isFalse();
    assertThat(read("ip addr", cut).get(Section.LINKS).isComplete()).isFalse();
    assertThat(read("ip addr", "").get(Section.ADDRESSES).isComplete()).isFalse();
  }

  @Test
  void aPipeInTheCommandMakesItPartial() {
    assertThat(read("ip addr | grep -v veth", TEXT).get(Section.ADDRESSES).isComplete()).isFalse();
    assertThat(read("ip addr | cat", TEXT).get(Section.ADDRESSES).isComplete()).isTrue();
  }

  @Test
  void survivesNonsense() {
    for (String text :
        List.of(
            "inet",
            "inet /",
            "inet6 ::/ scope",
            "1: lo inet",
            "[{\"ifname\":\"a\",\"addr_info\":[{\"local\":5}]}]",
            "[{\"addr_info\":[]}]",
            "\\\\\\")) {
      Entries<Address> rows = read("ip addr", text).get(Section.ADDRESSES);
      assertThat(rows.isEmpty()).as(text).isTrue();
    }
  }

  @Test
  void readsEveryRecordedListingAlikeAsTextAndJson() {
    List<Path> files = new ArrayList<>(RealOutputs.examples(n -> n.equals("ip-addr.txt")));
    files.addAll(RealOutputs.shared("recorded", n -> n.equals("ip-addr.txt")));
    for (Path file : files) {
      Reading text = parser.parse(RealOutputs.read(file).byCommand("ip addr"));
      assertThat(text.unread()).as(file.toString()).isEmpty();
      Path json = file.resolveSibling("ip-j-addr.json");
      if (json.toFile().exists()) {
        assertThat(
                facts(parser.parse(RealOutputs.read(json).byCommand("ip -j addr")))
                    .get(Section.ADDRESSES)
                    .values()
                    .toList())
            .as(file.toString())
            .isEqualTo(facts(text).get(Section.ADDRESSES).values().toList());
      }
    }
    assertThat(files).isNotEmpty();
  }
}
