package io.podpath.core.blueprint;

import static org.assertj.core.api.Assertions.assertThat;

import io.podpath.core.blueprint.ServiceFacts.Endpoint;
import io.podpath.core.cluster.ServiceTraffic;
import io.podpath.core.net.IpAddress;
import io.podpath.core.net.IpFamily;
import io.podpath.core.net.IpPrefix;
import io.podpath.core.net.IpProtocol;
import io.podpath.core.net.Port;
import io.podpath.core.netfilter.Backend;
import io.podpath.core.netfilter.ChainRule;
import io.podpath.core.netfilter.IpSetMember;
import io.podpath.core.netfilter.VirtualServer;
import io.podpath.core.snapshot.Section;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import org.junit.jupiter.api.Test;

/**
 * Services of every kind, with the names and chains that kube-proxy's own tests expect for them
 * (kubernetes, pkg/proxy/iptables/proxier_test.go and cleanup_test.go), as iptables-save prints
 * them.
 */
class KubeProxyServicesTest {

  private static final Optional<Port> NO_PORT = Optional.empty();

  private static NodeFacts node(String name, String address, String pods) {
    return new NodeFacts(
        name,
        List.of(
            new Card(
                "eth0",
                "lan",
                IpAddress.of(address),
                24,
                Hardware.mac("card " + name),
                Optional.empty())),
        IpAddress.of(address),
        List.of(IpPrefix.of(pods)),
        List.of(),
        Optional.empty(),
        Optional.empty(),
        Optional.empty());
  }

  private static final NodeFacts HERE = node("node1", "192.168.80.101", "10.180.0.0/24");
  private static final NodeFacts THERE = node("node2", "192.168.80.102", "10.180.1.0/24");

  private static ServiceTraffic traffic(String internal, String external, int affinity) {
    return new ServiceTraffic(
        Optional.of(internal),
        Optional.of(external),
        affinity == 0 ? OptionalInt.empty() : OptionalInt.of(affinity),
        List.of(),
        Optional.empty());
  }

  private static ServiceFacts service(
      int number,
      Optional<Port> nodePort,
      List<String> externalIps,
      List<String> loadBalancer,
      ServiceTraffic traffic,
      String... endpoints) {
    return new ServiceFacts(
        "ns" + number,
        "svc" + number,
        "p80",
        IpProtocol.TCP,
        IpAddress.of("172.30.0.4" + number),
        new Port(80),
        nodePort,
        externalIps.stream().map(IpAddress::of).toList(),
        loadBalancer.stream().map(IpAddress::of).toList(),
        traffic,
        List.of(endpoints).stream().map(e -> new Endpoint(IpAddress.of(e), new Port(80))).toList());
  }

  private static NodeBlueprint drawn(ServiceProxy proxy, NodeFacts on, ServiceFacts service) {
    ClusterFacts cluster =
        new ClusterFacts(
            IpPrefix.of("10.0.0.0/8"),
            List.of(),
            IpPrefix.of("172.30.0.0/16"),
            List.of(
                new Segment("lan", IpPrefix.of("192.168.80.0/24"), IpAddress.of("192.168.80.1"))),
            List.of(HERE, THERE),
            List.of(service),
            BgpFacts.FULL_MESH);
    return Blueprint.of(cluster, new FlannelHostGw(), proxy).node(on.name()).orElseThrow();
  }

  /** Rules of one service's own chains, and those that lead to them. */
  private static List<String> rules(NodeFacts on, ServiceFacts service) {
    return drawn(new KubeProxyIptables(), on, service)
        .host()
        .get(Section.chainRules(IpFamily.INET, Backend.UNSTATED))
        .values()
        .map(ChainRule::toString)
        .filter(r ->
            r.matches(".*KUBE-(SVC|SVL|EXT|FW|SEP)-.*")
                || r.matches("-A KUBE-(NODEPORTS|EXTERNAL-SERVICES) .*")
                || r.contains("local endpoints")
                || r.contains("no endpoints"))
        .toList();
  }

