package io.podpath.probes.parse;

import static org.assertj.core.api.Assertions.assertThat;

import io.podpath.core.cluster.KubeNode;
import io.podpath.core.net.Gathered;
import io.podpath.core.net.IpAddress;
import io.podpath.core.snapshot.Section;
import org.junit.jupiter.api.Test;

class KubectlDescribeParserTest {

  private final KubectlDescribeParser parser = new KubectlDescribeParser();

  private static final String NODE =
      """
      Name:               k8s-node01
      Roles:              <none>
      Labels:             beta.kubernetes.io/arch=amd64
                          kubernetes.io/hostname=k8s-node01
      Annotations:        flannel.alpha.coreos.com/backend-data: {"VNI":1,"VtepMAC":"5e:21:0c:9d:44:07"}
                          flannel.alpha.coreos.com/public-ip: 192.168.80.241
                          projectcalico.org/IPv4Address: 192.168.80.241/24
      CreationTimestamp:  Sat, 21 Nov 2026 08:00:00 +0000
      Conditions:
        Type             Status  LastHeartbeatTime                 LastTransitionTime                Reason            Message
        ----             ------  -----------------                 ------------------                ------            -------
        Ready            False   Sat, 21 Nov 2026 09:00:00 +0000   Sat, 21 Nov 2026 08:00:00 +0000   KubeletNotReady   container runtime network not ready
      Addresses:
        InternalIP:  192.168.80.241
        Hostname:    k8s-node01
      System Info:
        Kubelet Version:            v1.25.16
      PodCIDR:                      10.244.1.0/24
      PodCIDRs:                     10.244.1.0/24
      Non-terminated Pods:          (1 in total)
        Namespace                   Name                        CPU Requests
        kube-flannel                kube-flannel-ds-x           100m (5%)
      Events:
        Type     Reason              Age                 From     Message
        ----     ------              ----                ----     -------
        Warning  ContainerGCFailed   2m (x10 over 50m)   kubelet  rpc error: code = Unavailable
      """;

  private Told read(String command, String text) {
    return Told.by(parser, command, text);
  }

  @Test
  void readsANode() {
    Told told = read("kubectl describe node k8s-node01", NODE);
    KubeNode node = told.only(Section.NODES);
    assertThat(node).hasToString("Node/k8s-node01 podCIDRs [10.244.1.0/24]");
    assertThat(node.ready()).isEqualTo(Gathered.known(false));
    assertThat(node.readyMessage())
        .isEqualTo(Gathered.known("container runtime network not ready"));
    assertThat(node.knownInternalIps()).containsExactly(IpAddress.of("192.168.80.241"));
    assertThat(node.annotation("flannel.alpha.coreos.com/public-ip"))
        .isEqualTo(Gathered.known("192.168.80.241"));
    assertThat(told.only(Section.CALICO_NODES).bgpAddress())
        .isEqualTo(Gathered.known(IpAddress.of("192.168.80.241")));
    assertThat(told.table(Section.NODES).isComplete()).isFalse();
    assertThat(read("kubectl describe nodes", NODE).table(Section.NODES).isComplete()).isTrue();
  }

  @Test
  void readsANodeWhoseBlanksAWebPageSwallowed() {
    Told told =
        read(
            "kubectl describe node k8s-node01",
            NODE.replaceAll("(?m)^ +", "").replaceAll(" +", " "));
    assertThat(told.only(Section.NODES).knownPodCidrs())
        .isEqualTo(
            read("kubectl describe node k8s-node01", NODE).only(Section.NODES).knownPodCidrs());
    assertThat(told.only(Section.NODES).annotation("flannel.alpha.coreos.com/public-ip"))
        .isEqualTo(Gathered.known("192.168.80.241"));
  }

  @Test
  void whatGrepDroppedIsNotAbsent() {
    KubeNode node =
        read(
                "kubectl describe node k8s-node01 | grep -v PodCIDR",
                NODE.replaceAll("PodCIDRs?:.*\\n", ""))
            .only(Section.NODES);
    assertThat(node.podCidrs().isNotGathered()).isTrue();
    assertThat(node.annotations().isNotGathered()).isTrue();
    assertThat(
            read("kubectl describe node k8s-node01", NODE.replaceAll("PodCIDRs?:.*\\n", ""))
                .only(Section.NODES)
                .podCidrs()
                .isAbsent())
        .isTrue();
  }

  @Test
  void readsAPodWithItsEvents() {
    Told told =
        read(
            "kubectl -n shop describe pod web-0",
            """
            Name:             web-0
            Namespace:        shop
            Node:             hostgw-node/192.168.31.202
            Labels:           app=web
            Annotations:      <none>
            Status:           Pending
            IP:               10.244.1.2
            IPs:
              IP:           10.244.1.2
            Containers:
              web:
                Image:          nginx
            Events:
              Type     Reason                  Age   From               Message
              ----     ------                  ----  ----               -------
              Normal   Scheduled               8s    default-scheduler  Successfully assigned shop/web-0 to hostgw-node
              Warning  FailedCreatePodSandBox  7s    kubelet, node      Failed to create pod sandbox: open /run/flannel/subnet.env: no such file or directory
            """);
    assertThat(told.only(Section.PODS)).hasToString("Pod/shop/web-0 10.244.1.2 on hostgw-node");
    assertThat(told.only(Section.PODS).hostNetwork()).contains(false);
    assertThat(told.rows(Section.EVENTS))
        .extracting(Object::toString)
        .containsExactly(
            "Normal Scheduled pod/web-0: Successfully assigned shop/web-0 to hostgw-node",
            "Warning FailedCreatePodSandBox pod/web-0: Failed to create pod sandbox: open /run/flannel/subnet.env: no such file or directory");
  }

  @Test
  void knowsADescriptionByItsLooks() {
    assertThat(parser.likeness("x.txt", NODE)).isGreaterThan(50);
    assertThat(parser.likeness("x.txt", "Name:  a\njust text\n")).isZero();
  }
}
