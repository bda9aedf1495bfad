package io.podpath.core.compare;

import io.podpath.core.blueprint.KnownCluster;
import io.podpath.core.blueprint.NodeBlueprint;
import io.podpath.core.netfilter.Chain;
import java.util.EnumSet;
import java.util.Set;
import java.util.function.Predicate;
import java.util.function.UnaryOperator;

/**
 * What counts when two states are compared.
 *
 * @param weights entries and fields of these count
 * @param extras whether an entry that is not expected is worth a word
 * @param names what the expected side's names are called on the other side
 * @param effects which entries make no difference though they differ
 * @param exactly whether less than expected is another thing, where less is as good
 * @param twoReadings whether both sides were read, so that what only one of them has read cannot be
 *     told
 * @param consequences whether entries are shown that are gone or new only because of another
 */
public record Yardstick(
    Set<Weight> weights,
    Predicate<Row> extras,
    UnaryOperator<String> names,
    Effects effects,
    boolean exactly,
    boolean twoReadings,
    boolean consequences) {

  public Yardstick {
    weights = Set.copyOf(weights);
  }

  /** Two states of one machine. */
  public static Yardstick sameMachine() {
    return new Yardstick(
        EnumSet.of(Weight.MEANING, Weight.IDENTITY),
        row -> !isIdle(row),
        s -> s,
        Effects.EVERY,
        true,
        true,
        false);
  }

  /** A chain of the kernel that lets pass, as one does that is not there. */
  private static boolean isIdle(Row row) {
    return row.entry() instanceof Chain chain
        && chain.policy().filter("ACCEPT"::equals).isPresent();
  }

  /** A machine and what is expected of it, by somebody who knows the cluster but not its names. */
  public static Yardstick blueprint(KnownCluster known, NodeBlueprint node) {
    return new Yardstick(
        EnumSet.of(Weight.MEANING),
        new BlueprintExtras(known, node),
        s -> s,
        new BlueprintEffects(new RuleEffects(known.facts(), node)),
        false,
        false,
        false);
  }

  /** Everything that can be told apart counts. */
  public Yardstick strict() {
    return new Yardstick(
        EnumSet.of(Weight.MEANING, Weight.IDENTITY, Weight.DETAIL),
        row -> true,
        names,
        Effects.EVERY,
        true,
        twoReadings,
        true);
  }

  /** Another machine's pods are none of this one's. */
  public Yardstick besidePods() {
    return new Yardstick(
        weights, extras, names, new PodEffects(effects), exactly, twoReadings, consequences);
  }

  public Yardstick renaming(UnaryOperator<String> renames) {
    return new Yardstick(weights, extras, renames, effects, exactly, twoReadings, consequences);
  }
}
