package io.podpath.core.blueprint;

import static org.assertj.core.api.Assertions.assertThat;

import io.podpath.core.blueprint.BgpFacts.NodePeer;
import io.podpath.core.net.IpAddress;
import io.podpath.core.net.IpPrefix;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class BgpSessionsTest {

  private static final IpAddress ONE = IpAddress.of("192.168.80.101");
  private static final IpAddress TWO = IpAddress.of("192.168.80.102");
  private static final IpAddress THREE = IpAddress.of("192.168.80.103");

  private static NodeFacts node(int number, IpAddress address) {
    IpPrefix block = new IpPrefix(IpAddress.of("10.233.64.0").plus(64L * number), 26);
    Card card =
        new Card("eth0", "lan", address, 24, Hardware.mac("card " + number), Optional.empty());
    return new NodeFacts(
        "node" + number,
        List.of(card),
        address,
        List.of(block),
        List.of(),
        Optional.empty(),
        Optional.empty(),
        Optional.empty());
  }

  private static ClusterFacts cluster(BgpFacts bgp, IpAddress... addresses) {
    List<NodeFacts> nodes =
        Stream.iterate(0, i -> i < addresses.length, i -> i + 1)
            .map(i -> node(i + 1, addresses[i]))
            .toList();
    return new ClusterFacts(
        IpPrefix.of("10.233.64.0/18"),
        List.of(),
        IpPrefix.of("10.96.0.0/12"),
        List.of(),
        nodes,
        List.of(),
        bgp);
  }

  private static List<IpAddress> peers(ClusterFacts cluster, int node) {
    return new BgpSessions(cluster)
        .of(cluster.nodes().get(node - 1)).stream().map(BgpSessions.Peer::address).toList();
  }

  private static int learned(ClusterFacts cluster, int node) {
    return new BgpSessions(cluster).learned(cluster.nodes().get(node - 1)).size();
  }

  @Test
  void inAMeshAllLearnAll() {
    ClusterFacts cluster = cluster(BgpFacts.FULL_MESH, ONE, TWO, THREE);
    assertThat(peers(cluster, 1)).containsExactly(TWO, THREE);
    assertThat(learned(cluster, 1)).isEqualTo(2);
  }

  @Test
  void ownAddressIsNoPeerThoughAnotherNodeClaimsIt() {
    ClusterFacts cluster = cluster(BgpFacts.FULL_MESH, ONE, TWO, TWO);
    assertThat(peers(cluster, 1)).containsExactly(TWO);
    assertThat(peers(cluster, 2)).containsExactly(ONE);
    assertThat(peers(cluster, 3)).containsExactly(ONE);
  }

  @Test
  void peerOfOneNodeMayBeItself() {
    BgpFacts bgp =
        BgpFacts.FULL_MESH.withoutMesh(
            List.of(),
            List.of(
                new NodePeer("node1", TWO),
                new NodePeer("node2", ONE),
                new NodePeer("node3", THREE)));
    ClusterFacts cluster = cluster(bgp, ONE, TWO, THREE);
    assertThat(peers(cluster, 3)).containsExactly(THREE);
    assertThat(learned(cluster, 3)).isZero();
    assertThat(learned(cluster, 1)).isEqualTo(1);
  }

  @Test
  void onePeerOfAllThatIsNoReflectorPassesNothingOn() {
    ClusterFacts cluster =
        cluster(BgpFacts.FULL_MESH.withoutMesh(List.of(THREE), List.of()), ONE, TWO, THREE);
    assertThat(learned(cluster, 3)).isEqualTo(2);
    assertThat(learned(cluster, 1)).isEqualTo(1);
  }

  @Test
  void subnetANodeHasItselfIsNotRoutedToAnother() {
    ClusterFacts cluster = cluster(BgpFacts.FULL_MESH, ONE, TWO);
    NodeFacts one = cluster.nodes().getFirst();
    NodeFacts same = cluster.nodes().getLast().withPods(one.podSubnets(), List.of());
    assertThat(same.podSubnetsBeside(one)).isEmpty();
    assertThat(cluster.nodes().getLast().podSubnetsBeside(one)).hasSize(1);
  }
}
