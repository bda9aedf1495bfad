package io.podpath.tui.cli;

import static io.podpath.tui.cli.EditedExample.differences;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Recorded clusters held against the blueprint, against each other and against themselves. */
class CompareCommandTest {

  @TempDir private Path directory;

  @ParameterizedTest
  @ValueSource(
      strings = {
        "flannel-host-gw",
        "flannel-vxlan",
        "calico-ipip",
        "calico-bgp",
        "calico-bgp-route-reflector",
        "static-routes",
        "ovs-gre",
        "kube-proxy-ipvs",
      })
  void workingClusterIsAsItsBlueprintSays(String example) {
    Session session = Session.real("compare", "--example", example);
    assertThat(differences(session)).isEmpty();
    assertThat(session.exitCode()).isZero();
    assertThat(session.out()).contains("the same as");
  }

  @Test
  void oneSettingThatWasNotReadIsSaid() throws IOException {
    EditedExample example = EditedExample.laid(directory, "kube-proxy-ipvs");
    example.edit("nodes/hostgw-node/sysctl.txt", "net.ipv4.vs.conntrack = 1\n", "");
    Session session = Session.real("compare", "--from", directory.toString());
    assertThat(differences(session)).isEmpty();
    assertThat(session.exitCode()).isEqualTo(3);
    assertThat(session.out())
        .contains("the same as", "hostgw-node: nothing that was read differs; not all was read");
  }

  @ParameterizedTest(name = "{0}")
  @CsvSource(
      delimiter = '|',
      value = {
        "stale-fdb-entry | ~ fdb  9a:0f:6e:31:c2:03 dev flannel.1  dst  192.168.80.240  ->  192.168.80.242  F1",
        "wrong-tunnel-next-hop | ~ route  10.122.17.64/26  via  10.122.127.128  ->  192.168.3.110  onlink  no  ->  yes  F1",
        "route-to-node-missing | - route  10.1.20.0/24 via 192.168.1.129 dev eth0  F1",
        "gre-port-missing | - ovs  Port gre1 Interface gre1 type: gre options: {remote_ip=192.168.18.128}  F1",
        "gre-remote-not-a-node | ~ ovs  br0 gre1  options  remote_ip=192.168.18.232  ->  remote_ip=192.168.18.128  F1",
        "ip-forward-off | ~ sysctl  net.ipv4.ip_forward  value  0  ->  1  F1",
        "bridge-nf-call-off | ~ sysctl  net.bridge.bridge-nf-call-iptables  value  0  ->  1  F1",
        "service-address-without-virtual-server | - ipvs  -A -t 10.96.92.170:80 -s rr",
        "ufw-denies-routed | ~ policy  filter FORWARD  policy  DROP  ->  ACCEPT",
      })
  void differenceIsTheOneEntryThatIsWrong(String example, String line) {
    Session session = Session.real("compare", "--example", example);
    assertThat(differences(session)).singleElement().asString().startsWith(line);
    assertThat(session.exitCode()).isEqualTo(1);
  }

  @ParameterizedTest(name = "{0}")
  @CsvSource(
      delimiter = '|',
      value = {
        "vtep-mac-mismatch | ~ neigh  10.244.2.0 dev flannel.1  lladdr  36:5e:c1:7a:67:5f  ->  9a:0f:6e:31:c2:03 | 3",
        "bgp-mesh-disabled-without-peers | - route  192.168.247.192/26 via 172.31.209.241 dev tunl0 | 12",
        "forward-reject-before-accept | + iptables  -A FORWARD -j REJECT --reject-with icmp-host-prohibited | 2",
        "service-chain-missing | - iptables  -t nat -A KUBE-SERVICES -d 10.96.114.20/32 | 1",
        "route-to-own-subnet | + route  10.244.1.0/24 via 192.168.31.202 dev ens33 | 1",
      })
  void allEntriesOfTheFaultAndNoOthers(String example, String one, int count) {
    Session session = Session.real("compare", "--example", example);
    assertThat(differences(session)).hasSize(count).anyMatch(l -> l.startsWith(one));
    assertThat(session.exitCode()).isEqualTo(1);
  }

