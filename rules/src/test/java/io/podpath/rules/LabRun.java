package io.podpath.rules;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.podpath.core.fix.Change;
import io.podpath.core.rule.Culprit;
import io.podpath.core.rule.EntryKind;
import io.podpath.core.rule.EntryState;
import io.podpath.core.rule.Finding;
import io.podpath.fixtures.lab.Breakage;
import io.podpath.fixtures.lab.Fault;
import io.podpath.fixtures.lab.Lab;
import io.podpath.fixtures.lab.LabException;
import io.podpath.fixtures.lab.LabHome;
import io.podpath.fixtures.lab.LabMatrix;
import io.podpath.fixtures.lab.LabState;
import io.podpath.fixtures.lab.Probe;
import io.podpath.probes.bundle.InputException;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** One lab, healthy and under one fault after the other. After a failure it is built anew. */
final class LabRun {

  private static final Duration PATIENCE = Duration.ofSeconds(60);

  /** What files and objects say stands on lines of its own. */
  private static final Set<EntryKind> TEXTS =
      Set.of(EntryKind.FILE, EntryKind.LOG, EntryKind.OBJECT);

  private final LabHome home;
  private final LabCell cell;
  private final LabState state;
  private Optional<Lab> lab = Optional.empty();
  private Optional<LabBundle> healthy = Optional.empty();

  LabRun(LabHome home, LabCell cell, String name) {
    this.home = home;
    this.cell = cell;
    this.state = cell.state(name);
  }

  void healthy() throws LabException, InputException, IOException {
    down();
    Lab built = Lab.up(home, state, cell.kernel());
    lab = Optional.of(built);
    LabMatrix matrix = built.settle(PATIENCE);
    assertThat(matrix.lost()).isEmpty();
    assertThat(matrix.probes()).hasSizeGreaterThan(100);
    LabBundle bundle = LabBundle.of(built);
    assertHealthy(bundle);
    assertThat(new LabWalks(bundle.snapshot()).disagreements(matrix)).as("walked").isEmpty();
    healthy = Optional.of(bundle);
  }

  static void assertHealthy(LabBundle bundle) {
    assertThat(bundle.rules()).as("findings above info").isEmpty();
    assertThat(LabDifferences.shown(bundle.snapshot())).isEmpty();
    assertThat(LabDifferences.toldOf(bundle.snapshot())).isEmpty();
    assertThat(LabDifferences.unproven(bundle.snapshot())).isEmpty();
  }

  void brokenBy(Fault fault) throws LabException, InputException, IOException {
    assertThat(healthy).as("a lab that was healthy once").isPresent();
    if (lab.isEmpty()) {
      healthy();
    }
    Lab before = lab.orElseThrow();
    LabBundle bundle = healthy.orElseThrow();
    // what fails below leaves nobody knows what
    lab = Optional.empty();
    Lab broken = before.breakBy(fault);
    Breakage breakage = fault.on(state.blueprint()).orElseThrow();
    LabMatrix matrix = assertLosses(breakage, broken);
    LabBundle found = diagnosed(fault, broken);
    judge(fault.rule(), breakage, bundle, found);
    assertWalked(broken, found, matrix);
    Lab healed = broken.heal(fault);
    assertThat(healed.settle(PATIENCE).lost()).as("after healing").isEmpty();
    lab = Optional.of(healed);
  }

  /** What is found of a fault, and how it differs. */
  static void judge(String rule, Breakage breakage, LabBundle healthy, LabBundle broken) {
    assertThat(broken.rules()).first().isEqualTo(rule);
    assertThat(broken.faults())
        .as("each change of a fix changes something")
        .allSatisfy(f ->
            assertThat(modelled(f))
                .allSatisfy(
                    c -> assertThat(c.applyTo(broken.snapshot())).isNotEqualTo(broken.snapshot())));
    LabDifferences differences = new LabDifferences(healthy.snapshot(), broken.snapshot());
    assertNamed(broken.faults().getFirst(), broken, healthy, differences);
    differences.assertExact(rule);
    assertThat(differences.changesRecords())
        .as("whether the cluster's records have changed")
        .isEqualTo(breakage.facts().isPresent());
    assertThat(differences.showsAnySince()).as("differences since before").isTrue();
    if (breakage.facts().isEmpty() && !breakage.loss().isNothing()) {
      assertThat(differences.showsAny()).as("differences shown").isTrue();
    }
  }

