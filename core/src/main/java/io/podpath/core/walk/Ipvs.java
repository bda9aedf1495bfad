package io.podpath.core.walk;

import io.podpath.core.netfilter.VirtualServer;
import io.podpath.core.netfilter.VirtualServer.RealServer;
import io.podpath.core.snapshot.Fact;
import io.podpath.core.snapshot.Section;
import io.podpath.core.walk.Step.Kind;
import io.podpath.core.walk.Step.Mark;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * IP Virtual Server at hooks INPUT and OUTPUT (net/netfilter/ipvs/ip_vs_core.c: ip_vs_in,
 * ip_vs_xmit.c: ip_vs_nat_xmit). What it translates is told to connection tracking, as kube-proxy
 * asks for ({@code net.ipv4.vs.conntrack}), so that answers find their way back.
 */
final class Ipvs {

  private final Look look;
  private final Trail trail;
  private final Hooks.Next otherwise;

  private Ipvs(Look look, Trail trail, Hooks.Next otherwise) {
    this.look = look;
    this.trail = trail;
    this.otherwise = otherwise;
  }

  /**
   * @param otherwise what comes for packets no virtual server is for
   */
  static List<Journey> pass(Look look, Trail trail, Hooks.Next otherwise) {
    return new Ipvs(look, trail, otherwise).schedule();
  }

  private List<Journey> schedule() {
    if (!look.stack().hasVirtualServers()) {
      return otherwise.with(look.skb(), trail);
    }
    Optional<Connection> connection = look.connection();
    boolean first =
        look.skb().isIn("NEW") && connection.filter(c -> !c.destinationTranslated()).isPresent();
    Optional<Fact<VirtualServer>> server = first ? server() : Optional.empty();
    if (server.isEmpty()) {
      return otherwise.with(look.skb(), trail);
    }
    List<RealServer> alive =
        server.get().value().realServers().stream().filter(r -> r.weight().orElse(1) > 0).toList();
    if (alive.isEmpty()) {
      return Journey.lost(
          look.stack(),
          Kind.IPVS,
          look.in(),
          server.get().value() + " has no real server with a weight",
          Optional.of(server.get().from()),
          look.packet(),
          Disposition.NO_SERVICE_ENDPOINT,
          trail);
    }
    List<Journey> journeys = new ArrayList<>(alive.size());
    for (RealServer real : alive) {
      journeys.addAll(sent(server.get(), real));
    }
    return journeys;
  }

  private Optional<Fact<VirtualServer>> server() {
    Optional<Fact<VirtualServer>> byAddress = look.stack().virtualServer(look.packet());
    return byAddress.isPresent() || look.skb().mark() == 0
        ? byAddress
        : look.stack().facts().get(Section.IPVS).stream()
            .filter(f -> f.value().firewallMark().equals(Optional.of(look.skb().mark())))
            .findFirst();
  }

  private List<Journey> sent(Fact<VirtualServer> server, RealServer real) {
    String entry = server.value() + " -> " + real;
    if (!real.forwarding().isEmpty() && !real.forwarding().equals("Masq")) {
      return Journey.open(
          look.stack(),
          Kind.IPVS,
          look.in(),
          "forwarding by " + real.forwarding() + " is not modelled: " + entry,
          Optional.of(server.from()),
          look.packet(),
          trail);
    }
    int index = look.skb().tracked().flatMap(Skb.Tracked::connection).orElseThrow();
    Connection chosen = trail.connections().get(index).to(real.address(), Optional.of(real.port()));
    Trail after =
        trail
            .with(index, chosen)
            .step(
                look.stack(),
                Kind.IPVS,
                look.in(),
                entry,
                Mark.OK,
                Optional.of(server.from()),
                look.packet());
    Skb skb = Tracking.translated(look.skb(), after, true);
    if (look.stack().fib(skb.packet().family()).isLocal(real.address())) {
      return otherwise.with(skb, after);
    }
    Flow flow = Flow.of(skb.packet(), Flow.LOOPBACK, Optional.empty(), skb.mark());
    return IpOutput.route(
        look.stack(),
        flow,
        skb.packet(),
        after,
        (hop, t) -> IpOutput.output(look.stack(), skb, hop, t));
  }
}
