package io.podpath.probes.parse;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;

import io.podpath.core.snapshot.Source;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** Whose output a real text is, and that no text whatsoever makes a parser throw. */
class ClaimedTextsTest {

  /** Ends of paths, and the parser that is right for them. */
  private static final Map<String, String> RIGHT = new LinkedHashMap<>();

  static {
    String objects = "Kubernetes objects";
    for (String kind :
        List.of(
            "nodes",
            "pods",
            "services",
            "endpointslices",
            "configmaps",
            "ippools",
            "bgppeers",
            "bgpconfigurations",
            "blockaffinities")) {
      RIGHT.put("cluster/" + kind + ".yaml", objects);
      RIGHT.put("cluster/" + kind + ".json", objects);
    }
    RIGHT.put("kube-proxy-config.yml", "kube-proxy configuration");
    RIGHT.put("subnet.env", "flannel subnet.env");
    RIGHT.put("run/flannel/docker", "flannel subnet.env");
    RIGHT.put("flannel_docker_opts.env", "flannel subnet.env");
    RIGHT.put(".conflist", "CNI configuration");
    RIGHT.put("flanneld.log", "agent log");
    RIGHT.put("flannel.log", "agent log");
    RIGHT.put("kube-proxy.log", "agent log");
    RIGHT.put("calico-node.log", "agent log");
    RIGHT.put("kubelet.log", "agent log");
    RIGHT.put("bird.log", "agent log");
    RIGHT.put("weave.log", "agent log");
    RIGHT.put("k3s-agent.log", "agent log");
    RIGHT.put("birdc-show-protocols.txt", "birdc");
    RIGHT.put("birdc-show-protocols-all.txt", "birdc");
    RIGHT.put("birdc-show-route.txt", "birdc");
    RIGHT.put("birdc-show-route-all.txt", "birdc");
    RIGHT.put("birdc-show-status.txt", "birdc");
    RIGHT.put("birdcl.txt", "birdc");
    RIGHT.put("calicoctl-node-status.txt", "calicoctl");
    RIGHT.put("ovs-vsctl-show.txt", "ovs-vsctl show");
    RIGHT.put("ovs-ofctl-dump-flows-br0.txt", "ovs-ofctl dump-flows");
    RIGHT.put("etcd-leases.txt", "flannel net-conf.json");
    RIGHT.put("cluster/nodes.txt", "list of hosts");
    RIGHT.put("cluster/ippool.json", objects);
    RIGHT.put("cluster/ippool.yaml", objects);
    RIGHT.put("blockaffinity-foo.yaml", objects);
    RIGHT.put("blockaffinity-bar.yaml", objects);
    RIGHT.put("bgpPeer.yml", objects);
    RIGHT.put("kubeadm-config.yaml", objects);
    RIGHT.put("kubectl-get-nodes.txt", "kubectl get");
    RIGHT.put("kubectl-get-pods.txt", "kubectl get");
    RIGHT.put("kubectl-get-services.txt", "kubectl get");
    RIGHT.put("kubectl-get-svc.txt", "kubectl get");
    RIGHT.put("calico-node-annotations.txt", "kubectl get");
    RIGHT.put("blockaffinities.txt", "kubectl get");
    RIGHT.put("etc-network-interfaces.txt", "/etc/network/interfaces");
  }

  /** Parsers of this test; the others have tests of their own. */
  private static final List<OutputParser> OURS =
      List.of(
          new KubectlTableParser(),
          new KubernetesObjectParser(),
          new KubeProxyConfigParser(),
          new CalicoctlParser(),
          new BirdcParser(),
          new OvsVsctlShowParser(),
          new OvsOfctlDumpFlowsParser(),
          new SubnetEnvParser(),
          new CniConfigParser(),
          new DirectoryListingParser(),
          new InterfacesFileParser(),
          new HostListParser(),
          new FlannelNetworkParser(),
          new KubectlDescribeParser(),
          new AgentLogParser());

  private final Parsers parsers = Parsers.load();

  private String claimedBy(Source source) {
    return parsers.forText(source.file(), source.text()).map(OutputParser::name).orElse("nobody");
  }

