package io.podpath.probes.parse;

import static org.assertj.core.api.Assertions.assertThat;

import io.podpath.core.snapshot.Section;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class IpRouteGetParserTest {

  private final IpRouteGetParser parser = new IpRouteGetParser();

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "10.0.0.2 dev e0 src 10.0.0.1 uid 0 | 10.0.0.2 dev e0 src 10.0.0.1",
        "local 10.0.0.1 dev lo table local src 10.0.0.1 uid 0 | local 10.0.0.1 dev lo src 10.0.0.1",
        "8.8.8.8 from 10.0.0.1 via 10.0.0.2 dev e0 uid 0 | 8.8.8.8 via 10.0.0.2 dev e0",
        "unicast 8.8.8.8 via 10.0.0.2 dev e0 table main src 10.0.0.1 uid 0 | 8.8.8.8 via 10.0.0.2 dev e0 src 10.0.0.1",
        "2001:db8::5 from :: dev e0 proto kernel src 2001:db8::1 metric 256 pref medium | 2001:db8::5 dev e0 src 2001:db8::1",
        "192.168.7.25 via 10.240.0.10 dev tunl0  src 192.168.216.128 | 192.168.7.25 via 10.240.0.10 dev tunl0 src 192.168.216.128"
      })
  void readsAnswers(String line, String expected) {
    Parsed parsed = Parsed.by(parser, "ip route get 1.2.3.4", line + " \n    cache \n");

    assertThat(parsed.printed(Section.ROUTE_LOOKUPS)).containsExactly(expected);
    assertThat(parsed.unread()).isEmpty();
    assertThat(parsed.isWhole(Section.ROUTE_LOOKUPS)).isFalse();
  }

  @Test
  void takesTheMtuFromTheCacheLine() {
    Parsed text =
        Parsed.by(
            parser,
            "ip r g 7.1.1.1",
            "7.1.1.1 via 10.0.0.2 dev e0 src 10.0.0.1 uid 0 \n    cache expires 599sec mtu 1300 \n");
    Parsed oneline =
        Parsed.by(
            parser,
            "ip -o r g 7.1.1.1",
            "7.1.1.1 via 10.0.0.2 dev e0 src 10.0.0.1 uid 0 \\    cache mtu lock 1300\n");
    Parsed json =
        Parsed.by(
            parser,
            "ip -j route get 7.1.1.1",
            "[{\"dst\":\"7.1.1.1\",\"gateway\":\"10.0.0.2\",\"dev\":\"e0\",\"prefsrc\":\"10.0.0.1\",\"flags\":[],\"uid\":0,\"cache\":[],\"metrics\":[{\"mtu\":1300}]}]");

    assertThat(text.rows(Section.ROUTE_LOOKUPS))
        .singleElement()
        .satisfies(r -> assertThat(r.mtu()).hasToString("Optional[1300]"));
    assertThat(oneline.rows(Section.ROUTE_LOOKUPS)).isEqualTo(text.rows(Section.ROUTE_LOOKUPS));
    assertThat(json.rows(Section.ROUTE_LOOKUPS)).isEqualTo(text.rows(Section.ROUTE_LOOKUPS));
  }

  @Test
  void readsSeveralAnswersBehindEachOther() {
    Parsed parsed =
        Parsed.ofFile(
            parser,
            "ip-route-get.txt",
            "10.0.0.2 dev e0 src 10.0.0.1\n    cache\n10.0.0.3 dev e0 src 10.0.0.1\n    cache\n");

    assertThat(parsed.rows(Section.ROUTE_LOOKUPS)).hasSize(2);
  }

  @Test
  void reportsWhatIsNoAnswer() {
    for (String line :
        List.of(
            "RTNETLINK answers: No route to host",
            "10.0.0.0/8 via 10.0.0.2 dev e0",
            "x.x.x.x dev e0",
            "10.0.0.1 via")) {
      Parsed parsed = Parsed.by(parser, "ip route get 9.9.9.9", line + "\n");
      assertThat(parsed.unread()).as(line).hasSize(1);
      assertThat(parsed.rows(Section.ROUTE_LOOKUPS)).as(line).isEmpty();
    }
    assertThat(Parsed.by(parser, "ip route get 9.9.9.9", "").rows(Section.ROUTE_LOOKUPS)).isEmpty();
    assertThat(
            Parsed.by(parser, "ip route get 9.9.9.9", "    cache\n[{\"dst\"")
                .rows(Section.ROUTE_LOOKUPS))
        .isEmpty();
  }

  @Test
  void itsLooksAreToldFromAListing() {
    String answer =
        "192.168.7.25 via 10.240.0.10 dev tunl0  src 192.168.216.128\n    cache  expires 599sec mtu 1440\n";
    String listing =
        "10.90.36.69 dev cali08440ddce5b scope link\n10.90.36.70 dev cali0ea970dc3e2 scope link\n";

    assertThat(parser.likeness("x", answer))
        .isGreaterThan(new IpRouteParser().likeness("x", answer));
    assertThat(parser.likeness("x", listing)).isZero();
    assertThat(parser.reads(ShellCommand.parse("ip route"))).isFalse();
    assertThat(parser.reads(ShellCommand.parse("ip -6 r get ::1"))).isTrue();
  }
}
