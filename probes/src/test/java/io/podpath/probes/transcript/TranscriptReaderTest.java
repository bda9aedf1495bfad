package io.podpath.probes.transcript;

import static org.assertj.core.api.Assertions.assertThat;

import io.podpath.core.net.IpFamily;
import io.podpath.core.node.Route;
import io.podpath.core.node.Sysctl;
import io.podpath.core.snapshot.NodeState;
import io.podpath.core.snapshot.Section;
import io.podpath.core.snapshot.Snapshot;
import io.podpath.probes.bundle.Input;
import io.podpath.probes.bundle.InputException;
import io.podpath.probes.bundle.InputReader;
import io.podpath.probes.bundle.Limits;
import java.io.ByteArrayInputStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class TranscriptReaderTest {

  private static final Section<Route> ROUTES =
      Section.routes(IpFamily.INET, Section.RouteScope.MAIN);
  private static final String ADDRESSES =
      """
      1: lo: <LOOPBACK,UP,LOWER_UP> mtu 65536 qdisc noqueue state UNKNOWN group default qlen 1000
          link/loopback 00:00:00:00:00:00 brd 00:00:00:00:00:00
          inet 127.0.0.1/8 scope host lo
             valid_lft forever preferred_lft forever
      2: eth0: <BROADCAST,MULTICAST,UP,LOWER_UP> mtu 1500 qdisc fq state UP group default qlen 1000
          link/ether 02:00:00:00:00:01 brd ff:ff:ff:ff:ff:ff
          inet 10.0.0.1/24 scope global eth0
             valid_lft forever preferred_lft forever
      """;
  private static final String SOME_ROUTES =
      """
      default via 10.0.0.254 dev eth0
      10.0.0.0/24 dev eth0 proto kernel scope link src 10.0.0.1
      10.244.1.0/24 via 10.0.0.2 dev eth0
      """;

  @ParameterizedTest
  @ValueSource(
      strings = {
        "bash: calicoctl: command not found",
        "-bash: calicoctl: command not found",
        "sh: 1: calicoctl: not found",
        "sudo: calicoctl: command not found",
        "bash: /usr/local/bin/calicoctl: No such file or directory",
        "bash: /usr/local/bin/calicoctl: Permission denied",
        "Unable to connect to the server: dial tcp 10.0.0.1:6443: connect: connection refused",
        "The connection to the server localhost:8080 was refused - did you specify the right host or port?",
        "Usage:\n  calicoctl [options] <command> [<args>...]",
      })
  void refusedCommandLeavesItsTableNotGathered(String answer) throws InputException {
    NodeState node =
        node(
            "root@n1:~# calicoctl node status\n"
                + answer
                + "\nroot@n1:~# ip route\n"
                + SOME_ROUTES);
    assertThat(node.get(Section.BGP_SESSIONS).isNotGathered()).isTrue();
    assertThat(node.get(ROUTES).facts()).hasSize(3);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "\u001b]0;root@n1: ~\u0007[root@n1 ~]# ",
        "\u001b[01;32mroot@n1\u001b[00m:\u001b[01;34m~\u001b[00m# ",
        "\u001b[?2004h[root@n1 ~]# ",
      })
  void colouredPromptIsAPrompt(String prompt) {
    assertThat(TranscriptReader.looksLike(prompt + "ip route\n" + SOME_ROUTES)).isTrue();
  }

  @Test
  void changeThatWasRefusedChangesNothing() throws InputException {
    NodeState node =
        node(
            "root@n1:~# ip route\n"
                + SOME_ROUTES
                + "root@n1:~# ip route del 10.244.1.0/24\nRTNETLINK answers: Operation not permitted\n");
    assertThat(node.get(ROUTES).facts()).hasSize(3);
  }

  @Test
  void changeThatWasNotRefusedCounts() throws InputException {
    NodeState node =
        node("root@n1:~# ip route\n" + SOME_ROUTES + "root@n1:~# ip route del 10.244.1.0/24\n");
    assertThat(node.get(ROUTES).facts()).hasSize(2);
  }

  @Test
  void settingInAFileIsNotTheKernels() throws InputException {
    NodeState node =
        node(
            """
            root@n1:~# sysctl net.ipv4.ip_forward
            net.ipv4.ip_forward = 1
            root@n1:~# cat /etc/sysctl.conf
            net.ipv4.ip_forward = 0
            """);
    assertThat(node.get(Section.SYSCTLS).values().map(Sysctl::value)).containsExactly("1");
  }

  @Test
  void refusalDoesNotEraseWhatWasShownBefore() throws InputException {
    NodeState node =
        node(
            "root@n1:~# ip route\n"
                + SOME_ROUTES
                + "root@n1:~# ip route\nbash: ip: command not found\n");
    assertThat(node.get(ROUTES).facts()).hasSize(3);
  }

  @Test
  void linesNamingNodesPartATextWithoutPrompts() throws InputException {
    Snapshot snapshot =
        read("node: n1\n" + SOME_ROUTES + "node: n2\ndefault via 10.0.0.254 dev eth0\n");
    assertThat(snapshot.nodes()).containsOnlyKeys("n1", "n2");
    assertThat(of(snapshot, "n1").get(ROUTES).facts()).hasSize(3);
    assertThat(of(snapshot, "n2").get(ROUTES).facts()).hasSize(1);
  }

  @Test
  void headingsPartATextWithoutPrompts() throws InputException {
    Snapshot snapshot = read("### n1\n" + SOME_ROUTES + "### n2\n" + SOME_ROUTES);
    assertThat(snapshot.nodes().values()).hasSize(2).noneMatch(NodeState::named);
  }

  @Test
  void longOutputOfSeveralCommandsIsCutWhereTheNextToolBegins() throws InputException {
    StringBuilder links = new StringBuilder(ADDRESSES);
    for (int i = 3; i < 103; i++) {
      links.append(
          """
          %d: veth%d@if3: <BROADCAST,MULTICAST,UP,LOWER_UP> mtu 1450 qdisc noqueue state UP group default
              link/ether 02:00:00:00:02:%02x brd ff:ff:ff:ff:ff:ff link-netnsid %d
              inet6 fe80::%x/64 scope link
                 valid_lft forever preferred_lft forever
          """
              .formatted(i, i, i, i, i));
    }
    NodeState node =
        node(
            "root@n1:~# ip addr; ip route; sysctl net.ipv4.ip_forward\n"
                + links
                + SOME_ROUTES
                + "net.ipv4.ip_forward = 0\n");
    assertThat(node.get(Section.LINKS).facts()).hasSize(102);
    assertThat(node.get(Section.LINKS).isComplete()).isTrue();
    assertThat(node.get(ROUTES).facts()).hasSize(3);
    assertThat(node.get(Section.SYSCTLS).facts()).hasSize(1);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "sysctl net.ipv4.ip_forward; ls /etc/cni/net.d|net.ipv4.ip_forward = 0\n10-flannel.conflist",
        "sysctl net.ipv4.ip_forward; cat /run/flannel/subnet.env|net.ipv4.ip_forward = 0\nFLANNEL_NETWORK=10.244.0.0/16\nFLANNEL_SUBNET=10.244.0.1/24",
        "uname -r; sysctl net.ipv4.ip_forward|5.10.0\nnet.ipv4.ip_forward = 0",
        "uname -r; sysctl net.ipv4.ip_forward|5.10.0-28-amd64\nnet.ipv4.ip_forward = 0",
        "calicoctl node status; sysctl net.ipv4.ip_forward|bash: calicoctl: command not found\nnet.ipv4.ip_forward = 0",
      })
  void valueBesideAnotherCommandsOutputIsKept(String commandsAndOutput) throws InputException {
    String[] parts = commandsAndOutput.split("\\|", 2);
    Snapshot snapshot = read("root@n1:~# " + parts[0] + "\n" + parts[1] + "\n");
    assertThat(snapshot.nodes()).containsOnlyKeys("n1");
    assertThat(of(snapshot, "n1").get(Section.SYSCTLS).facts()).hasSize(1);
    assertThat(of(snapshot, "n1").get(Section.BGP_SESSIONS).isNotGathered()).isTrue();
  }

  @Test
  void linesThatTwoCommandsMayHavePrintedAreNobodys() throws InputException {
    NodeState node = node("root@n1:~# iptables -S; ip6tables -S\n-P FORWARD DROP\n-P INPUT DROP\n");
    assertThat(node.host().sections().stream().filter(s -> s.name().startsWith("iptables")))
        .noneMatch(s -> node.get(s).isComplete());
  }

  @Test
  void outputsWithoutCommandsAreTakenApartByContent() throws InputException {
    NodeState node =
        node(ADDRESSES + SOME_ROUTES + "0:\tfrom all lookup local\n32766:\tfrom all lookup main\n");
    assertThat(node.get(Section.ADDRESSES).facts()).hasSize(2);
    assertThat(node.get(ROUTES).facts()).hasSize(3);
  }

  @Test
  void outputsThatCannotBeTakenApartAreRefusedInOneSentence() throws InputException {
    Input input = input(ADDRESSES + "?!? what is this\n" + SOME_ROUTES);
    assertThat(input.history().latest().nodes().values())
        .allMatch(n -> n.get(ROUTES).isNotGathered());
    assertThat(input.notes())
        .anySatisfy(n -> assertThat(n.text()).contains("one command per file"));
  }

  @Test
  void promptsOfZshAndOfBracketsNameTheirHosts() throws InputException {
    Snapshot snapshot =
        read(
            "node-1 ~ % ip route\n"
                + SOME_ROUTES
                + "[node-2]$ sysctl net.ipv4.ip_forward\nnet.ipv4.ip_forward = 1\n");
    assertThat(snapshot.nodes()).containsOnlyKeys("node-1", "node-2");
  }

  @Test
  void linesOfShortAddressesAreNoHeadings() throws InputException {
    NodeState node =
        node("root@n1:~# ip neigh\n10.0.0.2 dev eth0 lladdr 02:00:00:00:00:02 STALE\n");
    assertThat(node.get(Section.NEIGHBOURS).facts()).hasSize(1);
  }

  @Test
  void provenanceQuotesTheCommandAsTyped() throws InputException {
    NodeState node = node("root@n1:~# vi /run/flannel/subnet.env\nFLANNEL_SUBNET=10.244.0.1/24\n");
    assertThat(node.get(Section.SUBNET_ENV).first().orElseThrow().from().source().command())
        .contains("vi /run/flannel/subnet.env");
  }

  @Test
  void placesWithoutANameAreMarked() throws InputException {
    Snapshot snapshot =
        read(
            "# Overview of it\n$ ip route\n"
                + SOME_ROUTES
                + "# Second part\n$ kubectl exec -it web-1 -- ip route\n"
                + SOME_ROUTES
                + "root@n1:~# ip route\n"
                + SOME_ROUTES);
    assertThat(snapshot.nodes().values().stream().filter(NodeState::named).map(NodeState::name))
        .containsExactly("n1");
    assertThat(snapshot.nodes()).containsKey("node of web-1");
  }

  private static NodeState of(Snapshot snapshot, String name) {
    return snapshot.nodes().values().stream()
        .filter(n -> n.name().equals(name))
        .findFirst()
        .orElseThrow();
  }

  private static NodeState node(String text) throws InputException {
    Snapshot snapshot = read(text);
    assertThat(snapshot.nodes()).hasSize(1);
    return snapshot.nodes().values().iterator().next();
  }

  private static Snapshot read(String text) throws InputException {
    return input(text).history().latest();
  }

  private static Input input(String text) throws InputException {
    ByteArrayInputStream in = new ByteArrayInputStream(text.getBytes(StandardCharsets.UTF_8));
    return new InputReader(Limits.standard(), in).read(List.of("-"));
  }
}