  private static String right(String path) {
    return RIGHT.entrySet().stream()
        .filter(e -> path.endsWith(e.getKey()))
        .map(Map.Entry::getValue)
        .findFirst()
        .orElse("");
  }

  private void claimsWhatIsIts(List<Path> files, boolean readWhole) {
    List<String> wrong = new ArrayList<>();
    int checked = 0;
    for (Path file : files) {
      Source source = RealOutputs.read(file);
      String path = file.toString().replace('\\', '/');
      String right = right(path);
      String claimed = claimedBy(source);
      boolean ours = OURS.stream().anyMatch(p -> p.name().equals(claimed));
      // a kubeconfig is an object of the API's kind, though none that tells of the network
      boolean leftAlone =
          path.endsWith("kubeconfig")
              || path.endsWith(".conflist.bak")
              || path.contains("/var/lib/cni/flannel/")
              || path.contains(".log")
              || path.endsWith("kube-proxy120.log");
      if (!right.isEmpty()) {
        checked++;
        int unread =
            parsers
                .forText(source.file(), source.text())
                .map(p -> p.parse(source).unread().size())
                .orElse(0);
        if (!claimed.equals(right) || readWhole && unread > 0) {
          wrong.add(path + " is claimed by " + claimed + " with " + unread + " unread");
        }
      } else if (ours && !leftAlone) {
        wrong.add(path + " is claimed by " + claimed);
      }
    }
    assertThat(wrong).isEmpty();
    assertThat(checked).isPositive();
  }

  private static boolean isText(String name) {
    // descriptions of a recording are nothing a tool has printed
    return !name.endsWith(".pcap")
        && !name.equals("case.yaml")
        && !name.equals("truth.json")
        && !name.equals("example.json");
  }

  @Test
  void examplesAreReadToTheirLastLine() {
    claimsWhatIsIts(RealOutputs.examples(ClaimedTextsTest::isText), true);
  }

  @Test
  void recordingsAreReadToTheirLastLine() {
    claimsWhatIsIts(RealOutputs.shared("recorded", ClaimedTextsTest::isText), true);
  }

  @Test
  void casesAreClaimedByTheRightParser() {
    claimsWhatIsIts(RealOutputs.shared("cases", ClaimedTextsTest::isText), false);
  }

  @Test
  void seedsMakeNoParserThrow() {
    for (Path file : RealOutputs.shared("seeds", n -> n.endsWith(".txt"))) {
      Source source = RealOutputs.read(file);
      for (OutputParser parser : OURS) {
        assertThatCode(() -> parser.parse(source)).as(parser.name()).doesNotThrowAnyException();
      }
    }
  }

  private static final List<String> COMMANDS =
      List.of(
          "",
          "kubectl get nodes",
          "kubectl get pods -A -o wide",
          "kubectl get svc,ep,events,blockaffinities",
          "kubectl get nodes -o yaml",
          "kubectl get node a -o yaml | grep CIDR",
          "kubectl get nodes -o custom-columns=A:.metadata.name,B:.spec.podCIDR",
          "calicoctl node status",
          "calicoctl get nodes -o wide",
          "calicoctl get bgppeers",
          "birdc show route all",
          "birdc show protocols all",
          "ovs-vsctl show",
          "ovs-ofctl dump-flows br0",
          "cat /run/flannel/subnet.env",
          "cat /etc/cni/net.d/10-x.conflist",
          "ls -l /etc/cni/net.d",
          "cat /etc/network/interfaces",
          "cat /etc/hosts",
          "vi /etc/kubernetes/kube-proxy-config.yml",
          "kubectl logs x -n y",
          "cat net-conf.json",
          "kubectl describe nodes");

