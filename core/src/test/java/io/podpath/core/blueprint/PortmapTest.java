package io.podpath.core.blueprint;

import static org.assertj.core.api.Assertions.assertThat;

import io.podpath.core.cluster.HostPort;
import io.podpath.core.net.IpAddress;
import io.podpath.core.net.IpFamily;
import io.podpath.core.net.IpPrefix;
import io.podpath.core.net.IpProtocol;
import io.podpath.core.net.Port;
import io.podpath.core.netfilter.Backend;
import io.podpath.core.netfilter.ChainRule;
import io.podpath.core.snapshot.FabricKind;
import io.podpath.core.snapshot.Section;
import io.podpath.core.snapshot.Snapshot;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** What iptables-save printed after the real plug-in 1.1.1 had been told of these ports. */
class PortmapTest {

  private static final List<HostPort> PORTS =
      List.of(
          new HostPort(new Port(8080), IpProtocol.TCP, new Port(80)),
          new HostPort(new Port(8443), IpProtocol.TCP, new Port(443)),
          new HostPort(new Port(53), IpProtocol.UDP, new Port(5353)));

  private static NodeFacts node(List<HostPort> ports) {
    return new NodeFacts(
        "node1",
        List.of(
            new Card(
                "eth0",
                "lan",
                IpAddress.of("192.168.80.101"),
                24,
                Hardware.mac("card"),
                Optional.empty())),
        IpAddress.of("192.168.80.101"),
        List.of(IpPrefix.of("10.244.1.0/24")),
        List.of(new PodFacts("default", "web", IpAddress.of("10.244.1.2"), ports)),
        Optional.empty(),
        Optional.empty(),
        Optional.empty());
  }

  /** The rules with CNI in them; a container's chain and id are given by chance. */
  private static List<String> rules(FabricKind fabric, List<HostPort> ports) {
    NodeDraft draft = new NodeDraft(node(ports));
    Portmap.lay(fabric, node(ports), draft);
    return draft
        .build()
        .host()
        .get(Section.chainRules(IpFamily.INET, Backend.UNSTATED))
        .values()
        .map(ChainRule::toString)
        .filter(r -> r.contains("CNI"))
        .map(r -> r.replaceAll("CNI-DN-[0-9a-f]{21}", "CNI-DN-X").replaceAll("[0-9a-f]{64}", "ID"))
        .toList();
  }

  @Test
  void rulesAreThoseOfTheRealPlugin() {
    assertThat(rules(FabricKind.FLANNEL_VXLAN, PORTS))
        .containsExactlyInAnyOrder(
            "-A PREROUTING -m addrtype --dst-type LOCAL -j CNI-HOSTPORT-DNAT",
            "-A OUTPUT -m addrtype --dst-type LOCAL -j CNI-HOSTPORT-DNAT",
            "-A POSTROUTING -m comment --comment \"CNI portfwd requiring masquerade\" -j CNI-HOSTPORT-MASQ",
            "-A CNI-DN-X -s 10.244.1.0/24 -p tcp -m tcp --dport 8080 -j CNI-HOSTPORT-SETMARK",
            "-A CNI-DN-X -s 127.0.0.1/32 -p tcp -m tcp --dport 8080 -j CNI-HOSTPORT-SETMARK",
            "-A CNI-DN-X -p tcp -m tcp --dport 8080 -j DNAT --to-destination 10.244.1.2:80",
            "-A CNI-DN-X -s 10.244.1.0/24 -p tcp -m tcp --dport 8443 -j CNI-HOSTPORT-SETMARK",
            "-A CNI-DN-X -s 127.0.0.1/32 -p tcp -m tcp --dport 8443 -j CNI-HOSTPORT-SETMARK",
            "-A CNI-DN-X -p tcp -m tcp --dport 8443 -j DNAT --to-destination 10.244.1.2:443",
            "-A CNI-DN-X -s 10.244.1.0/24 -p udp -m udp --dport 53 -j CNI-HOSTPORT-SETMARK",
            "-A CNI-DN-X -s 127.0.0.1/32 -p udp -m udp --dport 53 -j CNI-HOSTPORT-SETMARK",
            "-A CNI-DN-X -p udp -m udp --dport 53 -j DNAT --to-destination 10.244.1.2:5353",
            "-A CNI-HOSTPORT-DNAT -p tcp -m comment --comment \"dnat name: \\\"cbr0\\\" id: \\\"ID\\\"\""
                + " -m multiport --dports 8080,8443 -j CNI-DN-X",
            "-A CNI-HOSTPORT-DNAT -p udp -m comment --comment \"dnat name: \\\"cbr0\\\" id: \\\"ID\\\"\""
                + " -m multiport --dports 53 -j CNI-DN-X",
            "-A CNI-HOSTPORT-MASQ -m mark --mark 0x2000/0x2000 -j MASQUERADE",
            "-A CNI-HOSTPORT-SETMARK -m comment --comment \"CNI portfwd masquerade mark\" -j MARK --set-xmark 0x2000/0x2000");
  }