  @Test
  void nodePortIsMasqueradedAndGoesToAllEndpoints() {
    ServiceFacts service =
        service(
            3,
            Optional.of(new Port(3003)),
            List.of(),
            List.of(),
            ServiceTraffic.CLUSTER,
            "10.180.0.3");
    assertThat(rules(HERE, service))
        .containsExactlyInAnyOrder(
            "-A KUBE-SERVICES -d 172.30.0.43/32 -p tcp -m comment --comment \"ns3/svc3:p80 cluster IP\" -m tcp --dport 80 -j KUBE-SVC-X27LE4BHSL4DOUIK",
            "-A KUBE-NODEPORTS -p tcp -m comment --comment \"ns3/svc3:p80\" -m tcp --dport 3003 -j KUBE-EXT-X27LE4BHSL4DOUIK",
            "-A KUBE-EXT-X27LE4BHSL4DOUIK -m comment --comment \"masquerade traffic for ns3/svc3:p80 external destinations\" -j KUBE-MARK-MASQ",
            "-A KUBE-EXT-X27LE4BHSL4DOUIK -j KUBE-SVC-X27LE4BHSL4DOUIK",
            "-A KUBE-SVC-X27LE4BHSL4DOUIK ! -s 10.0.0.0/8 -d 172.30.0.43/32 -p tcp -m comment --comment \"ns3/svc3:p80 cluster IP\" -m tcp --dport 80 -j KUBE-MARK-MASQ",
            "-A KUBE-SVC-X27LE4BHSL4DOUIK -m comment --comment \"ns3/svc3:p80 -> 10.180.0.3:80\" -j KUBE-SEP-OYPFS5VJICHGATKP",
            "-A KUBE-SEP-OYPFS5VJICHGATKP -s 10.180.0.3/32 -m comment --comment \"ns3/svc3:p80\" -j KUBE-MARK-MASQ",
            "-A KUBE-SEP-OYPFS5VJICHGATKP -p tcp -m comment --comment \"ns3/svc3:p80\" -m tcp -j DNAT --to-destination 10.180.0.3:80");
  }

  private static ServiceFacts stayingOutside() {
    return service(
        2,
        Optional.of(new Port(3001)),
        List.of("192.168.99.22"),
        List.of("1.2.3.4"),
        traffic("Cluster", "Local", 0),
        "10.180.1.2");
  }

  @Test
  void callFromOutsideStaysOnTheNodeThatHasAnEndpoint() {
    assertThat(rules(THERE, stayingOutside()))
        .containsOnlyOnce(
            "-A KUBE-SERVICES -d 192.168.99.22/32 -p tcp -m comment --comment \"ns2/svc2:p80 external IP\" -m tcp --dport 80 -j KUBE-EXT-GNZBNJ2PO5MGZ6GT",
            "-A KUBE-SERVICES -d 1.2.3.4/32 -p tcp -m comment --comment \"ns2/svc2:p80 loadbalancer IP\" -m tcp --dport 80 -j KUBE-EXT-GNZBNJ2PO5MGZ6GT",
            "-A KUBE-EXT-GNZBNJ2PO5MGZ6GT -s 10.0.0.0/8 -m comment --comment \"pod traffic for ns2/svc2:p80 external destinations\" -j KUBE-SVC-GNZBNJ2PO5MGZ6GT",
            "-A KUBE-EXT-GNZBNJ2PO5MGZ6GT -m comment --comment \"masquerade LOCAL traffic for ns2/svc2:p80 external destinations\" -m addrtype --src-type LOCAL -j KUBE-MARK-MASQ",
            "-A KUBE-EXT-GNZBNJ2PO5MGZ6GT -m comment --comment \"route LOCAL traffic for ns2/svc2:p80 external destinations\" -m addrtype --src-type LOCAL -j KUBE-SVC-GNZBNJ2PO5MGZ6GT",
            "-A KUBE-EXT-GNZBNJ2PO5MGZ6GT -j KUBE-SVL-GNZBNJ2PO5MGZ6GT",
            "-A KUBE-SVL-GNZBNJ2PO5MGZ6GT -m comment --comment \"ns2/svc2:p80 -> 10.180.1.2:80\" -j "
                + "KUBE-SEP-"
                + KubeProxyIptables.hash("ns2/svc2:p80tcp10.180.1.2:80"))
        .noneMatch(r -> r.contains("KUBE-EXTERNAL-SERVICES"));
  }

