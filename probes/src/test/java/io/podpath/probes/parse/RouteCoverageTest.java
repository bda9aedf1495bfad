package io.podpath.probes.parse;

import static org.assertj.core.api.Assertions.assertThat;

import io.podpath.core.net.IpFamily;
import io.podpath.core.node.Route;
import io.podpath.core.snapshot.Facts;
import io.podpath.core.snapshot.Section;
import io.podpath.core.snapshot.Section.RouteScope;
import io.podpath.core.snapshot.Source;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Which tables a listing of routes shows whole, so that what is not in it is absent. */
class RouteCoverageTest {

  private final IpRouteParser parser = new IpRouteParser();

  private static final Section<Route> MAIN = Section.routes(IpFamily.INET, RouteScope.MAIN);
  private static final Section<Route> MAIN6 = Section.routes(IpFamily.INET6, RouteScope.MAIN);
  private static final Section<Route> LOCAL = Section.routes(IpFamily.INET, RouteScope.LOCAL);
  private static final Section<Route> OTHER = Section.routes(IpFamily.INET, RouteScope.OTHER);

  private Reading read(String command, String text) {
    return parser.parse(Source.ofFile("paste.txt", text).byCommand(command));
  }

  private static Facts facts(Reading reading) {
    return Parsed.of(reading).facts();
  }

  @ParameterizedTest
  @CsvSource({
    "ip route, ipv4-routes-main, true",
    "ip r, ipv4-routes-main, true",
    "ip -d route list, ipv4-routes-main, true",
    "ip -6 route, ipv6-routes-main, true",
    "ip -f inet6 r s, ipv6-routes-main, true",
    "ip route show table main, ipv4-routes-main, true",
    "ip route show table 255, ipv4-routes-local, false",
    "ip -4 route show table all, ipv4-routes-other, true",
    "ip route ls table all, ipv6-routes-local, true",
    "ip route show table 100, ipv4-routes-other, false",
    "ip route show dev tunl0, ipv4-routes-main, false",
    "ip route show table all dev tunl0, ipv4-routes-local, false",
    "ip route show default, ipv4-routes-main, false"
  })
  void theCommandTellsWhichTableIsWhole(String command, String section, boolean whole) {
    Facts facts = facts(read(command, "default via 10.0.0.1 dev eth0\n"));

    assertThat(
            facts.sections().stream()
                .filter(s -> s.name().equals(section))
                .map(s -> facts.get(s).isComplete()))
        .containsExactly(whole);
  }

  @Test
  void aFilteredListingIsNeverWhole() {
    Source source =
        Source.ofFile("p", "10.0.0.0/24 dev tunl0\n")
            .byCommand("ip route")
            .filteredBy("piped into grep tunl0");

    assertThat(facts(parser.parse(source)).get(MAIN).isComplete()).isFalse();
  }

  @Test
  void rowsOfAnotherTableLandInTheirSection() {
    Facts local =
        facts(
            read(
                "ip route show table local",
                "local 10.96.0.1 dev kube-ipvs0 proto kernel scope host src 10.96.0.1\n"));
    Facts other = facts(read("ip route show table 100", "default via 10.0.0.1 dev eth0\n"));

    assertThat(local.get(LOCAL).isComplete()).isFalse();
    assertThat(
            facts(
                    read(
                        "ip route show table local",
                        "local 127.0.0.1 dev lo proto kernel scope host src 127.0.0.1\n"))
                .get(LOCAL)
                .isComplete())
        .isTrue();
    assertThat(local.get(LOCAL).values())
        .singleElement()
        .hasToString(
            "local 10.96.0.1 dev kube-ipvs0 table local proto kernel scope host src 10.96.0.1");
    assertThat(other.get(OTHER).values())
        .singleElement()
        .hasToString("default via 10.0.0.1 dev eth0 table 100");
  }

  @Test
  void withoutCommandATableIsWholeOnlyIfItCanBe() {
    String whole =
        "default via 192.168.2.2 dev ens33 proto static\n192.168.2.0/24 dev ens33 proto kernel scope link src 192.168.2.101\n";
    String gatewayNowhere =
        "default via 192.168.2.2 dev ens33 proto static\n10.9.0.0/24 dev ens34 proto kernel scope link src 10.9.0.1\n";
    String onlyPods =
        "10.10.0.0/24 via 10.10.0.0 dev flannel.1 onlink\n10.10.7.0/24 dev cni0 proto kernel scope link src 10.10.7.1\n";
    String local =
        "local 127.0.0.1 dev lo proto kernel scope host src 127.0.0.1\nbroadcast 10.0.0.255 dev eth0 proto kernel scope link src 10.0.0.1\n";

    assertThat(facts(parser.parse(Source.ofFile("a/ip-route.txt", whole))).get(MAIN).isComplete())
        .isTrue();
    assertThat(facts(parser.parse(Source.ofFile("a/notes.txt", whole))).get(MAIN).isComplete())
        .isFalse();
    assertThat(
            facts(parser.parse(Source.ofFile("a/ip-route.txt", gatewayNowhere)))
                .get(MAIN)
                .isComplete())
        .isFalse();
    assertThat(
            facts(parser.parse(Source.ofFile("a/ip-route.txt", onlyPods))).get(MAIN).isComplete())
        .isFalse();
    assertThat(facts(parser.parse(Source.ofFile("a/x.txt", local))).get(LOCAL).isComplete())
        .isTrue();
  }

  @Test
  void withoutCommandANamedTableMeansAllTables() {
    String text =
        "10.0.0.0/24 dev eth0 proto kernel scope link src 10.0.0.1\nlocal 127.0.0.0/8 dev lo table local proto kernel scope host src 127.0.0.1\n";

    Facts facts = facts(parser.parse(Source.ofFile("a/x.txt", text)));

    assertThat(facts.get(MAIN).isComplete()).isTrue();
    assertThat(facts.get(OTHER).isComplete()).isTrue();
    assertThat(facts.get(MAIN6).isNotGathered()).isTrue();
  }
}
