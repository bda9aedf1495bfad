package io.podpath.probes.parse;

import static org.assertj.core.api.Assertions.assertThat;

import io.podpath.core.cluster.CalicoNode;
import io.podpath.core.cluster.EndpointSlice;
import io.podpath.core.cluster.KubeNode;
import io.podpath.core.cluster.Pod;
import io.podpath.core.cluster.Service;
import io.podpath.core.net.Gathered;
import io.podpath.core.net.IpAddress;
import io.podpath.core.snapshot.Section;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class KubectlTableParserTest {

  private final KubectlTableParser parser = new KubectlTableParser();

  private static final String NODES =
      """
      NAME            STATUS     ROLES           AGE   VERSION   INTERNAL-IP      EXTERNAL-IP   OS-IMAGE                         KERNEL-VERSION                CONTAINER-RUNTIME
      hostgw-master   Ready      control-plane   19m   v1.31.4   192.168.31.201   <none>        Debian GNU/Linux 12 (bookworm)   6.1.0-28-amd64                containerd://1.7.24
      hostgw-node     NotReady   <none>          13m   v1.31.4   192.168.31.202   <none>        CentOS Linux 7 (Core)            3.10.0-1160.76.1.el7.x86_64   docker://20.10.17
      """;

  private Told read(String command, String text) {
    return Told.by(parser, command, text);
  }

  @Test
  void readsNodes() {
    Told told = read("kubectl get nodes -o wide", NODES);
    assertThat(told.table(Section.NODES).isComplete()).isTrue();
    List<KubeNode> nodes = told.rows(Section.NODES);
    assertThat(nodes).extracting(KubeNode::name).containsExactly("hostgw-master", "hostgw-node");
    assertThat(nodes)
        .extracting(KubeNode::ready)
        .containsExactly(Gathered.known(true), Gathered.known(false));
    assertThat(nodes.get(1).knownInternalIps()).containsExactly(IpAddress.of("192.168.31.202"));
    assertThat(nodes.get(1).kubeletVersion()).isEqualTo(Gathered.known("v1.31.4"));
    assertThat(nodes.get(0).podCidrs().isNotGathered()).isTrue();
    assertThat(nodes.get(0).annotations().isNotGathered()).isTrue();
  }

  @Test
  void readsNodesWhoseBlanksAWebPageSwallowed() {
    Told told = read("kubectl get no -owide", NODES.replaceAll(" +", " "));
    assertThat(told.rows(Section.NODES))
        .isEqualTo(read("kubectl get nodes -o wide", NODES).rows(Section.NODES));
    assertThat(told.unread()).isZero();
  }

  @Test
  void readsRowsThatStandBesideTheirHeadings() {
    Told told =
        read(
            "kubectl get nodes -o wide",
            """
            NAME            STATUS   ROLES    AGE   VERSION   INTERNAL-IP      EXTERNAL-IP   OS-IMAGE                KERNEL-VERSION   CONTAINER-RUNTIME
            kube-master01   NotReady    master   26h   v1.18.0   172.31.209.239   <none>        CentOS Linux 8 (Core)   5.4.28           cri-o://1.18.0-dev
            """);
    assertThat(told.only(Section.NODES).knownInternalIps())
        .containsExactly(IpAddress.of("172.31.209.239"));
  }

  @Test
  void columnsMayBeCutOrDotted() {
    Told told =
        read(
            "kubectl get nodes -o wide",
            """
            NAME     STATUS   ROLES    AGE    VERSION   INTERNAL-IP   ...
            master   Ready    <none>   296d   v1.29.9   10.0.0.4
            worker   Ready
            """);
    assertThat(told.rows(Section.NODES))
        .extracting(KubeNode::knownInternalIps)
        .containsExactly(List.of(IpAddress.of("10.0.0.4")), List.of());
    assertThat(told.rows(Section.NODES).get(1).internalIps().isNotGathered()).isTrue();
    assertThat(told.unread()).isZero();
  }

  @Test
  void oneNodeIsNoListOfNodes() {
    assertThat(read("kubectl get node hostgw-node", NODES).table(Section.NODES).isComplete())
        .isFalse();
    assertThat(read("kubectl get nodes -l a=b", NODES).table(Section.NODES).isComplete()).isFalse();
  }

  @Test
  void whatAnAuthorLeftOutIsNotAbsent() {
    Told told =
        read(
            "kubectl get nodes",
            "NAME   STATUS   ROLES   AGE   VERSION\na      Ready    <none>  1d    v1.30.1\n...\n");
    assertThat(told.rows(Section.NODES)).hasSize(1);
    assertThat(told.table(Section.NODES).isComplete()).isFalse();
  }

  private static final String PODS =
      """
      NAMESPACE     NAME                    READY   STATUS             RESTARTS      AGE     IP            NODE     NOMINATED NODE   READINESS GATES
      kube-system   kube-flannel-ds-5whpv   0/1     CrashLoopBackOff   5 (3m ago)    6m53s   10.0.0.14     node01   <none>           <none>
      default       web-0                   1/1     Running            0             16d     10.244.1.2    node02   <none>           <none>
      default       web-1                   0/1     Pending            0             1s      <none>        <none>   <none>           <none>
      """;

  @Test
  void readsPodsOfAllNamespaces() {
    Told told = read("kubectl get pods -A -o wide", PODS);
    assertThat(told.table(Section.PODS).isComplete()).isTrue();
    assertThat(told.rows(Section.PODS))
        .extracting(Object::toString)
        .containsExactly(
            "Pod/kube-system/kube-flannel-ds-5whpv 10.0.0.14 on node01",
            "Pod/default/web-0 10.244.1.2 on node02",
            "Pod/default/web-1");
    assertThat(told.rows(Section.PODS).getFirst().status()).contains("CrashLoopBackOff");
    assertThat(told.rows(Section.PODS).getFirst().hostNetwork()).isEmpty();
  }

  @Test
  void readsPodsWhoseBlanksAWebPageSwallowed() {
    assertThat(read("kubectl get pods -A -o wide", PODS.replaceAll(" +", " ")).rows(Section.PODS))
        .isEqualTo(read("kubectl get pods -A -o wide", PODS).rows(Section.PODS));
  }

  @Test
  void theNamespaceIsThatOfTheCommand() {
    String text =
        "NAME   READY   STATUS    RESTARTS   AGE\na      1/1     Running   0          1d\n";
    Told told = read("kubectl -n shop get pod", text);
    assertThat(told.only(Section.PODS).namespace()).isEqualTo("shop");
    assertThat(told.table(Section.PODS).isComplete()).isFalse();
    assertThat(read("kubectl get pod", text).only(Section.PODS).namespace()).isEqualTo("default");
  }

  @Test
  void readsRowsWithoutHeadings() {
    Told told =
        read(
            "kubectl get pod -n kube-system -o wide | grep kibana",
            "kibana-5b578cd4fb-jk52g            1/1     Running   1          24h   192.168.132.20    kube-worker01   <none>           <none>\n");
    assertThat(told.only(Section.PODS))
        .hasToString("Pod/kube-system/kibana-5b578cd4fb-jk52g 192.168.132.20 on kube-worker01");
    assertThat(
            Told.byFile(
                    parser,
                    "x.txt",
                    "shop    web-6998749cf7-lj6jt       0/1     CrashLoopBackOff   287        17h     100.66.141.153 node-a   <none>\n")
                .only(Section.PODS))
        .hasToString("Pod/shop/web-6998749cf7-lj6jt 100.66.141.153 on node-a");
  }

  @Test
  void readsServices() {
    Told told =
        read(
            "kubectl get svc -A",
            """
            NAMESPACE     NAME         TYPE           CLUSTER-IP       EXTERNAL-IP           PORT(S)                         AGE
            default       kubernetes   ClusterIP      10.96.0.1        <none>                443/TCP                         23d
            default       nginx        NodePort       10.104.206.115   10.0.0.177,10.0.0.9   80:31811/TCP,53:30053/UDP       44s
            default       db           ClusterIP      None             <none>                <none>                          44s
            """);
    assertThat(told.table(Section.SERVICES).isComplete()).isTrue();
    Service nginx = told.rows(Section.SERVICES).get(1);
    assertThat(nginx.ports())
        .extracting(Object::toString)
        .containsExactly("80:31811/TCP", "53:30053/UDP");
    assertThat(nginx.externalIps())
        .containsExactly(IpAddress.of("10.0.0.177"), IpAddress.of("10.0.0.9"));
    assertThat(told.rows(Section.SERVICES).get(2).clusterIps()).isEmpty();
  }

  @Test
  void readsEndpoints() {
    Told told =
        read(
            "kubectl get ep",
            """
            NAME         ENDPOINTS                                      AGE
            kubernetes   192.168.3.113:6443                             16d
            empty        <none>                                         16d
            many         10.0.0.1:80,10.0.0.2:80,10.0.0.3:80 + 2 more...   16d
            """);
    List<EndpointSlice> slices = told.rows(Section.ENDPOINT_SLICES);
    assertThat(slices).extracting(EndpointSlice::service).containsExactly("kubernetes", "empty");
    assertThat(slices.getFirst().endpoints())
        .extracting(EndpointSlice.Endpoint::address)
        .containsExactly(IpAddress.of("192.168.3.113"));
    assertThat(slices.get(1).endpoints()).isEmpty();
    assertThat(told.unread()).as("the shortened list is not taken for the whole").isEqualTo(1);
  }

  @Test
  void readsEndpointSlices() {
    Told told =
        read(
            "kubectl get endpointslices",
            "NAME        ADDRESSTYPE   PORTS   ENDPOINTS               AGE\nweb-5887b   IPv4          8080    10.244.1.2,10.244.2.2   5d\n");
    assertThat(told.only(Section.ENDPOINT_SLICES).service()).isEqualTo("web");
    assertThat(told.only(Section.ENDPOINT_SLICES).endpoints()).hasSize(2);
  }

  @Test
  void readsEvents() {
    Told told =
        read(
            "kubectl get events",
            """
            LAST SEEN   TYPE      REASON                   OBJECT      MESSAGE
            2m          Warning   FailedCreatePodSandBox   pod/web-0   Failed to create pod sandbox: open /run/flannel/subnet.env: no such file or directory
            """);
    assertThat(told.only(Section.EVENTS).object()).isEqualTo("pod/web-0");
    assertThat(told.only(Section.EVENTS).message()).endsWith("no such file or directory");
    Told collapsed =
        read(
            "kubectl get events",
            "LAST SEEN TYPE REASON OBJECT MESSAGE\n2m Warning FailedMount pod/web-0 a b c\n");
    assertThat(collapsed.only(Section.EVENTS).message()).isEqualTo("a b c");
  }

  @Test
  void severalTablesInOneOutput() {
    Told told =
        read(
            "kubectl get pods,svc,deploy",
            """
            NAME        READY   STATUS    RESTARTS   AGE
            pod/web-0   1/1     Running   0          1d

            NAME                  READY   UP-TO-DATE   AVAILABLE   AGE
            deployment.apps/web   1/1     1            1           1d

            NAME                 TYPE        CLUSTER-IP   EXTERNAL-IP   PORT(S)   AGE
            service/kubernetes   ClusterIP   10.96.0.1    <none>        443/TCP   1d
            """);
    assertThat(told.only(Section.PODS).name()).isEqualTo("web-0");
    assertThat(told.only(Section.SERVICES).name()).isEqualTo("kubernetes");
    assertThat(told.unread()).isZero();
  }

  @Test
  void readsColumnsOfOnesOwnChoice() {
    Told told =
        read(
            "kubectl get nodes -o custom-columns=NAME:.metadata.name,CIDR:.spec.podCIDR,CALICO:.metadata.annotations.projectcalico\\.org/IPv4Address",
            """
            NAME   CIDR            CALICO
            a      10.244.0.0/24   192.168.2.107/24
            b      <none>          <none>
            """);
    assertThat(told.rows(Section.NODES))
        .extracting(n -> n.podCidrs().isAbsent())
        .containsExactly(false, true);
    assertThat(told.rows(Section.CALICO_NODES))
        .extracting(CalicoNode::bgpAddress)
        .containsExactly(Gathered.known(IpAddress.of("192.168.2.107")), Gathered.absent());
    Told path =
        read(
            "kubectl get nodes -o jsonpath='{range .items[*]}{.metadata.name}{\"\\t\"}{.spec.podCIDR}{\"\\n\"}{end}'",
            "a\t10.244.0.0/24\nb\t10.244.1.0/24\n");
    assertThat(path.rows(Section.NODES))
        .extracting(Object::toString)
        .containsExactly("Node/a podCIDRs [10.244.0.0/24]", "Node/b podCIDRs [10.244.1.0/24]");
  }

  @Test
  void readsBlockAffinitiesByTheirNames() {
    Told told =
        read(
            "kubectl get blockaffinities",
            "NAME                       AGE\nfoo-192-168-168-64-26      275d\nbar-1-192-168-168-128-26   275d\n");
    assertThat(told.rows(Section.BLOCK_AFFINITIES))
        .extracting(Object::toString)
        .containsExactly(
            "BlockAffinity/foo 192.168.168.64/26", "BlockAffinity/bar-1 192.168.168.128/26");
    assertThat(told.table(Section.BLOCK_AFFINITIES).isComplete()).isTrue();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "The connection to the server 192.168.3.113:6443 was refused - did you specify the right host or port?",
        "Error from server (Forbidden): nodes is forbidden",
        "error: You must be logged in to the server (Unauthorized)"
      })
  void aFailureIsNoEmptyList(String line) {
    Told told = read("kubectl get nodes", line + "\n");
    assertThat(told.table(Section.NODES).isComplete()).isFalse();
    assertThat(told.unread()).isEqualTo(1);
  }

  @Test
  void nothingFoundIsAnEmptyList() {
    Told told = read("kubectl get pods -A", "No resources found\n");
    assertThat(told.rows(Section.PODS)).isEmpty();
    assertThat(told.table(Section.PODS).isComplete()).isTrue();
  }

  @Test
  void remarksBehindRowsAreNoCells() {
    Told told =
        read(
            "kubectl get nodes",
            "NAME STATUS ROLES AGE VERSION\na Ready <none> 1d v1.16.9 # the first\nb NotReady <none> 1d v1.16.9 //down\n");
    assertThat(told.rows(Section.NODES))
        .extracting(KubeNode::kubeletVersion)
        .containsOnly(Gathered.known("v1.16.9"));
  }

  @Test
  void aRowOfSomethingElseIsReported() {
    Told told =
        read(
            "kubectl get nodes",
            "NAME STATUS ROLES AGE VERSION\na Ready <none> 1d v1.16.9\nsee below\n");
    assertThat(told.rows(Section.NODES)).hasSize(1);
    assertThat(told.unread()).isEqualTo(1);
    assertThat(told.table(Section.NODES).isComplete()).isFalse();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "kubectl get no",
        "k get pods -A",
        "k3s kubectl get svc",
        "oc get nodes -o wide",
        "kubectl -n kube-system get pod/web",
        "sudo kubectl get ep"
      })
  void knowsItsCommands(String command) {
    assertThat(parser.reads(ShellCommand.parse(command))).isTrue();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "kubectl get nodes -o yaml",
        "kubectl logs web",
        "calicoctl get nodes",
        "ip route",
        "kubectl describe node a",
        ""
      })
  void leavesOtherCommands(String command) {
    assertThat(parser.reads(ShellCommand.parse(command))).isFalse();
  }

  @Test
  void podsOfFilesAreNeverAllPods() {
    assertThat(Told.byFile(parser, "cluster/pods.txt", PODS).table(Section.PODS).isComplete())
        .isFalse();
    assertThat(
            Told.byFile(parser, "kubectl-get-nodes.txt", NODES).table(Section.NODES).isComplete())
        .isTrue();
    assertThat(Told.byFile(parser, "note.txt", NODES).table(Section.NODES).isComplete()).isFalse();
  }

  @Test
  void oneRowPerLineKnowsItsPlace() {
    assertThat(read("kubectl get nodes -o wide", NODES).table(Section.NODES).facts())
        .extracting(f -> f.from().line())
        .containsExactly(2, 3);
    Pod last = read("kubectl get pods -A -o wide", PODS).rows(Section.PODS).getLast();
    assertThat(last.node()).isEmpty();
  }

  @Test
  void cellsOfSeveralWordsStandBetweenTheGaps() {
    TextTable table = TextTable.under("NAME   NOTE      NODE").orElseThrow();
    assertThat(table.cells("a-name-too-long-for-its-column   two words   n1"))
        .containsEntry("NOTE", "two words")
        .containsEntry("NODE", "n1");
    assertThat(table.cells("a                n1"))
        .containsEntry("NODE", "n1")
        .doesNotContainKey("NOTE");
  }

  @Test
  void aFailureIsNoNodeByThatName() {
    Told told =
        read(
            "kubectl get nodes -o custom-columns=A:.metadata.name,B:.spec.podCIDR",
            "error: You must be logged in to the server\n");
    assertThat(told.rows(Section.NODES)).isEmpty();
  }
}