  private static final List<String> PIECES =
      List.of(
          "NAME STATUS ROLES",
          "NAME   READY   STATUS   RESTARTS",
          "NAME TYPE CLUSTER-IP",
          "a 1/1 Running 2 (3h ago)",
          "|",
          "| 10.0.0.1 | x | up |",
          "+---+",
          "{",
          "}",
          "[",
          "]",
          "\"",
          ":",
          ": ",
          ",",
          "\n",
          "\n  ",
          "\t",
          " ",
          "- ",
          "kind: Node",
          "kind: List",
          "items:",
          "spec:",
          "cidr: 10.0.0.0/26",
          "metadata:",
          "name: a",
          "apiVersion: v1",
          "...",
          "Bridge br0",
          "Port p",
          "Interface i",
          "options: {remote_ip=",
          "actions=",
          "priority=9999999999",
          "table=x,",
          "FLANNEL_SUBNET=10.0.0.1/24",
          "--bip=",
          "iface e inet static",
          "address",
          "netmask",
          "dial tcp ",
          "10.96.0.1:443",
          "->",
          ": i/o timeout",
          "https://",
          "I0211 02:04:21.358127 1 main.go:520] ",
          "[INFO][8] startup.go 1: ",
          "found unknown field: ",
          "KubeProxyConfiguration.",
          ": Read",
          "unknown field \"",
          "adding subnet: ",
          "VtepMAC: ",
          "VtepMAC: aa:bb:cc:dd:ee:ff",
          "Backend type: ",
          "Calico node '",
          "' is already using the IPv4 address ",
          "via",
          "dev",
          "[s1 03:24:29.550]",
          "10.0.0.0/8",
          "10.0.0.1",
          "999.1.1.1",
          "fe80::1",
          "&a [*a]",
          "!!x",
          "%",
          "é漢\u0000\u001b[31m",
          "iptables:",
          "masqueradeAll: true",
          "-rw-r--r-- 1 a b 1",
          "---");

  @Test
  void noTextMakesAParserThrow() {
    Random random = new Random(20261121);
    int inputs = Integer.getInteger("podpath.fuzz.inputs", 2000);
    for (int i = 0; i < inputs; i++) {
      StringBuilder text = new StringBuilder();
      int pieces = random.nextInt(40);
      for (int p = 0; p < pieces; p++) {
        text.append(PIECES.get(random.nextInt(PIECES.size())))
            .append(random.nextInt(3) == 0 ? "\n" : random.nextInt(2) == 0 ? " " : "");
      }
      String command = COMMANDS.get(random.nextInt(COMMANDS.size()));
      Source file =
          Source.ofFile(random.nextBoolean() ? "nodes.txt" : "calico.log", text.toString());
      Source source = command.isEmpty() ? file : file.byCommand(command);
      for (OutputParser parser : OURS) {
        assertThatCode(
                () -> {
                  parser.parse(source);
                  parser.likeness("nodes.txt", text.toString());
                  parser.reads(ShellCommand.parse(text.toString()));
                })
            .as("%s on %s with command %s", parser.name(), text, command)
            .doesNotThrowAnyException();
      }
    }
  }

  /** Real texts with single characters changed, lines dropped and ends cut. */
  @Test
  void noDamageMakesAParserThrow() {
    Random random = new Random(7);
    List<Path> files =
        RealOutputs.examples(n -> right("cluster/" + n).length() + right(n).length() > 0);
    int inputs = Math.min(Integer.getInteger("podpath.fuzz.inputs", 2000), 20_000) / 4;
    for (int i = 0; i < inputs; i++) {
      Source whole = RealOutputs.read(files.get(random.nextInt(files.size())));
      StringBuilder text = new StringBuilder(whole.text());
      for (int n = 0; n < 5 && text.length() > 1; n++) {
        int at = random.nextInt(text.length());
        switch (random.nextInt(4)) {
          case 0 -> text.setCharAt(at, (char) (32 + random.nextInt(95)));
          case 1 -> text.delete(at, Math.min(text.length(), at + random.nextInt(40)));
          case 2 -> text.insert(at, PIECES.get(random.nextInt(PIECES.size())));
          default -> text.setLength(Math.max(1, text.length() - random.nextInt(50)));
        }
      }
      Source damaged = Source.ofFile(whole.file(), text.toString());
      for (OutputParser parser : OURS) {
        assertThatCode(() -> parser.parse(damaged))
            .as("%s on %s", parser.name(), whole.file())
            .doesNotThrowAnyException();
      }
    }
  }
}
