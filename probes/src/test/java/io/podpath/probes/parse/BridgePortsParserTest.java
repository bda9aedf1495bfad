package io.podpath.probes.parse;

import static org.assertj.core.api.Assertions.assertThat;

import io.podpath.core.node.BridgePort;
import io.podpath.core.snapshot.Section;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** {@code bridge link}, {@code bridge vlan}, {@code brctl show}, {@code brctl showmacs}. */
class BridgePortsParserTest {

  private final BridgeLinkParser link = new BridgeLinkParser();
  private final BridgeVlanParser vlan = new BridgeVlanParser();
  private final BrctlShowParser show = new BrctlShowParser();
  private final BrctlShowmacsParser showmacs = new BrctlShowmacsParser();

  @Test
  void bridgeLinkTellsPortsOldAndNew() {
    String text =
        """
        5: veth2b0a3449@enp1s0: <BROADCAST,MULTICAST,UP,LOWER_UP> mtu 1500 master cni0 state forwarding priority 32 cost 2\s
            hairpin on guard off root_block off fastleave off learning on flood on isolated off\s
        6: veth1 state UP @eth0: <BROADCAST,MULTICAST,UP,LOWER_UP> mtu 1500 master br0 state blocking priority 32 cost 100\s
        7: eth9: <BROADCAST,MULTICAST> mtu 1500 hwmode VEB\s
        """;

    Parsed parsed = Parsed.by(link, "bridge -d link", text);

    assertThat(parsed.unread()).isEmpty();
    assertThat(parsed.printed(Section.BRIDGE_PORTS))
        .containsExactly(
            "veth2b0a3449 master cni0 state forwarding", "veth1 master br0 state blocking");
    assertThat(parsed.rows(Section.BRIDGE_PORTS).getFirst().options())
        .containsEntry("hairpin", "on")
        .containsEntry("cost", "2")
        .doesNotContainKey("mtu");
    assertThat(parsed.isWhole(Section.BRIDGE_PORTS)).isTrue();
  }

  @Test
  void bridgeLinkReadsJson() {
    String json =
        "[{\"ifindex\":5,\"link\":\"enp1s0\",\"ifname\":\"veth2\",\"flags\":[\"UP\"],\"mtu\":1500,\"master\":\"cni0\",\"state\":\"forwarding\",\"priority\":32,\"cost\":2,\"hairpin\":true}]";

    BridgePort port =
        Parsed.by(link, "bridge -j -d link", json).rows(Section.BRIDGE_PORTS).getFirst();

    assertThat(port).hasToString("veth2 master cni0 state forwarding");
    assertThat(port.options()).containsEntry("hairpin", "on").containsEntry("priority", "32");
  }

  @Test
  void bridgeLinkKnowsWhatIsWhole() {
    String text = "5: veth2: <UP> mtu 1500 master cni0 state forwarding priority 32 cost 2 \n";

    assertThat(Parsed.by(link, "bridge link", "").isWhole(Section.BRIDGE_PORTS)).isTrue();
    assertThat(Parsed.by(link, "bridge link show dev veth2", text).isWhole(Section.BRIDGE_PORTS))
        .isFalse();
    assertThat(Parsed.ofFile(link, "n/bridge-link.txt", text).isWhole(Section.BRIDGE_PORTS))
        .isTrue();
    assertThat(Parsed.ofFile(link, "n/bridge-link.txt", "").isWhole(Section.BRIDGE_PORTS))
        .isFalse();
    assertThat(Parsed.by(link, "bridge link", text + "...\n").isWhole(Section.BRIDGE_PORTS))
        .isFalse();
  }

  @Test
  void bridgeVlanReadsTextWithAndWithoutIndentationAndJson() {
    String text =
        """
        port              vlan-id \s
        eth0              1 PVID Egress Untagged
                          100
        docker0           None
        br0               10-20
        """;
    String json =
        "[{\"ifname\":\"eth0\",\"vlans\":[{\"vlan\":1,\"flags\":[\"PVID\",\"Egress Untagged\"]},{\"vlan\":100}]},{\"ifname\":\"br0\",\"vlans\":[{\"vlan\":10,\"vlanEnd\":20}]}]";
    String old = "port\tvlan ids\neth0\t 1 PVID Egress Untagged\n\t 100\n\nbr0\t 10-20\n";
    String flat =
        text.lines().map(l -> String.join(" ", Lines.words(l))).reduce("", (a, b) -> a + b + "\n");

    Parsed parsed = Parsed.by(vlan, "bridge vlan", text);

    assertThat(parsed.printed(Section.BRIDGE_VLANS))
        .containsExactly("eth0 1 Egress Untagged PVID", "eth0 100", "br0 10-20");
    assertThat(parsed.isWhole(Section.BRIDGE_VLANS)).isTrue();
    assertThat(Parsed.by(vlan, "bridge -j vlan", json).rows(Section.BRIDGE_VLANS))
        .isEqualTo(parsed.rows(Section.BRIDGE_VLANS));
    assertThat(Parsed.by(vlan, "bridge vlan", old).rows(Section.BRIDGE_VLANS))
        .isEqualTo(parsed.rows(Section.BRIDGE_VLANS));
    assertThat(Parsed.by(vlan, "bridge vlan", flat).rows(Section.BRIDGE_VLANS))
        .isEqualTo(parsed.rows(Section.BRIDGE_VLANS));
    assertThat(Parsed.by(vlan, "bridge vlan show dev eth0", text).isWhole(Section.BRIDGE_VLANS))
        .isFalse();
  }

