package io.podpath.probes.bundle;

import static org.assertj.core.api.Assertions.assertThat;

import io.podpath.core.cni.DirectoryEntry;
import io.podpath.core.net.IpFamily;
import io.podpath.core.node.Route;
import io.podpath.core.snapshot.Coverage;
import io.podpath.core.snapshot.Entries;
import io.podpath.core.snapshot.Facts;
import io.podpath.core.snapshot.NodeState;
import io.podpath.core.snapshot.Section;
import io.podpath.core.snapshot.Snapshot;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What the layout and the index of a recording say beyond the texts themselves. */
class AssemblyTest {

  private static final String ROUTES = SmallRecording.ROUTES;

  @Test
  void theIndexGivesTimeCommandsAndNodes() throws Exception {
    Snapshot snapshot = latest(SmallRecording.files());
    assertThat(snapshot.takenAt()).contains("2026-11-20T09:14:03Z");
    assertThat(routes(snapshot, "worker1").facts().getFirst().from().source().command())
        .contains("ip route");
    assertThat(routes(snapshot, "worker1").facts().getFirst().from())
        .hasToString("nodes/worker1/ip-route.txt:1");
    assertThat(snapshot.node("worker1").orElseThrow().named()).isTrue();
  }

  @Test
  void twoListingsOfRoutesInOneTextAreNoNode() throws Exception {
    String first =
        """
        default via 10.0.0.1 dev eth0 proto static
        10.244.1.0/24 dev cni0 proto kernel scope link src 10.244.1.1
        """;
    assertThat(latest(Map.of("pasted.txt", first)).nodes()).hasSize(1);
    assertThat(latest(Map.of("pasted.txt", first + "\n" + first)).nodes()).isEmpty();
  }

  @Test
  void aFailedCommandGathersNothing() throws Exception {
    Map<String, String> files = SmallRecording.files();
    files.put(
        "podpath-bundle.json",
        """
        {"format": "podpath.io/bundle/v1", "nodes": {"worker1": {
          "ip-route": {"command": "ip route", "exitCode": 2, "error": "Cannot open netlink socket: Protocol not supported"},
          "ip-neigh": {"command": "ip neigh", "missing": "no answer in 20 s"},
          "bridge-fdb": {"command": "bridge fdb show", "exitCode": 1}}}}
        """);
    files.put("nodes/worker1/ip-route.txt", "");
    files.remove("nodes/worker1/ip-neigh.txt");
    Snapshot snapshot = latest(files);
    assertThat(routes(snapshot, "worker1").coverage())
        .isEqualTo(
            new Coverage.NotGathered(
                "exit code 2: Cannot open netlink socket: Protocol not supported"));
    assertThat(host(snapshot, "worker1").get(Section.NEIGHBOURS).coverage())
        .isEqualTo(new Coverage.NotGathered("no answer in 20 s"));
    // it printed something before it failed: that counts, and nothing is absent
    Entries<?> fdb = host(snapshot, "worker1").get(Section.FDB);
    assertThat(fdb.facts()).hasSize(2);
    assertThat(fdb.coverage())
        .isEqualTo(new Coverage.Partial("the command ended with exit code 1"));
  }

  @Test
  void everyNodeReadsTheOneConfigMapOfKubeProxyUnlessItHasAFile() throws Exception {
    Map<String, String> files = SmallRecording.files();
    files.put(
        "cluster/configmaps.yaml",
        """
        apiVersion: v1
        kind: List
        items:
        - apiVersion: v1
          kind: ConfigMap
          metadata: {name: kube-proxy, namespace: kube-system}
          data:
            config.conf: |
              kind: KubeProxyConfiguration
              mode: ipvs
        """);
    files.put(
        "nodes/worker9/files/etc/kubernetes/kube-proxy-config.yml",
        "kind: KubeProxyConfiguration\nmode: nftables\n");
    Snapshot snapshot = latest(files);
    assertThat(host(snapshot, "worker1").get(Section.KUBE_PROXY_CONFIG).values())
        .singleElement()
        .satisfies(c -> assertThat(c.mode()).contains("ipvs"));
    assertThat(host(snapshot, "worker9").get(Section.KUBE_PROXY_CONFIG).values())
        .singleElement()
        .satisfies(c -> assertThat(c.mode()).contains("nftables"));
  }

  @Test
  void aSectionWithoutFileIsNotGathered() throws Exception {
    Map<String, String> files = SmallRecording.files();
    files.remove("nodes/worker2/ip-route.txt");
    assertThat(routes(latest(files), "worker2").coverage())
        .isEqualTo(new Coverage.NotGathered("the bundle has no file for this section"));
  }

