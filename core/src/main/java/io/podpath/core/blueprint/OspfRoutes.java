package io.podpath.core.blueprint;

import io.podpath.core.net.IpAddress;
import io.podpath.core.net.IpPrefix;
import io.podpath.core.node.NextHop;
import io.podpath.core.node.Route;
import io.podpath.core.node.RouteTable;
import io.podpath.core.node.RouteType;
import io.podpath.core.snapshot.FabricKind;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.TreeMap;

/**
 * The routes of {@link StaticRoutes}, which machines tell each other by OSPF instead: FRR, as
 * Quagga before it, runs on every machine and announces its docker0.
 */
public record OspfRoutes() implements Fabric {

  /** What zebra gives every route of a protocol (FRR, zebra/rt_netlink.h). */
  private static final int NL_DEFAULT_ROUTE_METRIC = 20;

  @Override
  public String name() {
    return "ospf-routes";
  }

  @Override
  public FabricKind kind() {
    return FabricKind.STATIC_ROUTES;
  }

  @Override
  public void lay(ClusterFacts cluster, NodeFacts node, NodeDraft draft) {
    BridgePods.docker0(node.card().mtu()).lay(node, Optional.empty(), draft);
    StaticRoutes.publishedPorts(draft);
    node.podSubnet().ifPresent(s -> StaticRoutes.masquerade(cluster.podNetwork(), s, draft));
    for (NodeFacts other : cluster.othersThan(node)) {
      Optional<Card> card = node.cardTowards(other.address());
      for (IpPrefix subnet : other.podSubnets()) {
        card.ifPresent(c ->
            draft
                .host()
                .route(learned(subnet, other.address(), c.device()), "docker0 of " + other.name()));
      }
    }
    draft.daemon(new Daemon.Frr("hostname " + node.name() + "\n", ospfd(node)));
  }

  private static Route learned(IpPrefix subnet, IpAddress node, String device) {
    return new Route(
        RouteType.UNICAST,
        subnet,
        RouteTable.MAIN,
        Optional.of("ospf"),
        Optional.empty(),
        Optional.empty(),
        OptionalLong.of(NL_DEFAULT_ROUTE_METRIC),
        List.of(NextHop.via(node, device)),
        new TreeMap<>(),
        new TreeMap<>());
  }

  /** Neighbours are sought between cards only; that of a silent one is noticed within seconds. */
  private static String ospfd(NodeFacts node) {
    StringBuilder text = new StringBuilder("hostname " + node.name() + "\n");
    for (Card card : node.cards()) {
      text.append("interface ").append(card.device()).append('\n');
      text.append(" ip ospf hello-interval 1\n ip ospf dead-interval 4\n");
    }
    text.append("router ospf\n ospf router-id ").append(node.address()).append('\n');
    text.append(" passive-interface docker0\n timers throttle spf 10 100 1000\n");
    for (Card card : node.cards()) {
      text.append(" network ")
          .append(new IpPrefix(card.address(), card.prefixLength()))
          .append(" area 0\n");
    }
    node.podSubnets().forEach(s -> text.append(" network ").append(s).append(" area 0\n"));
    return text.toString();
  }
}
