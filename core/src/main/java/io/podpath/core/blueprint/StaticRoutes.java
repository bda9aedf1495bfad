package io.podpath.core.blueprint;

import io.podpath.core.net.IpPrefix;
import io.podpath.core.netfilter.Target;
import io.podpath.core.snapshot.FabricKind;
import java.util.Optional;

/** Routes somebody set by hand between the docker0 bridges, without any plug-in. */
public record StaticRoutes() implements Fabric {

  @Override
  public String name() {
    return "static-routes";
  }

  @Override
  public FabricKind kind() {
    return FabricKind.STATIC_ROUTES;
  }

  @Override
  public void lay(ClusterFacts cluster, NodeFacts node, NodeDraft draft) {
    BridgePods.docker0(node.card().mtu()).lay(node, Optional.empty(), draft);
    publishedPorts(draft);
    node.podSubnet().ifPresent(s -> masquerade(cluster.podNetwork(), s, draft));
    for (NodeFacts other : cluster.othersThan(node)) {
      Optional<Card> card = node.cardTowards(other.address());
      for (IpPrefix subnet : other.podSubnetsBeside(node)) {
        card.ifPresent(c ->
            draft.host().via(subnet, other.address(), c.device(), "docker0 of " + other.name()));
      }
    }
  }

  /** Docker's own rule would hide a pod's address from other nodes' pods; this one does not. */
  static void masquerade(IpPrefix network, IpPrefix subnet, NodeDraft draft) {
    draft.append(
        ChainDraft.in("nat", "POSTROUTING")
            .source(subnet)
            .notDestination(network)
            .notOut("docker0")
            .target(new Target.Masquerade("")),
        "containers speak to the outside with the node's address");
  }

  /** Docker's hooks for published ports. */
  static void publishedPorts(NodeDraft draft) {
    String because = "Docker's published ports";
    draft.chain("nat", "DOCKER", because);
    draft.append(ChainDraft.in("nat", "PREROUTING").toLocal().jump("DOCKER"), because);
    draft.append(
        ChainDraft.in("nat", "OUTPUT")
            .notDestination(IpPrefix.of("127.0.0.0/8"))
            .toLocal()
            .jump("DOCKER"),
        because);
    draft.append(ChainDraft.in("nat", "DOCKER").in("docker0").giveBack(), because);
  }
}
