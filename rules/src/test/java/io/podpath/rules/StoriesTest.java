package io.podpath.rules;

import static io.podpath.rules.StoriesLab.packets;
import static io.podpath.rules.StoriesLab.soon;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.podpath.fixtures.lab.Lab;
import io.podpath.fixtures.lab.LabException;
import io.podpath.fixtures.lab.LabFabric;
import io.podpath.fixtures.lab.LabHome;
import io.podpath.fixtures.lab.LabState;
import io.podpath.probes.bundle.InputException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;

/**
 * The stories of the field notes on a cluster with two networks, Calico's IPIP and kube-proxy's
 * ipvs: what the kernel and BIRD really do in them. The pages of the rules tell what is seen here.
 */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class StoriesTest {

  private static final String NAME = "stories";
  private static final String POD_1 = "pod/default/web-1a";
  private static final String POD_2 = "pod/default/web-2a";
  private static final String POD_3 = "pod/default/web-3a";
  private static final String ADDRESS_1 = "10.233.64.66";
  private static final String ADDRESS_2 = "10.233.64.130";
  private static final String ADDRESS_3 = "10.233.64.194";
  private static final String KUBERNETES = "10.96.0.1";

  private LabHome home = new LabHome(Path.of("/"));
  private Optional<StoriesLab> built = Optional.empty();

  @BeforeAll
  void up(@TempDir Path directory) throws LabException, IOException {
    assumeTrue("root".equals(System.getProperty("user.name")), "a lab needs root here");
    assumeTrue(Files.isExecutable(Path.of("/usr/sbin/bird")), "Calico's fabrics need bird2");
    assumeTrue(
        Files.isExecutable(Path.of("/usr/bin/linux.uml")), "needs the package user-mode-linux");
    home = new LabHome(directory.resolve("labs"));
    LabState state =
        LabState.asked(
            NAME,
            LabFabric.named("calico-ipip-two-networks").orElseThrow(),
            LabFabric.proxyNamed("ipvs").orElseThrow(),
            3,
            1);
    Lab lab = Lab.up(home, state, Optional.empty());
    built = Optional.of(new StoriesLab(lab));
    assertThat(lab.settle(Duration.ofSeconds(60)).lost()).isEmpty();
  }

  @AfterAll
  void down() throws LabException {
    if (built.isPresent()) {
      Lab.down(home, NAME);
    }
  }

  @AfterEach
  void heal() throws LabException {
    if (built.isPresent()) {
      built.get().healAll();
    }
  }

  private StoriesLab lab() {
    return built.orElseThrow();
  }

  @Test
  void healthyHasNoFinding() throws LabException, InputException {
    assertThat(lab().findings()).isEmpty();
    List<String> seen = lab().seenOn("node3", () -> lab().ping(POD_2, ADDRESS_3));
    assertThat(seen)
        .contains(
            "eth1 in 192.168.3.102 > 192.168.3.103 ipip 10.233.64.130 > 10.233.64.194 icmp request",
            "tunl0 in 10.233.64.130 > 10.233.64.194 icmp request",
            "tunl0 out 10.233.64.194 > 10.233.64.130 icmp reply",
            "eth1 out 192.168.3.103 > 192.168.3.102 ipip 10.233.64.194 > 10.233.64.130 icmp reply");
  }

  /** Case 1: the next hop is the node's own tunnel address. */
  @Test
  void replyEntersTunnelAndNeverLeaves() throws LabException {
    assertThat(lab().on("node3", "ip route get " + ADDRESS_2)).contains(" via 192.168.3.102 ");
    lab().cause("wrong-tunnel-next-hop");
    long errors = tunnelErrors();

    List<String> seen =
        lab().seenOn("node3", () -> assertThat(lab().ping(POD_2, ADDRESS_3)).isEqualTo("silent"));

    assertThat(seen)
        .contains(
            "eth1 in 192.168.3.102 > 192.168.3.103 ipip 10.233.64.130 > 10.233.64.194 icmp request",
            "tunl0 in 10.233.64.130 > 10.233.64.194 icmp request",
            "tunl0 out 10.233.64.194 > 10.233.64.130 icmp reply");
    assertThat(seen).noneMatch(l -> l.contains(" out ") && l.contains("ipip"));
    assertThat(tunnelErrors()).isGreaterThan(errors);
    assertThat(lab().on("node3", "ip route get " + ADDRESS_2))
        .contains(" dev tunl0 ")
        .doesNotContain(" via ");
    assertThat(lab().ping(POD_1, ADDRESS_3)).as("only two nodes are cut").isEqualTo("ok");
    assertThat(lab().ping(POD_1, ADDRESS_2)).isEqualTo("ok");
  }

  private long tunnelErrors() throws LabException {
    return Long.parseLong(
        lab().on("node3", "awk '$1 == \"tunl0:\" { print $12 }' /proc/self/net/dev").strip());
  }

  /** Case 2: node3 has no address in the inner network, and Calico knows it by the outer one. */
  @Test
  void felixAndNotTheTunnelDropsAnUnknownSource() throws LabException, InputException {
    lab().cause("asymmetric-tunnel-source");
    assertThat(soon(() -> routes("node1").contains("10.233.64.192/26 via 192.168.0.103 dev tunl0")))
        .isTrue();
    assertThat(soon(() -> established("node3") == 2)).as("all sessions stay").isTrue();
    long dropped = droppedTunnelPackets();

    List<String> seen =
        lab().seenOn("node3", () -> assertThat(lab().ping(POD_1, ADDRESS_3)).isEqualTo("silent"));

    assertThat(seen)
        .contains(
            "eth0 in 192.168.0.101 > 192.168.0.103 ipip 10.233.64.66 > 10.233.64.194 icmp request")
        .noneMatch(l -> l.startsWith("tunl0 in"));
    assertThat(droppedTunnelPackets()).isGreaterThan(dropped);

    // the other way round the request comes in, and the answer is dropped
    seen =
        lab().seenOn("node3", () -> assertThat(lab().ping(POD_3, ADDRESS_1)).isEqualTo("silent"));
    assertThat(seen)
        .contains(
            "eth0 out 192.168.0.103 > 192.168.3.101 ipip 10.233.64.194 > 10.233.64.66 icmp request",
            "eth0 in 192.168.0.101 > 192.168.0.103 ipip 10.233.64.66 > 10.233.64.194 icmp reply")
        .noneMatch(l -> l.startsWith("tunl0 in"));
    assertThat(lab().findings()).first().isEqualTo("asymmetric-tunnel-source");

    lab().on("node3", "iptables -I INPUT -p 4 -j ACCEPT");
    seen = lab().seenOn("node3", () -> assertThat(lab().ping(POD_1, ADDRESS_3)).isEqualTo("ok"));
    assertThat(seen)
        .as("the tunnel takes any source, and the two ways differ")
        .contains(
            "eth0 in 192.168.0.101 > 192.168.0.103 ipip 10.233.64.66 > 10.233.64.194 icmp request",
            "tunl0 in 10.233.64.66 > 10.233.64.194 icmp request",
            "eth0 out 192.168.0.103 > 192.168.3.101 ipip 10.233.64.194 > 10.233.64.66 icmp reply");
    assertThat(lab().lab().probe().lost()).isEmpty();
    lab().on("node3", "iptables -D INPUT -p 4 -j ACCEPT");
    assertThat(lab().ping(POD_1, ADDRESS_3)).isEqualTo("silent");
  }

  /** The field note's repair of case 2, and the page's: each mends one pair of nodes. */
  @Test
  void repairOfASenderMendsItsPairOnly() throws LabException {
    lab().cause("asymmetric-tunnel-source");
    assertThat(soon(() -> routes("node1").contains("10.233.64.192/26 via 192.168.0.103 dev tunl0")))
        .isTrue();

    lab().on("node1", "ip route add 192.168.0.103 dev eth0 src 192.168.3.101");
    assertThat(lab().ping(POD_1, ADDRESS_3)).isEqualTo("ok");
    assertThat(lab().ping(POD_2, ADDRESS_3)).isEqualTo("silent");
    lab().on("node1", "ip route del 192.168.0.103 dev eth0 src 192.168.3.101");
    assertThat(lab().ping(POD_1, ADDRESS_3)).isEqualTo("silent");

    innerNetworkOnly("node1", "192.168.0.101");
    assertThat(lab().ping(POD_1, ADDRESS_3)).isEqualTo("ok");
    assertThat(lab().ping(POD_3, ADDRESS_1)).isEqualTo("ok");
    assertThat(lab().ping(POD_2, ADDRESS_3)).isEqualTo("silent");
    innerNetworkOnly("node2", "192.168.0.102");
    assertThat(lab().ping(POD_2, ADDRESS_3)).as("done on every other node").isEqualTo("ok");

    bothNetworks("node1", "192.168.0.101");
    bothNetworks("node2", "192.168.0.102");
    assertThat(lab().ping(POD_1, ADDRESS_3)).isEqualTo("silent");
  }

  private void innerNetworkOnly(String node, String address) throws LabException {
    lab()
        .on(
            node,
            "ip route del 192.168.0.0/24 dev eth0 proto kernel scope link src "
                + address
                + "; ip route replace default via 192.168.3.253 dev eth1");
  }

  private void bothNetworks(String node, String address) throws LabException {
    lab()
        .on(
            node,
            "ip route add 192.168.0.0/24 dev eth0 proto kernel scope link src "
                + address
                + "; ip route replace default via 192.168.0.253 dev eth0");
  }

  /** 10.96.0.1 on kube-ipvs0: which source the connections of a node and of a pod get. */
  @Test
  void sourceOfTheNodesOwnConnectionsToItsServices() throws LabException {
    assertThat(lab().on("node3", "ip route get " + KUBERNETES))
        .startsWith("local " + KUBERNETES + " dev lo ")
        .contains(" src " + KUBERNETES);
    assertThat(apiServerSees("node/node3", "ok"))
        .as("kube-proxy's rule for KUBE-CLUSTER-IP has it masqueraded")
        .contains("192.168.3.103 >")
        .doesNotContain(KUBERNETES);

    lab().cause("service-source-not-masqueraded");

    assertThat(apiServerSees("node/node3", "silent")).contains(KUBERNETES + " >");
    List<String> answers =
        lab()
            .seenOn(
                "node1", () -> assertThat(ask("node/node3", KUBERNETES, 443)).isEqualTo("silent"));
    assertThat(answers)
        .as("the API server answers to its own 10.96.0.1: nothing leaves")
        .noneMatch(l -> l.contains(" out ") && l.contains("tcp 6443 >"));
    assertThat(apiServerSees(POD_3, "ok")).as("pods").doesNotContain(KUBERNETES);

    lab().on("node3", "ip route del table local local 10.96.0.1 dev kube-ipvs0");
    assertThat(lab().on("node3", "ip route get " + KUBERNETES))
        .contains(" via 192.168.0.253 dev eth0 src 192.168.0.103");
    assertThat(apiServerSees("node/node3", "ok")).contains("192.168.0.103 >");
    assertThat(ask(POD_3, KUBERNETES, 443)).as("every pod of the node").isEqualTo("unreachable");
    assertThat(ask(POD_2, KUBERNETES, 443)).as("pods of other nodes").isEqualTo("ok");
    lab()
        .on(
            "node3",
            "ip route add table local local 10.96.0.1 dev kube-ipvs0 proto kernel scope host src 10.96.0.1");
    assertThat(ask(POD_3, KUBERNETES, 443)).isEqualTo("ok");
  }

  private String ask(String from, String service, int port) throws LabException {
    return lab().ask(from, "tcp", service, port);
  }

  /** Packets that come to the API server on node1, and their sources. */
  private String apiServerSees(String from, String said) throws LabException {
    List<String> seen =
        lab()
            .seenOn("node1", () -> assertThat(ask(from, KUBERNETES, 443)).as(from).isEqualTo(said));
    List<String> asked =
        seen.stream()
            .filter(l -> l.contains(" in ") && !l.contains("ipip"))
            .filter(l -> l.contains("> 6443 syn"))
            .toList();
    assertThat(asked).as("connections to the API server in %s", seen).isNotEmpty();
    return String.join("\n", asked);
  }

  @Test
  void serviceAddressWithoutVirtualServerRefusesAtOnce() throws LabException {
    lab().cause("service-address-without-virtual-server");
    for (String from : List.of("node/node3", POD_3)) {
      assertThat(ask(from, "10.96.50.50", 80)).as(from).isEqualTo("refused");
    }
    assertThat(ask(POD_2, "10.96.50.50", 80)).isEqualTo("ok");
    assertThat(lab().on("node3", "ip route get 10.96.50.50")).contains(" src 10.96.50.50");
  }

  @Test
  void withoutMeshAndPeersOnlyTheOwnBlockStays() throws LabException {
    assertThat(established("node3")).isEqualTo(2);
    lab().cause("bgp-mesh-disabled-without-peers");
    assertThat(soon(() -> !routes("node3").contains("tunl0"))).isTrue();

    assertThat(routes("node3").lines().filter(l -> l.contains("proto bird")).map(String::strip))
        .containsExactly("blackhole 10.233.64.192/26 proto bird");
    assertThat(routes("node3")).containsPattern("10\\.233\\.64\\.194 dev cali\\w+ scope link");
    assertThat(lab().on("node3", "birdc -s /run/daemons/node3/bird.ctl show protocols"))
        .doesNotContain("BGP");
    assertThat(ask("node/node3", ADDRESS_1, 80)).as("the router's answer").isEqualTo("unreachable");
    assertThat(ask(POD_3, ADDRESS_1, 80))
        .as("the router has no way to tell a pod, whose address it does not know")
        .isEqualTo("silent");
  }

  /** All peer with node3, which is no route reflector. */
  @Test
  void withoutReflectorSessionsAreEstablishedAndRoutesMissing() throws LabException {
    lab().cause("ibgp-routes-not-reflected");
    assertThat(soon(() -> established("node3") == 2 && !routes("node1").contains("10.233.64.128")))
        .isTrue();
    assertThat(established("node1")).isEqualTo(1);
    assertThat(established("node2")).isEqualTo(1);
    assertThat(soon(() -> routes("node1").contains("10.233.64.192/26 via 192.168.3.103")))
        .as("the hub's own block")
        .isTrue();
    assertThat(soon(() -> routes("node3").contains("10.233.64.64/26 via 192.168.3.101")))
        .as("the hub knows all")
        .isTrue();
    assertThat(routes("node1")).doesNotContain("10.233.64.128/26");
    assertThat(routes("node2")).doesNotContain("10.233.64.64/26");
    assertThat(ask("node/node1", ADDRESS_2, 80)).isEqualTo("unreachable");
    assertThat(ask(POD_1, ADDRESS_2, 80)).isEqualTo("silent");
    assertThat(ask(POD_1, ADDRESS_3, 80)).isEqualTo("ok");
  }

  private String routes(String node) throws LabException {
    return lab().on(node, "ip route");
  }

  private long established(String node) throws LabException {
    return lab()
        .on(node, "birdc -s /run/daemons/" + node + "/bird.ctl show protocols")
        .lines()
        .filter(l -> l.contains(" BGP ") && l.contains("Established"))
        .count();
  }

  private long droppedTunnelPackets() throws LabException {
    return packets(
        lab().on("node3", "iptables -L cali-INPUT -v -n -x"), "Drop IPIP packets from non-Calico");
  }
}
