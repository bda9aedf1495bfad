package io.podpath.core.blueprint;

import io.podpath.core.blueprint.ServiceFacts.Endpoint;
import io.podpath.core.blueprint.ServiceFacts.Entrance;
import io.podpath.core.net.IpAddress;
import io.podpath.core.net.IpProtocol;
import io.podpath.core.net.Port;
import io.podpath.core.netfilter.Target;
import io.podpath.core.netfilter.VirtualServer;
import io.podpath.core.node.Address;
import io.podpath.core.node.LinkKind;
import io.podpath.core.snapshot.Section;
import io.podpath.core.snapshot.ServiceProxyKind;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.function.Predicate;

/**
 * kube-proxy in ipvs mode: every service address on kube-ipvs0, virtual and real servers, and a few
 * rules over ipsets (kubernetes, pkg/proxy/ipvs/proxier.go, 1.25).
 */
public record KubeProxyIpvs(Masquerading masquerading) implements ServiceProxy {

  /** Holds the addresses of all services. */
  public static final String DEVICE = "kube-ipvs0";

  private static final String NODE_PORT = "KUBE-NODE-PORT";
  private static final String LOAD_BALANCER = "KUBE-LOAD-BALANCER";
  private static final String FIREWALL = "KUBE-PROXY-FIREWALL";

  public KubeProxyIpvs() {
    this(Masquerading.USUAL);
  }

  @Override
  public String name() {
    return "ipvs";
  }

  @Override
  public ServiceProxyKind kind() {
    return ServiceProxyKind.IPVS;
  }

  @Override
  public void lay(ClusterFacts cluster, NodeFacts node, NodeDraft draft) {
    KubeProxy.config(cluster, node, "ipvs", masquerading, draft);
    addresses(cluster, node, draft);
    sets(cluster, node, draft);
    filter(draft);
    nat(cluster, draft);
    draft
        .host()
        .sysctl(
            "net.ipv4.vs.conntrack",
            "1",
            "translated connections are tracked, so they can be masqueraded");
  }

  private static void addresses(ClusterFacts cluster, NodeFacts node, NodeDraft draft) {
    draft
        .host()
        .linkDown(
            DEVICE,
            new LinkKind.Dummy(),
            Card.ETHERNET_MTU,
            Hardware.mac(DEVICE + node.name()),
            "holds the service addresses");
    for (ServiceFacts service : cluster.services()) {
      String because = "Service " + service.servicePort();
      serve(service, service.clusterIp(), service.port(), service.inside(node), draft, because);
      for (Entrance entrance : service.entrances()) {
        serve(service, entrance.address(), service.port(), service.outside(node), draft, because);
      }
    }
    // last: those of all services are not among them
    List<IpAddress> own = ownAddresses(draft);
    for (ServiceFacts service : cluster.services()) {
      service
          .nodePort()
          .ifPresent(port ->
              own.forEach(address ->
                  draft.virtualServer(
                      server(service, address, port, service.outside(node)),
                      "node port of " + service.servicePort())));
    }
  }

  /** IPVS looks at packets that are for this node only, so the address becomes one of its own. */
  private static void serve(
      ServiceFacts service,
      IpAddress address,
      Port port,
      List<Endpoint> endpoints,
      NodeDraft draft,
      String because) {
    draft.host().address(DEVICE, address, 32, "global", because);
    draft.virtualServer(server(service, address, port, endpoints), because);
  }

  private static VirtualServer server(
      ServiceFacts service, IpAddress address, Port port, List<Endpoint> endpoints) {
    return new VirtualServer(
        Optional.of(service.protocol()),
        Optional.of(address),
        Optional.of(port),
        Optional.empty(),
        "rr",
        service.traffic().affinity(),
        endpoints.stream()
            .map(
                e -> new VirtualServer.RealServer(e.address(), e.port(), "Masq", OptionalInt.of(1)))
            .toList());
  }

  /** Node ports are open at each of them (pkg/proxy/ipvs/netlink_linux.go: NodeIPs). */
  private static List<IpAddress> ownAddresses(NodeDraft draft) {
    return draft.host().rows().rows(Section.ADDRESSES).stream()
        .filter(a -> !a.device().equals(DEVICE))
        .map(Address::local)
        .filter(a -> a.isV4() && !a.isLoopback())
        .distinct()
        .toList();
  }