  /** A blueprint that is drawn from wrong objects is as wrong as they are. */
  @ParameterizedTest(name = "{0}")
  @CsvSource({
    "duplicate-pod-cidr, nothing differs from, hostgw-node",
    "asymmetric-tunnel-source, nothing differs from, az3",
    "pool-covers-node-network, nothing differs from, az3",
    "node-address-on-kube-ipvs0, nothing differs from, hostgw",
  })
  void clusterWhoseObjectsAreWrongIsNotCalledTheSame(String example, String said, String nodes)
      throws JsonProcessingException {
    Session session = Session.real("compare", "--example", example);
    assertThat(differences(session)).isEmpty();
    assertThat(session.out())
        .contains(said, "podpath doctor finds besides", "error[" + example + "]")
        .doesNotContainPattern("the same as[^\\n]*" + nodes);
    assertThat(session.exitCode()).isEqualTo(3);
    JsonNode root =
        new ObjectMapper()
            .readTree(Session.real("compare", "--example", example, "-o", "json").out());
    assertThat(root.at("/verdict").asText()).isEqualTo("too-little");
    assertThat(root.at("/foundBesides/0/rule").asText()).isEqualTo(example);
  }

  @Test
  void podsThatMeetThemselvesAreTheirNodesOwn() {
    Session session =
        Session.real("compare", "--example", "kube-proxy-ipvs", "--with", "node", "hostgw-node");
    assertThat(differences(session)).isEmpty();
    assertThat(session.exitCode()).isZero();
  }

  @Test
  void allOtherNodesAreHeldAgainstOne() {
    Session session =
        Session.real("compare", "--example", "flannel-vxlan", "--with", "node", "k8s-node02");
    assertThat(session.out()).contains("the same as node k8s-node02: k8s-master, k8s-node01");
    assertThat(session.exitCode()).isZero();
    Session itself =
        Session.real(
            "compare", "k8s-node02", "--example", "flannel-vxlan", "--with", "node", "k8s-node02");
    assertThat(itself.exitCode()).isEqualTo(2);
    assertThat(itself.err()).contains("name another node");
  }

  @Test
  void anotherNodeIsHeldAgainstUnderOnesOwnNames() {
    Session healthy =
        Session.real(
            "compare", "k8s-node01", "--example", "flannel-vxlan", "--with", "node", "k8s-node02");
    assertThat(differences(healthy)).isEmpty();
    assertThat(healthy.exitCode()).isZero();

    Session broken =
        Session.real(
            "compare",
            "az3-k8s-13",
            "--example",
            "wrong-tunnel-next-hop",
            "--with",
            "node",
            "az3-k8s-12");
    assertThat(differences(broken))
        .singleElement()
        .asString()
        .startsWith("~ route  10.122.17.64/26  via  10.122.127.128  ->  192.168.3.110");
  }

  @Test
  void diffNamesWhatChangedBetweenTwoSnapshots() throws IOException {
    Path before = laid("flannel-vxlan");
    Path after = laid("stale-fdb-entry");

    Session changed = Session.real("diff", before.toString(), after.toString());
    assertThat(differences(changed))
        .singleElement()
        .asString()
        .startsWith(
            "~ fdb  9a:0f:6e:31:c2:03 dev flannel.1  dst  192.168.80.242  ->  192.168.80.240");
    assertThat(changed.exitCode()).isEqualTo(1);

    Session same = Session.real("diff", before.toString(), before.toString());
    assertThat(differences(same)).isEmpty();
    assertThat(same.exitCode()).isZero();

    Session compared =
        Session.real(
            "compare", "--from", after.toString(), "--with", "snapshot", before.toString());
    assertThat(differences(compared))
        .singleElement()
        .asString()
        .startsWith(
            "~ fdb  9a:0f:6e:31:c2:03 dev flannel.1  dst  192.168.80.240  ->  192.168.80.242");
  }

  private Path laid(String example) throws IOException {
    return EditedExample.laid(directory.resolve(example), example).directory();
  }