  @Test
  void anEmptyFileIsAnEmptyTableUnlessTheCommandIsNeverSilent() throws Exception {
    Snapshot snapshot = latest(Map.of("nodes/a/ip-neigh.txt", "", "nodes/a/ip-addr.txt", "\n"));
    assertThat(host(snapshot, "a").get(Section.NEIGHBOURS).coverage())
        .isEqualTo(new Coverage.Complete());
    assertThat(host(snapshot, "a").get(Section.ADDRESSES).isNotGathered()).isTrue();
  }

  @Test
  void whatTheShellSaysInsteadOfTheToolIsNoOutput() throws Exception {
    Input input = input(Map.of("nodes/a/ip-neigh.txt", "-bash: ip: command not found\n"));
    assertThat(host(input.history().latest(), "a").get(Section.NEIGHBOURS).coverage())
        .isEqualTo(new Coverage.NotGathered("the file says: -bash: ip: command not found"));
    assertThat(input.notes())
        .containsExactly(
            new Note("nodes/a/ip-neigh.txt", "the file says: -bash: ip: command not found"));
  }

  @Test
  void aMisleadingNameDoesNotDecide() throws Exception {
    Snapshot snapshot = latest(Map.of("nodes/a/ip-neigh.txt", ROUTES));
    assertThat(routes(snapshot, "a").facts()).hasSize(4);
    assertThat(host(snapshot, "a").get(Section.NEIGHBOURS).isNotGathered()).isTrue();
  }

  @Test
  void cniDirectoryIsWholeWhereAnIndexSaysSo() throws Exception {
    Map<String, String> files = SmallRecording.files();
    files.put("nodes/worker1/files/etc/cni/net.d/20-old.conf.bak", "not json");
    Entries<DirectoryEntry> whole = host(latest(files), "worker1").get(Section.DIRECTORY);
    assertThat(whole.isComplete()).isTrue();
    assertThat(whole.values().map(DirectoryEntry::name))
        .containsExactly("10-flannel.conflist", "20-old.conf.bak");
    files.remove("podpath-bundle.json");
    assertThat(host(latest(files), "worker1").get(Section.DIRECTORY).coverage())
        .isInstanceOf(Coverage.Partial.class);
  }

  @Test
  void filesOutsideOfNodesAreNoNodes() throws Exception {
    Map<String, String> files = SmallRecording.files();
    files.put("ip-route.txt", ROUTES);
    files.put("pods.yaml", SmallRecording.NODES);
    Input input = input(files);
    assertThat(input.history().latest().nodes().keySet()).containsExactly("worker1", "worker2");
    assertThat(input.notes())
        .containsExactly(
            new Note(
                "ip-route.txt",
                "not used: it lies outside of nodes/ and does not say which node it is of"));
  }

  @Test
  void textsNobodyKnowsAreNotedAndNoError() throws Exception {
    Input input =
        input(
            Map.of(
                "nodes/a/ip-route.txt", ROUTES, "nodes/a/notes.txt", "ask Li about the switch\n"));
    assertThat(input.notes())
        .containsExactly(
            new Note("nodes/a/notes.txt", "not recognised as the output of a tool podpath reads"));
  }

  @Test
  void beforeAndAfterAreTwoMoments() throws Exception {
    Input input =
        input(
            Map.of(
                "nodes/a/ip-route-before.txt",
                ROUTES,
                "nodes/a/ip-route.txt",
                "10.0.1.0/24 dev eth0 proto kernel scope link src 10.0.1.11\n",
                "nodes/a/ip-neigh.txt",
                SmallRecording.NEIGHBOURS));
    assertThat(input.history().moments()).hasSize(2);
    Snapshot before = input.history().moments().getFirst().snapshot();
    assertThat(routes(before, "a").facts()).hasSize(4);
    assertThat(host(before, "a").get(Section.NEIGHBOURS).facts()).hasSize(2);
    assertThat(routes(input.history().latest(), "a").facts()).hasSize(1);
  }

  @Test
  void looseFilesOfOneDirectoryAreOneMachine() throws Exception {
    Snapshot snapshot =
        latest(Map.of("ticket/ip-route.txt", ROUTES, "ticket/fdb.txt", SmallRecording.FDB));
    NodeState node = snapshot.node("ticket").orElseThrow();
    assertThat(node.named()).isTrue();
    assertThat(node.get(Section.FDB).facts()).hasSize(2);
  }

  @Test
  void looseObjectsAreNoNode() throws Exception {
    Snapshot snapshot = latest(Map.of("nodes.yaml", SmallRecording.NODES));
    assertThat(snapshot.nodes()).isEmpty();
    assertThat(snapshot.get(Section.NODES).facts()).hasSize(2);
  }

