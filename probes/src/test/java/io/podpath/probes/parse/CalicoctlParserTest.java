package io.podpath.probes.parse;

import static org.assertj.core.api.Assertions.assertThat;

import io.podpath.core.cluster.CalicoNode;
import io.podpath.core.cni.BgpSession;
import io.podpath.core.net.Gathered;
import io.podpath.core.net.IpAddress;
import io.podpath.core.net.IpPrefix;
import io.podpath.core.snapshot.Section;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class CalicoctlParserTest {

  private final CalicoctlParser parser = new CalicoctlParser();

  private static final String STATUS =
      """
      Calico process is running.

      IPv4 BGP status
      +----------------+-------------------+-------+----------+--------------------------------+
      |  PEER ADDRESS  |     PEER TYPE     | STATE |  SINCE   |              INFO              |
      +----------------+-------------------+-------+----------+--------------------------------+
      | 172.31.209.240 | node-to-node mesh | up    | 07:30:06 | Established                    |
      172.31.209.241 | global            | start | 07:22:30 | Active Socket: Connection      |
      |                |                   |       |          | closed                         |
      +----------------+-------------------+-------+----------+--------------------------------+

      IPv6 BGP status
      No IPv6 peers found.

      """;

  private Told read(String command, String text) {
    return Told.by(parser, command, text);
  }

  @Test
  void readsSessionsWithWrappedCellsAndLostBars() {
    Told told = read("calicoctl node status", STATUS);
    assertThat(told.rows(Section.BGP_SESSIONS))
        .extracting(BgpSession::toString)
        .containsExactly(
            "172.31.209.240 node-to-node mesh up Established",
            "172.31.209.241 global start Active Socket: Connection closed");
    assertThat(told.table(Section.BGP_SESSIONS).isComplete()).isTrue();
    assertThat(told.rows(Section.BGP_SESSIONS))
        .extracting(BgpSession::isEstablished)
        .containsExactly(true, false);
    assertThat(told.unread()).isZero();
  }

  @Test
  void readsSessionsWithoutDoubleBlanks() {
    assertThat(
            read("calicoctl node status", STATUS.replaceAll(" +", " ")).rows(Section.BGP_SESSIONS))
        .isEqualTo(read("calicoctl node status", STATUS).rows(Section.BGP_SESSIONS));
  }

  @Test
  void noPeersAreKnownToBeNone() {
    Told told =
        read(
            "sudo calicoctl node status",
            "Calico process is running.\n\nIPv4 BGP status\nNo IPv4 peers found.\n\nIPv6 BGP status\nNo IPv6 peers found.\n");
    assertThat(told.rows(Section.BGP_SESSIONS)).isEmpty();
    assertThat(told.table(Section.BGP_SESSIONS).isComplete()).isTrue();
  }

  @Test
  void aPieceOfTheTableIsNotTheTable() {
    Told told =
        Told.byFile(
            parser,
            "x.txt",
            "| PEER ADDRESS | PEER TYPE | STATE | SINCE | INFO |\n| 10.0.0.1 | global | up | 2020-04-08 | Established |\n");
    assertThat(told.only(Section.BGP_SESSIONS).info()).isEqualTo("Established");
    assertThat(told.table(Section.BGP_SESSIONS).isComplete()).isFalse();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "Calico process is not running.",
        "Error executing command: connection is unauthorized",
        "..."
      })
  void noAnswerIsNotNoPeers(String line) {
    assertThat(
            read("calicoctl node status", "IPv4 BGP status\n" + line + "\n")
                .table(Section.BGP_SESSIONS)
                .isComplete())
        .isFalse();
  }

  @Test
  void readsNodes() {
    Told told =
        read(
            "calicoctl get nodes --out=wide",
            "NAME            ASN       IPV4                IPV6   \nkube-master01   (64512)   172.31.209.239/20          \nkube-worker01   63400     172.31.209.240/20          \n");
    CalicoNode master = told.rows(Section.CALICO_NODES).getFirst();
    assertThat(master.bgpAddress()).isEqualTo(Gathered.known(IpAddress.of("172.31.209.239")));
    assertThat(master.bgpNetwork()).isEqualTo(Gathered.known(IpPrefix.of("172.31.208.0/20")));
    assertThat(master.asNumber()).isEqualTo(Gathered.known(64512L));
    assertThat(master.tunnelAddress().isNotGathered()).isTrue();
    assertThat(told.table(Section.CALICO_NODES).isComplete()).isTrue();
  }

  @Test
  void readsPools() {
    Told told =
        read(
            "calicoctl get ippool -o wide",
            "NAME                  CIDR             NAT    IPIPMODE   VXLANMODE   DISABLED   DISABLEBGPEXPORT   SELECTOR   \ndefault-ipv4-ippool   10.244.0.0/16    true   Always     Never       false      false              all()      \n");
    assertThat(told.only(Section.IP_POOLS).ipipMode()).isEqualTo(Gathered.known("Always"));
    assertThat(told.only(Section.IP_POOLS).natOutgoing()).isEqualTo(Gathered.known(true));
    assertThat(told.table(Section.IP_POOLS).isComplete()).isTrue();
    assertThat(
            read("calicoctl get ippool", "NAME   CIDR   SELECTOR\na   10.0.0.0/8   all()\n")
                .only(Section.IP_POOLS)
                .ipipMode()
                .isNotGathered())
        .isTrue();
  }

  @Test
  void readsPeersAndConfigurations() {
    Told peers =
        read(
            "calicoctl get bgppeers",
            "NAME     PEERIP           NODE       ASN     \nglobal   172.31.209.241   (global)   63400   \none      10.0.0.9         node-a     63400   \nrr                        all()      0       \n");
    assertThat(peers.rows(Section.BGP_PEERS))
        .extracting(Object::toString)
        .containsExactly(
            "BGPPeer/global peerIP 172.31.209.241",
            "BGPPeer/one node node-a peerIP 10.0.0.9",
            "BGPPeer/rr");
    assertThat(peers.rows(Section.BGP_PEERS).get(2).nodeSelector()).contains("all()");
    Told mesh =
        read(
            "calicoctl get bgpconfig",
            "NAME      LOGSEVERITY   MESHENABLED   ASNUMBER   \ndefault   Info          false         63400      \n");
    assertThat(mesh.only(Section.BGP_CONFIGURATIONS).nodeToNodeMesh())
        .isEqualTo(Gathered.known(false));
  }

  @Test
  void aFailureIsNoEmptyTable() {
    Told told =
        read("calicoctl get bgppeers", "Failed to get resources: connection is unauthorized\n");
    assertThat(told.table(Section.BGP_PEERS).isComplete()).isFalse();
    assertThat(
            read("calicoctl get bgppeers", "NAME   PEERIP   NODE   ASN   \n")
                .table(Section.BGP_PEERS)
                .isComplete())
        .isTrue();
    assertThat(read("calicoctl get nodes", "NAME\na\nb\n").unread()).isZero();
  }

  @Test
  void knowsItsCommands() {
    assertThat(
            parser.reads(
                ShellCommand.parse(
                    "kubectl exec -n kube-system calicoctl -- calicoctl node status")))
        .isTrue();
    assertThat(parser.reads(ShellCommand.parse("./calicoctl-linux-amd64 get nodes -o wide")))
        .isTrue();
    assertThat(parser.reads(ShellCommand.parse("calicoctl get node a -o yaml"))).isFalse();
    assertThat(
            new KubernetesObjectParser().reads(ShellCommand.parse("calicoctl get node a -o yaml")))
        .isTrue();
  }
}
