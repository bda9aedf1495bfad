package io.podpath.tui.cli;

import static io.podpath.tui.cli.EditedExample.differences;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** One line of a working node's recording is another, and the comparison tells of that line. */
class CompareEditedTest {

  private static final String NODE = "k8s-node01";
  private static final String RULES = "iptables-nft-save.txt";

  @TempDir private Path directory;

  private void record(String example) throws IOException {
    EditedExample.laid(directory, example);
  }

  private Path file(String name) {
    return directory.resolve("nodes/" + NODE + "/" + name);
  }

  private void edit(String name, String from, String to) throws IOException {
    new EditedExample(directory).edit("nodes/" + NODE + "/" + name, from, to);
  }

  private Session compared() {
    return Session.real("compare", NODE, "--from", directory.toString());
  }

  @ParameterizedTest(name = "{0} before {1}")
  @CsvSource(
      delimiter = '|',
      value = {
        "-A FORWARD -m conntrack --ctstate ESTABLISHED -j DROP | -A FORWARD -m comment",
        "-A FORWARD -p udp -j DROP | -A FORWARD -m comment",
        "-A FORWARD -s 10.244.1.3/32 -j DROP | -A FORWARD -m comment",
        "-A FORWARD -p tcp -m tcp --dport 5432 -j DROP | -A FORWARD -m comment",
        "-A FORWARD -j NFQUEUE --queue-num 0 | -A FORWARD -m comment",
        "-A INPUT -p udp -m udp --dport 8472 -j DROP | -A INPUT -m conntrack",
        "-A INPUT -p icmp -j DROP | -A INPUT -m conntrack",
        "-A INPUT -p tcp -m tcp --dport 10250 -j DROP | -A INPUT -m conntrack",
        "-A OUTPUT -p udp -m udp --dport 8472 -j DROP | -A OUTPUT -m conntrack",
        "-t nat -A PREROUTING -j ACCEPT | -A PREROUTING -m comment",
        "-t nat -A PREROUTING -j RETURN | -A PREROUTING -m comment",
        "-t nat -A POSTROUTING -j MASQUERADE | -A POSTROUTING -m comment",
      })
  void ruleThatActsOnPacketsOfTheClusterIsTold(String rule, String before) throws IOException {
    record("flannel-vxlan");
    edit(RULES, before, rule.replace("-t nat ", "") + "\n" + before);
    Session session = compared();
    assertThat(differences(session)).singleElement().asString().startsWith("+ iptables  " + rule);
    assertThat(session.exitCode()).isEqualTo(1);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "-A FORWARD -m comment | -A FORWARD -i docker0 ! -o docker0 -j DROP",
        "-A FORWARD -m comment | -A FORWARD -m conntrack --ctstate RELATED,ESTABLISHED -j ACCEPT",
        "-A FORWARD -m comment | -A FORWARD -p tcp -j LOG",
        "-A INPUT -m conntrack | -A INPUT -p tcp -m tcp --dport 25 -j DROP",
        "-A POSTROUTING -m comment | -A POSTROUTING -s 172.17.0.0/16 ! -o docker0 -j MASQUERADE",
      })
  void ruleThatDoesNothingToThemIsNot(String before, String rule) throws IOException {
    record("flannel-vxlan");
    edit(RULES, before, rule + "\n" + before);
    assertThat(differences(compared())).isEmpty();
  }

  @ParameterizedTest(name = "{0}: {2}")
  @CsvSource(
      delimiter = '|',
      value = {
        "ip-rule.txt | 32766:\\tfrom all lookup main | 32766:\\tfrom all to 10.244.2.0/24 unreachable\\n32766:\\tfrom all lookup main | + rule  32766: from all to 10.244.2.0/24 unreachable",
        "ip-j-neigh.json | \"00:0c:29:8a:50:42\",\"state\":[\"REACHABLE\"] | \"02:00:00:00:00:99\",\"state\":[\"PERMANENT\"] | + neigh  192.168.80.242 dev ens33 lladdr 02:00:00:00:00:99 PERMANENT",
        "sysctl.txt | conf.cni0.forwarding = 1 | conf.cni0.forwarding = 0 | + sysctl  net.ipv4.conf.cni0.forwarding = 0",
        "sysctl.txt | conf.flannel/1.forwarding = 1 | conf.flannel/1.forwarding = 0 | + sysctl  net.ipv4.conf.flannel/1.forwarding = 0",
        "bridge-link.txt | state forwarding | state disabled | + bridge  veth7cce70e3 master cni0 state disabled",
        "pods/shop_db-0/ip-route.txt | default via 10.244.1.1 | default via 10.244.1.9 | ~ pod route  shop_db-0: default  via  10.244.1.9  ->  10.244.1.1",
        "iptables-nft-save.txt | *nat\\n:PREROUTING ACCEPT | *nat\\n:PREROUTING DROP | ~ policy  nat PREROUTING  policy  DROP  ->  ACCEPT",
        "iptables-nft-save.txt | :FORWARD ACCEPT | :FORWARD DROP | + policy  :FORWARD DROP",
      })
  void otherEntriesThatMatterAreTold(String name, String from, String to, String line)
      throws IOException {
    record("flannel-vxlan");
    edit(name, line(from), line(to));
    assertThat(differences(compared())).singleElement().asString().startsWith(line);
  }

  private static String line(String written) {
    return written.replace("\\n", "\n").replace("\\t", "\t");
  }

  @Test
  void ofTwoThatDropTheSamePacketsOneIsTold() throws IOException {
    record("flannel-vxlan");
    String before = "-A FORWARD -m comment";
    String drop = "-A FORWARD -p tcp -j DROP\n";
    edit(RULES, before, drop + drop + before);
    assertThat(differences(compared())).singleElement().asString().contains("-p tcp -j DROP");
  }

  @Test
  void chainIsToldWithTheRuleThatLeadsToIt() throws IOException {
    record("flannel-vxlan");
    edit(RULES, ":KUBE-FORWARD", ":MY - [0:0]\n:KUBE-FORWARD");
    edit(RULES, "-A FORWARD -m comment", "-A MY -j DROP\n-A FORWARD -j MY\n-A FORWARD -m comment");
    assertThat(differences(compared()))
        .hasSize(2)
        .anyMatch(l -> l.startsWith("+ iptables  -A FORWARD -j MY"))
        .anyMatch(l -> l.startsWith("+ iptables  -A MY -j DROP"));
  }

  /** The kernel asks the tables of both back ends. */
  @Test
  void policyOfTheOtherBackEndCounts() throws IOException {
    record("flannel-vxlan");
    Files.writeString(file("iptables-legacy-save.txt"), "*filter\n:FORWARD DROP [0:0]\nCOMMIT\n");
    assertThat(differences(compared()))
        .singleElement()
        .asString()
        .startsWith("+ policy  :FORWARD DROP");
  }

  @Test
  void emptyTablesOfOneBackEndDoNotTellThatTheOthersRulesAreGone() throws IOException {
    record("flannel-vxlan");
    Files.delete(file(RULES));
    Session session = compared();
    assertThat(differences(session)).isEmpty();
    assertThat(session.exitCode()).isEqualTo(3);
  }

  /** What stood behind the cut is neither there nor gone. */
  @ParameterizedTest
  @CsvSource({
    "nodes/k8s-node01/iptables-nft-save.txt, 5000",
    "nodes/k8s-node01/ip-j-route-table-all.json, 700",
    "cluster/services.json, 900",
  })
  void whatWasCutOffIsNotGone(String name, int length) throws IOException {
    record("flannel-vxlan");
    Path file = directory.resolve(name);
    String text = Files.readString(file);
    assertThat(text).hasSizeGreaterThan(length);
    Files.writeString(file, text.substring(0, length));
    Session session = compared();
    assertThat(differences(session)).isEmpty();
    assertThat(session.exitCode()).isEqualTo(3);
  }

  @Test
  void entriesForNodesThatNobodyToldOfAreNoDifference() throws IOException {
    record("flannel-vxlan");
    try (Stream<Path> all = Files.walk(directory)) {
      for (Path file : all.filter(Files::isRegularFile).toList()) {
        if (!file.startsWith(directory.resolve("nodes/" + NODE))) {
          Files.delete(file);
        }
      }
    }
    Session session = compared();
    assertThat(differences(session)).isEmpty();
    assertThat(session.out()).contains("Nodes were not read");
  }

  private void openNodePort() throws IOException {
    record("flannel-vxlan");
    Path services = directory.resolve("cluster/services.json");
    String text = Files.readString(services);
    assertThat(text).contains("\"port\" : 80,");
    Files.writeString(
        services, text.replace("\"port\" : 80,", "\"nodePort\" : 30080, \"port\" : 80,"));
  }

  @Test
  void nodePortThatNobodyServesIsMissing() throws IOException {
    openNodePort();
    assertThat(differences(compared()))
        .hasSize(3)
        .allMatch(l -> l.startsWith("- iptables  -t nat -A KUBE-"))
        .anyMatch(l -> l.contains("-A KUBE-NODEPORTS") && l.contains("--dport 30080"))
        .anyMatch(l -> l.contains("-A KUBE-EXT-CDGGSHYLG3RE2FKL -j KUBE-SVC-CDGGSHYLG3RE2FKL"));
  }

  /** Until 1.23 kube-proxy had no KUBE-EXT chains; packets went the same way. */
  @Test
  void nodePortAsAnOlderKubeProxyServesItIsTheSame() throws IOException {
    openNodePort();
    String port =
        "-A KUBE-NODEPORTS -p tcp -m comment --comment \"default/web:http\" -m tcp --dport 30080 -j ";
    edit(
        RULES,
        "-A KUBE-SERVICES -d 10.96.50.50/32",
        port
            + "KUBE-MARK-MASQ\n"
            + port
            + "KUBE-SVC-CDGGSHYLG3RE2FKL\n-A KUBE-SERVICES -d 10.96.50.50/32");
    Session session = compared();
    assertThat(differences(session)).isEmpty();
    assertThat(session.exitCode()).isZero();
  }

  @Test
  void nodePortThatIsNotMasqueradedIsTold() throws IOException {
    openNodePort();
    edit(
        RULES,
        "-A KUBE-SERVICES -d 10.96.50.50/32",
        "-A KUBE-NODEPORTS -p tcp -m tcp --dport 30080 -j KUBE-SVC-CDGGSHYLG3RE2FKL\n"
            + "-A KUBE-SERVICES -d 10.96.50.50/32");
    assertThat(differences(compared())).isNotEmpty();
  }

  /** The first node's pods have the address with which the network of all pods begins. */
  @Test
  void networkOfAllPodsIsNotTheFirstNodesOwn() {
    Session session =
        Session.real("compare", "k8s-master", "--example", "flannel-vxlan", "--with", "node", NODE);
    assertThat(differences(session)).isEmpty();
  }

  /** kube-proxy's configuration says whose calls are masqueraded, and the rules are as it says. */
  @ParameterizedTest
  @CsvSource({"clusterCIDR: 10.244.0.0/16, clusterCIDR: \"\"", "All: false, All: true"})
  void callsAreMasqueradedAsKubeProxyWasTold(String from, String to) throws IOException {
    record("flannel-vxlan");
    Path nodes = directory.resolve("nodes");
    try (Stream<Path> files = Files.walk(nodes)) {
      for (Path config : files.filter(f -> f.endsWith("kube-proxy-config.yml")).toList()) {
        Files.writeString(config, Files.readString(config).replace(from, to));
      }
    }
    assertThat(differences(compared())).isNotEmpty();

    boolean all = to.endsWith("true");
    String rules =
        Files.readString(file(RULES))
            .lines()
            .filter(l -> all || !l.matches("-A KUBE-SVC-\\w+ ! -s .*"))
            .map(l -> l.replaceFirst("(-A KUBE-SVC-\\w+) ! -s \\S+", "$1"))
            .collect(Collectors.joining("\n", "", "\n"));
    Files.writeString(file(RULES), rules);
    Session session = compared();
    assertThat(differences(session)).isEmpty();
    assertThat(session.exitCode()).isZero();
  }
}