  @Test
  void looseFilesThatNameTheirNode() throws Exception {
    Snapshot snapshot =
        latest(
            Map.of(
                "ip-route-w1.txt",
                ROUTES,
                "ip-route-w2.txt",
                SmallRecording.OTHER_ROUTES,
                "w1_bridge_fdb.txt",
                SmallRecording.FDB));
    assertThat(snapshot.nodes().keySet()).containsExactly("w1", "w2");
    assertThat(host(snapshot, "w1").get(Section.FDB).facts()).hasSize(2);
    assertThat(routes(snapshot, "w2").values().map(Route::toString))
        .anyMatch(r -> r.contains("10.0.1.12"));
  }

  @Test
  void looseFilesThatDoNotAgreeAreSeveralMachines() throws Exception {
    Input input =
        input(
            Map.of(
                "t/first.txt",
                ROUTES,
                "t/second.txt",
                SmallRecording.OTHER_ROUTES,
                "t/fdb.txt",
                SmallRecording.FDB));
    Snapshot snapshot = input.history().latest();
    assertThat(snapshot.nodes().keySet()).containsExactly("first", "second", "t");
    assertThat(snapshot.node("t").orElseThrow().named()).isFalse();
    assertThat(input.notes())
        .containsExactly(
            new Note(
                "t/first.txt",
                "shows another state than t/second.txt; each is taken as a machine of its own"));
  }

  @Test
  void transcriptsBesideOtherTexts() throws Exception {
    Input input =
        input(
            Map.of(
                "nodes/a/session.txt",
                "[root@a ~]# ip route\n" + ROUTES + "[root@a ~]# \n",
                "nodes/b/ip-route.txt",
                SmallRecording.OTHER_ROUTES));
    assertThat(input.history().latest().nodes().keySet()).containsExactly("a", "b");
    assertThat(routes(input.history().latest(), "a").facts()).hasSize(4);
  }

  @Test
  void oneTranscriptAlone(@TempDir Path directory) throws Exception {
    Path file =
        Files.writeString(directory.resolve("paste.txt"), "root@worker-3:~# ip route\n" + ROUTES);
    Snapshot snapshot =
        new InputReader(Limits.STANDARD, InputStream.nullInputStream())
            .read(List.of(file.toString()))
            .history()
            .latest();
    assertThat(snapshot.nodes().keySet()).containsExactly("worker-3");
  }

  @Test
  void linksThatLeaveADirectoryAreNotFollowed(@TempDir Path directory) throws Exception {
    Path outside = Files.writeString(directory.resolve("secret.txt"), ROUTES);
    Path bundle =
        Packing.directory(
            directory.resolve("bundle"),
            Map.of("nodes/a/ip-neigh.txt", SmallRecording.NEIGHBOURS, ".git/config", "[core]\n"));
    Files.createSymbolicLink(bundle.resolve("nodes/a/ip-route.txt"), outside);
    Files.createSymbolicLink(bundle.resolve("nodes/again"), bundle);
    Input input =
        new InputReader(Limits.STANDARD, InputStream.nullInputStream())
            .read(List.of(bundle.toString()));
    assertThat(input.history().latest().nodes().keySet()).containsExactly("a");
    assertThat(routes(input.history().latest(), "a").isNotGathered()).isTrue();
    assertThat(input.notes())
        .containsExactly(
            new Note("nodes/a/ip-route.txt", "not followed: this link leads out of " + bundle));
  }

  @Test
  void capturesAreRemembered() throws Exception {
    Input input =
        input(Map.of("nodes/a/ip-route.txt", ROUTES, "nodes/a/captures/flannel.1.pcap", ""));
    assertThat(input.captures())
        .containsExactly(
            new RecordedCapture(
                "test", "nodes/a/captures/flannel.1.pcap", Optional.of("a"), "flannel.1"));
  }

  private static Entries<Route> routes(Snapshot snapshot, String node) {
    return host(snapshot, node).mainRoutes(IpFamily.INET);
  }

  private static Facts host(Snapshot snapshot, String node) {
    return snapshot.node(node).orElseThrow().host();
  }

  private static Snapshot latest(Map<String, String> files) throws InputException {
    return input(files).history().latest();
  }

  private static Input input(Map<String, String> files) throws InputException {
    List<NamedText> texts = new ArrayList<>();
    new LinkedHashMap<>(files)
        .forEach((path, text) -> texts.add(new NamedText("test", path, text)));
    return new InputReader(Limits.STANDARD, InputStream.nullInputStream()).readTexts(texts);
  }
}