  /** Ctrl-C is like SIGTERM; what a killed call has left goes with the next one. */
  @Test
  void anInterruptedComparisonLeavesNoLab() throws IOException, InterruptedException {
    assumeTrue("root".equals(System.getProperty("user.name")), "a lab needs root here");
    Path labs = Path.of("/run/podpath/lab");
    Path abandoned = labs.resolve("compare-999999999");
    Files.createDirectories(abandoned.resolve("requests"));
    Process podpath =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-cp",
                System.getProperty(
                    "surefire.test.class.path", System.getProperty("java.class.path", "")),
                "io.podpath.tui.cli.Podpath",
                "compare",
                "--example",
                "flannel-host-gw",
                "--with",
                "lab")
            .redirectErrorStream(true)
            .redirectOutput(directory.resolve("said").toFile())
            .start();
    Path lab = labs.resolve("compare-" + podpath.pid());
    Instant deadline = Instant.now().plusSeconds(120);
    while (!Files.exists(lab.resolve("ready")) && Instant.now().isBefore(deadline)) {
      Thread.sleep(10);
    }
    assertThat(lab.resolve("ready")).as(Files.readString(directory.resolve("said"))).exists();
    assertThat(abandoned).doesNotExist();

    podpath.destroy();

    assertThat(podpath.waitFor(60, TimeUnit.SECONDS)).isTrue();
    assertThat(lab).doesNotExist();
  }

  @Test
  void labBuiltLikeTheClusterIsProvenAndGoneAgain() {
    assumeTrue("root".equals(System.getProperty("user.name")), "a lab needs root here");
    Session healthy = Session.real("compare", "--example", "flannel-vxlan", "--with", "lab");
    assertThat(healthy.out()).contains("in which 108 of 108 packets between");
    assertThat(differences(healthy)).isEmpty();
    assertThat(healthy.exitCode()).isZero();

    Session broken = Session.real("compare", "--example", "stale-fdb-entry", "--with", "lab");
    assertThat(differences(broken)).singleElement().asString().startsWith("~ fdb");
    assertThat(Path.of("/run/podpath/lab/compare-" + ProcessHandle.current().pid())).doesNotExist();
  }

  @Test
  void strictShowsWhatDecidesNothing() {
    Session usual = Session.real("compare", "k8s-node01", "--example", "flannel-vxlan");
    Session strict =
        Session.real("compare", "k8s-node01", "--example", "flannel-vxlan", "--strict");
    assertThat(differences(usual)).isEmpty();
    assertThat(differences(strict)).anyMatch(l -> l.startsWith("+ iptables  -A KUBE-FIREWALL"));
  }

  @ParameterizedTest
  @ValueSource(strings = {"stale-fdb-entry", "flannel-vxlan", "kube-proxy-ipvs"})
  void jsonSaysTheSame(String example) throws JsonProcessingException {
    Session text = Session.real("compare", "--example", example);
    Session session = Session.real("compare", "--example", example, "-o", "json");
    JsonNode root = new ObjectMapper().readTree(session.out());
    assertThat(root.at("/schema").asText()).isEqualTo("podpath.io/compare/v1");
    assertThat(root.at("/exitCode").asInt()).isEqualTo(text.exitCode());
    assertThat(root.at("/verdict").asText())
        .isEqualTo(List.of("same", "differs", "", "too-little").get(text.exitCode()));
    long differences = root.findValues("differences").stream().mapToLong(JsonNode::size).sum();
    assertThat(differences).isEqualTo(differences(text).size());
  }

  @Test
  void partlyReadIsNeverCalledTheSameAndNothingIsCalledMissing() throws IOException {
    Path cluster = laid("flannel-vxlan");
    Files.delete(cluster.resolve("nodes/k8s-node01/bridge-j-fdb.json"));
    Session session = Session.real("compare", "k8s-node01", "--from", cluster.toString());
    assertThat(differences(session)).isEmpty();
    assertThat(session.out())
        .containsPattern("fdb +\\? +2 +- +- +- +- +not read: the bundle has no file");
    assertThat(session.exitCode()).isEqualTo(3);
    assertThat(
            Session.real("compare", "k8s-node01", "--from", cluster.toString(), "--allow-partial")
                .exitCode())
        .isZero();
  }
}
