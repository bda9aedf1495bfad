package io.podpath.core.walk;

import io.podpath.core.net.Gathered;
import io.podpath.core.net.MacAddress;
import io.podpath.core.net.Mtu;
import io.podpath.core.node.Link;
import io.podpath.core.node.LinkKind;
import io.podpath.core.snapshot.Fact;
import io.podpath.core.walk.Step.Kind;
import io.podpath.core.walk.Step.Mark;
import io.podpath.core.walk.Wiring.End;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;

/** A device sends: net/core/dev.c: __dev_queue_xmit, and what each kind of device does with it. */
final class LinkOutput {

  /** A frame may have a tag beside what the device's mtu tells of. */
  private static final int VLAN_HEADER = 4;

  /** Kinds that wrap what they send and send it on, as iproute2 names them. */
  private static final Set<String> TUNNELS =
      Set.of(
          "wireguard",
          "sit",
          "ip6tnl",
          "ip6gre",
          "ip6gretap",
          "geneve",
          "vti",
          "vti6",
          "xfrm",
          "ppp",
          "l2tp");

  private LinkOutput() {}

  static List<Journey> transmit(Wiring wiring, Situation.Transmitted at, Trail trail) {
    Stack stack = at.stack();
    Packet packet = at.skb().packet();
    Gathered<Link> known = stack.known(at.device());
    if (known instanceof Gathered.Known<Link>(var link) && !isRunning(link)) {
      return Journey.lost(
          stack,
          Kind.ROUTE,
          Optional.of(at.device()),
          link,
          stack.link(at.device()).map(Fact::from),
          packet,
          Disposition.DEVICE_DOWN,
          trail);
    }
    boolean fresh = at.frame().destination().isEmpty() && at.frame().source().isEmpty();
    if (!fresh || Neighbours.hasNone(stack, at.device())) {
      return send(wiring, at, trail);
    }
    return switch (Neighbours.resolve(
        wiring, stack, at.device(), at.hop().address(), packet, trail)) {
      case Neighbours.Answer.Over(var journeys) -> journeys;
      case Neighbours.Answer.Known(var mac, var after) ->
          send(wiring, at(at, framed(stack, at.device(), mac, packet)), after);
    };
  }

  private static Frame framed(Stack stack, String device, Optional<MacAddress> to, Packet packet) {
    return new Frame(stack.mac(device), to, OptionalInt.empty(), packet);
  }

  private static Situation.Transmitted at(Situation.Transmitted at, Frame frame) {
    return new Situation.Transmitted(at.stack(), at.device(), frame, at.skb(), at.hop());
  }

  /**
   * IFF_UP, and a carrier where the listing tells of one; NO-CARRIER is what the kernel made of it
   * last, and late (net/core/link_watch.c).
   */
  static boolean isRunning(Link link) {
    return link.isUp()
        && (!link.flags().contains("NO-CARRIER") || link.flags().contains("LOWER_UP"));
  }

  private static List<Journey> send(Wiring wiring, Situation.Transmitted at, Trail trail) {
    Stack stack = at.stack();
    String device = at.device();
    Frame frame = at.frame();
    if (device.equals(Flow.LOOPBACK)) {
      return Journey.one(
          new Situation.Received(stack, device, at.skb(), Optional.empty(), Optional.empty()),
          trail);
    }
    if (OpenVswitch.isBridge(stack, device)) {
      return OpenVswitch.transmit(wiring, at, trail);
    }
    Optional<End> other = wiring.otherEnd(stack, device);
    if (other.isPresent()) {
      Optional<List<Journey>> tooLong =
          tooLong(other.get().stack(), other.get().device(), frame.packet(), Kind.WIRE, trail);
      if (tooLong.isPresent()) {
        return tooLong.get();
      }
      boolean same = other.get().stack() == stack;
      // what the kernel remembers of a packet stays in its namespace
      Skb skb = same ? at.skb().with(frame.packet()).untracked() : Skb.of(frame.packet());
      return Journey.one(
          new Situation.Arrived(other.get().stack(), other.get().device(), frame, skb), trail);
    }
    Optional<LinkKind> kind = stack.kind(device);
    if (kind.isPresent()) {
      switch (kind.get()) {
        case LinkKind.Bridge bridge -> {
          return Bridging.transmit(wiring, at, trail);
        }
        case LinkKind.Vxlan vxlan -> {
          return TunnelOutput.vxlan(at, vxlan, trail);
        }
        case LinkKind.Ipip ipip -> {
          return TunnelOutput.ipip(at, ipip, trail);
        }
        case LinkKind.Gre gre -> {
          return gre.name().equals("gre")
              ? TunnelOutput.gre(at, gre, trail)
              : TunnelOutput.gretap(at, gre, trail);
        }
        case LinkKind.Tun() -> {
          return FlannelUdpDevice.transmit(wiring, at, trail);
        }
        case LinkKind.Dummy() -> {
          return Journey.lost(
              stack,
              Kind.ROUTE,
              Optional.of(device),
              device + " is a dummy and sends nothing",
              stack.link(device).map(Fact::from),
              frame.packet(),
              Disposition.BLACKHOLE,
              trail);
        }
        case LinkKind.Metadata _ -> {
          return Journey.open(
              stack,
              Kind.ENCAP,
              Optional.of(device),
              device + " is an external tunnel: where it sends is told by a program or a route",
              stack.link(device).map(Fact::from),
              frame.packet(),
              trail);
        }
        case LinkKind.Other(var name) when TUNNELS.contains(name) -> {
          return Journey.open(
              stack,
              Kind.ENCAP,
              Optional.of(device),
              device + " is a " + name + " device, whose packets are not followed",
              stack.link(device).map(Fact::from),
              frame.packet(),
              trail);
        }
        case LinkKind.Veth _, LinkKind.Other _ -> {}
      }
    }
    return wiring.isWire(stack, device)
        ? Wire.cross(wiring, at, trail)
        : unrecorded(wiring, at, trail);
  }

  /**
   * What the other end of a veth pair, or a port of a bridge, is too small for is dropped without a
   * word (include/linux/netdevice.h: __is_skb_forwardable).
   */
  static Optional<List<Journey>> tooLong(
      Stack stack, String device, Packet packet, Kind kind, Trail trail) {
    return stack
        .link(device)
        .flatMap(l -> l.value().mtu())
        .map(Mtu::bytes)
        .filter(mtu -> packet.longest() > mtu + VLAN_HEADER)
        .map(mtu -> IpOutput.tooBig(stack, device, mtu, packet, kind, trail));
  }

  /** The other end was not recorded: a pod's own, if anything. */
  private static List<Journey> unrecorded(Wiring wiring, Situation.Transmitted at, Trail trail) {
    Packet packet = at.frame().packet();
    boolean pods =
        wiring.pods(packet.destination()).stream()
            .anyMatch(p -> p.node().filter(at.stack().place().node()::equals).isPresent());
    String what = "the namespace behind " + at.device() + " on " + at.stack() + " is not recorded";
    if (!pods) {
      return Journey.open(
          at.stack(), Kind.WIRE, Optional.of(at.device()), what, Optional.empty(), packet, trail);
    }
    Trail after =
        trail
            .assuming(what + "; taken for the pod with address " + packet.destination())
            .step(
                at.stack(),
                Kind.DELIVER,
                Optional.of(at.device()),
                "to the pod " + packet.destination(),
                Mark.OK,
                Optional.empty(),
                packet);
    return Journey.one(
        new Situation.Ended(
            at.stack(), packet, Disposition.DELIVERED, Optional.of(at.device()), Optional.empty()),
        after);
  }
}