  /** Commands in words change nothing on the model. */
  private static List<Change> modelled(Finding finding) {
    return finding.fix().stream()
        .flatMap(fix -> fix.changes().stream())
        .filter(c -> !(c instanceof Change.Instruction))
        .toList();
  }

  /** What heals leaves nothing behind. */
  void healed() throws LabException, InputException, IOException {
    assumeTrue(lab.isPresent(), "the last fault did not end as it must");
    LabBundle bundle = LabBundle.of(lab.orElseThrow());
    Instant deadline = Instant.now().plus(PATIENCE);
    // BGP sessions and what is learnt by them come back one after the other
    while (!isHealthy(bundle) && Instant.now().isBefore(deadline)) {
      bundle = LabBundle.of(lab.orElseThrow());
    }
    assertHealthy(bundle);
    assertThat(LabDifferences.between(healthy.orElseThrow().snapshot(), bundle.snapshot()))
        .as("what is otherwise than before all faults")
        .isEmpty();
  }

  private static boolean isHealthy(LabBundle bundle) {
    return bundle.rules().isEmpty() && LabDifferences.toldOf(bundle.snapshot()).isEmpty();
  }

  void down() throws LabException {
    Lab.down(home, state.name());
    lab = Optional.empty();
  }

  /** Daemons need a moment until just the stated packets are lost. */
  private static LabMatrix assertLosses(Breakage breakage, Lab lab) throws LabException {
    LabMatrix matrix = lab.probe();
    List<Probe> wrong = breakage.loss().contradictedBy(matrix, lab.blueprint());
    Instant deadline = Instant.now().plus(PATIENCE);
    while (!wrong.isEmpty() && Instant.now().isBefore(deadline)) {
      matrix = lab.probe();
      wrong = breakage.loss().contradictedBy(matrix, lab.blueprint());
    }
    assertThat(wrong).as("probes that did not go as the fault demands").isEmpty();
    assertThat(matrix.lost().isEmpty()).isEqualTo(breakage.loss().isNothing());
    return matrix;
  }

  /** The walk through what was gathered says of each probe what became of it. */
  private static void assertWalked(Lab lab, LabBundle gathered, LabMatrix probed)
      throws LabException, InputException, IOException {
    LabBundle bundle = gathered;
    List<String> disagreements = new LabWalks(bundle.snapshot()).disagreements(probed);
    Instant deadline = Instant.now().plus(PATIENCE);
    // what daemons do between gathering and probing is no disagreement
    while (!disagreements.isEmpty() && Instant.now().isBefore(deadline)) {
      bundle = LabBundle.of(lab);
      disagreements = new LabWalks(bundle.snapshot()).disagreements(lab.probe());
    }
    assertThat(disagreements).as("probes that went otherwise than walked").isEmpty();
  }

  /** BGP sessions need a moment to end and to begin. */
  private static LabBundle diagnosed(Fault fault, Lab lab)
      throws LabException, InputException, IOException {
    LabBundle bundle = LabBundle.of(lab);
    Instant deadline = Instant.now().plus(PATIENCE);
    while (!bundle.rules().stream().limit(1).toList().equals(List.of(fault.rule()))
        && Instant.now().isBefore(deadline)) {
      bundle = LabBundle.of(lab);
    }
    return bundle;
  }

  /**
   * A culprit is an entry that the fault has changed, or one that has not followed a change of the
   * records; of a text the very line.
   */
  private static void assertNamed(
      Finding finding, LabBundle found, LabBundle healthy, LabDifferences differences) {
    assertThat(finding.culprits())
        .as("culprits, of which one must be of %s", differences.ofTheFault())
        .anyMatch(c ->
            isNewLine(c, found, healthy)
                || differences.ofTheFault().stream().anyMatch(e -> e.isNamedBy(c)));
  }

  private static boolean isNewLine(Culprit culprit, LabBundle found, LabBundle healthy) {
    return TEXTS.contains(culprit.kind())
        && culprit.state() != EntryState.MISSING
        && culprit.from().filter(place -> found.isNew(place, healthy)).isPresent();
  }
}
