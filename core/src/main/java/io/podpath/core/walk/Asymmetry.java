package io.podpath.core.walk;

import io.podpath.core.walk.Step.Kind;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;

/** In what an answer goes another way than its request. */
public final class Asymmetry {

  /** A packet through one node. */
  private record Passing(
      String node, Optional<String> in, Optional<String> out, List<String> tunnels) {}

  private Asymmetry() {}

  /** One sentence for each difference; empty where the answer takes the request's way back. */
  public static List<String> of(Way request, Way answer) {
    List<Passing> there = passings(request);
    List<Passing> back = passings(answer);
    List<String> nodesThere = there.stream().map(Passing::node).toList();
    List<String> nodesBack = back.stream().map(Passing::node).toList();
    if (!nodesThere.equals(nodesBack.reversed())) {
      return answer.isDelivered()
          ? List.of(
              "the request goes "
                  + String.join(" > ", nodesThere)
                  + ", the answer "
                  + String.join(" > ", nodesBack))
          : List.of();
    }
    List<String> differences = new ArrayList<>();
    for (int i = 0; i < there.size(); i++) {
      compare(there.get(i), back.reversed().get(i), differences);
    }
    return differences;
  }

  private static void compare(Passing request, Passing answer, List<String> differences) {
    List<String> mirrored = new ArrayList<>(request.tunnels());
    Collections.reverse(mirrored);
    if (!mirrored.equals(answer.tunnels())) {
      differences.add(
          "on "
              + request.node()
              + " the request goes through "
              + named(request.tunnels())
              + ", the answer through "
              + named(answer.tunnels()));
      return;
    }
    other(request.node(), "comes in by", request.in(), "leaves by", answer.out(), differences);
    other(request.node(), "leaves by", request.out(), "comes in by", answer.in(), differences);
  }

  private static void other(
      String node,
      String does,
      Optional<String> device,
      String answers,
      Optional<String> other,
      List<String> differences) {
    if (device.isPresent() && other.isPresent() && !device.equals(other)) {
      differences.add(
          "on %s the request %s %s, the answer %s %s"
              .formatted(node, does, device.get(), answers, other.get()));
    }
  }

  private static String named(List<String> tunnels) {
    return tunnels.isEmpty() ? "no tunnel" : tunnels.stream().collect(Collectors.joining(" and "));
  }

  private static List<Passing> passings(Way way) {
    List<Passing> passings = new ArrayList<>();
    int first = 0;
    List<Step> steps = way.steps();
    for (int i = 1; i <= steps.size(); i++) {
      String node = steps.get(first).place().node();
      if (i == steps.size() || !steps.get(i).place().node().equals(node)) {
        passings.add(passing(node, steps.subList(first, i)));
        first = i;
      }
    }
    return passings;
  }

  /** What comes in by a card is told by the first look-up; what leaves by one, by the wire. */
  private static Passing passing(String node, List<Step> steps) {
    List<String> tunnels = new ArrayList<>();
    Optional<String> in = steps.getFirst().cameIn();
    Optional<String> out = Optional.empty();
    for (Step step : steps) {
      if (step.kind() == Kind.ENCAP || step.kind() == Kind.DECAP) {
        step.device().ifPresent(tunnels::add);
      }
      if (step.kind() == Kind.WIRE) {
        out = step.device();
      }
    }
    return new Passing(node, in, out, tunnels);
  }
}
