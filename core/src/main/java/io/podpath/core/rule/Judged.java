package io.podpath.core.rule;

import io.podpath.core.net.IpAddress;
import io.podpath.core.net.IpPrefix;
import io.podpath.core.walk.Step;
import io.podpath.core.walk.WalkedPair;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * A finding held against the walks.
 *
 * @param finding with the certainty that they leave or give it
 * @param affects the broken pairs it explains; of one that is not said to break any, what it says
 */
record Judged(Finding finding, List<Pair> affects, Optional<Proof> proof) {

  private static final String REFUTED =
      "what it costs: packets between these nodes are delivered in the model";

  Judged {
    affects = List.copyOf(affects);
  }

  static Judged of(Finding finding, Optional<Proof> proof, Reached reached) {
    boolean proves = proof.filter(p -> !p.proven().isEmpty() && p.harmed().isEmpty()).isPresent();
    if (!Reached.breaksPairs(finding) && !proves) {
      return new Judged(finding, finding.affects(), proof);
    }
    Map<Pair, Pair> explained = new LinkedHashMap<>();
    for (Pair pair : finding.affects()) {
      if (reached.isBroken(pair)) {
        explained.put(Reached.key(pair), pair);
      }
    }
    boolean refuted =
        explained.isEmpty() && finding.affects().stream().anyMatch(reached::isDelivered);
    for (Pair pair : reached.broken()) {
      boolean heals = proof.filter(p -> p.proven().contains(Reached.key(pair))).isPresent();
      // what its fix does not heal is another's, where there is a fix to try
      boolean onTheWay =
          proof.isEmpty() && reached.walked(pair).filter(w -> isOnTheWay(finding, w)).isPresent();
      if (heals || onTheWay) {
        explained.putIfAbsent(Reached.key(pair), pair);
      }
    }
    Finding judged =
        proves
            ? finding.with(Certainty.PROVEN, "")
            : refuted && explained.isEmpty() ? finding.with(Certainty.POSSIBLE, REFUTED) : finding;
    return new Judged(judged, List.copyOf(explained.values()), proof);
  }

  private static boolean isOnTheWay(Finding finding, WalkedPair walked) {
    return finding.culprits().stream()
        .anyMatch(c ->
            c.from().filter(walked.sources()::contains).isPresent()
                || walked.broken().filter(s -> isAbout(c, s)).isPresent());
  }

  /** The packet is lost on the culprit's node, and is one of those the culprit speaks of. */
  private static boolean isAbout(Culprit culprit, Step step) {
    Optional<String> place = Optional.of(step.place().node());
    return culprit.node().equals(place)
        && Stream.iterate(
                Optional.of(step.packet()),
                Optional::isPresent,
                p -> p.flatMap(q -> q.payload().carried()))
            .flatMap(Optional::stream)
            .anyMatch(p -> tellsApart(culprit.entry(), p.source(), p.destination()));
  }

  /** Whether an address or prefix of the text is of one end and not of the other. */
  private static boolean tellsApart(String entry, IpAddress source, IpAddress destination) {
    return Arrays.stream(entry.split("\\s+", -1))
        .flatMap(w ->
            Stream.concat(
                IpPrefix.parse(w).stream(), IpAddress.parse(w).map(IpAddress::toPrefix).stream()))
        .anyMatch(p -> p.contains(source) != p.contains(destination));
  }

  /** Whether packets are lost by it, as it says or as its fix shows. */
  boolean explainsLosses() {
    return finding.mended().isEmpty() && (Reached.breaksPairs(finding) || proven() > 0);
  }

  /** Whether its fix heals the pair, as far as that was tried. */
  boolean isHealedOrUntried(Pair pair) {
    return proof.filter(p -> !p.mends(pair)).isEmpty();
  }

  /** How many of its pairs are delivered with its fix. */
  int proven() {
    return (int)
        affects.stream()
            .filter(a -> proof.filter(p -> p.proven().contains(Reached.key(a))).isPresent())
            .count();
  }

  /** Whether the other one goes away with this one's fix, and this one not with the other's. */
  boolean takesAway(Judged other) {
    return proof.isPresent()
        && finding.mended().isEmpty()
        && other.finding.mended().isEmpty()
        && !proof.get().leaves(finding)
        && !proof.get().leaves(other.finding)
        && other.proof.filter(p -> !p.leaves(finding)).isEmpty();
  }
}
