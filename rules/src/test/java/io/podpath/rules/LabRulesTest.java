package io.podpath.rules;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.podpath.core.rule.Diagnosis;
import io.podpath.core.rule.Severity;
import io.podpath.core.snapshot.Snapshot;
import io.podpath.fixtures.lab.Fault;
import io.podpath.fixtures.lab.Faults;
import io.podpath.fixtures.lab.Lab;
import io.podpath.fixtures.lab.LabException;
import io.podpath.fixtures.lab.LabFabric;
import io.podpath.fixtures.lab.LabHome;
import io.podpath.fixtures.lab.LabKernel;
import io.podpath.fixtures.lab.LabState;
import io.podpath.fixtures.lab.Loss;
import io.podpath.fixtures.lab.Probe;
import io.podpath.probes.bundle.InputException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Each fault the lab causes costs just the packets it must and is the first finding, and the
 * blueprint tells apart just what it changed; without one there is neither.
 */
class LabRulesTest {

  private static final Duration PATIENCE = Duration.ofSeconds(30);
  private static final String NAME = "rules";

  @TempDir Path directory;
  private LabHome home = new LabHome(Path.of("/"));

  @BeforeEach
  void root() {
    assumeTrue("root".equals(System.getProperty("user.name")), "a lab needs root here");
    assumeTrue(Files.isExecutable(Path.of("/usr/sbin/bird")), "Calico's fabrics need bird2");
    home = new LabHome(directory.resolve("labs"));
  }

  @AfterEach
  void nothingStays() throws LabException {
    if ("root".equals(System.getProperty("user.name"))) {
      Lab.down(home, NAME);
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"flannel-host-gw", "flannel-vxlan", "static-routes", "calico-bgp"})
  void firstFindingIsTheFault(String name) throws LabException, InputException {
    LabFabric fabric = LabFabric.named(name).orElseThrow();
    LabState state =
        new LabState(
            NAME,
            fabric,
            LabFabric.proxyNamed(fabric.proxy()).orElseThrow(),
            3,
            2,
            Optional.empty(),
            List.of());
    Lab lab = Lab.up(home, state, Optional.of(LabKernel.HOST));
    assertThat(lab.settle(PATIENCE).lost()).isEmpty();
    assertThat(worst(lab)).as("healthy %s", name).isEmpty();
    Snapshot healthy = LabDifferences.read(lab);
    assertThat(LabDifferences.fromBlueprint(healthy)).as("healthy %s", name).isEmpty();
    for (Fault fault : Faults.on(state.blueprint())) {
      lab = lab.breakBy(fault);
      Loss loss = fault.on(state.blueprint()).orElseThrow().loss();
      assertThat(contradicting(loss, lab))
          .as("probes that did not go as %s demands on %s", fault.rule(), name)
          .isEmpty();
      // BGP sessions need a moment to end and to begin
      Instant deadline = Instant.now().plus(PATIENCE);
      List<String> found = worst(lab);
      while (!found.stream().limit(1).toList().equals(List.of(fault.rule()))
          && Instant.now().isBefore(deadline)) {
        found = worst(lab);
      }
      assertThat(found).as("%s on %s", fault.rule(), name).first().isEqualTo(fault.rule());
      LabDifferences.assertOnlyWhatTheFaultChanged(fault, state.blueprint(), healthy, lab);
      lab = lab.heal(fault);
      assertThat(lab.settle(PATIENCE).lost()).as("after healing %s", fault.rule()).isEmpty();
    }
    assertThat(worst(lab)).as("healed %s", name).isEmpty();
    assertThat(LabDifferences.fromBlueprint(LabDifferences.read(lab)))
        .as("healed %s", name)
        .isEmpty();
  }

  /** Daemons need a moment until just the stated packets are lost. */
  private static List<Probe> contradicting(Loss loss, Lab lab) throws LabException {
    List<Probe> wrong = loss.contradictedBy(lab.probe(), lab.blueprint());
    Instant deadline = Instant.now().plus(PATIENCE);
    while (!wrong.isEmpty() && Instant.now().isBefore(deadline)) {
      wrong = loss.contradictedBy(lab.probe(), lab.blueprint());
    }
    return wrong;
  }

  /** Rules of the findings above info, in their order. */
  private static List<String> worst(Lab lab) throws LabException, InputException {
    return RecordedRulesTest.diagnose(lab.gather()).findings().stream()
        .map(Diagnosis.Ranked::finding)
        .filter(f -> f.severity() != Severity.INFO)
        .map(f -> f.rule())
        .toList();
  }
}
