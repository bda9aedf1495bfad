package io.podpath.core.walk;

import io.podpath.core.net.IpAddress;
import io.podpath.core.net.IpFamily;
import io.podpath.core.node.NextHop;
import io.podpath.core.node.Route;
import io.podpath.core.snapshot.Fact;
import java.util.Optional;

/**
 * The way out that a route look-up chose.
 *
 * @param device it leaves by
 * @param address whom the frame is for: the gateway, or the destination itself
 * @param route that decided; empty where a frame goes without a route
 */
record Hop(String device, IpAddress address, Optional<Fact<Route>> route) {

  /**
   * A gateway that is an address of the device itself is no gateway: the kernel accepts such a
   * route and then takes the destination for a neighbour (fib_check_nh_v4_gw sets scope host, and
   * rt_set_nexthop only takes gateways of scope link). IPv6 accepts none (ip6_validate_gw).
   */
  static Hop of(Stack stack, NextHop next, IpAddress destination, Fact<Route> route) {
    Optional<IpAddress> gateway =
        next.gateway()
            .filter(g ->
                next.isOnlink()
                    || g.family() == IpFamily.INET6
                    || !stack.fib(g.family()).isLocal(g, next.device()));
    return new Hop(next.device().orElse(""), gateway.orElse(destination), Optional.of(route));
  }
}