  private static void sets(ClusterFacts cluster, NodeFacts node, NodeDraft draft) {
    String because = "kube-proxy's sets";
    draft.set("KUBE-CLUSTER-IP", "hash:ip,port", "", because);
    draft.set("KUBE-EXTERNAL-IP", "hash:ip,port", "", because);
    draft.set(LOAD_BALANCER, "hash:ip,port", "", because);
    draft.set("KUBE-LOOP-BACK", "hash:ip,port,ip", "", because);
    draft.set(nodePorts(IpProtocol.TCP, false), "bitmap:port", "range 0-65535", because);
    draft.set(nodePorts(IpProtocol.UDP, false), "bitmap:port", "range 0-65535", because);
    if (isAny(cluster, s -> s.isExternal() && s.traffic().staysOutside())) {
      draft.set("KUBE-EXTERNAL-IP-LOCAL", "hash:ip,port", "", because);
      draft.set(LOAD_BALANCER + "-LOCAL", "hash:ip,port", "", because);
      draft.set(nodePorts(IpProtocol.TCP, true), "bitmap:port", "range 0-65535", because);
      draft.set(nodePorts(IpProtocol.UDP, true), "bitmap:port", "range 0-65535", because);
    }
    draft.set("KUBE-HEALTH-CHECK-NODE-PORT", "bitmap:port", "range 0-65535", because);
    for (ServiceFacts service : cluster.services()) {
      String reason = "Service " + service.servicePort();
      String protocolPort = "," + service.protocol() + ":" + service.port();
      draft.member("KUBE-CLUSTER-IP", service.clusterIp() + protocolPort, reason);
      boolean stays = service.traffic().staysOutside();
      service
          .externalIps()
          .forEach(e ->
              draft.member(
                  stays ? "KUBE-EXTERNAL-IP-LOCAL" : "KUBE-EXTERNAL-IP", e + protocolPort, reason));
      for (IpAddress address : service.loadBalancerIps()) {
        draft.member(LOAD_BALANCER, address + protocolPort, reason);
        if (stays) {
          draft.member(LOAD_BALANCER + "-LOCAL", address + protocolPort, reason);
        }
      }
      service
          .nodePort()
          .ifPresent(port -> {
            draft.member(nodePorts(service.protocol(), false), port.toString(), reason);
            if (stays) {
              draft.member(nodePorts(service.protocol(), true), port.toString(), reason);
            }
          });
      service
          .traffic()
          .healthCheck()
          .ifPresent(port -> draft.member("KUBE-HEALTH-CHECK-NODE-PORT", port.toString(), reason));
      for (Endpoint endpoint : service.endpoints()) {
        // only a pod of this node can meet itself here
        if (node.pods().stream().anyMatch(p -> p.address().equals(endpoint.address()))) {
          draft.member(
              "KUBE-LOOP-BACK",
              endpoint.address()
                  + ","
                  + service.protocol()
                  + ":"
                  + endpoint.port()
                  + ","
                  + endpoint.address(),
              "endpoint of " + service.servicePort());
        }
      }
    }
  }

  private static String nodePorts(IpProtocol protocol, boolean local) {
    return "KUBE-NODE-PORT-"
        + (local ? "LOCAL-" : "")
        + protocol.toString().toUpperCase(Locale.ROOT);
  }

  private static void filter(NodeDraft draft) {
    String because = "kube-proxy's chains";
    draft.chain("filter", FIREWALL, because);
    draft.chain("filter", NODE_PORT, because);
    draft.chain("filter", KubeProxy.FORWARD, because);
    draft.append(
        ChainDraft.in("filter", "INPUT").comment("kube-proxy firewall rules").jump(FIREWALL),
        because);
    draft.append(
        ChainDraft.in("filter", "INPUT").comment("kubernetes health check rules").jump(NODE_PORT),
        because);
    draft.insert(
        1,
        ChainDraft.in("filter", "FORWARD").comment("kube-proxy firewall rules").jump(FIREWALL),
        because);
    draft.insert(
        2,
        ChainDraft.in("filter", "FORWARD")
            .comment("kubernetes forwarding rules")
            .jump(KubeProxy.FORWARD),
        because);
    KubeProxy.firewall(draft);
    KubeProxy.forward(draft);
    draft.append(
        ChainDraft.in("filter", NODE_PORT)
            .comment("Kubernetes health check node port")
            .inSet("KUBE-HEALTH-CHECK-NODE-PORT", "dst")
            .accept(),
        because);
  }

