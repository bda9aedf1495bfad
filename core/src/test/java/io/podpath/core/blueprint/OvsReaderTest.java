package io.podpath.core.blueprint;

import static org.assertj.core.api.Assertions.assertThat;

import io.podpath.core.blueprint.OvsGre.End;
import io.podpath.core.cni.OvsPort;
import io.podpath.core.net.IpAddress;
import io.podpath.core.net.IpPrefix;
import io.podpath.core.snapshot.ClusterView;
import io.podpath.core.snapshot.Fact;
import io.podpath.core.snapshot.Section;
import io.podpath.core.snapshot.Snapshot;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.UnaryOperator;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** Which tunnels are expected, by what the ports of three nodes say. */
class OvsReaderTest {

  private static final ClusterFacts CLUSTER =
      new ClusterFacts(
          IpPrefix.of("172.17.0.0/16"),
          List.of(),
          IpPrefix.of("10.96.0.0/12"),
          List.of(
              new Segment("lan", IpPrefix.of("192.168.18.0/24"), IpAddress.of("192.168.18.254"))),
          IntStream.rangeClosed(1, 3).mapToObj(OvsReaderTest::node).toList(),
          List.of(),
          BgpFacts.FULL_MESH);

  /** Everybody to everybody, under names of their own. */
  private static final List<End> MESH =
      List.of(
          new End("node1", "to-two", "node2"),
          new End("node1", "to-three", "node3"),
          new End("node2", "gre7", "node1"),
          new End("node2", "gre8", "node3"),
          new End("node3", "gre1", "node1"),
          new End("node3", "gre2", "node2"));

  private static NodeFacts node(int number) {
    IpAddress address = IpAddress.of("192.168.18.10" + number);
    IpPrefix subnet = IpPrefix.of("172.17." + number + ".0/24");
    return new NodeFacts(
        "node" + number,
        List.of(
            new Card("eth0", "lan", address, 24, Hardware.mac("card" + number), Optional.empty())),
        address,
        List.of(subnet),
        List.of(new PodFacts("default", "web-" + number, subnet.address().plus(2))),
        Optional.empty(),
        Optional.empty(),
        Optional.empty());
  }

  private static Snapshot laid(List<End> ends) {
    return Blueprint.of(CLUSTER, new OvsGre(ends), new NoServiceProxy()).snapshot();
  }

  private static Snapshot changed(
      Snapshot snapshot, String node, UnaryOperator<List<Fact<OvsPort>>> change) {
    return snapshot.changingHost(node, host -> host.changing(Section.OVS_PORTS, change));
  }

  private static Snapshot without(Snapshot snapshot, String node, String port) {
    return changed(
        snapshot, node, rows -> rows.stream().filter(r -> !r.value().port().equals(port)).toList());
  }

  private static List<End> read(Snapshot snapshot) {
    return OvsReader.read(ClusterView.of(snapshot)).ends();
  }

  @Test
  void tunnelsAreExpectedAsTheNodesHaveThem() {
    assertThat(read(laid(MESH))).containsExactlyInAnyOrderElementsOf(MESH);
    List<End> chain =
        List.of(
            new End("node1", "gre1", "node2"),
            new End("node2", "gre1", "node1"),
            new End("node2", "gre2", "node3"),
            new End("node3", "gre1", "node2"));
    assertThat(read(laid(chain))).containsExactlyInAnyOrderElementsOf(chain);
  }

  @Test
  void starIsAroundTheNodeThatHasIt() {
    List<End> star =
        List.of(
            new End("node1", "gre1", "node3"),
            new End("node2", "gre1", "node3"),
            new End("node3", "gre1", "node1"),
            new End("node3", "gre2", "node2"));
    assertThat(read(laid(star))).containsExactlyInAnyOrderElementsOf(star);
  }

  @Test
  void anEndThatOneSideLacksIsExpectedThere() {
    List<End> expected = new ArrayList<>(MESH);
    expected.remove(new End("node2", "gre7", "node1"));
    expected.add(new End("node2", "gre1", "node1"));
    assertThat(read(without(laid(MESH), "node2", "gre7")))
        .containsExactlyInAnyOrderElementsOf(expected);
  }

  @Test
  void aPortThatLeadsToNoNodeIsMeantForTheOneThatLacksIts() {
    Snapshot stray =
        changed(
            laid(MESH),
            "node2",
            rows ->
                rows.stream()
                    .map(r ->
                        r.value().port().equals("gre7")
                            ? new Fact<>(
                                r.value().withOption("remote_ip", "192.168.18.200"), r.from())
                            : r)
                    .toList());
    assertThat(read(stray)).containsExactlyInAnyOrderElementsOf(MESH);
  }

  @Test
  void withoutPortsThatJoinAllItIsTheUsualStar() {
    List<End> pair = List.of(new End("node1", "gre1", "node2"), new End("node2", "gre1", "node1"));
    assertThat(read(laid(pair))).isEmpty();
  }
}
