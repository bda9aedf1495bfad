package io.podpath.probes.bundle;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class BundleLayoutTest {

  @ParameterizedTest
  @CsvSource({
    "nodes/w1/ip-route.txt, w1, host, ip-route",
    "ticket-17/nodes/w1/ip-route.txt, w1, host, ip-route",
    "nodes/w1/iptables-save, w1, host, iptables-save",
    "nodes/w1/pods/shop_web-0/ip-addr.txt, w1, shop_web-0, ip-addr",
    "nodes/w1/pod-ip-route.txt, w1, pod, ip-route",
    "nodes/w1/pod-web-0-ip-neigh.txt, w1, web-0, ip-neigh",
    "nodes/10.110.25.205/ip-addr.txt, 10.110.25.205, host, ip-addr",
    "nodes/w1/ovs-ofctl-dump-flows-br0.100, w1, host, ovs-ofctl-dump-flows-br0.100",
  })
  void outputsOfNodes(String path, String node, String netns, String stem) {
    assertThat(place(path))
        .isInstanceOfSatisfying(
            Place.Output.class,
            o -> {
              assertThat(o.node()).isEqualTo(node);
              assertThat(o.netns()).isEqualTo(netns);
              assertThat(o.stem()).isEqualTo(stem);
              assertThat(o.machine()).isTrue();
            });
  }

  @ParameterizedTest
  @CsvSource({
    "nodes/w1/files/etc/cni/net.d/10-x.conflist, /etc/cni/net.d/10-x.conflist",
    "nodes/w1/files/run/flannel/subnet.env, /run/flannel/subnet.env",
    "nodes/w1/etc/cni/net.d/10-x.conflist, /etc/cni/net.d/10-x.conflist",
    "nodes/w1/files/data/nodes/w9/x.txt, /data/nodes/w9/x.txt",
  })
  void filesOfNodes(String path, String absolute) {
    assertThat(place(path)).isEqualTo(new Place.NodeFile("w1", "b/nodes/w1", true, absolute));
  }

  @Test
  void logsCapturesAndObjects() {
    assertThat(place("nodes/w1/log/flanneld.log"))
        .isEqualTo(new Place.NodeLog("w1", "b/nodes/w1", true, "flanneld.log"));
    assertThat(place("nodes/w1/kube-proxy.log"))
        .isEqualTo(new Place.NodeLog("w1", "b/nodes/w1", true, "kube-proxy.log"));
    assertThat(place("nodes/w1/captures/flannel.1.pcap"))
        .isEqualTo(new Place.CaptureFile("w1", "b/nodes/w1", true, "flannel.1"));
    assertThat(place("cluster/nodes.yaml")).isEqualTo(new Place.ClusterFile("nodes", "yaml"));
    assertThat(place("podpath-bundle.json")).isEqualTo(new Place.Index());
  }

  @Test
  void aPartOfABundleKnowsItsNode() {
    assertThat(node(new NamedText("b/nodes/w1", "ip-route.txt", ""))).isEqualTo("w1");
    assertThat(node(new NamedText("/srv/b/nodes/w1/ip-route.txt", "", ""))).isEqualTo("w1");
    assertThat(node(new NamedText("b/nodes", "w1/ip-route.txt", ""))).isEqualTo("w1");
    assertThat(node(new NamedText("b/nodes/w1/ip-route.txt.gz", "", ""))).isEqualTo("w1");
  }

  @Test
  void filesBesideNodesAreNobodys() {
    NamedText stray = new NamedText("b", "ip-route.txt", "");
    BundleLayout layout =
        new BundleLayout(List.of(stray, new NamedText("b", "nodes/w1/ip-route.txt", "")));
    assertThat(layout.place(stray)).isEqualTo(new Place.Stray("ip-route.txt"));
  }

  @Test
  void looseFilesAreOfTheMachineTheirDirectoryIsNamedAfter() {
    List<NamedText> texts = new ArrayList<>();
    for (String path :
        List.of(
            "w1/ip-route.txt",
            "w2/ip-route.txt",
            "w2/logs/kube-proxy.log",
            "w2/etc/cni/net.d/10-x.conf",
            "top.txt")) {
      texts.add(new NamedText("ticket", path, ""));
    }
    BundleLayout layout = new BundleLayout(texts);
    assertThat(texts.stream().map(t -> node(layout.place(t))))
        .containsExactly("w1", "w2", "w2", "w2", "ticket");
  }

  @Test
  void looseFilesAlone() {
    assertThat(node(new NamedText("/root/ip-route.txt", "", ""))).isEqualTo("node");
    assertThat(node(new NamedText(".", "ip-route.txt", ""))).isEqualTo("node");
    assertThat(node(new NamedText("worker-7.tar.gz", "ip-route.txt", ""))).isEqualTo("worker-7");
  }

  private static Place place(String path) {
    NamedText text = new NamedText("b", path, "");
    return new BundleLayout(List.of(text)).place(text);
  }

  private static String node(NamedText text) {
    return node(new BundleLayout(List.of(text)).place(text));
  }

  private static String node(Place place) {
    return new Located(new NamedText("", "", ""), "", place, Located.Age.NOW)
        .owner()
        .orElseThrow()
        .node();
  }
}
