package io.podpath.tui.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What was not gathered, or is not modelled, and would decide, leaves a trace open. */
class TraceEditedTest {

  private static final String NODE = "nodes/k8s-node01/";
  private static final String RULES = NODE + "iptables-nft-save.txt";
  private static final String SETTINGS = NODE + "sysctl.txt";
  private static final String POD = "default/web-6c9f7d4b8-ks9vd";

  /** On the same node as the pod, behind the same bridge. */
  private static final String NEIGHBOUR = "shop/db-0";

  private static final String FAR = "default/web-6c9f7d4b8-wr8tp";
  private static final String OTHER = "nodes/k8s-node02/";
  private static final String INFO = "\"info_kind\":\"vxlan\",\"info_data\":{";

  private static final String SERVICE = "svc/shop/db";

  @TempDir Path directory;
  private EditedExample example = new EditedExample(Path.of("/"));

  @BeforeEach
  void lay() throws IOException {
    example = EditedExample.laid(directory, "flannel-vxlan");
  }

  private void assertTraced(String to, String words, int exitCode) {
    Session session = Session.real("trace", POD, to, "--port", "5432", directory.toString());
    assertThat(session.out().replaceAll("\\s+", " ")).contains(words);
    assertThat(session.exitCode()).isEqualTo(exitCode);
  }

  /** The neighbour's answer is bridged, and gets the service's address back only by the rules. */
  @Test
  void whetherABridgeCallsTheRules() throws IOException {
    assertTraced(SERVICE, "delivered: the request is delivered", 0);

    example.edit(SETTINGS, "bridge-nf-call-iptables = 1", "bridge-nf-call-iptables = 0");
    assertTraced(SERVICE, "its answer comes from an address or port that was not asked", 1);
    assertTraced(NEIGHBOUR, "delivered: the request is delivered", 0);

    example.edit(SETTINGS, "net.bridge.bridge-nf-call-iptables = 0\n", "");
    assertTraced(SERVICE, "net.bridge.bridge-nf-call-iptables on k8s-node01", 3);
    // with or without rules
    assertTraced(NEIGHBOUR, "delivered: the request is delivered", 0);
  }

  @Test
  void whetherALoopbackAddressMayComeIn() throws IOException {
    example.edit(
        RULES,
        "-m tcp -j DNAT --to-destination 10.244.1.3:80",
        "-m tcp -j DNAT --to-destination 127.0.0.1:80");
    assertTraced(SERVICE, "destination 127.0.0.1 on cni0", 1);

    example.edit(SETTINGS, "net.ipv4.conf.cni0.route_localnet = 0\n", "");
    assertTraced(SERVICE, "net.ipv4.conf.cni0.route_localnet", 3);

    // what needs none of it is told all the same
    assertTraced(NEIGHBOUR, "delivered: the request is delivered", 0);
  }

  @Test
  void whetherTheWayBackIsAskedWithTheMark() throws IOException {
    example.edit(SETTINGS, "net.ipv4.conf.cni0.rp_filter = 0", "net.ipv4.conf.cni0.rp_filter = 1");
    assertTraced(SERVICE, "delivered: the request is delivered", 0);

    // marked by kube-proxy, it would be asked of another table
    example.edit(RULES, "! -s 10.244.0.0/16 -d 10.96.114.20/32", "-d 10.96.114.20/32");
    assertTraced(SERVICE, "delivered: the request is delivered", 0);
    example.edit(
        NODE + "ip-rule.txt",
        "32766:",
        "100:\tfrom all to 10.244.1.2 fwmark 0x4000/0x4000 lookup 99\n32766:");
    example.edit(
        NODE + "ip-j-route-table-all.json",
        "[{",
        "[{\"dst\":\"10.244.1.2\",\"dev\":\"flannel.1\",\"table\":\"99\",\"protocol\":\"boot\",\"scope\":\"link\",\"flags\":[]},{");
    assertTraced(SERVICE, "net.ipv4.conf.cni0.src_valid_mark", 3);
    assertTraced(NEIGHBOUR, "delivered: the request is delivered", 0);
  }

  /** The legacy tables are empty where the other back end has the rules. */
  @Test
  void whereOneBackEndIsEmptyAndTheOtherWasNotRead() throws IOException {
    example.delete(RULES);
    assertTraced(
        NEIGHBOUR, "no iptables-nft rules on k8s-node01, whose legacy tables are empty", 0);
  }

  /** Its other end is told with each packet, so that no FDB entry is missing. */
  @Test
  void whereAnExternalTunnelSends() throws IOException {
    assertTraced(FAR, "delivered: the request is delivered", 0);
    example.edit(NODE + "ip-d-j-link.json", INFO + "\"", INFO + "\"external\":true,\"");
    assertTraced(FAR, "flannel.1 is an external tunnel", 3);
  }

  @Test
  void whatWireGuardSends() throws IOException {
    example.edit(NODE + "ip-d-j-link.json", INFO, INFO.replace("vxlan", "wireguard"));
    assertTraced(FAR, "flannel.1 is a wireguard device, whose packets are not followed", 3);
  }

  @Test
  void whatAnExternalTunnelTakes() throws IOException {
    example.edit(OTHER + "ip-d-j-link.json", INFO + "\"", INFO + "\"external\":true,\"");
    assertTraced(FAR, "flannel.1, an external tunnel, makes of it", 3);
  }

  @Test
  void whatComesInToAVrf() throws IOException {
    example.edit(
        OTHER + "ip-d-j-link.json",
        "[{",
        "[{\"ifname\":\"blue\",\"flags\":[\"UP\"],\"linkinfo\":{\"info_kind\":\"vrf\"}},{");
    assertTraced(FAR, "delivered: the request is delivered", 0);
    example.edit(
        OTHER + "ip-d-j-link.json",
        "\"ifname\":\"ens33\",",
        "\"ifname\":\"ens33\",\"master\":\"blue\",");
    assertTraced(FAR, "ens33 belongs to blue, a VRF of k8s-node02", 3);
  }
}
