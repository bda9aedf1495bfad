package io.podpath.probes.parse;

import static org.assertj.core.api.Assertions.assertThat;

import io.podpath.core.snapshot.Section;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class IpNeighParserTest {

  private final IpNeighParser parser = new IpNeighParser();

  private static final String TEXT =
      """
      10.0.0.2 dev e0 lladdr 00:11:22:33:44:55 PERMANENT\s
      10.0.0.3 dev e0 FAILED\s
      10.0.0.8 dev vx0 lladdr 00:11:22:33:44:59 extern_learn NOARP\s
      fe80::9 dev e0 lladdr 00:11:22:33:44:56 router REACHABLE\s
      """;

  @Test
  void readsText() {
    Parsed parsed = Parsed.by(parser, "ip neigh", TEXT);

    assertThat(parsed.printed(Section.NEIGHBOURS))
        .containsExactly(
            "10.0.0.2 dev e0 lladdr 00:11:22:33:44:55 PERMANENT",
            "10.0.0.3 dev e0 FAILED",
            "10.0.0.8 dev vx0 lladdr 00:11:22:33:44:59 extern_learn NOARP");
    assertThat(parsed.printed(Section.NEIGHBOURS6))
        .containsExactly("fe80::9 dev e0 lladdr 00:11:22:33:44:56 router REACHABLE");
    assertThat(parsed.unread()).isEmpty();
  }

  @Test
  void jsonAndStatisticsGiveTheSame() {
    String json =
        """
        [{"dst":"10.0.0.2","dev":"e0","lladdr":"00:11:22:33:44:55","state":["PERMANENT"]},{"dst":"10.0.0.3","dev":"e0","state":["FAILED"]},
        {"dst":"10.0.0.8","dev":"vx0","lladdr":"00:11:22:33:44:59","extern_learn":null,"state":["NOARP"]},
        {"dst":"fe80::9","dev":"e0","lladdr":"00:11:22:33:44:56","router":null,"refcnt":1,"used":0,"state":["REACHABLE"]}]
        """;
    String statistics =
        """
        10.0.0.2 dev e0 lladdr 00:11:22:33:44:55  used 0/0/0probes 0 PERMANENT\s
        10.0.0.3 dev e0  used 0/60/0probes 0 FAILED\s
        10.0.0.8 dev vx0 lladdr 00:11:22:33:44:59 extern_learn  used 0/0/0probes 0 NOARP\s
        fe80::9 dev e0 lladdr 00:11:22:33:44:56 router  ref 1 used 0/0/0 probes 0 REACHABLE\s
        """;

    assertThat(
            Parsed.by(parser, "ip -j neigh", json)
                .facts()
                .sameValues(Parsed.by(parser, "ip neigh", TEXT).facts()))
        .isTrue();
    assertThat(
            Parsed.by(parser, "ip -s neigh", statistics)
                .facts()
                .sameValues(Parsed.by(parser, "ip neigh", TEXT).facts()))
        .isTrue();
  }

  @Test
  void takesTheInterfaceFromTheCommand() {
    String text = "10.10.4.0  lladdr 3e:51:16:ea:1b:8d PERMANENT\n";
    String json =
        "[{\"dst\":\"10.10.4.0\",\"lladdr\":\"3e:51:16:ea:1b:8d\",\"state\":[\"PERMANENT\"]}]";

    assertThat(Parsed.by(parser, "ip neigh show dev flannel.1", text).printed(Section.NEIGHBOURS))
        .containsExactly("10.10.4.0 dev flannel.1 lladdr 3e:51:16:ea:1b:8d PERMANENT");
    assertThat(Parsed.by(parser, "ip -j neigh show dev flannel.1", json).rows(Section.NEIGHBOURS))
        .isEqualTo(Parsed.by(parser, "ip neigh show dev flannel.1", text).rows(Section.NEIGHBOURS));
    assertThat(Parsed.ofFile(parser, "ip-neigh.txt", text).rows(Section.NEIGHBOURS))
        .singleElement()
        .satisfies(n -> assertThat(n.device()).isEmpty());
    assertThat(Parsed.ofFile(parser, "ip-neigh.txt", text).isWhole(Section.NEIGHBOURS)).isFalse();
  }

  @ParameterizedTest
  @CsvSource({
    "ip neigh, true, true",
    "ip n, true, true",
    "ip -4 neigh, true, false",
    "ip -6 nei show, false, true",
    "ip neigh show dev e0, false, false",
    "ip neighbor list nud failed, false, false"
  })
  void theCommandTellsWhatIsWhole(String command, boolean four, boolean six) {
    Parsed parsed = Parsed.by(parser, command, "");

    assertThat(parsed.isWhole(Section.NEIGHBOURS)).isEqualTo(four);
    assertThat(parsed.isWhole(Section.NEIGHBOURS6)).isEqualTo(six);
  }

  @Test
  void oldAndOddForms() {
    Parsed parsed =
        Parsed.by(
            parser,
            "ip neigh",
            "10.0.0.7 dev e0 proxy \n10.1.1.1 dev tunl0 lladdr 0.0.0.0 NOARP\n169.254.1.1 dev eth0 lladdr ee:ee:ee:ee:ee:ee STALE // gw\n10.0.0.9 dev eth0  INCOMPLETE\n");

    assertThat(parsed.printed(Section.NEIGHBOURS))
        .containsExactly(
            "10.0.0.7 dev e0 proxy",
            "10.1.1.1 dev tunl0 NOARP",
            "169.254.1.1 dev eth0 lladdr ee:ee:ee:ee:ee:ee STALE",
            "10.0.0.9 dev eth0 INCOMPLETE");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "10.0.0.5 dev e0 lladdr xx:xx:xx:44:55:66 STALE",
        "10.0.x.5 dev e0 STALE",
        "...",
        "10.0.0.5 dev e0",
        "some prose",
        "10.0.0.5 dev"
      })
  void aLineItCannotReadMakesTheTablePartial(String line) {
    Parsed parsed = Parsed.by(parser, "ip neigh", TEXT + line + "\n");

    assertThat(parsed.unread()).hasSize(1);
    assertThat(parsed.isWhole(Section.NEIGHBOURS)).isFalse();
    assertThat(parsed.rows(Section.NEIGHBOURS)).hasSize(3);
  }

  @Test
  void survivesNonsense() {
    for (String text :
        List.of(
            "[{\"dst\":\"x\"}]",
            "[{\"dst\":5,\"state\":7}]",
            "[5]",
            "[{\"dst\":\"10.0.0.1\",\"lladdr\":\"zz\"}]",
            "lladdr")) {
      assertThat(Parsed.by(parser, "ip neigh", text).rows(Section.NEIGHBOURS)).as(text).isEmpty();
    }
  }

  @Test
  void readsEveryRecordedTableAlikeAsTextAndJson() {
    List<Path> files = new ArrayList<>(RealOutputs.examples(n -> n.equals("ip-neigh.txt")));
    files.addAll(RealOutputs.shared("recorded", n -> n.equals("ip-neigh.txt")));
    for (Path file : files) {
      Parsed text = Parsed.by(parser, "ip neigh", RealOutputs.read(file).text());
      assertThat(text.unread()).as(file.toString()).isEmpty();
      Path json = file.resolveSibling("ip-j-neigh.json");
      if (json.toFile().exists()) {
        Parsed objects = Parsed.by(parser, "ip -j neigh", RealOutputs.read(json).text());
        assertThat(objects.unread()).isEmpty();
        assertThat(objects.rows(Section.NEIGHBOURS))
            .as(json.toString())
            .hasSameSizeAs(text.rows(Section.NEIGHBOURS));
      }
    }
    assertThat(files).isNotEmpty();
  }
}
