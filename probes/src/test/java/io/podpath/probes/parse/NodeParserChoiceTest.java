package io.podpath.probes.parse;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;

import io.podpath.core.snapshot.Source;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * Every output of ip, bridge, net-tools, ss, sysctl and tcpdump finds its own parser, and no
 * other's output finds one of these.
 */
class NodeParserChoiceTest {

  /** Parsers by the recorded file's name. */
  private static final Map<String, String> BY_FILE =
      Map.ofEntries(
          Map.entry("ip-addr.txt", "ip addr"),
          Map.entry("ip-j-addr.json", "ip addr"),
          Map.entry("ip-route.txt", "ip route"),
          Map.entry("pod-ip-route.txt", "ip route"),
          Map.entry("ip-6-route.txt", "ip route"),
          Map.entry("ip-6-route-before.txt", "ip route"),
          Map.entry("ip-route-table-local.txt", "ip route"),
          Map.entry("ip-route-table-all.txt", "ip route"),
          Map.entry("ip-6-route-table-all.txt", "ip route"),
          Map.entry("ip-j-route-table-all.json", "ip route"),
          Map.entry("ip-route-get.txt", "ip route get"),
          Map.entry("ip-link.txt", "ip link"),
          Map.entry("ip-d-link.txt", "ip link"),
          Map.entry("ip-s-link.txt", "ip link"),
          Map.entry("ip-d-j-link.json", "ip link"),
          Map.entry("ip-neigh.txt", "ip neigh"),
          Map.entry("pod-ip-neigh.txt", "ip neigh"),
          Map.entry("ip-j-neigh.json", "ip neigh"),
          Map.entry("ip-rule.txt", "ip rule"),
          Map.entry("bridge-fdb.txt", "bridge fdb"),
          Map.entry("bridge-j-fdb.json", "bridge fdb"),
          Map.entry("bridge-link.txt", "bridge link"),
          Map.entry("brctl-show.txt", "brctl show"),
          Map.entry("route-n.txt", "route -n"),
          Map.entry("ifconfig.txt", "ifconfig"),
          Map.entry("ss-natu.txt", "ss"),
          Map.entry("ss-ltn.txt", "ss"),
          Map.entry("sysctl.txt", "sysctl"),
          Map.entry("tcpdump-tunl0.txt", "tcpdump"),
          Map.entry("tcpdump-ens160.txt", "tcpdump"));

  private final Parsers parsers = Parsers.load();

  private static List<OutputParser> mine(Parsers parsers) {
    List<String> names =
        List.of(
            "ip addr",
            "ip link",
            "ip route",
            "ip route get",
            "ip rule",
            "ip neigh",
            "bridge fdb",
            "bridge link",
            "bridge vlan",
            "brctl show",
            "brctl showmacs",
            "ifconfig",
            "route -n",
            "arp",
            "ss",
            "sysctl",
            "tcpdump");
    return parsers.all().stream().filter(p -> names.contains(p.name())).toList();
  }

  private static boolean isCapture(String name) {
    return name.endsWith(".pcap");
  }

  @Test
  void allAreFound() {
    assertThat(mine(parsers)).hasSize(17);
  }

  private void check(Path file, boolean named) {
    Source source = RealOutputs.read(file);
    String name = String.valueOf(file.getFileName());
    if (source.text().isBlank()) {
      return;
    }
    String wanted = BY_FILE.get(name);
    String path = named ? file.toString() : "paste";
    Optional<String> chosen = parsers.forText(path, source.text()).map(OutputParser::name);
    if (wanted != null) {
      assertThat(chosen).as(file.toString()).contains(wanted);
    } else {
      assertThat(chosen.filter(c -> mine(parsers).stream().anyMatch(p -> p.name().equals(c))))
          .as(file.toString())
          .isEmpty();
    }
  }

  @Test
  void recordedFilesFindTheirParserByNameAndContent() {
    List<Path> files = new ArrayList<>(RealOutputs.examples(n -> true));
    files.addAll(RealOutputs.shared("recorded", n -> !isCapture(n)));
    files.forEach(file -> check(file, true));
  }

  @Test
  void recordedFilesFindTheirParserByContentAlone() {
    RealOutputs.shared("recorded", n -> !isCapture(n)).forEach(file -> check(file, false));
  }

  @Test
  void realCasesFindTheirParser() {
    RealOutputs.shared("cases", n -> !n.equals("case.yaml")).forEach(file -> check(file, true));
  }

