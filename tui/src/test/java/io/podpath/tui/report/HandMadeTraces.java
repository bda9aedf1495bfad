package io.podpath.tui.report;

import io.podpath.core.net.IpAddress;
import io.podpath.core.net.IpProtocol;
import io.podpath.core.net.Port;
import io.podpath.core.snapshot.Provenance;
import io.podpath.core.snapshot.Source;
import io.podpath.core.walk.Disposition;
import io.podpath.core.walk.Netns;
import io.podpath.core.walk.Packet;
import io.podpath.core.walk.Payload;
import io.podpath.core.walk.PodTrace;
import io.podpath.core.walk.Question;
import io.podpath.core.walk.Step;
import io.podpath.core.walk.Step.Kind;
import io.podpath.core.walk.Step.Mark;
import io.podpath.core.walk.Trace;
import io.podpath.core.walk.WalkEnd;
import io.podpath.core.walk.WalkedPair;
import io.podpath.core.walk.Way;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** Traces written by hand, each for what its text must show. */
final class HandMadeTraces {

  private static final IpAddress FROM = IpAddress.of("10.244.2.15");
  private static final IpAddress TO = IpAddress.of("10.244.7.20");
  private static final Netns HERE = Netns.host("worker-2");
  private static final Netns POD = Netns.pod("worker-7", "shop_db-0");

  private HandMadeTraces() {}

  /** Names and entries as an attacker would have them. */
  static TracedQuestion hostile() {
    Netns here = Netns.host("k8s-节点01" + HandMade.HOSTILE);
    Netns there = Netns.pod(HandMade.HOSTILE, HandMade.HOSTILE);
    Step broken = step(here, Kind.FILTER, "-A FORWARD " + HandMade.HOSTILE, Mark.BROKEN);
    Way lost =
        new Way(
            Disposition.FILTERED,
            here,
            List.of(broken),
            packet(FROM, TO),
            List.of(HandMade.HOSTILE),
            List.of(HandMade.HOSTILE));
    Question question =
        Question.ping(here, TO).meaning(there).comingIn(FROM, "eth0" + HandMade.HOSTILE);
    return new TracedQuestion(
        new WalkEnd(HandMade.HOSTILE, Optional.of(here), List.of(FROM)),
        new WalkEnd("shop/" + HandMade.HOSTILE, Optional.of(there), List.of(TO)),
        new Trace(question, List.of(lost), List.of()),
        List.of(step(there, Kind.DELIVER, HandMade.HOSTILE, Mark.NOT_REACHED)),
        List.of(),
        List.of());
  }

  /** There by one of two ways, and back by another device. */
  static TracedQuestion delivered() {
    return traced(
        List.of(there(Disposition.DELIVERED), there(Disposition.DELIVERED)),
        List.of(
            way(
                Disposition.DELIVERED,
                POD,
                List.of(
                    step(POD, Kind.ROUTE, "default via 10.244.7.1 dev eth0", Mark.OK),
                    device(Netns.host("worker-7"), Kind.WIRE, "eth1", "10.244.7.20 > 10.244.2.15"),
                    step(HERE, Kind.DELIVER, "10.244.7.20 > 10.244.2.15", Mark.OK)))));
  }

  /** Ends in any way there is. */
  static TracedQuestion ending(Disposition disposition) {
    return traced(List.of(there(disposition)), List.of());
  }

  static PodTrace example(Disposition disposition) {
    return example(ending(disposition));
  }

  static PodTrace example(TracedQuestion traced) {
    return new PodTrace(traced.from(), traced.to(), traced.trace());
  }

  private static TracedQuestion traced(List<Way> forward, List<Way> replies) {
    Question question = Question.ping(HERE, TO).with(IpProtocol.TCP, new Port(5432)).meaning(POD);
    return new TracedQuestion(
        new WalkEnd("node/worker-2", Optional.of(HERE), List.of(FROM)),
        new WalkEnd("shop/db-0", Optional.of(POD), List.of(TO)),
        new Trace(question, forward, replies),
        List.of(),
        List.of(),
        List.of());
  }

  private static Way there(Disposition disposition) {
    Mark last =
        disposition == Disposition.DELIVERED
            ? Mark.OK
            : disposition == Disposition.INSUFFICIENT_INFO ? Mark.UNKNOWN : Mark.BROKEN;
    return way(
        disposition,
        POD,
        List.of(
            step(HERE, Kind.ROUTE, "10.244.7.0/24 via 10.244.7.0 dev flannel.1 onlink", Mark.OK),
            device(HERE, Kind.ENCAP, "flannel.1", "10.0.1.12:50000 > 10.0.1.17:8472 vxlan 1"),
            device(HERE, Kind.WIRE, "eth0", "10.0.1.12:50000 > 10.0.1.17:8472 vxlan 1"),
            device(
                Netns.host("worker-7"),
                Kind.DECAP,
                "flannel.1",
                "10.0.1.12:50000 > 10.0.1.17:8472 vxlan 1"),
            step(POD, Kind.DELIVER, "10.244.2.15 > 10.244.7.20 tcp", last)));
  }

  private static Way way(Disposition disposition, Netns end, List<Step> steps) {
    return new Way(disposition, end, steps, packet(FROM, TO), List.of(), List.of());
  }

  private static Step step(Netns place, Kind kind, String entry, Mark mark) {
    return new Step(
        place,
        kind,
        Optional.empty(),
        entry,
        mark,
        Optional.of(new Provenance(Source.ofFile("table" + entry, entry), 1)),
        packet(FROM, TO),
        Optional.empty());
  }

  private static Step device(Netns place, Kind kind, String device, String entry) {
    return new Step(
        place,
        kind,
        Optional.of(device),
        entry,
        Mark.OK,
        Optional.empty(),
        packet(FROM, TO),
        Optional.empty());
  }

  private static Packet packet(IpAddress from, IpAddress to) {
    Payload payload = new Payload.Tcp(Question.SOME_SOURCE_PORT, new Port(5432), Set.of("SYN"));
    return new Packet(from, to, payload, Packet.TTL, 84, true, 0);
  }

  static ReachedPairs hostilePairs() {
    String other = "节点" + HandMade.HOSTILE;
    Step broken = step(Netns.host(other), Kind.ROUTE, HandMade.HOSTILE, Mark.BROKEN);
    return new ReachedPairs(
        false,
        true,
        List.of(
            new WalkedPair(
                "worker-1",
                "worker-1",
                other,
                other,
                IpProtocol.ICMP,
                Disposition.NO_ROUTE,
                false,
                Optional.of(broken),
                "",
                List.of()),
            new WalkedPair(
                other,
                other,
                "worker-1",
                "worker-1",
                IpProtocol.ICMP,
                Disposition.INSUFFICIENT_INFO,
                false,
                Optional.empty(),
                "not gathered: " + HandMade.HOSTILE,
                List.of())),
        List.of());
  }
}
