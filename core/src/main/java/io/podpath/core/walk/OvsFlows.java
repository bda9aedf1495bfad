package io.podpath.core.walk;

import io.podpath.core.cni.OvsFlow;
import io.podpath.core.cni.OvsPort;
import io.podpath.core.snapshot.Entries;
import io.podpath.core.snapshot.Fact;
import io.podpath.core.snapshot.Section;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * What the OpenFlow entries of a bridge make of a frame: of those of a table that match, the one
 * with the highest priority acts (ofproto/ofproto-dpif-xlate.c: xlate_actions).
 */
final class OvsFlows {

  /** Open vSwitch follows as many (MAX_DEPTH). */
  private static final int MOST_TABLES = 64;

  /** What is to be done with the frame. */
  sealed interface Choice {

    /** As a learning switch does it. */
    record Normal() implements Choice {}

    /**
     * @param port the one with the bridge's name is the bridge's own
     */
    record Output(Fact<OvsFlow> by, String port) implements Choice {}

    /**
     * @param by empty where no entry matches
     */
    record Dropped(Optional<Fact<OvsFlow>> by) implements Choice {}

    record Open(Optional<Fact<OvsFlow>> by, String why) implements Choice {}
  }

  private final Entries<OvsFlow> flows;
  private final String bridge;
  private final Set<String> ports;
  private final OvsMatch match;

  private OvsFlows(Entries<OvsFlow> flows, String bridge, Set<String> ports, OvsMatch match) {
    this.flows = flows;
    this.bridge = bridge;
    this.ports = ports;
    this.match = match;
  }

  /**
   * Without a listing a bridge is taken to switch normally, as it does where nobody gave it
   * entries.
   *
   * @param in the port it came in by; empty for the bridge's own
   */
  static Choice choice(Stack stack, String bridge, Frame frame, Optional<String> in) {
    Entries<OvsFlow> flows = stack.facts().get(Section.OVS_FLOWS);
    if (flows.isNotGathered()) {
      return new Choice.Normal();
    }
    Entries<OvsPort> ports = stack.facts().get(Section.OVS_PORTS);
    boolean several = ports.values().map(OvsPort::bridge).distinct().count() > 1;
    if (several && !flows.values().allMatch(OvsFlows::isNormal)) {
      return new Choice.Open(
          Optional.empty(), "of which bridge of " + stack.place() + " an OpenFlow entry is");
    }
    Set<String> names = ports.values().map(OvsPort::port).collect(Collectors.toSet());
    return new OvsFlows(flows, bridge, names, new OvsMatch(bridge, frame, in)).in(0, 0);
  }

  private static boolean isNormal(OvsFlow flow) {
    return flow.actions().equals("NORMAL");
  }

  private Choice in(int table, int depth) {
    List<Fact<OvsFlow>> candidates =
        flows.where(f -> f.table() == table && match.fits(f) != Truth.NO).stream()
            .sorted(Comparator.comparingInt((Fact<OvsFlow> f) -> -f.value().priority()))
            .toList();
    Optional<Fact<OvsFlow>> first =
        candidates.stream().filter(f -> match.fits(f.value()) == Truth.YES).findFirst();
    if (first.isEmpty() && !flows.isComplete()) {
      return new Choice.Open(
          Optional.empty(), "OpenFlow entries of " + bridge + ": " + flows.coverage().gap());
    }
    Optional<Fact<OvsFlow>> rival = rival(candidates, first);
    if (rival.isPresent()) {
      return new Choice.Open(
          rival, "whether the frame is one for the OpenFlow entry " + rival.get().value());
    }
    return first
        .map(flow -> done(flow, depth))
        .orElseGet(() -> new Choice.Dropped(Optional.empty()));
  }

  /** One that may act instead, and otherwise. Of two with the same priority either may. */
  private static Optional<Fact<OvsFlow>> rival(
      List<Fact<OvsFlow>> candidates, Optional<Fact<OvsFlow>> first) {
    int least = first.map(f -> f.value().priority()).orElse(0);
    String done = first.map(f -> f.value().actions()).orElse("drop");
    return candidates.stream()
        .filter(f -> f.value().priority() >= least && !f.value().actions().equals(done))
        .findFirst();
  }

  private Choice done(Fact<OvsFlow> flow, int depth) {
    String actions = flow.value().actions();
    if (isNormal(flow.value())) {
      return new Choice.Normal();
    }
    if (actions.isEmpty() || actions.equals("drop")) {
      return new Choice.Dropped(Optional.of(flow));
    }
    Optional<Integer> next = next(actions).filter(_ -> depth < MOST_TABLES);
    if (next.isPresent()) {
      return in(next.get(), depth + 1);
    }
    return port(actions)
        .<Choice>map(port ->
            match.isIn(port)
                // OFPP_IN_PORT alone goes back where the frame came from
                ? new Choice.Dropped(Optional.of(flow))
                : new Choice.Output(flow, port))
        .orElseGet(() ->
            new Choice.Open(
                Optional.of(flow), "what the OpenFlow entry " + flow.value() + " does"));
  }

  /** The table in which it goes on, when it does nothing else. */
  private static Optional<Integer> next(String actions) {
    return Stream.of("goto_table:", "resubmit(,")
        .filter(actions::startsWith)
        .map(word -> actions.substring(word.length()).replace(")", ""))
        .filter(rest -> rest.matches("\\d{1,3}"))
        .map(Integer::valueOf)
        .findFirst();
  }

  /** The one port it goes to; a number says nothing, since which port has it is not gathered. */
  private Optional<String> port(String actions) {
    String named =
        (actions.startsWith("output:") ? actions.substring("output:".length()) : actions)
            .replace("\"", "");
    return Optional.of(named.equals("LOCAL") ? bridge : named).filter(ports::contains);
  }
}
