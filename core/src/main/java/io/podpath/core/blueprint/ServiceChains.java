package io.podpath.core.blueprint;

import io.podpath.core.blueprint.ServiceFacts.Endpoint;
import io.podpath.core.blueprint.ServiceFacts.Entrance;
import io.podpath.core.net.IpPrefix;
import io.podpath.core.net.IpProtocol;
import io.podpath.core.net.Port;
import io.podpath.core.netfilter.ChainRule;
import io.podpath.core.netfilter.Match;
import io.podpath.core.netfilter.Target;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * What kube-proxy writes in iptables mode for one port of a service on one node (kubernetes,
 * pkg/proxy/iptables/proxier.go: syncProxyRules, 1.25): KUBE-SVC chooses among all endpoints,
 * KUBE-SVL among those of the node, KUBE-EXT stands before either for callers from outside, KUBE-FW
 * before that for a load balancer that not everybody may use, and one KUBE-SEP translates to each
 * endpoint.
 */
final class ServiceChains {

  private final ClusterFacts cluster;
  private final NodeFacts node;
  private final ServiceFacts service;
  private final Masquerading masquerading;
  private final NodeDraft draft;
  private final String because;
  private final String hash;
  private final Set<Endpoint> written = new HashSet<>();

  ServiceChains(
      ClusterFacts cluster,
      NodeFacts node,
      ServiceFacts service,
      Masquerading masquerading,
      NodeDraft draft) {
    this.cluster = cluster;
    this.node = node;
    this.service = service;
    this.masquerading = masquerading;
    this.draft = draft;
    this.because = "Service " + service.servicePort();
    this.hash = KubeProxyIptables.hash(service.servicePort() + service.protocol());
  }

  void lay() {
    clusterIp();
    if (service.isExternal()) {
      outside();
    }
    // calls from pods and from the node itself are never kept on the node
    boolean all = !service.traffic().staysInside() || service.isExternal();
    boolean own =
        service.traffic().staysInside() || service.traffic().staysOutside() && service.isExternal();
    if (all) {
      choose(chain("SVC"), service.endpoints());
    }
    if (own) {
      choose(chain("SVL"), service.on(node));
    }
  }

  private String chain(String kind) {
    return "KUBE-" + kind + "-" + hash;
  }

  private void clusterIp() {
    IpPrefix address = service.clusterIp().toPrefix();
    if (service.inside(node).isEmpty()) {
      append(refusal(to(KubeProxy.SERVICES, address), nobody(), service.port()));
      return;
    }
    String chosen = chain(service.traffic().staysInside() ? "SVL" : "SVC");
    draft.chain("nat", chosen, because);
    String comment = service.servicePort() + " cluster IP";
    append(
        ofPort(nat(KubeProxy.SERVICES).destination(address), comment, service.port()).jump(chosen));
    if (masquerading.all() || masquerading.tellsPods()) {
      ChainDraft callers =
          masquerading.all() ? nat(chosen) : nat(chosen).notSource(cluster.podNetwork());
      append(
          ofPort(callers.destination(address), comment, service.port()).jump(KubeProxy.MARK_MASQ));
    }
  }

  private void outside() {
    boolean none = service.outside(node).isEmpty();
    boolean any = !service.endpoints().isEmpty();
    for (Entrance entrance : service.entrances()) {
      IpPrefix address = entrance.address().toPrefix();
      boolean limited =
          entrance.kind().equals("loadbalancer") && !service.traffic().sourceRanges().isEmpty();
      if (any) {
        append(
            ofPort(
                    nat(KubeProxy.SERVICES).destination(address),
                    service.servicePort() + " " + entrance.kind() + " IP",
                    service.port())
                .jump(limited ? firewall(entrance) : external()));
      }
      if (none) {
        append(
            refusal(to(KubeProxyIptables.EXTERNAL_SERVICES, address), outsiders(), service.port()));
      }
    }
    service
        .nodePort()
        .ifPresent(port -> {
          if (any) {
            append(
                ofPort(nat(KubeProxyIptables.NODE_PORTS), service.servicePort(), port)
                    .jump(external()));
          }
          if (none) {
            append(nodePortRefusal(port));
          }
        });
    service
        .traffic()
        .healthCheck()
        .ifPresent(port ->
            append(
                ofPort(
                        ChainDraft.in("filter", KubeProxyIptables.NODE_PORTS),
                        service.servicePort() + " health check node port",
                        IpProtocol.TCP,
                        port)
                    .accept()));
    if (any) {
      external(none);
    }
  }

  private String external() {
    String chain = chain("EXT");
    draft.chain("nat", chain, because);
    return chain;
  }

  private void external(boolean none) {
    String chain = external();
    String calls = service.servicePort() + " external destinations";
    if (service.traffic().staysOutside()) {
      // a call from inside the cluster is as good as one to the cluster IP
      if (masquerading.tellsPods()) {
        append(
            nat(chain)
                .source(cluster.podNetwork())
                .comment("pod traffic for " + calls)
                .jump(chain("SVC")));
      }
      append(
          nat(chain)
              .comment("masquerade LOCAL traffic for " + calls)
              .match(new Match.AddrType(false, "src-type", "LOCAL"))
              .jump(KubeProxy.MARK_MASQ));
      append(
          nat(chain)
              .comment("route LOCAL traffic for " + calls)
              .match(new Match.AddrType(false, "src-type", "LOCAL"))
              .jump(chain("SVC")));
    } else {
      // the answer must come back through this node
      append(nat(chain).comment("masquerade traffic for " + calls).jump(KubeProxy.MARK_MASQ));
    }
    if (!none) {
      append(nat(chain).jump(chain(service.traffic().staysOutside() ? "SVL" : "SVC")));
    }
  }

