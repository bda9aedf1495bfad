package io.podpath.rules.link;

import static org.assertj.core.api.Assertions.assertThat;

import io.podpath.core.rule.Culprit;
import io.podpath.core.rule.Finding;
import io.podpath.core.rule.Outcome;
import io.podpath.core.snapshot.ClusterView;
import io.podpath.core.snapshot.Section;
import io.podpath.core.snapshot.Snapshot;
import io.podpath.rules.SnapshotFixture;
import java.util.List;
import org.junit.jupiter.api.Test;

class PodAddressOnHostInterfaceTest {

  private static final String[] TUNL0 = {
    "5: tunl0@NONE: <NOARP,UP,LOWER_UP> mtu 1480 qdisc noqueue state UNKNOWN group default qlen"
        + " 1000",
    "    link/ipip 0.0.0.0 brd 0.0.0.0",
    "    inet 10.122.7.64/32 scope global tunl0",
    "       valid_lft forever preferred_lft forever"
  };
  private static final String[] ETH0 = {
    "2: eth0: <BROADCAST,MULTICAST,UP,LOWER_UP> mtu 1500 qdisc fq_codel state UP group default qlen"
        + " 1000",
    "    link/ether 52:54:00:11:22:33 brd ff:ff:ff:ff:ff:ff",
    "    inet 192.168.3.11/24 brd 192.168.3.255 scope global eth0",
    "       valid_lft forever preferred_lft forever"
  };

  private final PodAddressOnHostInterface rule = new PodAddressOnHostInterface();

  private static String[] pods(String name, String ip, String node) {
    return new String[] {
      "NAMESPACE   NAME    READY   STATUS    RESTARTS   AGE   IP   NODE   NOMINATED NODE  "
          + " READINESS GATES",
      "default   "
          + name
          + "   1/1   Running   0   3d   "
          + ip
          + "   "
          + node
          + "   <none>   <none>"
    };
  }

  @Test
  void namesTheAddressOfTheTunnel() {
    assertThat(SnapshotFixture.example("pod-address-on-host-interface").findings(rule))
        .singleElement()
        .satisfies(f -> {
          assertThat(f.title()).startsWith("Pod default/web-15b has 10.122.173.130");
          assertThat(f.culprits())
              .extracting(Culprit::entry)
              .containsExactly("inet 10.122.173.130/32 scope global dev tunl0");
        });
  }

  @Test
  void isSilentOnHealthyClusters() {
    for (String name :
        List.of("calico-ipip", "flannel-vxlan", "flannel-host-gw", "static-routes")) {
      assertThat(SnapshotFixture.example(name).findings(rule)).as(name).isEmpty();
    }
  }

  @Test
  void aListOfPodsIsEnoughWhateverTheNodeIsCalledThere() {
    assertThat(
            SnapshotFixture.bundle()
                .file("nodes/a/ip-addr.txt", TUNL0)
                .file("cluster/kubectl-get-pods.txt", pods("web", "10.122.7.64", "host-a"))
                .findings(rule))
        .extracting(Finding::title)
        .containsExactly("Pod default/web has 10.122.7.64, which is the address of tunl0 on a");
  }

  @Test
  void leavesPodsOnTheHostNetworkAlone() {
    // The table does not tell that the pod is on the host's network.
    assertThat(
            SnapshotFixture.bundle()
                .file("nodes/a/ip-addr.txt", ETH0)
                .file("cluster/kubectl-get-pods.txt", pods("kube-proxy", "192.168.3.11", "a"))
                .findings(rule))
        .isEmpty();
  }

  @Test
  void leavesPodsAloneThatHaveEnded() {
    String[] table = pods("job", "10.122.7.64", "a");
    table[1] = table[1].replace("Running", "Completed");
    assertThat(
            SnapshotFixture.bundle()
                .file("nodes/a/ip-addr.txt", TUNL0)
                .file("cluster/kubectl-get-pods.txt", table)
                .findings(rule))
        .isEmpty();
  }

  @Test
  void dockerInsideAPodHasAnAddressOfItsOwn() {
    String[] docker0 = {
      "4: docker0: <BROADCAST,MULTICAST,UP,LOWER_UP> mtu 1500 qdisc noqueue state UP group default",
      "    inet 172.17.0.1/16 brd 172.17.255.255 scope global docker0"
    };
    assertThat(
            SnapshotFixture.bundle()
                .file("nodes/a/ip-addr.txt", docker0)
                .file("nodes/a/pods/ci_runner-0/ip-addr.txt", docker0)
                .findings(rule))
        .isEmpty();
  }

  @Test
  void reportsAddressesThatWereNotGathered() {
    Snapshot snapshot = SnapshotFixture.example("pod-address-on-host-interface").snapshot();
    Outcome outcome =
        rule.check(
            ClusterView.of(SnapshotFixture.notGathered(snapshot, "az3-k8s-15", Section.ADDRESSES)));

    assertThat(outcome.findings()).isEmpty();
    assertThat(outcome.notChecked())
        .extracting(n -> n.node().orElse(""))
        .containsExactly("az3-k8s-15");
  }
}
