package io.podpath.core.walk;

import static org.assertj.core.api.Assertions.assertThat;

import io.podpath.core.net.IpAddress;
import io.podpath.core.net.IpProtocol;
import io.podpath.core.snapshot.Facts;
import io.podpath.core.walk.Step.Kind;
import io.podpath.core.walk.Step.Mark;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class AsymmetryTest {

  private static final Packet PACKET =
      new Packet(
          IpAddress.of("10.1.0.1"),
          IpAddress.of("10.2.0.2"),
          new Payload.Opaque(IpProtocol.TCP),
          Packet.TTL,
          84,
          true,
          0);

  /** A tunnel inside a tunnel is left in the order opposite to that it was entered in. */
  @Test
  void sameWayBackIsNone() {
    Way request =
        way(
            step("a", Kind.ENCAP, "flannel.1"),
            step("a", Kind.ENCAP, "wg0"),
            step("a", Kind.WIRE, "eth0"),
            arrived("b", "eth0"),
            step("b", Kind.DECAP, "wg0"),
            step("b", Kind.DECAP, "flannel.1"));
    Way answer =
        way(
            step("b", Kind.ENCAP, "flannel.1"),
            step("b", Kind.ENCAP, "wg0"),
            step("b", Kind.WIRE, "eth0"),
            arrived("a", "eth0"),
            step("a", Kind.DECAP, "wg0"),
            step("a", Kind.DECAP, "flannel.1"));
    assertThat(Asymmetry.of(request, answer)).isEmpty();
  }

  @Test
  void otherNodesAreNamedInTheirOrder() {
    Way request = way(step("a", Kind.WIRE, "eth0"), step("b", Kind.DELIVER, "eth0"));
    Way answer =
        way(
            step("b", Kind.WIRE, "eth0"),
            step("c", Kind.WIRE, "eth0"),
            step("a", Kind.DELIVER, "eth0"));
    assertThat(Asymmetry.of(request, answer))
        .containsExactly("the request goes a > b, the answer b > c > a");
  }

  @Test
  void anotherCardIsNamedOnEachNodeThatUsesIt() {
    Way request = way(step("a", Kind.WIRE, "eth0"), arrived("b", "eth0"));
    Way answer = way(step("b", Kind.WIRE, "eth1"), arrived("a", "eth1"));
    assertThat(Asymmetry.of(request, answer))
        .containsExactly(
            "on a the request leaves by eth0, the answer comes in by eth1",
            "on b the request comes in by eth0, the answer leaves by eth1");
  }

  /** Where a lost answer would have gone on to nobody knows. */
  @Test
  void aLostAnswerIsNotCalledAnotherWay() {
    Way request = way(step("a", Kind.WIRE, "eth0"), step("b", Kind.DELIVER, "eth0"));
    Way answer =
        new Way(
            Disposition.NO_ROUTE,
            Netns.host("b"),
            List.of(step("b", Kind.ROUTE, "eth0")),
            PACKET,
            List.of(),
            List.of());
    assertThat(Asymmetry.of(request, answer)).isEmpty();
  }

  private static Way way(Step... steps) {
    List<Step> all = List.of(steps);
    return new Way(Disposition.DELIVERED, all.getLast().place(), all, PACKET, List.of(), List.of());
  }

  private static Step step(String node, Kind kind, String device) {
    return step(node, kind, device, Optional.empty());
  }

  /** The first look-up of a packet that came in. */
  private static Step arrived(String node, String device) {
    Stack stack = Stack.of(Netns.host(node), Facts.NONE);
    Flow flow = Flow.of(PACKET, device, Optional.empty(), 0);
    return step(node, Kind.ROUTE, "lo", Optional.of(new RouteQuery(stack, flow)));
  }

  private static Step step(String node, Kind kind, String device, Optional<Asked> asked) {
    return new Step(
        Netns.host(node), kind, Optional.of(device), "", Mark.OK, Optional.empty(), PACKET, asked);
  }
}