  @Test
  void nodeWithoutAnEndpointOfItsOwnDropsItAndServesPodsAllTheSame() {
    assertThat(rules(HERE, stayingOutside()))
        .containsOnlyOnce(
            "-A KUBE-EXTERNAL-SERVICES -d 192.168.99.22/32 -p tcp -m comment --comment \"ns2/svc2:p80 has no local endpoints\" -m tcp --dport 80 -j DROP",
            "-A KUBE-EXTERNAL-SERVICES -d 1.2.3.4/32 -p tcp -m comment --comment \"ns2/svc2:p80 has no local endpoints\" -m tcp --dport 80 -j DROP",
            "-A KUBE-EXTERNAL-SERVICES -p tcp -m comment --comment \"ns2/svc2:p80 has no local endpoints\" -m addrtype --dst-type LOCAL -m tcp --dport 3001 -j DROP",
            "-A KUBE-EXT-GNZBNJ2PO5MGZ6GT -s 10.0.0.0/8 -m comment --comment \"pod traffic for ns2/svc2:p80 external destinations\" -j KUBE-SVC-GNZBNJ2PO5MGZ6GT")
        .noneMatch(r -> r.contains("KUBE-SVL"));
  }

  @Test
  void callInsideThatStaysIsDroppedWhereNoEndpointIs() {
    ServiceFacts service =
        service(1, NO_PORT, List.of(), List.of(), traffic("Local", "Cluster", 0), "10.180.1.2");
    assertThat(rules(HERE, service))
        .containsExactly(
            "-A KUBE-SERVICES -d 172.30.0.41/32 -p tcp -m comment --comment \"ns1/svc1:p80 has no local endpoints\" -m tcp --dport 80 -j DROP");
    assertThat(rules(THERE, service))
        .contains(
            "-A KUBE-SERVICES -d 172.30.0.41/32 -p tcp -m comment --comment \"ns1/svc1:p80 cluster IP\" -m tcp --dport 80 -j KUBE-SVL-XPGD46QRK7WJZT7O")
        .noneMatch(r -> r.contains("KUBE-SVC-XPGD46QRK7WJZT7O"));
  }

  @Test
  void clientThatIsRememberedComesBackToItsEndpoint() {
    ServiceFacts service =
        service(
            4,
            NO_PORT,
            List.of("192.168.99.33"),
            List.of(),
            traffic("Cluster", "Cluster", 10800),
            "10.180.0.4",
            "10.180.0.5");
    assertThat(rules(HERE, service))
        .filteredOn(r -> r.startsWith("-A KUBE-SVC") && r.contains("->") || r.contains("--set"))
        .containsExactly(
            "-A KUBE-SVC-4SW47YFZTEDKD3PK -m comment --comment \"ns4/svc4:p80 -> 10.180.0.4:80\" -m recent --rcheck --seconds 10800 --reap --name KUBE-SEP-UKSFD7AGPMPPLUHC --mask 255.255.255.255 --rsource -j KUBE-SEP-UKSFD7AGPMPPLUHC",
            "-A KUBE-SVC-4SW47YFZTEDKD3PK -m comment --comment \"ns4/svc4:p80 -> 10.180.0.5:80\" -m recent --rcheck --seconds 10800 --reap --name KUBE-SEP-C6EBXVWJJZMIWKLZ --mask 255.255.255.255 --rsource -j KUBE-SEP-C6EBXVWJJZMIWKLZ",
            "-A KUBE-SVC-4SW47YFZTEDKD3PK -m comment --comment \"ns4/svc4:p80 -> 10.180.0.4:80\" -m statistic --mode random --probability 0.50000000000 -j KUBE-SEP-UKSFD7AGPMPPLUHC",
            "-A KUBE-SEP-UKSFD7AGPMPPLUHC -p tcp -m comment --comment \"ns4/svc4:p80\" -m recent --set --name KUBE-SEP-UKSFD7AGPMPPLUHC --mask 255.255.255.255 --rsource -m tcp -j DNAT --to-destination 10.180.0.4:80",
            "-A KUBE-SVC-4SW47YFZTEDKD3PK -m comment --comment \"ns4/svc4:p80 -> 10.180.0.5:80\" -j KUBE-SEP-C6EBXVWJJZMIWKLZ",
            "-A KUBE-SEP-C6EBXVWJJZMIWKLZ -p tcp -m comment --comment \"ns4/svc4:p80\" -m recent --set --name KUBE-SEP-C6EBXVWJJZMIWKLZ --mask 255.255.255.255 --rsource -m tcp -j DNAT --to-destination 10.180.0.5:80");
  }