  /** Only from these networks, and from the load balancer itself where it is a node. */
  private String firewall(Entrance entrance) {
    String chain = chain("FW");
    String comment = service.servicePort() + " loadbalancer IP";
    draft.chain("nat", chain, because);
    List<IpPrefix> ranges = service.traffic().sourceRanges();
    for (IpPrefix range : ranges) {
      append(nat(chain).source(range).comment(comment).jump(external()));
    }
    if (ranges.stream().anyMatch(r -> r.contains(node.address()))) {
      append(nat(chain).source(entrance.address().toPrefix()).comment(comment).jump(external()));
    }
    append(nat(chain).comment(comment).jump(KubeProxy.MARK_DROP));
    return chain;
  }

  private void choose(String chain, List<Endpoint> endpoints) {
    if (endpoints.isEmpty()) {
      return;
    }
    draft.chain("nat", chain, because);
    service
        .traffic()
        .affinity()
        .ifPresent(seconds ->
            endpoints.forEach(e ->
                append(
                    choice(chain, e)
                        .match(
                            new Match.Unmodelled(
                                "-m recent --rcheck --seconds "
                                    + seconds
                                    + " --reap "
                                    + remembered(e)))
                        .jump(separate(e)))));
    int left = endpoints.size();
    for (Endpoint endpoint : endpoints) {
      ChainDraft choose = choice(chain, endpoint);
      draft.append(
          (left > 1 ? choose.match(new Match.Probability(false, 1.0 / left)) : choose)
              .jump(separate(endpoint)),
          because(endpoint));
      left--;
      if (written.add(endpoint)) {
        translate(endpoint);
      }
    }
  }

  private void translate(Endpoint endpoint) {
    String chain = separate(endpoint);
    draft.append(
        nat(chain)
            .source(endpoint.address().toPrefix())
            .comment(service.servicePort())
            .jump(KubeProxy.MARK_MASQ),
        "a pod that meets itself must be masqueraded");
    ChainDraft translation = nat(chain).protocol(service.protocol()).comment(service.servicePort());
    draft.append(
        (service.traffic().affinity().isPresent()
                ? translation.match(new Match.Unmodelled("-m recent --set " + remembered(endpoint)))
                : translation)
            .match(new Match.Module(service.protocol().toString()))
            .target(new Target.Dnat(endpoint.toString(), "")),
        because(endpoint));
  }

  /** The list of clients that were sent to an endpoint, in the words of {@code iptables-save}. */
  private String remembered(Endpoint endpoint) {
    return "--name " + separate(endpoint) + " --mask 255.255.255.255 --rsource";
  }

  private ChainDraft choice(String chain, Endpoint endpoint) {
    return nat(chain).comment(service.servicePort() + " -> " + endpoint);
  }

  private String separate(Endpoint endpoint) {
    String chain =
        "KUBE-SEP-" + KubeProxyIptables.hash(service.servicePort() + service.protocol() + endpoint);
    draft.chain("nat", chain, because(endpoint));
    return chain;
  }

  private String because(Endpoint endpoint) {
    return "endpoint " + endpoint + " of " + service.servicePort();
  }

  private Refused nobody() {
    return refused(service.traffic().staysInside());
  }

  private Refused outsiders() {
    return refused(service.traffic().staysOutside());
  }

  /** Where another node has an endpoint, silence makes the caller try that one. */
  private Refused refused(boolean stays) {
    return service.endpoints().isEmpty() || !stays
        ? new Refused(" has no endpoints", new Target.Reject("icmp-port-unreachable"))
        : new Refused(" has no local endpoints", new Target.Drop());
  }

  private record Refused(String comment, Target target) {}

  private ChainRule refusal(ChainDraft rule, Refused refused, Port port) {
    return ofPort(rule, service.servicePort() + refused.comment(), port).target(refused.target());
  }

  private ChainRule nodePortRefusal(Port port) {
    Refused refused = outsiders();
    return ChainDraft.in("filter", KubeProxyIptables.EXTERNAL_SERVICES)
        .protocol(service.protocol())
        .comment(service.servicePort() + refused.comment())
        .toLocal()
        .destinationPort(service.protocol(), port.number())
        .target(refused.target());
  }

  private static ChainDraft to(String chain, IpPrefix address) {
    return ChainDraft.in("filter", chain).destination(address);
  }

  private static ChainDraft nat(String chain) {
    return ChainDraft.in("nat", chain);
  }

  private ChainDraft ofPort(ChainDraft rule, String comment, Port port) {
    return ofPort(rule, comment, service.protocol(), port);
  }

  private static ChainDraft ofPort(
      ChainDraft rule, String comment, IpProtocol protocol, Port port) {
    return rule.protocol(protocol).comment(comment).destinationPort(protocol, port.number());
  }

  private void append(ChainRule rule) {
    draft.append(rule, because);
  }
}
