package io.podpath.probes.parse;

import static org.assertj.core.api.Assertions.assertThat;

import io.podpath.core.node.FdbEntry;
import io.podpath.core.snapshot.Section;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class BridgeFdbParserTest {

  private final BridgeFdbParser parser = new BridgeFdbParser();

  private static final String TEXT =
      """
      33:33:00:00:00:01 dev p0 self permanent
      00:00:00:00:00:00 dev vx0 dst 10.0.0.3 port 4789 vni 9 via e0 self permanent
      5e:21:0c:9d:44:07 dev vx0 dst 10.0.0.2 self permanent
      ee:16:85:f2:0a:87 dev veth1 vlan 1 master cni0 permanent
      ee:16:85:f2:0a:88 dev veth1 master cni0\s
      ee:16:85:f2:0a:89 dev vx0 extern_learn master\s
      """;

  @Test
  void readsText() {
    Parsed parsed = Parsed.by(parser, "bridge fdb", TEXT);

    assertThat(parsed.unread()).isEmpty();
    assertThat(parsed.printed(Section.FDB))
        .containsExactly(
            "33:33:00:00:00:01 dev p0 self permanent",
            "00:00:00:00:00:00 dev vx0 dst 10.0.0.3 port 4789 vni 9 self permanent",
            "5e:21:0c:9d:44:07 dev vx0 dst 10.0.0.2 self permanent",
            "ee:16:85:f2:0a:87 dev veth1 vlan 1 master cni0 permanent",
            "ee:16:85:f2:0a:88 dev veth1 master cni0",
            "ee:16:85:f2:0a:89 dev vx0 extern_learn master");
    assertThat(parsed.isWhole(Section.FDB)).isTrue();
  }

  @Test
  void jsonGivesTheSame() {
    String json =
        """
        [{"mac":"33:33:00:00:00:01","ifname":"p0","flags":["self"],"state":"permanent"},
        {"mac":"00:00:00:00:00:00","ifname":"vx0","dst":"10.0.0.3","port":4789,"vni":9,"viaIf":"e0","flags":["self"],"state":"permanent"},
        {"mac":"5e:21:0c:9d:44:07","ifname":"vx0","dst":"10.0.0.2","flags":["self"],"state":"permanent"},
        {"mac":"ee:16:85:f2:0a:87","ifname":"veth1","vlan":1,"flags":[],"master":"cni0","state":"permanent"},
        {"mac":"ee:16:85:f2:0a:88","ifname":"veth1","flags":[],"master":"cni0","state":""},
        {"mac":"ee:16:85:f2:0a:89","ifname":"vx0","flags":["extern_learn","master"],"state":""}]
        """;

    assertThat(Parsed.by(parser, "bridge -j fdb", json).rows(Section.FDB))
        .isEqualTo(Parsed.by(parser, "bridge fdb", TEXT).rows(Section.FDB));
  }

  @Test
  void takesTheInterfaceFromTheCommand() {
    String text = "9e:55:de:d5:08:fa  dst 10.32.0.113  self permanent\n";

    assertThat(Parsed.by(parser, "bridge fdb show dev flannel.1", text).printed(Section.FDB))
        .containsExactly("9e:55:de:d5:08:fa dev flannel.1 dst 10.32.0.113 self permanent");
    assertThat(Parsed.ofFile(parser, "bridge-fdb.txt", text).rows(Section.FDB))
        .singleElement()
        .satisfies(f -> assertThat(f.device()).isEmpty());
  }

  @ParameterizedTest
  @CsvSource({
    "bridge fdb, true",
    "bridge fdb show, true",
    "bridge -s f l, true",
    "bridge fdb show dev vx0, false",
    "bridge fdb show br cni0, false"
  })
  void theCommandTellsWhetherAllAreShown(String command, boolean whole) {
    assertThat(Parsed.by(parser, command, "").isWhole(Section.FDB)).isEqualTo(whole);
  }

  @Test
  void withoutCommandTheKernelsOwnEntriesTell() {
    assertThat(Parsed.ofFile(parser, "n/bridge-fdb.txt", TEXT).isWhole(Section.FDB)).isTrue();
    assertThat(
            Parsed.ofFile(parser, "n/bridge-fdb.txt", TEXT.substring(TEXT.indexOf("5e:21")))
                .isWhole(Section.FDB))
        .isFalse();
    assertThat(Parsed.ofFile(parser, "n/bridge-fdb.txt", "").isWhole(Section.FDB)).isFalse();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "...",
        "5e:21:0c:xx:44:07 dev vx0 dst 10.0.0.2 self permanent",
        "5e:21:0c:9d:44:08 dev vx0 dst a.b.c.d self permanent",
        "00:16:3e:02:06:1e > ee:ff:ff:ff:ff:ff, ethertype IPv4",
        "5e:21:0c:9d:44:08 dev"
      })
  void aLineItCannotReadMakesTheTablePartial(String line) {
    Parsed parsed = Parsed.by(parser, "bridge fdb", TEXT + line + "\n");

    assertThat(parsed.unread()).hasSize(1);
    assertThat(parsed.isWhole(Section.FDB)).isFalse();
    assertThat(parsed.rows(Section.FDB)).hasSize(6);
  }

  @Test
  void masterIsAFlagWhereNoBridgeFollows() {
    Parsed parsed = Parsed.by(parser, "bridge fdb", "5e:21:0c:9d:44:07 dev vx0 master static\n");

    assertThat(parsed.rows(Section.FDB).getFirst().master()).isEmpty();
    assertThat(parsed.rows(Section.FDB).getFirst().flags())
        .containsExactlyInAnyOrder("master", "static");
  }

  @Test
  void anEntryWithANextHopGroupSaysSo() {
    FdbEntry entry =
        Parsed.by(parser, "bridge fdb", "5e:21:0c:9d:44:07 dev vx0 nhid 10 self permanent\n")
            .rows(Section.FDB)
            .getFirst();

    assertThat(entry.destination()).isEmpty();
    assertThat(entry.flags()).contains("nhid 10");
  }

  @Test
  void survivesNonsense() {
    for (String text :
        List.of(
            "[{\"mac\":5}]",
            "[{\"mac\":\"5e:21:0c:9d:44:07\",\"dst\":\"x\"}]",
            "[7]",
            "{",
            "mac")) {
      assertThat(Parsed.by(parser, "bridge fdb", text).rows(Section.FDB)).as(text).isEmpty();
    }
  }

  @Test
  void readsEveryRecordedTableAlikeAsTextAndJson() {
    List<Path> files = new ArrayList<>(RealOutputs.examples(n -> n.equals("bridge-fdb.txt")));
    files.addAll(RealOutputs.shared("recorded", n -> n.equals("bridge-fdb.txt")));
    for (Path file : files) {
      Parsed text = Parsed.by(parser, "bridge fdb", RealOutputs.read(file).text());
      assertThat(text.unread()).as(file.toString()).isEmpty();
      Path json = file.resolveSibling("bridge-j-fdb.json");
      if (json.toFile().exists()) {
        assertThat(
                Parsed.by(parser, "bridge -j fdb", RealOutputs.read(json).text()).rows(Section.FDB))
            .as(json.toString())
            .containsExactlyInAnyOrderElementsOf(text.rows(Section.FDB));
      }
    }
    assertThat(files).isNotEmpty();
  }
}