  @Test
  void loadBalancerThatIsNotForEverybodyDropsTheOthers() {
    ServiceTraffic traffic =
        new ServiceTraffic(
            Optional.of("Cluster"),
            Optional.of("Cluster"),
            OptionalInt.empty(),
            List.of(IpPrefix.of("203.0.113.0/25")),
            Optional.empty());
    ServiceFacts service =
        service(
            5, Optional.of(new Port(3002)), List.of(), List.of("5.6.7.8"), traffic, "10.180.0.3");
    assertThat(rules(HERE, service))
        .containsSubsequence(
            "-A KUBE-FW-NUKIZ6OKUXPJNT4C -s 203.0.113.0/25 -m comment --comment \"ns5/svc5:p80 loadbalancer IP\" -j KUBE-EXT-NUKIZ6OKUXPJNT4C",
            "-A KUBE-FW-NUKIZ6OKUXPJNT4C -m comment --comment \"ns5/svc5:p80 loadbalancer IP\" -j KUBE-MARK-DROP",
            "-A KUBE-SERVICES -d 5.6.7.8/32 -p tcp -m comment --comment \"ns5/svc5:p80 loadbalancer IP\" -m tcp --dport 80 -j KUBE-FW-NUKIZ6OKUXPJNT4C");
  }

  @Test
  void withoutAnyEndpointItIsRefusedEverywhere() {
    ServiceFacts service =
        service(6, Optional.of(new Port(3006)), List.of(), List.of(), ServiceTraffic.CLUSTER);
    assertThat(rules(HERE, service))
        .containsExactly(
            "-A KUBE-SERVICES -d 172.30.0.46/32 -p tcp -m comment --comment \"ns6/svc6:p80 has no endpoints\" -m tcp --dport 80 -j REJECT --reject-with icmp-port-unreachable",
            "-A KUBE-EXTERNAL-SERVICES -p tcp -m comment --comment \"ns6/svc6:p80 has no endpoints\" -m addrtype --dst-type LOCAL -m tcp --dport 3006 -j REJECT --reject-with icmp-port-unreachable");
  }

