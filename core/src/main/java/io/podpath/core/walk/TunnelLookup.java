package io.podpath.core.walk;

import io.podpath.core.net.IpAddress;
import io.podpath.core.node.GreHeader;
import io.podpath.core.node.Link;
import io.podpath.core.node.LinkKind;
import io.podpath.core.snapshot.Fact;
import java.util.Map;
import java.util.Optional;

/**
 * The ipip or GRE device an outer packet is for: one with both ends, then one with the remote end,
 * then the local one, then one with none; of each the one bound to the device the packet came in by
 * before all others (net/ipv4/ip_tunnel.c: ip_tunnel_lookup). Devices that are down take nothing.
 */
final class TunnelLookup {

  /** The device of each kind that its module makes (itn->fb_tunnel_dev). */
  private static final Map<String, String> FALLBACK =
      Map.of("ipip", "tunl0", "gre", "gre0", "gretap", "gretap0");

  private static final int LEAST_EXACT = 3;

  private final Look look;
  private final String kind;
  private final GreHeader header;

  /**
   * @param kind ipip, gre or gretap
   * @param header of the packet
   */
  TunnelLookup(Look look, String kind, GreHeader header) {
    this.look = look;
    this.kind = kind;
    this.header = header;
  }

  private record Ends(Optional<IpAddress> local, Optional<IpAddress> remote, GreHeader in) {}

  Optional<Fact<Link>> device() {
    Optional<Fact<Link>> candidate = Optional.empty();
    int candidateTier = 0;
    for (int tier = 0; tier <= LEAST_EXACT; tier++) {
      for (Fact<Link> fact : look.stack().links()) {
        int its = tier;
        if (ends(fact.value()).filter(e -> fits(e, its)).isEmpty()) {
          continue;
        }
        if (fact.value().peer().equals(look.in())) {
          return Optional.of(fact);
        }
        // what was made last is found first
        if (candidate.isEmpty() || candidateTier == tier && tier > 0) {
          candidate = Optional.of(fact);
          candidateTier = tier;
        }
      }
    }
    return candidate;
  }

  /** The last one there is, whatever the key; what is told its ends comes before it. */
  Optional<Fact<Link>> fallback() {
    return Optional.ofNullable(FALLBACK.get(kind))
        .flatMap(look.stack()::link)
        .filter(l -> ends(l.value()).isPresent());
  }

  /** Of what is up and of this kind; an external tunnel has none of its own. */
  private Optional<Ends> ends(Link link) {
    return link.kind()
        .filter(k -> link.isUp() && k.name().equals(kind))
        .flatMap(k ->
            switch (k) {
              case LinkKind.Ipip ipip ->
                  Optional.of(new Ends(ipip.local(), ipip.remote(), GreHeader.PLAIN));
              case LinkKind.Gre gre -> Optional.of(new Ends(gre.local(), gre.remote(), gre.in()));
              case LinkKind.Bridge _,
                  LinkKind.Veth _,
                  LinkKind.Vxlan _,
                  LinkKind.Tun _,
                  LinkKind.Dummy _,
                  LinkKind.Metadata _,
                  LinkKind.Other _ ->
                  Optional.empty();
            });
  }

  private boolean fits(Ends ends, int tier) {
    Packet outer = look.packet();
    return tier == (ends.remote().isPresent() ? 0 : 2) + (ends.local().isPresent() ? 0 : 1)
        && ends.local().filter(l -> !l.equals(outer.destination())).isEmpty()
        && ends.remote().filter(r -> !r.equals(outer.source())).isEmpty()
        && (tier == LEAST_EXACT ? hasNumber(ends) : ends.in().key().equals(header.key()));
  }

  /** Without ends, a device without a key takes what has the key 0, and the other way round. */
  private boolean hasNumber(Ends ends) {
    return kind.equals("ipip") || ends.in().key().orElse(0) == header.key().orElse(0);
  }
}
