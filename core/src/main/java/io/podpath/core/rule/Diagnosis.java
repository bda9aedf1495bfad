package io.podpath.core.rule;

import io.podpath.core.snapshot.FabricKind;
import io.podpath.core.snapshot.Provenance;
import io.podpath.core.snapshot.ServiceProxyKind;
import io.podpath.core.snapshot.UnreadLine;
import io.podpath.core.walk.Disposition;
import io.podpath.core.walk.PodTrace;
import io.podpath.core.walk.Step;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * What all rules together have to say of an input.
 *
 * @param takenAt time of the snapshot, as the input states it
 * @param nodes machines with a name, and Node objects without state
 * @param terminals outputs of which the input does not say on which node they ran; several may be
 *     of one machine
 * @param others nodes that are only named
 * @param findings worst and widest first
 * @param rulesRun ids of all rules that were asked
 * @param rulesChecked ids of those that can be in this network, and for which enough was gathered
 *     at one place at least
 * @param ignored ids with their findings left out on request
 * @param suppressed how many findings above info were left out on request
 */
public record Diagnosis(
    FabricKind fabric,
    ServiceProxyKind serviceProxy,
    Optional<String> takenAt,
    List<NodeReport> nodes,
    List<NodeReport> terminals,
    List<OtherNode> others,
    Reach reach,
    List<Ranked> findings,
    List<NotChecked> notChecked,
    List<UnreadLine> unread,
    List<String> rulesRun,
    List<String> rulesChecked,
    List<String> ignored,
    int suppressed) {

  public Diagnosis {
    nodes = List.copyOf(nodes);
    terminals = List.copyOf(terminals);
    others = List.copyOf(others);
    findings = List.copyOf(findings);
    notChecked = List.copyOf(notChecked);
    unread = List.copyOf(unread);
    rulesRun = List.copyOf(rulesRun);
    rulesChecked = List.copyOf(rulesChecked);
    ignored = List.copyOf(ignored);
  }

  /**
   * A finding with its place in the list.
   *
   * @param id F1, F2 …, good within this diagnosis only
   * @param affects the broken pairs it explains; of one that breaks none, those it is about
   * @param causedBy ids of the findings this one follows from
   * @param prediction what the fix does on the model; empty without a fix that changes the model
   * @param example a packet that is lost by it; empty where none can be walked
   */
  public record Ranked(
      String id,
      Finding finding,
      List<Pair> affects,
      List<String> causedBy,
      Optional<Prediction> prediction,
      Optional<PodTrace> example) {
    public Ranked {
      affects = List.copyOf(affects);
      causedBy = List.copyOf(causedBy);
    }
  }

  /**
   * Pairs of nodes before and after a fix, as packets are walked through the changed model; where
   * that cannot be told, a pair is broken as long as a rule says so.
   *
   * @param healed broken before, delivered after
   * @param harmed not broken before, broken after
   * @param stillBroken broken before and after
   * @param unknown broken before; after, no rule says so, but packets cannot be walked
   * @param proven of the pairs the finding affects, those that were walked before and after, lost
   *     and then delivered
   * @param needsToo ids of the findings that break the same pairs even then
   */
  public record Prediction(
      int healed, int harmed, int stillBroken, int unknown, int proven, List<String> needsToo) {
    public Prediction {
      needsToo = List.copyOf(needsToo);
    }
  }

  /** How much of a node was gathered. */
  public enum NodeCompleteness {
    COMPLETE,
    PARTIAL,
    UNREACHABLE;

    @Override
    public String toString() {
      return name().toLowerCase(Locale.ROOT);
    }
  }

  public record NodeReport(String name, NodeCompleteness state, List<Missing> missing) {
    public NodeReport {
      missing = List.copyOf(missing);
    }
  }

  public record Missing(String section, String reason) {}

  /**
   * A node of which the input has nothing but its name.
   *
   * @param name or its address
   * @param from what names it
   */
  public record OtherNode(String name, Provenance from) {}

  /**
   * Ordered pairs of nodes.
   *
   * @param delivered a packet between their pods was walked there and back
   * @param broken it is lost; or it cannot be walked, and a finding says so
   * @param open of the unknown, those on whose way something was not gathered that decides
   * @param sampled whether one pod was walked from and to where a node has more
   */
  public record Reach(
      int pairs,
      int delivered,
      int broken,
      int unknown,
      int open,
      boolean sampled,
      List<BrokenPair> brokenPairs) {
    public Reach {
      brokenPairs = List.copyOf(brokenPairs);
    }

    /** Broken pairs of which no known failure is the cause. */
    public List<BrokenPair> unexplained() {
      return brokenPairs.stream().filter(p -> !p.explained()).toList();
    }
  }

  /**
   * @param direction forward when the request is lost, reply when the answer is
   * @param findings ids
   * @param explained by a finding, be it left out on request
   * @param at the step that loses the packet; empty where it cannot be walked
   */
  public record BrokenPair(
      String from,
      String to,
      Disposition disposition,
      String direction,
      List<String> findings,
      boolean explained,
      Optional<Step> at) {
    public BrokenPair {
      findings = List.copyOf(findings);
    }
  }

  /** The verdict. */
  public enum Health {
    /** Something was found (at any severity above info, be it left out on request), or is lost. */
    FINDINGS,
    /** Nothing was found, and enough was gathered to say so. */
    HEALTHY,
    /** Nothing was found, but too little was gathered to say healthy. */
    TOO_LITTLE
  }

  /** The verdict. */
  public Health health() {
    if (suppressed > 0
        || reach.broken() > 0
        || worst().filter(w -> w != Severity.INFO).isPresent()) {
      return Health.FINDINGS;
    }
    return isEnough() ? Health.HEALTHY : Health.TOO_LITTLE;
  }

  /**
   * Whether finding nothing means that nothing is wrong: both ends of all paths were gathered, and
   * it is known what they should look like.
   */
  public boolean isEnough() {
    return isLocallyEnough()
        && nodes.size() > 1
        && others.isEmpty()
        && reach.open() == 0
        && fabric != FabricKind.UNKNOWN;
  }

  /** Whether all that counts was gathered of every node that is there. */
  public boolean isLocallyEnough() {
    return !nodes.isEmpty()
        && Stream.concat(nodes.stream(), terminals.stream())
            .allMatch(n -> n.state() == NodeCompleteness.COMPLETE)
        && notChecked.stream().noneMatch(NotChecked::undecided);
  }

  /** The worst severity among the findings; empty when there are none. */
  public Optional<Severity> worst() {
    return findings.stream().map(r -> r.finding().severity()).max(Severity::compareTo);
  }
}