  @Test
  void ipvsServesNodePortsAtEachOfTheNodesAddresses() {
    NodeBlueprint node = drawn(new KubeProxyIpvs(), HERE, stayingOutside());
    assertThat(node.host().get(Section.IPVS).values())
        .extracting(v -> v + " " + v.realServers())
        .containsExactly(
            "-A -t 172.30.0.42:80 -s rr [10.180.1.2:80]",
            "-A -t 192.168.99.22:80 -s rr []",
            "-A -t 1.2.3.4:80 -s rr []",
            "-A -t 192.168.80.101:3001 -s rr []",
            "-A -t 10.180.0.1:3001 -s rr []");
    assertThat(node.host().get(Section.IPSET_MEMBERS).values())
        .extracting(IpSetMember::toString)
        .anyMatch(m -> m.contains("KUBE-NODE-PORT-TCP 3001"))
        .anyMatch(m -> m.contains("KUBE-NODE-PORT-LOCAL-TCP 3001"))
        .anyMatch(m -> m.contains("KUBE-LOAD-BALANCER 1.2.3.4,tcp:80"))
        .anyMatch(m -> m.contains("KUBE-LOAD-BALANCER-LOCAL 1.2.3.4,tcp:80"))
        .noneMatch(m -> m.contains("KUBE-EXTERNAL-IP "));
    assertThat(
            node.host()
                .get(Section.chainRules(IpFamily.INET, Backend.UNSTATED))
                .values()
                .map(ChainRule::toString)
                .filter(r -> r.startsWith("-A KUBE-NODE-PORT ") && !r.contains("health"))
                .toList())
        .containsExactly(
            "-A KUBE-NODE-PORT -p tcp -m comment --comment \"Kubernetes nodeport TCP port with externalTrafficPolicy=local\" -m set --match-set KUBE-NODE-PORT-LOCAL-TCP dst -j RETURN",
            "-A KUBE-NODE-PORT -p tcp -m comment --comment \"Kubernetes nodeport TCP port for masquerade purpose\" -m set --match-set KUBE-NODE-PORT-TCP dst -j KUBE-MARK-MASQ");
  }

  @Test
  void ipvsKeepsAClientAtItsServer() {
    ServiceFacts service =
        service(4, NO_PORT, List.of(), List.of(), traffic("Cluster", "Cluster", 600), "10.180.0.4");
    assertThat(drawn(new KubeProxyIpvs(), HERE, service).host().get(Section.IPVS).values())
        .extracting(VirtualServer::toString)
        .containsExactly("-A -t 172.30.0.44:80 -s rr -p 600");
  }

  /** Where pods cannot be told from others, none is masqueraded, and none told to be one. */
  @Test
  void masqueradingAsConfigured() {
    ServiceFacts service =
        service(
            3,
            Optional.of(new Port(3003)),
            List.of(),
            List.of(),
            traffic("Cluster", "Local", 0),
            "10.180.0.3");
    assertThat(masquerading(new KubeProxyIptables(new Masquerading(true, true)), service))
        .containsExactlyInAnyOrder(
            "-A KUBE-EXT-X27LE4BHSL4DOUIK -s 10.0.0.0/8 -m comment --comment \"pod traffic for ns3/svc3:p80 external destinations\" -j KUBE-SVC-X27LE4BHSL4DOUIK",
            "-A KUBE-SVC-X27LE4BHSL4DOUIK -d 172.30.0.43/32 -p tcp -m comment --comment \"ns3/svc3:p80 cluster IP\" -m tcp --dport 80 -j KUBE-MARK-MASQ");
    assertThat(masquerading(new KubeProxyIptables(new Masquerading(false, false)), service))
        .isEmpty();
    assertThat(masquerading(new KubeProxyIpvs(new Masquerading(true, true)), service))
        .containsExactly(
            "-A KUBE-SERVICES -m comment --comment \"Kubernetes service cluster ip + port for masquerade purpose\" -m set --match-set KUBE-CLUSTER-IP dst,dst -j KUBE-MARK-MASQ");
    assertThat(masquerading(new KubeProxyIpvs(new Masquerading(false, false)), service))
        .containsExactly(
            "-A KUBE-SERVICES -m comment --comment \"Kubernetes service cluster ip + port for masquerade purpose\" -m set --match-set KUBE-CLUSTER-IP src,dst -j KUBE-MARK-MASQ");
  }

  private static List<String> masquerading(ServiceProxy proxy, ServiceFacts service) {
    return drawn(proxy, HERE, service)
        .host()
        .get(Section.chainRules(IpFamily.INET, Backend.UNSTATED))
        .values()
        .map(ChainRule::toString)
        .filter(r ->
            r.contains("KUBE-CLUSTER-IP") && r.endsWith("MARK-MASQ")
                || r.matches(".*KUBE-SVC-\\w+ .*MARK-MASQ")
                || r.contains("pod traffic"))
        .toList();
  }
}