  @Test
  void noParserThrowsOnAnyFile() {
    List<Path> files = new ArrayList<>(RealOutputs.shared("cases", n -> true));
    files.addAll(RealOutputs.shared("seeds", n -> true));
    for (Path file : files) {
      Source source = RealOutputs.read(file);
      for (OutputParser parser : mine(parsers)) {
        assertThatCode(() -> parser.parse(source))
            .as(parser.name() + " " + file)
            .doesNotThrowAnyException();
        assertThat(parser.likeness("", source.text()))
            .as(parser.name() + " " + file)
            .isBetween(0, 100);
      }
    }
  }

  /** Words cut out, swapped for hostile ones and lines broken off, the same way each time. */
  @Test
  void noParserThrowsOnDamagedText() {
    Random random = new Random(20261121);
    List<Path> files =
        RealOutputs.examples(n -> BY_FILE.containsKey(n) && !n.equals("ip-addr.txt"));
    for (int i = 0; i < files.size(); i += 7) {
      String damaged = damage(RealOutputs.read(files.get(i)).text(), random);
      for (OutputParser parser : mine(parsers)) {
        Source source = Source.ofFile(parser.name(), damaged).byCommand(parser.name());
        assertThatCode(() -> parser.parse(source))
            .as(parser.name() + "\n" + damaged)
            .doesNotThrowAnyException();
      }
    }
  }

  private static String damage(String text, Random random) {
    String head = text.length() > 6000 ? text.substring(0, 6000) : text;
    StringBuilder damaged = new StringBuilder();
    for (String word : head.splitWithDelimiters("[ ,:/]", 0)) {
      int dice = random.nextInt(40);
      damaged.append(
          dice == 0 ? "" : dice < 3 ? HOSTILE.get(random.nextInt(HOSTILE.size())) : word);
    }
    return damaged.toString();
  }

  private static final List<String> HOSTILE =
      List.of(
          "",
          "\n",
          "-",
          ":",
          "/",
          "99999999999999999999",
          "-1",
          "::",
          "[",
          "]",
          "{",
          "}",
          "(",
          ")",
          "\"",
          "\u0000",
          "a.b.c.d",
          "0x",
          "*",
          "dev",
          "via",
          "nexthop",
          "inet",
          "\\",
          "<",
          ">",
          "...",
          "//",
          "\u7f51",
          "lladdr",
          "master",
          "e0@",
          "@",
          "1:");

  @ParameterizedTest
  @CsvSource({
    "ip a, ip addr",
    "ip -br -4 addr show, ip addr",
    "ip address, ip addr",
    "ip l, ip link",
    "ip -d -s link ls, ip link",
    "ip r, ip route",
    "ip ro ls table all, ip route",
    "ip r g 10.0.0.1, ip route get",
    "ip ru, ip rule",
    "ip n, ip neigh",
    "ip neigh show nud failed, ip neigh",
    "ip neighbor, ip neigh",
    "bridge f, bridge fdb",
    "bridge fdb show br cni0, bridge fdb",
    "bridge -d link, bridge link",
    "bridge vlan show, bridge vlan",
    "/usr/sbin/brctl show, brctl show",
    "brctl showmacs br0, brctl showmacs",
    "sudo ifconfig -a, ifconfig",
    "ifconfig eth0, ifconfig",
    "route -n, route -n",
    "netstat -nr, route -n",
    "arp -an, arp",
    "ss -lntup, ss",
    "sysctl -a, sysctl",
    "cat /proc/sys/net/ipv4/ip_forward, sysctl",
    "tcpdump -nn -i eth1 ip proto 4, tcpdump",
    "ip netns exec ren route, route -n",
    "kubectl exec -n kube-system web-0 -- ip r, ip route"
  })
  void commandsFindTheirParser(String command, String name) {
    assertThat(parsers.forCommand(ShellCommand.parse(command)).map(OutputParser::name))
        .contains(name);
  }

  @ParameterizedTest
  @CsvSource({
    "ip link set eth0 down",
    "ip addr add 10.0.0.1/24 dev eth0",
    "ip route replace default via 10.0.0.1",
    "ip neigh del 10.0.0.1 dev eth0",
    "bridge fdb add 5e:21:0c:9d:44:07 dev vx0",
    "ip netns list",
    "brctl addif cni0 veth1",
    "ifconfig eth0 down",
    "arp -s 10.0.0.1 00:11:22:33:44:55",
    "route add -net 10.0.0.0/8 gw 10.0.0.1",
    "tcpdump -w f.pcap",
    "ip -6"
  })
  void commandsThatChangeAreNotRead(String command) {
    ShellCommand parsed = ShellCommand.parse(command);
    assertThat(mine(parsers).stream().filter(p -> p.reads(parsed)).map(OutputParser::name))
        .isEmpty();
  }
}