  @Test
  void chainIsNamedAsTheRealPluginNamesIt() {
    assertThat(Portmap.chain("cbr0", "abc123")).isEqualTo("CNI-DN-3e9a3d0f9583cdc0e7133");
  }

  /** Its address in the pod's namespace is a /32. */
  @Test
  void podOfCalicoIsAloneInItsNetwork() {
    assertThat(rules(FabricKind.CALICO_IPIP, PORTS))
        .contains("-A CNI-DN-X -s 10.244.1.2/32 -p tcp -m tcp --dport 8080 -j CNI-HOSTPORT-SETMARK")
        .anyMatch(r -> r.contains("k8s-pod-network"));
  }

  /** portmap_iptables.go: fillDnatRules; the entry rule asks for no address. */
  @Test
  void portOfOneAddressIsForThatAddress() {
    HostPort port =
        new HostPort(
            Optional.of(IpAddress.of("192.168.80.101")),
            new Port(8080),
            IpProtocol.TCP,
            new Port(80));
    assertThat(rules(FabricKind.CALICO_IPIP, List.of(port)))
        .contains(
            "-A CNI-DN-X -s 10.244.1.2/32 -d 192.168.80.101/32 -p tcp -m tcp --dport 8080 -j"
                + " CNI-HOSTPORT-SETMARK",
            "-A CNI-DN-X -d 192.168.80.101/32 -p tcp -m tcp --dport 8080 -j DNAT"
                + " --to-destination 10.244.1.2:80")
        .anyMatch(r -> r.endsWith("-m multiport --dports 8080 -j CNI-DN-X"));
    HostPort other =
        new HostPort(
            Optional.of(IpAddress.of("2001:db8::1")), new Port(8080), IpProtocol.TCP, new Port(80));
    assertThat(rules(FabricKind.CALICO_IPIP, List.of(other)))
        .noneMatch(r -> r.startsWith("-A CNI-DN-X"));
  }

  @Test
  void theDeviceTowardsThePodPassesLoopbackAddresses() {
    assertThat(settings(FabricKind.FLANNEL_VXLAN))
        .containsOnly("net.ipv4.conf.cni0.route_localnet");
    assertThat(settings(FabricKind.FLANNEL_UDP))
        .containsOnly("net.ipv4.conf.docker0.route_localnet");
    assertThat(settings(FabricKind.CALICO_BGP))
        .containsOnly(
            "net.ipv4.conf."
                + Hardware.caliDevice(node(PORTS).pods().getFirst())
                + ".route_localnet");
  }

  private static List<String> settings(FabricKind fabric) {
    NodeDraft draft = new NodeDraft(node(PORTS));
    Portmap.lay(fabric, node(PORTS), draft);
    return draft.build().host().get(Section.SYSCTLS).values().map(s -> s.key()).toList();
  }

  /** A runtime's names for a pod are nobody's mistake. */
  @Test
  void chainsAreCalledAsTheNodeCallsThem() {
    CniAttachment given = new CniAttachment("podnet", "0123abcd");
    PodFacts pod =
        new PodFacts("default", "web", IpAddress.of("10.244.1.2"), PORTS, Optional.of(given));
    Snapshot held = laid(pod);
    assertThat(attachment(held)).contains(given);
    // what another pod left behind on the same port is not this one's
    PodFacts gone =
        new PodFacts(
            "default",
            "old",
            IpAddress.of("10.244.1.9"),
            PORTS,
            Optional.of(new CniAttachment("podnet", "4567")));
    assertThat(attachment(laid(gone))).isEmpty();
    assertThat(attachment(laid(gone, pod))).contains(given);
  }

  private static Snapshot laid(PodFacts... pods) {
    NodeFacts node = node(PORTS).withPods(node(PORTS).podSubnets(), List.of(pods));
    ClusterFacts cluster =
        new ClusterFacts(
            IpPrefix.of("10.244.0.0/16"),
            List.of(),
            IpPrefix.of("10.96.0.0/12"),
            List.of(
                new Segment("lan", IpPrefix.of("192.168.80.0/24"), IpAddress.of("192.168.80.254"))),
            List.of(node),
            List.of(),
            BgpFacts.FULL_MESH);
    return Blueprint.of(cluster, new FlannelHostGw(), new NoServiceProxy()).snapshot();
  }

  private static Optional<CniAttachment> attachment(Snapshot snapshot) {
    return new AttachmentReader(snapshot.node("node1")).of(IpAddress.of("10.244.1.2"), PORTS);
  }

  @Test
  void nothingWithoutHostPortsOrForDocker() {
    assertThat(rules(FabricKind.FLANNEL_VXLAN, List.of())).isEmpty();
    assertThat(rules(FabricKind.STATIC_ROUTES, PORTS)).isEmpty();
  }
}
