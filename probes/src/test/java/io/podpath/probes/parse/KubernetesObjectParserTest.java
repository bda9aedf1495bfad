package io.podpath.probes.parse;

import static org.assertj.core.api.Assertions.assertThat;

import io.podpath.core.cluster.BgpPeer;
import io.podpath.core.cluster.CalicoNode;
import io.podpath.core.cluster.EndpointSlice;
import io.podpath.core.cluster.FlannelNetwork;
import io.podpath.core.cluster.HostPort;
import io.podpath.core.cluster.IpPool;
import io.podpath.core.cluster.KubeNode;
import io.podpath.core.cluster.NetworkPlan;
import io.podpath.core.cluster.Pod;
import io.podpath.core.cluster.Service;
import io.podpath.core.net.Gathered;
import io.podpath.core.net.IpAddress;
import io.podpath.core.net.IpPrefix;
import io.podpath.core.snapshot.Section;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class KubernetesObjectParserTest {

  private final KubernetesObjectParser parser = new KubernetesObjectParser();

  private static final String NODE_LIST =
      """
      apiVersion: v1
      items:
      - apiVersion: v1
        kind: Node
        metadata:
          annotations:
            projectcalico.org/IPv4Address: 192.168.2.107/24
            projectcalico.org/IPv4IPIPTunnelAddr: 100.102.35.64
          name: worker04
        spec:
          podCIDR: 10.244.0.0/24
          podCIDRs:
          - 10.244.0.0/24
          - fd00:10:244::/64
        status:
          addresses:
          - address: 192.168.2.27
            type: InternalIP
          - address: worker04
            type: Hostname
          conditions:
          - message: 'container runtime network not ready: cni config uninitialized'
            status: "False"
            type: Ready
          nodeInfo:
            kubeletVersion: v1.29.9
      - apiVersion: v1
        kind: Node
        metadata:
          name: worker05
        spec: {}
      kind: List
      metadata:
        resourceVersion: ""
      """;

  private Told read(String command, String text) {
    return Told.by(parser, command, text);
  }

  @Test
  void readsNodes() {
    Told told = read("kubectl get nodes -o yaml", NODE_LIST);
    assertThat(told.table(Section.NODES).isComplete()).isTrue();
    KubeNode first = told.rows(Section.NODES).getFirst();
    assertThat(first.knownPodCidrs())
        .containsExactly(IpPrefix.of("10.244.0.0/24"), IpPrefix.of("fd00:10:244::/64"));
    assertThat(first.ready()).isEqualTo(Gathered.known(false));
    assertThat(first.readyMessage().optional().orElseThrow()).contains("cni config uninitialized");
    assertThat(first.knownInternalIps()).containsExactly(IpAddress.of("192.168.2.27"));
    assertThat(told.table(Section.NODES).facts().getFirst().from().line()).isEqualTo(9);
    KubeNode second = told.rows(Section.NODES).get(1);
    assertThat(second.podCidrs().isAbsent()).as("the object was read and has none").isTrue();
    assertThat(second.internalIps().isNotGathered()).isTrue();
  }

  @Test
  void readsCalicosAnnotations() {
    Told told = read("kubectl get nodes -o yaml", NODE_LIST);
    CalicoNode node = told.only(Section.CALICO_NODES);
    assertThat(node.bgpAddress()).isEqualTo(Gathered.known(IpAddress.of("192.168.2.107")));
    assertThat(node.bgpNetwork()).isEqualTo(Gathered.known(IpPrefix.of("192.168.2.0/24")));
    assertThat(node.tunnelAddress()).isEqualTo(Gathered.known(IpAddress.of("100.102.35.64")));
    assertThat(node.routeReflectorClusterId().isAbsent()).isTrue();
    assertThat(told.table(Section.CALICO_NODES).isComplete()).isTrue();
  }

  @Test
  void oneNodeIsNoList() {
    String one =
        "apiVersion: v1\nkind: Node\nmetadata:\n  name: a\nspec:\n  podCIDR: 10.244.3.0/24\n";
    Told told = read("kubectl get node a -o yaml", one);
    assertThat(told.only(Section.NODES)).hasToString("Node/a podCIDRs [10.244.3.0/24]");
    assertThat(told.table(Section.NODES).isComplete()).isFalse();
    assertThat(told.only(Section.NODES).ready().isNotGathered())
        .as("no status in the piece")
        .isTrue();
  }

  @Test
  void readsWhatGrepLeftOfANode() {
    Told told =
        read(
            "kubectl get node hostgw-node -o yaml | grep CIDR",
            "  podCIDR: 10.244.1.0/24\n  podCIDRs:\n");
    assertThat(told.only(Section.NODES)).hasToString("Node/hostgw-node podCIDRs [10.244.1.0/24]");
    assertThat(told.table(Section.NODES).isComplete()).isFalse();
    assertThat(
            read("kubectl get node a -o yaml | grep podCIDR", "")
                .only(Section.NODES)
                .podCidrs()
                .isAbsent())
        .isTrue();
    assertThat(read("kubectl get node a -o yaml | grep -i address", "").rows(Section.NODES))
        .isEmpty();
  }

  @Test
  void readsJson() {
    Told told =
        read(
            "kubectl get pods -A -o json",
            """
            {"apiVersion":"v1","kind":"List","items":[
              {"apiVersion":"v1","kind":"Pod","metadata":{"name":"web","namespace":"shop"},
               "spec":{"nodeName":"n1","hostNetwork":true},
               "status":{"phase":"Running","podIP":"10.0.0.1","podIPs":[{"ip":"10.0.0.1"},{"ip":"fd00::1"}],
                 "containerStatuses":[{"state":{"waiting":{"reason":"CrashLoopBackOff"}}}]}}]}
            """);
    Pod pod = told.only(Section.PODS);
    assertThat(pod.ips()).containsExactly(IpAddress.of("10.0.0.1"), IpAddress.of("fd00::1"));
    assertThat(pod.hostNetwork()).contains(true);
    assertThat(pod.status()).contains("CrashLoopBackOff");
    assertThat(told.table(Section.PODS).isComplete()).isTrue();
  }

  @Test
  void readsHostPorts() {
    Told told =
        Told.byFile(
            parser,
            "pod.yaml",
            """
            apiVersion: v1
            kind: Pod
            metadata: {name: web, namespace: shop}
            spec:
              nodeName: n1
              containers:
              - name: web
                ports:
                - {containerPort: 80, hostPort: 8080}
                - {containerPort: 53, hostPort: 53, hostIP: 10.0.0.1, protocol: UDP}
                - {containerPort: 81, hostPort: 0}
                - {containerPort: 82}
              - name: log
                ports:
                - {containerPort: 443, hostPort: 8443, hostIP: 0.0.0.0, protocol: TCP}
                - {containerPort: many, hostPort: 8444}
            """);
    assertThat(told.only(Section.PODS).hostPorts().optional().orElseThrow())
        .extracting(HostPort::toString)
        .containsExactly("8080->80/tcp", "10.0.0.1:53->53/udp", "8443->443/tcp");
  }

  @Test
  void hostPortsAreUnknownWithoutASpec() {
    Told told =
        Told.byFile(parser, "pod.yaml", "apiVersion: v1\nkind: Pod\nmetadata: {name: web}\n");
    assertThat(told.only(Section.PODS).hostPorts().isNotGathered()).isTrue();
  }

  @Test
  void readsServicesAndTheirEndpoints() {
    Told told =
        Told.byFile(
            parser,
            "svc.yaml",
            """
            apiVersion: v1
            kind: Service
            metadata: {name: web, namespace: shop}
            spec:
              clusterIP: 10.96.5.5
              externalIPs: [10.0.0.7]
              ports:
              - {name: http, port: 80, protocol: TCP, nodePort: 30080}
              type: NodePort
            status:
              loadBalancer:
                ingress:
                - ip: 10.0.0.8
            ---
            apiVersion: discovery.k8s.io/v1
            kind: EndpointSlice
            metadata:
              name: web-abc12
              namespace: shop
              labels: {kubernetes.io/service-name: web}
            endpoints:
            - addresses: [10.244.1.2]
              conditions: {ready: false}
              nodeName: n1
            - addresses: [10.244.1.3]
            ports:
            - {name: http, port: 8080, protocol: TCP}
            ---
            apiVersion: v1
            kind: Endpoints
            metadata: {name: db, namespace: shop}
            subsets:
            - addresses:
              - {ip: 10.244.2.2, nodeName: n2}
              notReadyAddresses:
              - {ip: 10.244.2.3}
              ports:
              - {port: 5432}
            """);
    Service service = told.only(Section.SERVICES);
    assertThat(service.ports()).singleElement().hasToString("80:30080/TCP");
    assertThat(service.externalIps()).containsExactly(IpAddress.of("10.0.0.7"));
    assertThat(service.loadBalancerIps()).containsExactly(IpAddress.of("10.0.0.8"));
    EndpointSlice slice = told.rows(Section.ENDPOINT_SLICES).getFirst();
    assertThat(slice.service()).isEqualTo("web");
    assertThat(slice.endpoints())
        .extracting(EndpointSlice.Endpoint::ready)
        .containsExactly(false, true);
    EndpointSlice old = told.rows(Section.ENDPOINT_SLICES).get(1);
    assertThat(old.endpoints())
        .extracting(EndpointSlice.Endpoint::ready)
        .containsExactly(true, false);
    assertThat(old.endpoints().getFirst().node()).contains("n2");
    assertThat(told.table(Section.SERVICES).isComplete()).isFalse();
  }

  @Test
  void readsFlannelsConfigMap() {
    Told told =
        read(
            "kubectl -n kube-flannel get cm kube-flannel-cfg -o yaml",
            """
            apiVersion: v1
            kind: ConfigMap
            metadata:
              name: kube-flannel-cfg
            data:
              cni-conf.json: |
                {"name": "cbr0", "cniVersion": "0.3.1", "plugins": [{"type": "flannel"}, {"type": "portmap"}]}
              net-conf.json: |
                {
                  "Network": "10.244.0.0/16",
                  "Backend": {"Type": "vxlan", "DirectRouting": true}
                }
            """);
    assertThat(told.only(Section.FLANNEL_NETWORKS))
        .isEqualTo(
            new FlannelNetwork(
                Optional.of(IpPrefix.of("10.244.0.0/16")), Optional.of("vxlan"), true));
    assertThat(told.only(Section.CNI_CONFIGS).fileName()).isEmpty();
    assertThat(told.only(Section.CNI_CONFIGS).plugins()).containsExactly("flannel", "portmap");
  }

  @Test
  void readsKubeProxysConfigMap() {
    String text =
        """
        apiVersion: v1
        kind: ConfigMap
        metadata:
          name: kube-proxy
        data:
          config.conf: |-
            apiVersion: kubeproxy.config.k8s.io/v1alpha1
            kind: KubeProxyConfiguration
            mode: ipvs
            iptables:
              masqueradeAl: true
        """;
    Told told = read("kubectl -n kube-system get cm kube-proxy -o yaml", text);
    assertThat(told.only(Section.KUBE_PROXY_CONFIG).mode()).contains("ipvs");
    assertThat(told.only(Section.KUBE_PROXY_CONFIG).problems())
        .singleElement()
        .satisfies(p -> {
          assertThat(p.path()).isEqualTo("iptables.masqueradeAl");
          assertThat(p.line()).isEqualTo(11);
        });
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "    node-cidr-mask-size: \"16\"",
        "  - name: node-cidr-mask-size\n    value: \"16\"",
      })
  void readsKubeadmsPlan(String argument) {
    Told told =
        Told.byFile(
            parser,
            "kubeadm-config.yaml",
            "kind: ClusterConfiguration\ncontrollerManager:\n  extraArgs:\n"
                + argument
                + "\nnetworking:\n  podSubnet: 10.111.0.0/16,fd00::/48\n  serviceSubnet: 10.96.0.0/12\n");
    NetworkPlan plan = told.only(Section.NETWORK_PLANS);
    assertThat(plan.podSubnets())
        .containsExactly(IpPrefix.of("10.111.0.0/16"), IpPrefix.of("fd00::/48"));
    assertThat(plan.serviceSubnets()).containsExactly(IpPrefix.of("10.96.0.0/12"));
    assertThat(plan.nodeCidrMaskSize()).hasValue(16);
  }

  @Test
  void readsTheControllerManagersFlags() {
    Told told =
        Told.byFile(
            parser,
            "pod.yaml",
            "apiVersion: v1\nkind: Pod\nmetadata: {name: kube-controller-manager-m, namespace: kube-system}\nspec:\n  containers:\n  - command: [kube-controller-manager, --cluster-cidr=10.244.0.0/16, --node-cidr-mask-size=25]\n");
    assertThat(told.only(Section.NETWORK_PLANS))
        .hasToString("kube-controller-manager podSubnet [10.244.0.0/16] node-cidr-mask-size 25");
  }

  @Test
  void readsCalicosObjects() {
    Told told =
        Told.byFile(
            parser,
            "calico.yaml",
            """
            apiVersion: crd.projectcalico.org/v1
            kind: IPPool
            metadata: {name: pool}
            spec: {cidr: 192.168.1.0/24, ipipMode: CrossSubnet, natOutgoing: true}
            ---
            apiVersion: projectcalico.org/v3
            kind: BGPConfiguration
            metadata: {name: default}
            spec: {nodeToNodeMeshEnabled: false, asNumber: 63400}
            ---
            apiVersion: projectcalico.org/v3
            kind: BGPPeer
            metadata: {name: rr}
            spec: {nodeSelector: all(), peerSelector: "rack == 'rack-3'"}
            ---
            apiVersion: projectcalico.org/v3
            kind: Node
            metadata: {name: worker02}
            spec:
              bgp: {ipv4Address: 172.31.209.241/20, ipv4IPIPTunnelAddr: 192.168.247.192, routeReflectorClusterID: 244.0.0.1}
            """);
    IpPool pool = told.only(Section.IP_POOLS);
    assertThat(pool.ipipMode()).isEqualTo(Gathered.known("CrossSubnet"));
    assertThat(pool.vxlanMode()).isEqualTo(Gathered.known("Never"));
    assertThat(told.only(Section.BGP_CONFIGURATIONS).nodeToNodeMesh())
        .isEqualTo(Gathered.known(false));
    assertThat(told.only(Section.BGP_PEERS).peerSelector()).contains("rack == 'rack-3'");
    assertThat(told.only(Section.CALICO_NODES).routeReflectorClusterId())
        .isEqualTo(Gathered.known("244.0.0.1"));
    assertThat(told.rows(Section.NODES)).as("Calico's Node is not Kubernetes' Node").isEmpty();
  }

  @Test
  void theLastOfRepeatedKeysWins() {
    Told told =
        Told.byFile(
            parser,
            "bgpPeer.yml",
            "apiVersion: v1\nkind: bgpPeer\nmetadata:\n  scope: node\n  node: b\n  peerIP: 10.0.0.6\n  node: c\n  peerIP: 10.0.0.11\nspec:\n  asNumber: 64512\n");
    BgpPeer peer = told.only(Section.BGP_PEERS);
    assertThat(peer.node()).contains("c");
    assertThat(peer.peerIp()).contains(IpAddress.of("10.0.0.11"));
    assertThat(told.table(Section.BGP_PEERS).facts().getFirst().from().line()).isEqualTo(8);
  }

  @Test
  void readsAPieceWithoutItsHead() {
    Told told =
        Told.byFile(
            parser,
            "x.yaml",
            "spec:\n  cidr: 192.168.168.64/26\n  deleted: \"false\"\n  node: bar\n  state: pending\n");
    assertThat(told.only(Section.BLOCK_AFFINITIES))
        .hasToString("BlockAffinity/bar 192.168.168.64/26 pending");
    assertThat(told.only(Section.BLOCK_AFFINITIES).deleted()).isFalse();
  }

  @Test
  void aCutListKeepsItsWholeObjects() {
    String cut = NODE_LIST.substring(0, NODE_LIST.indexOf("  spec: {}")) + "  spec: {\n";
    Told told = read("kubectl get nodes -o yaml", cut);
    assertThat(told.rows(Section.NODES)).extracting(KubeNode::name).contains("worker04");
    assertThat(told.table(Section.NODES).isComplete()).isFalse();
    assertThat(told.unread()).isPositive();
  }

  @Test
  void anEmptyListIsKnownToBeEmpty() {
    String empty = "apiVersion: v1\nitems: []\nkind: List\n";
    assertThat(
            read("kubectl get bgppeers.crd.projectcalico.org -o yaml", empty)
                .table(Section.BGP_PEERS)
                .isComplete())
        .isTrue();
    assertThat(
            Told.byFile(parser, "cluster/bgppeers.yaml", empty)
                .table(Section.BGP_PEERS)
                .isComplete())
        .isTrue();
    assertThat(Told.byFile(parser, "x.yaml", empty).reading().parts()).isEmpty();
  }

  @Test
  void readsEvents() {
    Told told =
        read(
            "kubectl get events -A -o yaml",
            "apiVersion: v1\nkind: List\nitems:\n- apiVersion: v1\n  kind: Event\n  type: Warning\n  reason: FailedCreatePodSandBox\n  message: no subnet.env\n  involvedObject: {kind: Pod, name: web, namespace: shop}\n  metadata: {name: e1, namespace: shop}\n");
    assertThat(told.only(Section.EVENTS))
        .hasToString("Warning FailedCreatePodSandBox pod/web: no subnet.env");
  }

  @ParameterizedTest
  @ValueSource(strings = {"{", "[[[[", "a: b: c", "- &x [*x,*x]", "kind: Node"})
  void brokenTextsAreNoObjects(String text) {
    assertThat(read("kubectl get nodes -o yaml", text).rows(Section.NODES)).isEmpty();
  }
}
