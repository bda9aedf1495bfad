package io.podpath.probes.parse;

import static org.assertj.core.api.Assertions.assertThat;

import io.podpath.core.net.IpFamily;
import io.podpath.core.node.Route;
import io.podpath.core.node.RouteType;
import io.podpath.core.snapshot.Entries;
import io.podpath.core.snapshot.Facts;
import io.podpath.core.snapshot.Section;
import io.podpath.core.snapshot.Section.RouteScope;
import io.podpath.core.snapshot.Source;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class IpRouteParserTest {

  private final IpRouteParser parser = new IpRouteParser();

  private static final Section<Route> MAIN = Section.routes(IpFamily.INET, RouteScope.MAIN);
  private static final Section<Route> MAIN6 = Section.routes(IpFamily.INET6, RouteScope.MAIN);

  private Reading read(String command, String text) {
    return parser.parse(Source.ofFile("paste.txt", text).byCommand(command));
  }

  private static Facts facts(Reading reading) {
    Facts.Builder facts = new Facts.Builder();
    reading.parts().forEach(p -> p.addTo(facts));
    return facts.build();
  }

  private Entries<Route> main(String text) {
    return facts(read("ip route", text)).get(MAIN);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "default via 10.0.0.254 dev e0 proto static metric 50 mtu lock 1400 advmss 1360",
        "10.0.0.0/24 dev e0 proto kernel scope link src 10.0.0.1",
        "10.10.0.0/16 via inet6 fe80::1 dev e0",
        "10.11.0.0/16 encap ip id 100 src 0.0.0.0 dst 1.2.3.4 ttl 9 tos 0 dev e0 scope link",
        "10.12.0.0/16 tos 0x10 via 10.0.0.3 dev e0 src 10.0.0.1 realm 5 mtu 1300 hoplimit 9 initcwnd 10 rto_min lock 5ms quickack 1",
        "10.17.0.0/16 nhid 5 via 10.0.0.9 dev e0",
        "10.90.62.128/26 via 192.168.2.100 dev tunl0 proto bird onlink",
        "172.17.0.0/16 dev docker0 proto kernel scope link src 172.17.8.1 linkdown",
        "10.90.36.69 dev cali08440ddce5b scope link",
        "blackhole 10.16.0.0/16 proto 80",
        "unreachable 10.15.0.0/16 metric 7",
        "prohibit 10.14.0.0/16",
        "multicast 239.0.0.0/8 dev e0 scope link",
        "10.9.0.0/16 proto bird nexthop via 10.0.0.2 dev e0 weight 2 nexthop via 10.1.0.2 dev e1 weight 1 onlink",
        "0.0.0.0/1 via 10.0.0.1 dev e0 dead onlink linkdown"
      })
  void printsWhatItRead(String line) {
    assertThat(main(line + " \n").values()).singleElement().hasToString(line);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "default via fe80::1 dev ens160 proto ra metric 1024 expires 1791sec hoplimit 64 pref medium",
        "default from 2001:db8::/64 via fe80::1 dev e0 metric 1024 pref medium",
        "2001:db8:c::/64 encap seg6 mode encap segs 1 [ fc00::1 ] dev e0 metric 1024 pref medium",
        "unreachable default dev lo metric 4294967295 error -101 pref medium",
        "fe80::/64 dev cni0 proto kernel metric 256 pref medium"
      })
  void printsWhatItReadOfIpv6(String line) {
    assertThat(facts(read("ip -6 route", line + "\n")).get(MAIN6).values())
        .singleElement()
        .hasToString(line);
  }

  @Test
  void joinsTheNextHopsOfOneRoute() {
    String text =
        """
        10.9.0.0/16 proto bird\s
        \tnexthop via 10.0.0.2 dev e0 weight 2\s
        \tnexthop via 10.1.0.2 dev e1 weight 1 onlink\s
        10.10.0.0/16 dev e0 scope link\s
        """;

    List<Route> routes = main(text).values().toList();

    assertThat(routes).hasSize(2);
    assertThat(routes.getFirst().nextHops()).hasSize(2);
    assertThat(routes.getFirst().nextHops().get(0).weight()).hasValue(2);
    assertThat(routes.getFirst().nextHops().get(1).isOnlink()).isTrue();
  }

  @Test
  void readsTheOldFormWithDoubleBlanksAndColumnsThatLostTheirIndentation() {
    String text =
        """
        default via 10.0.2.2 dev enp0s3  proto static  metric 100
        10.0.2.0/24 dev enp0s3  proto kernel  scope link  src 10.0.2.15  metric 100
        10.9.0.0/16  proto zebra
        nexthop via 10.0.2.3  dev enp0s3 weight 1
        nexthop via 10.0.2.4  dev enp0s3 weight 1
        """;

    assertThat(main(text).values().map(Route::toString))
        .containsExactly(
            "default via 10.0.2.2 dev enp0s3 proto static metric 100",
            "10.0.2.0/24 dev enp0s3 proto kernel scope link src 10.0.2.15 metric 100",
            "10.9.0.0/16 proto zebra nexthop via 10.0.2.3 dev enp0s3 weight 1 nexthop via 10.0.2.4 dev enp0s3 weight 1");
  }

  @Test
  void jsonAndTextOfOneTableGiveEqualValues() {
    String text =
        """
        throw 10.13.0.0/16 table 100\s
        default via 10.0.0.254 dev e0 proto static metric 50 mtu 1400 advmss 1360\s
        10.9.0.0/16 proto bird\s
        \tnexthop via 10.0.0.2 dev e0 weight 2\s
        \tnexthop via 10.1.0.2 dev e1 weight 1 onlink\s
        10.10.0.0/16 via inet6 fe80::1 dev e0\s
        10.12.0.0/16 tos 0x10 via 10.0.0.3 dev e0 src 10.0.0.1 realm 5\s
        10.17.0.0/16 nhid 5 via 10.0.0.9 dev e0\s
        local 127.0.0.1 dev lo table local proto kernel scope host src 127.0.0.1\s
        default from 2001:db8::/64 via fe80::1 dev e0 metric 1024 pref medium
        2001:db8:9::/64 proto bird metric 1024 pref medium
        \tnexthop via fe80::1 dev e0 weight 1\s
        \tnexthop via fe80::2 dev e1 weight 3\s
        2001:db8:a::/64 via fe80::1 dev e0 metric 1000 expires 299sec mtu 1400 hoplimit 64 pref high
        2001:db8:c::/64  encap seg6 mode encap segs 1 [ fc00::1 ] dev e0 metric 1024 pref medium
        """;
    String json =
        """
        [{"type":"throw","dst":"10.13.0.0/16","table":"100","flags":[]},
        {"dst":"default","gateway":"10.0.0.254","dev":"e0","protocol":"static","metric":50,"flags":[],"metrics":[{"mtu":1400,"advmss":1360}]},
        {"dst":"10.9.0.0/16","protocol":"bird","flags":[],"nexthops":[{"gateway":"10.0.0.2","dev":"e0","weight":2,"flags":[]},{"gateway":"10.1.0.2","dev":"e1","weight":1,"flags":["onlink"]}]},
        {"dst":"10.10.0.0/16","via":{"family":"inet6","host":"fe80::1"},"dev":"e0","flags":[]},
        {"dst":"10.12.0.0/16","tos":"0x10","gateway":"10.0.0.3","dev":"e0","prefsrc":"10.0.0.1","flags":[],"flow":{"to":"5"}},
        {"dst":"10.17.0.0/16","nhid":5,"gateway":"10.0.0.9","dev":"e0","flags":[]},
        {"type":"local","dst":"127.0.0.1","dev":"lo","table":"local","protocol":"kernel","scope":"host","prefsrc":"127.0.0.1","flags":[]},
        {"dst":"default","from":"2001:db8::/64","gateway":"fe80::1","dev":"e0","metric":1024,"flags":[],"pref":"medium"},
        {"dst":"2001:db8:9::/64","protocol":"bird","metric":1024,"flags":[],"pref":"medium","nexthops":[{"gateway":"fe80::1","dev":"e0","weight":1,"flags":[]},{"gateway":"fe80::2","dev":"e1","weight":3,"flags":[]}]},
        {"dst":"2001:db8:a::/64","gateway":"fe80::1","dev":"e0","metric":1000,"flags":[],"expires":299,"metrics":[{"mtu":1400,"hoplimit":64}],"pref":"high"},
        {"dst":"2001:db8:c::/64","encap":"seg6","mode":"encap","segs":["fc00::1"],"dev":"e0","metric":1024,"flags":[],"pref":"medium"}]
        """;

    Facts ofText = facts(read("ip route show table all", text));
    Facts ofJson = facts(read("ip -j route show table all", json));

    assertThat(ofText.sections()).hasSize(6);
    for (Section<?> section : ofText.sections()) {
      assertThat(ofJson.get(section).values().toList())
          .isEqualTo(ofText.get(section).values().toList());
      assertThat(ofJson.get(section).isComplete()).as(section.name()).isTrue();
    }
  }

  @Test
  void doesNotTrustJsonWhoseEncapOverwritesTheDestination() {
    String json =
        "[{\"dst\":\"10.11.0.0/16\",\"encap\":\"ip\",\"id\":100,\"src\":\"0.0.0.0\",\"dst\":\"1.2.3.4\",\"dev\":\"e0\",\"flags\":[]}]";

    Reading reading = read("ip -j route", json);

    assertThat(reading.unread()).hasSize(1);
    assertThat(facts(reading).get(MAIN).isEmpty()).isTrue();
    assertThat(facts(reading).get(MAIN).isComplete()).isFalse();
  }

  @Test
  void anAddressWithoutLengthIsAHostEvenWhenItIsZero() {
    Route route =
        main("0.0.0.0 via 172.18.163.254 dev bond0.1103\n").values().findFirst().orElseThrow();

    assertThat(route.destination().isHost()).isTrue();
    assertThat(route.destination().isDefault()).isFalse();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "172.16.192.192/26 via a.b.c.d dev tunl0 proto bird onlink",
        "default via fe80::xxx:xxx:xxx:xx dev ens160 proto ra metric 1024",
        "10.x.0.0/16 via 10.0.0.1 dev eth0",
        "10.0.0.0/33 dev eth0",
        "10.0.0.0/24 via 10.0.0.1 dev eth0 10.0.1.0/24 via 10.0.0.1 dev eth0",
        "10.0.0.0/24 via",
        "2001:db8::/64 via 10.0.0.1 dev eth0",
        "nexthop via 10.0.0.2 dev eth0 weight 1",
        "RTNETLINK answers: Operation not permitted",
        "..."
      })
  void aLineItCannotReadMakesTheTablePartial(String line) {
    Reading reading =
        read(
            "ip route",
            "10.0.0.0/24 dev eth0 proto kernel scope link src 10.0.0.5\n" + line + "\n");

    assertThat(reading.unread())
        .singleElement()
        .satisfies(u -> assertThat(u.from().line()).isEqualTo(2));
    assertThat(facts(reading).get(line.contains("::") ? MAIN6 : MAIN).isComplete()).isFalse();
    assertThat(facts(reading).get(MAIN).values().map(Route::toString))
        .allMatch(r -> r.equals("10.0.0.0/24 dev eth0 proto kernel scope link src 10.0.0.5"));
  }

  @Test
  void aRouteOneOfWhoseNextHopsCannotBeReadIsNotTakenWithTheOthers() {
    String text =
        "10.9.0.0/16 proto bird\n\tnexthop via 10.0.0.2 dev e0 weight 1\n\tnexthop via x.x.x.x dev e1 weight 1\n\tnexthop via 10.0.0.3 dev e0\n";

    Reading reading = read("ip route", text);

    assertThat(facts(reading).get(MAIN).isEmpty()).isTrue();
    assertThat(reading.unread()).hasSize(2);
  }

  @ParameterizedTest
  @ValueSource(strings = {" //this route fails", "//这条路由不通", " # wrong", " 这条路由不通", "（错误）"})
  void toleratesRemarksBehindARoute(String remark) {
    Reading reading =
        read("ip route", "10.122.17.64/26 via 10.122.127.128 dev tunl0" + remark + "\n");

    assertThat(reading.unread()).isEmpty();
    assertThat(facts(reading).get(MAIN).values())
        .singleElement()
        .hasToString("10.122.17.64/26 via 10.122.127.128 dev tunl0");
  }

  @Test
  void anEmptyAnswerMeansAnEmptyTable() {
    assertThat(main("").isComplete()).isTrue();
    assertThat(main("Error: ipv4: FIB table does not exist.\nDump terminated\n").isComplete())
        .isTrue();
    assertThat(facts(read("ip -j route", "[ ]\n")).get(MAIN).isComplete()).isTrue();
    assertThat(facts(parser.parse(Source.ofFile("ip-route.txt", ""))).get(MAIN).isNotGathered())
        .isTrue();
  }

  @Test
  void detailsTellTypeProtocolAndScope() {
    String text =
        "unicast default via 10.0.0.254 dev e0 proto boot scope global metric 50 \nunicast 10.17.0.0/16 nhid 5 via 10.0.0.9 dev e0 proto boot scope global \n\tnh_info id 5 via 10.0.0.9 dev e0 scope link proto unspec \n";

    Reading reading = read("ip -d route", text);

    assertThat(reading.unread()).isEmpty();
    assertThat(reading.parts()).singleElement().satisfies(p -> assertThat(p.rank()).isEqualTo(30));
    assertThat(facts(reading).get(MAIN).values())
        .allMatch(r -> r.type() == RouteType.UNICAST && r.hasProtocol("boot"))
        .hasSize(2);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "ip route get 10.0.0.1",
        "ip rule",
        "ip addr",
        "route -n",
        "ip route add default via 10.0.0.1",
        "ip route del default",
        "bridge fdb"
      })
  void leavesOtherCommandsAlone(String command) {
    assertThat(parser.reads(ShellCommand.parse(command))).isFalse();
  }

  @Test
  void survivesNonsense() {
    for (String text :
        List.of(
            "\u0000\u0001",
            "default",
            "nexthop",
            "via via via",
            "{\"dst\":",
            "[{\"dst\":5}]",
            "[1,2]",
            "default via",
            "local",
            "\\ \\ \\")) {
      assertThat(read("ip route", text).unread().size()).as(text).isLessThanOrEqualTo(2);
    }
  }

  @Test
  void readsAndPrintsEveryRecordedTable() {
    List<Path> files =
        new ArrayList<>(
            RealOutputs.examples(
                n -> n.startsWith("ip-") && n.contains("route") && n.endsWith(".txt")));
    files.addAll(
        RealOutputs.shared(
            "recorded", n -> n.startsWith("ip-") && n.contains("route") && n.endsWith(".txt")));

    for (Path file : files) {
      String all = file.toString().contains("table-all") ? " show table all" : "";
      Source source = RealOutputs.read(file);
      Reading reading = parser.parse(source.byCommand("ip route" + all));
      List<String> printed =
          reading.parts().stream()
              .flatMap(p -> p.entries().stream())
              .sorted(java.util.Comparator.comparingInt(f -> f.from().line()))
              .map(f -> f.value().toString())
              .toList();

      assertThat(reading.unread()).as(file.toString()).isEmpty();
      assertThat(printed).as(file.toString()).isEqualTo(rows(source.text()));
    }
    assertThat(files).isNotEmpty();
  }

  /** The lines of a listing with single blanks, next hops joined to their route. */
  private static List<String> rows(String text) {
    List<String> rows = new ArrayList<>();
    for (String line : text.split("\n", -1)) {
      String plain = String.join(" ", Lines.words(line));
      if (plain.startsWith("nexthop")) {
        rows.add(rows.removeLast() + " " + plain);
      } else if (!plain.isEmpty()) {
        rows.add(plain);
      }
    }
    return rows;
  }

  @Test
  void recordedJsonEqualsRecordedText() {
    for (Path json : RealOutputs.shared("recorded", n -> n.equals("ip-j-route-table-all.json"))) {
      Facts ofJson =
          facts(parser.parse(RealOutputs.read(json).byCommand("ip -j route show table all")));
      Facts ofText =
          facts(
              parser.parse(
                  RealOutputs.read(json.resolveSibling("ip-route-table-all.txt"))
                      .byCommand("ip route show table all")));

      assertThat(ofJson.sameValues(ofText)).as(json.toString()).isTrue();
    }
  }

  @Test
  void knowsItsOutputsByTheirLooks() {
    for (Path file :
        RealOutputs.shared(
            "recorded",
            n -> n.startsWith("ip-") || n.startsWith("bridge") || n.startsWith("ss-"))) {
      Source source = RealOutputs.read(file);
      boolean mine =
          String.valueOf(file.getFileName()).contains("route") && !source.text().isBlank();
      assertThat(parser.likeness("x", source.text()) >= 30).as(file.toString()).isEqualTo(mine);
    }
  }
}