  @Test
  void bridgeVlanReportsWhatIsNone() {
    Parsed parsed =
        Parsed.by(vlan, "bridge vlan", "port vlan-id\n5\neth0 99999\neth1 20-10\n...\n");

    assertThat(parsed.unread()).hasSize(4);
    assertThat(parsed.rows(Section.BRIDGE_VLANS)).isEmpty();
    assertThat(Parsed.by(vlan, "bridge -j vlan", "[{\"vlans\":[{\"vlan\":\"x\"}]}]").unread())
        .hasSize(1);
  }

  @Test
  void brctlShowReadsContinuationsAlsoWithoutIndentation() {
    String text =
        """
        bridge name\tbridge id\t\tSTP enabled\tinterfaces
        docker0\t\t8000.024252d223bb\tno\t\tbr0
        \t\t\t\t\t\t\tveth02fa329
        virbr0\t\t8000.52540060db8d\tyes\t\tvirbr0-nic
        lonely\t\t8000.000000000000\tno\t\t
        """;
    String flat =
        text.lines().map(l -> String.join(" ", Lines.words(l))).reduce("", (a, b) -> a + b + "\n");

    Parsed parsed = Parsed.by(show, "brctl show", text);

    assertThat(parsed.printed(Section.BRIDGE_PORTS))
        .containsExactly(
            "br0 master docker0", "veth02fa329 master docker0", "virbr0-nic master virbr0");
    assertThat(parsed.unread()).isEmpty();
    assertThat(parsed.isWhole(Section.BRIDGE_PORTS)).isTrue();
    assertThat(parsed.rank()).isEqualTo(10);
    assertThat(Parsed.by(show, "brctl show", flat).rows(Section.BRIDGE_PORTS))
        .isEqualTo(parsed.rows(Section.BRIDGE_PORTS));
    assertThat(Parsed.by(show, "brctl show docker0", text).isWhole(Section.BRIDGE_PORTS)).isFalse();
  }

  @Test
  void brctlShowReportsWhatIsNoPort() {
    Parsed parsed =
        Parsed.by(
            show,
            "brctl show",
            "veth1\nbridge cni9 does not exist!\ncni0 8000.e2ee89678398 no veth28b04daf\ncni0:网桥设备\n...\n");

    assertThat(parsed.printed(Section.BRIDGE_PORTS)).containsExactly("veth28b04daf master cni0");
    assertThat(parsed.unread()).hasSize(4);
    assertThat(parsed.isWhole(Section.BRIDGE_PORTS)).isFalse();
  }

  @Test
  void brctlShowmacsTellsAddressesWithoutPortNames() {
    String text =
        "port no\tmac addr\t\tis local?\tageing timer\n  1\tae:e3:c4:2b:9e:b0\tyes\t\t   0.00\n  2\tc6:e3:8d:d8:03:6a\tno\t\t  12.34\n";

    Parsed parsed = Parsed.by(showmacs, "brctl showmacs docker0", text + "...\n");

    assertThat(parsed.printed(Section.FDB))
        .containsExactly(
            "ae:e3:c4:2b:9e:b0 master docker0 permanent", "c6:e3:8d:d8:03:6a master docker0");
    assertThat(parsed.isWhole(Section.FDB)).isFalse();
    assertThat(parsed.unread()).hasSize(1);
  }

  @Test
  void readsEveryRecordedListing() {
    List<Path> files = new ArrayList<>(RealOutputs.examples(n -> n.equals("bridge-link.txt")));
    files.addAll(
        RealOutputs.shared(
            "recorded", n -> n.equals("bridge-link.txt") || n.equals("brctl-show.txt")));
    for (Path file : files) {
      OutputParser parser = file.toString().contains("brctl") ? show : link;
      Parsed parsed = Parsed.by(parser, parser.name(), RealOutputs.read(file).text());
      assertThat(parsed.unread()).as(file.toString()).isEmpty();
      assertThat(parsed.isWhole(Section.BRIDGE_PORTS)).as(file.toString()).isTrue();
    }
    assertThat(files).isNotEmpty();
  }
}