  private void nat(ClusterFacts cluster, NodeDraft draft) {
    String because = "kube-proxy masquerades what needs it";
    KubeProxy.marks(draft);
    KubeProxy.entries(draft);
    draft.chain("nat", KubeProxy.POSTROUTING, because);
    draft.append(
        ChainDraft.in("nat", KubeProxy.POSTROUTING)
            .comment("Kubernetes endpoints dst ip:port, source ip for solving hairpin purpose")
            .inSet("KUBE-LOOP-BACK", "dst", "dst", "src")
            .target(new Target.Masquerade("")),
        "a pod that meets itself must be masqueraded");
    KubeProxy.postrouting(draft);
    boolean balanced = isAny(cluster, s -> !s.loadBalancerIps().isEmpty());
    if (balanced) {
      draft.chain("nat", LOAD_BALANCER, because);
      draft.append(
          ChainDraft.in("nat", KubeProxy.SERVICES)
              .comment("Kubernetes service lb portal")
              .inSet(LOAD_BALANCER, "dst", "dst")
              .jump(LOAD_BALANCER),
          because);
      if (isAny(cluster, s -> !s.loadBalancerIps().isEmpty() && s.traffic().staysOutside())) {
        draft.append(
            ChainDraft.in("nat", LOAD_BALANCER)
                .comment(
                    "Kubernetes service load balancer ip + port with externalTrafficPolicy=local")
                .inSet(LOAD_BALANCER + "-LOCAL", "dst", "dst")
                .giveBack(),
            because);
      }
      draft.append(ChainDraft.in("nat", LOAD_BALANCER).jump(KubeProxy.MARK_MASQ), because);
    }
    draft.chain("nat", NODE_PORT, because);
    for (IpProtocol protocol : List.of(IpProtocol.TCP, IpProtocol.UDP)) {
      nodePorts(cluster, protocol, draft, because);
    }
    boolean fromOutside = !masquerading.all() && masquerading.tellsPods();
    ChainDraft callers = ChainDraft.in("nat", KubeProxy.SERVICES);
    draft.append(
        (fromOutside ? callers.notSource(cluster.podNetwork()) : callers)
            .comment("Kubernetes service cluster ip + port for masquerade purpose")
            // a node that calls takes the service's own address, which stands on kube-ipvs0
            .inSet("KUBE-CLUSTER-IP", masquerading.all() || fromOutside ? "dst" : "src", "dst")
            .jump(KubeProxy.MARK_MASQ),
        because);
    if (isAny(cluster, s -> !s.externalIps().isEmpty() && !s.traffic().staysOutside())) {
      draft.append(
          ChainDraft.in("nat", KubeProxy.SERVICES)
              .comment("Kubernetes service external ip + port for masquerade and filter purpose")
              .inSet("KUBE-EXTERNAL-IP", "dst", "dst")
              .jump(KubeProxy.MARK_MASQ),
          because);
    }
    draft.append(ChainDraft.in("nat", KubeProxy.SERVICES).toLocal().jump(NODE_PORT), because);
    draft.append(
        ChainDraft.in("nat", KubeProxy.SERVICES).inSet("KUBE-CLUSTER-IP", "dst", "dst").accept(),
        because);
    if (balanced) {
      draft.append(
          ChainDraft.in("nat", KubeProxy.SERVICES).inSet(LOAD_BALANCER, "dst", "dst").accept(),
          because);
    }
  }

  private static boolean isAny(ClusterFacts cluster, Predicate<ServiceFacts> kind) {
    return cluster.services().stream().anyMatch(kind);
  }

  /** A call that stays on the node it came to keeps its source. */
  private static void nodePorts(
      ClusterFacts cluster, IpProtocol protocol, NodeDraft draft, String because) {
    Predicate<ServiceFacts> open = s -> s.nodePort().isPresent() && s.protocol().equals(protocol);
    String name = protocol.toString().toUpperCase(Locale.ROOT);
    if (isAny(cluster, open.and(s -> s.traffic().staysOutside()))) {
      draft.append(
          ChainDraft.in("nat", NODE_PORT)
              .protocol(protocol)
              .comment("Kubernetes nodeport " + name + " port with externalTrafficPolicy=local")
              .inSet(nodePorts(protocol, true), "dst")
              .giveBack(),
          because);
    }
    if (isAny(cluster, open)) {
      draft.append(
          ChainDraft.in("nat", NODE_PORT)
              .protocol(protocol)
              .comment("Kubernetes nodeport " + name + " port for masquerade purpose")
              .inSet(nodePorts(protocol, false), "dst")
              .jump(KubeProxy.MARK_MASQ),
          because);
    }
  }
}
