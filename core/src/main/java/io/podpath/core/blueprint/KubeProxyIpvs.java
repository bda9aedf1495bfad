package io.podpath.core.blueprint;

import io.podpath.core.blueprint.ServiceFacts.Endpoint;
import io.podpath.core.net.IpAddress;
import io.podpath.core.netfilter.Target;
import io.podpath.core.netfilter.VirtualServer;
import io.podpath.core.node.LinkKind;
import io.podpath.core.snapshot.ServiceProxyKind;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;

/**
 * kube-proxy in ipvs mode: every service address on kube-ipvs0, virtual and real servers, and a few
 * rules over ipsets (kubernetes, pkg/proxy/ipvs/proxier.go, 1.25).
 */
public record KubeProxyIpvs() implements ServiceProxy {

  /** Holds the addresses of all services. */
  public static final String DEVICE = "kube-ipvs0";

  private static final String NODE_PORT = "KUBE-NODE-PORT";
  private static final String FIREWALL = "KUBE-PROXY-FIREWALL";

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
    KubeProxy.config(cluster, node, "ipvs", draft);
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
      List<IpAddress> addresses = new ArrayList<>();
      addresses.add(service.clusterIp());
      addresses.addAll(service.externalIps());
      for (IpAddress address : addresses) {
        // IPVS looks at packets that are for this node only
        draft.host().address(DEVICE, address, 32, "global", because);
        draft.virtualServer(
            new VirtualServer(
                Optional.of(service.protocol()),
                Optional.of(address),
                Optional.of(service.port()),
                Optional.empty(),
                "rr",
                service.endpoints().stream()
                    .map(e ->
                        new VirtualServer.RealServer(
                            e.address(), e.port(), "Masq", OptionalInt.of(1)))
                    .toList()),
            because);
      }
    }
  }

  private static void sets(ClusterFacts cluster, NodeFacts node, NodeDraft draft) {
    String because = "kube-proxy's sets";
    draft.set("KUBE-CLUSTER-IP", "hash:ip,port", "", because);
    draft.set("KUBE-EXTERNAL-IP", "hash:ip,port", "", because);
    draft.set("KUBE-LOAD-BALANCER", "hash:ip,port", "", because);
    draft.set("KUBE-LOOP-BACK", "hash:ip,port,ip", "", because);
    draft.set("KUBE-NODE-PORT-TCP", "bitmap:port", "range 0-65535", because);
    draft.set("KUBE-NODE-PORT-UDP", "bitmap:port", "range 0-65535", because);
    draft.set("KUBE-HEALTH-CHECK-NODE-PORT", "bitmap:port", "range 0-65535", because);
    for (ServiceFacts service : cluster.services()) {
      String reason = "Service " + service.servicePort();
      String protocolPort = "," + service.protocol() + ":" + service.port();
      draft.member("KUBE-CLUSTER-IP", service.clusterIp() + protocolPort, reason);
      service
          .externalIps()
          .forEach(e -> draft.member("KUBE-EXTERNAL-IP", e + protocolPort, reason));
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

  private static void nat(ClusterFacts cluster, NodeDraft draft) {
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
    draft.append(
        ChainDraft.in("nat", KubeProxy.SERVICES)
            .notSource(cluster.podNetwork())
            .comment("Kubernetes service cluster ip + port for masquerade purpose")
            .inSet("KUBE-CLUSTER-IP", "dst", "dst")
            .jump(KubeProxy.MARK_MASQ),
        because);
    if (cluster.services().stream().anyMatch(s -> !s.externalIps().isEmpty())) {
      draft.append(
          ChainDraft.in("nat", KubeProxy.SERVICES)
              .comment("Kubernetes service external ip + port for masquerade and filter purpose")
              .inSet("KUBE-EXTERNAL-IP", "dst", "dst")
              .jump(KubeProxy.MARK_MASQ),
          because);
    }
    draft.chain("nat", NODE_PORT, because);
    draft.append(ChainDraft.in("nat", KubeProxy.SERVICES).toLocal().jump(NODE_PORT), because);
    draft.append(
        ChainDraft.in("nat", KubeProxy.SERVICES).inSet("KUBE-CLUSTER-IP", "dst", "dst").accept(),
        because);
  }
}
