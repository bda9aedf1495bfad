package io.podpath.probes.parse;

import static org.assertj.core.api.Assertions.assertThat;

import io.podpath.core.cni.ConfigProblem;
import io.podpath.core.cni.LogEvent;
import io.podpath.core.net.IpAddress;
import io.podpath.core.net.IpPrefix;
import io.podpath.core.net.MacAddress;
import io.podpath.core.net.Port;
import io.podpath.core.snapshot.Section;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class AgentLogParserTest {

  private final AgentLogParser parser = new AgentLogParser();

  private List<LogEvent> read(String command, String text) {
    return Told.by(parser, command, text).rows(Section.LOGS);
  }

  private LogEvent flannel(String line) {
    List<LogEvent> events = read("kubectl -n kube-flannel logs kube-flannel-ds-5whpv", line + "\n");
    assertThat(events).hasSize(1);
    return events.getFirst();
  }

  private static LogEvent dial(String component, String address, int port, String error) {
    return new LogEvent.DialFailed(component, IpAddress.of(address), new Port(port), error);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "dial tcp 10.96.0.1:443: i/o timeout | 10.96.0.1 | 443 | i/o timeout",
        "dial tcp 192.168.3.113:6443: connect: connection refused | 192.168.3.113 | 6443 | connection refused",
        "dial tcp 192.168.3.113:6443: getsockopt: no route to host | 192.168.3.113 | 6443 | no route to host",
        "dial tcp 10.0.0.5:41002->10.96.0.1:443: i/o timeout | 10.96.0.1 | 443 | i/o timeout",
        "dial tcp [fd00::1]:443: connect: network is unreachable | fd00::1 | 443 | network is unreachable",
        "read tcp 10.0.0.5:41002->10.96.0.1:443: read: connection reset by peer | 10.96.0.1 | 443 | connection reset by peer",
        "dial tcp: lookup kubernetes on 10.96.0.10:53: read udp 10.244.1.2:40000->10.96.0.10:53: i/o timeout | 10.96.0.10 | 53 | i/o timeout",
        "dial tcp 10.0.0.1:2379: connect: cannot assign requested address; retrying | 10.0.0.1 | 2379 | cannot assign requested address",
        "Failed to validate connection to cluster at https://192.168.96.12:6443: failed to get CA certs: ... connection reset by peer | 192.168.96.12 | 6443 | connection reset by peer",
        "Get https://10.96.0.1/api: net/http: TLS handshake timeout | 10.96.0.1 | 443 | TLS handshake timeout"
      })
  void readsFailedConnections(String words, String address, int port, String error) {
    assertThat(
            read(
                "journalctl -u k3s-agent",
                "time=\"2024-01-01T00:00:00Z\" level=error msg=\"" + words + "\"\n"))
        .containsExactly(dial("k3s", address, port, error));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "dial tcp: lookup kubernetes on 10.96.0.10:53: no such host",
        "dial tcp 10.96.0.1:443: operation was canceled",
        "dial tcp example.org:443: i/o timeout",
        "dial tcp 10.96.0.1:99999: i/o timeout",
        "listening on https://10.0.0.1:6443",
        "dial tcp "
      })
  void passesOverWhatIsNoFailedConnection(String words) {
    assertThat(read("journalctl -u k3s-agent", words + "\n")).isEmpty();
  }

  @Test
  void readsFlanneldsLog() {
    assertThat(
            flannel(
                "I0211 02:04:21.359211       1 main.go:533] Using interface with name enp1s0 and address 192.168.3.118"))
        .isEqualTo(
            new LogEvent.AddressChosen(
                "flanneld",
                Optional.of("enp1s0"),
                IpAddress.of("192.168.3.118"),
                Optional.empty()));
    assertThat(
            flannel(
                "I0926 06:56:56.934355 00733 main.go:164] Using 10.0.2.15 as external interface"))
        .isEqualTo(
            new LogEvent.AddressChosen(
                "flanneld", Optional.empty(), IpAddress.of("10.0.2.15"), Optional.empty()));
    assertThat(
            flannel(
                "I0926 06:56:56.997207 00733 subnet.go:80] Subnet lease acquired: 10.0.78.0/24"))
        .isEqualTo(
            new LogEvent.SubnetLearned(
                "flanneld", IpPrefix.of("10.0.78.0/24"), Optional.empty(), Optional.empty()));
    assertThat(
            flannel(
                "I1121 01:13:34.285118      96 local_manager.go:220] Allocated lease (10.244.0.0/24) to current node (192.168.80.240) "))
        .isEqualTo(
            new LogEvent.SubnetLearned(
                "flanneld", IpPrefix.of("10.244.0.0/24"), Optional.empty(), Optional.empty()));
    assertThat(
            flannel(
                "I1227 12:09:56.991787 1 route_network.go:86] Subnet added: 10.244.2.0/24 via 192.168.80.240"))
        .isEqualTo(
            new LogEvent.SubnetLearned(
                "flanneld",
                IpPrefix.of("10.244.2.0/24"),
                Optional.of(IpAddress.of("192.168.80.240")),
                Optional.empty()));
    assertThat(
            flannel(
                "I0211 02:36:09.152670 1 main.go:392] Found network config - Backend type: host-gw"))
        .isEqualTo(new LogEvent.BackendChosen("flanneld", "host-gw"));
    assertThat(
            flannel(
                "E0101 00:00:00.000000 1 main.go:289] Error registering network: failed to acquire lease: node \"n1\" pod cidr not assigned"))
        .isInstanceOf(LogEvent.SubnetRefused.class);
    assertThat(
            flannel(
                "E0101 00:00:00.000000 1 main.go:292] Couldn't fetch network config: 100: Key not found (/coreos.com) [12]"))
        .isInstanceOf(LogEvent.SubnetRefused.class);
    assertThat(
            flannel(
                "E0101 00:00:00.000000 1 main.go:1] Couldn't fetch network config: client: etcd cluster is unavailable or misconfigured; error #0: dial tcp 127.0.0.1:2379: connect: connection refused"))
        .isEqualTo(dial("flanneld", "127.0.0.1", 2379, "connection refused"));
    assertThat(
            flannel(
                "E0101 00:00:00.000000 1 main.go:1] Failed to find any valid interface to use: failed to get default interface: Unable to find default route"))
        .isInstanceOf(LogEvent.AddressNotDetected.class);
  }

  @Test
  void theUdpBackEndTellsNoAddress() {
    assertThat(
            read(
                "cat flanneld.log",
                "I1120 23:57:25.903573      83 udp_network_amd64.go:196] Subnet added: 10.1.20.0/24\n"))
        .isEmpty();
  }

  @Test
  void readsVxlanPeers() {
    MacAddress mac = MacAddress.of("fe:06:04:ca:6d:1e");
    assertThat(flannel("device.go:160] calling AddARP: 10.244.1.0, fe:06:04:ca:6d:1e"))
        .isEqualTo(
            new LogEvent.VtepProgrammed(
                "flanneld", Optional.of(IpAddress.of("10.244.1.0")), mac, Optional.empty()));
    assertThat(flannel("device.go:137] calling AddFDB: 192.168.1.2, fe:06:04:ca:6d:1e"))
        .isEqualTo(
            new LogEvent.VtepProgrammed(
                "flanneld", Optional.empty(), mac, Optional.of(IpAddress.of("192.168.1.2"))));
    assertThat(flannel("device.go:137] calling AddFDB: <hidden> fe:06:04:ca:6d:1e"))
        .isEqualTo(
            new LogEvent.VtepProgrammed("flanneld", Optional.empty(), mac, Optional.empty()));
    assertThat(
            read(
                "cat flannel.log",
                "vxlan_network.go:139] adding subnet: 10.244.1.0/24 PublicIP: 192.168.1.2 VtepMAC: fe:06:04:ca:6d:1e\n"))
        .contains(
            new LogEvent.VtepProgrammed(
                "flanneld",
                Optional.of(IpAddress.of("10.244.1.0")),
                mac,
                Optional.of(IpAddress.of("192.168.1.2"))));
  }

  private ConfigProblem rejected(String line) {
    List<LogEvent> events = read("cat kube-proxy.log", line + "\n");
    assertThat(events).singleElement().isInstanceOf(LogEvent.ConfigRejected.class);
    return ((LogEvent.ConfigRejected) events.getFirst()).problem();
  }

  @Test
  void readsRefusedConfigurations() {
    ConfigProblem old =
        rejected(
            ": v1alpha1.KubeProxyConfiguration.IPTables: v1alpha1.KubeProxyIPTablesConfiguration.MasqueradeBit: ReadObject: found unknown field: masqueradeAl, error found in #10 byte of"
                + " ...|queradeAl\":\"\",\"masqu|...");
    assertThat(old.path()).isEqualTo("iptables.masqueradeAl");
    assertThat(old.meant()).contains("iptables.masqueradeAll");
    assertThat(old.line()).isEqualTo(1);
    assertThat(
            rejected(
                    "error: v1alpha1.KubeProxyConfiguration.BindAddress: ReadObject: found unknown field: mod, error found in #10 byte")
                .path())
        .isEqualTo("mod");
    assertThat(
            rejected(
                    "error: v1alpha1.KubeProxyConfiguration.IPVS: v1alpha1.KubeProxyIPVSConfiguration.Scheduler: ReadObject: found unknown field: mod, error found in #10 byte of ...|x|...,"
                        + " bigger context ...|{\"iptables\":{\"masqueradeBit\":14},\"mod\":\"ipvs\",\"ipvs\":{|...")
                .path())
        .as("the piece of configuration shows it at the top")
        .isEqualTo("mod");
    assertThat(
            rejected(
                    "error: v1alpha1.KubeProxyConfiguration.Mode: ReadObject: found unknown field: schedular, error found in #10 byte of ...|x|..., bigger context"
                        + " ...|,\"ipvs\":{\"schedular\":\"rr\"|...")
                .path())
        .isEqualTo("ipvs.schedular");
    ConfigProblem type =
        rejected(
            "error: v1alpha1.KubeProxyConfiguration: FeatureGates: ReadMapCB: expect { or n, but found \", error found in #10 byte of ...|reGates\":\"\",\"healthz|...");
    assertThat(type.kind()).isEqualTo(ConfigProblem.Kind.WRONG_TYPE);
    assertThat(type.path()).isEqualTo("featureGates");
    assertThat(type.expected()).contains("a map of names to booleans");
    ConfigProblem now =
        rejected(
            "E1121 08:31:56.120874 1842 run.go:72] \"command failed\" err=\"failed complete: strict decoding error: unknown field \\\"iptables.masqueradeAl\\\"\"");
    assertThat(now.path()).isEqualTo("iptables.masqueradeAl");
    assertThat(now.meant()).contains("iptables.masqueradeAll");
    ConfigProblem json =
        rejected(
            "error: json: cannot unmarshal string into Go struct field KubeProxyIPTablesConfiguration.iptables.masqueradeAll of type bool");
    assertThat(json.path()).isEqualTo("iptables.masqueradeAll");
    assertThat(json.expected()).contains("bool");
  }

  @Test
  void readsRefusedRules() {
    String now =
        """
        E0926 10:00:00.000000       1 proxier.go:1525] "Failed to execute iptables-restore" err=<
        \texit status 2: iptables-restore v1.8.7 (legacy): Couldn't load match `statistic':No such file or directory

        \tError occurred at line: 7
         >
        I0926 10:00:01.000000       1 proxier.go:829] "SyncProxyRules complete" elapsed="203.597788ms"
        """;
    assertThat(read("cat kube-proxy.log", now))
        .first()
        .satisfies(e -> {
          assertThat(e).isInstanceOf(LogEvent.RulesRejected.class);
          assertThat(((LogEvent.RulesRejected) e).reason())
              .contains("Couldn't load match `statistic'")
              .doesNotContain("SyncProxyRules");
        });
    assertThat(read("cat kube-proxy.log", now).getLast()).isInstanceOf(LogEvent.Working.class);
  }

  @Test
  void aLogKeepsItsOrder() {
    List<LogEvent> events =
        read(
            "cat kube-proxy.log",
            """
            E0211 09:13:56.135807    1842 node.go:161] Failed to retrieve node info: Get "https://192.168.3.113:6443/api": dial tcp 192.168.3.113:6443: connect: connection refused
            I1121 00:38:44.284014      75 shared_informer.go:262] Caches are synced for service config
            I1121 00:38:44.286251      75 service.go:440] "Adding new service port" portName="default/kubernetes:https" servicePort="10.96.0.1:443/TCP"
            """);
    assertThat(events).hasSize(3);
    assertThat(events.getFirst())
        .isEqualTo(dial("kube-proxy", "192.168.3.113", 6443, "connection refused"));
    assertThat(events.get(1)).isInstanceOf(LogEvent.Working.class);
  }

  @Test
  void aLongRunOfOneFailureKeepsItsEnds() {
    String line =
        "E0211 09:13:56.135807 1 reflector.go:1] Get \"https://10.0.0.1:6443/\": dial tcp 10.0.0.1:6443: connect: connection refused\n";
    assertThat(Told.by(parser, "cat kube-proxy.log", line.repeat(1000)).table(Section.LOGS).facts())
        .extracting(f -> f.from().line())
        .containsExactly(1, 1000);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "startup.go 621: Using autodetected IPv4 address on interface PortChannel0004: 10.0.0.62/31 | PortChannel0004 | 10.0.0.62 | 31",
        "startup/startup.go 791: Using autodetected IPv4 address 192.168.2.107/24 on matching interface ens33 | ens33 | 192.168.2.107 | 24",
        "startup/startup.go 791: Using autodetected IPv4 address on interface br-d710e33f6c1a: 172.18.0.1/16 | br-d710e33f6c1a | 172.18.0.1 | 16"
      })
  void readsTheAddressCalicoChose(String words, String device, String address, int length) {
    assertThat(
            read(
                "kubectl logs -n kube-system calico-node-x",
                "2020-02-11 15:32:28.330 [INFO][8] " + words + "\n"))
        .containsExactly(
            new LogEvent.AddressChosen(
                "calico-node", Optional.of(device), IpAddress.of(address), Optional.of(length)));
  }

  @Test
  void readsWhyCalicoEnded() {
    List<LogEvent> events =
        read(
            "cat calico-node.log",
            """
            2018-01-22 07:16:35.054 [WARNING][9] startup.go 757: Calico node 'devops-master03' is already using the IPv4 address 172.18.0.1.
            2018-01-22 07:16:35.054 [WARNING][9] startup.go 943: Terminating
            Calico node failed to start
            """);
    assertThat(events)
        .containsExactly(
            new LogEvent.AddressInUse("calico-node", IpAddress.of("172.18.0.1"), "devops-master03"),
            new LogEvent.Terminated(
                "calico-node",
                "Calico node 'devops-master03' is already using the IPv4 address 172.18.0.1."));
    assertThat(
            read(
                "cat calico-node.log",
                "[WARNING] Unable to auto-detect an IPv4 address using interface regexes [enp2s0]: no valid host interfaces found\n"))
        .containsExactly(
            new LogEvent.AddressNotDetected("calico-node", "interface regexes [enp2s0]"));
  }

  @Test
  void readsBirdsLog() {
    assertThat(
            read(
                "cat bird.log",
                "bird: device1: State changed to up\nbird: Mesh_10_0_0_2: State changed to up\nbird: BGP: Unexpected connect from unknown address 192.168.190.100 (port 58043)\n"))
        .containsExactly(
            new LogEvent.Working("bird", "Mesh_10_0_0_2: State changed to up"),
            new LogEvent.UnexpectedPeer("bird", IpAddress.of("192.168.190.100")));
  }

  @Test
  void readsKubeletsTroubleWithCni() {
    assertThat(
            read(
                "journalctl -u kubelet",
                "Nov 21 08:59:01 node1 kubelet[1188]: W1121 08:59:01.310562    1188 cni.go:237] Unable to update cni config: no networks found in /etc/cni/net.d\n"))
        .containsExactly(
            new LogEvent.CniFailed(
                "kubelet", "Unable to update cni config: no networks found in /etc/cni/net.d"));
  }

  @Test
  void linesSpeakForThemselvesWhateverTheFileIsCalled() {
    assertThat(
            read(
                "vi kube-proxy.INFO",
                "...\nI0211 02:36:09.152670 1 main.go:392] Found network config - Backend type: host-gw\n"))
        .containsExactly(new LogEvent.BackendChosen("flanneld", "host-gw"));
    assertThat(
            Told.byFile(
                    parser,
                    "weave.log",
                    "FATA: 2018/06/27 05:35:46.045930 [kube-peers] Could not get peers: Get https://10.64.0.1:443/api: dial tcp 10.64.0.1:443: i/o timeout\n")
                .rows(Section.LOGS))
        .containsExactly(dial("weave", "10.64.0.1", 443, "i/o timeout"));
  }

  @Test
  void silenceProvesNothing() {
    Told told =
        Told.by(
            parser,
            "kubectl logs kube-proxy-x",
            "I0627 03:44:31.140425       1 server.go:444] Version: v1.10.5\n");
    assertThat(told.table(Section.LOGS).isComplete()).isFalse();
    assertThat(told.unread()).isZero();
    Told missing =
        Told.by(
            parser,
            "kubectl logs kube-proxy-x",
            "W0627 03:44:30.977868 1 proxier.go:311] clusterCIDR not specified, unable to distinguish between internal and external traffic\n");
    assertThat(missing.only(Section.KUBE_PROXY_CONFIG).clusterCidrs()).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "default via 10.0.0.1 dev eth0\n",
        "*filter\n:INPUT ACCEPT [0:0]\nCOMMIT\n",
        "{\"summary\": \"dial tcp 10.0.0.1:443: i/o timeout\"}\n",
        "2026-11-21T00:37:12.488Z|00025|ofproto_dpif|INFO|system@ovs-system: Datapath supports ct_label\n"
      })
  void otherTextsAreNoLogs(String text) {
    assertThat(parser.likeness("x.txt", text)).isLessThan(30);
  }
}
