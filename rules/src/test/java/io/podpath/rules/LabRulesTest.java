package io.podpath.rules;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;
import static org.junit.jupiter.api.DynamicTest.dynamicTest;

import io.podpath.fixtures.lab.Fault;
import io.podpath.fixtures.lab.Faults;
import io.podpath.fixtures.lab.Lab;
import io.podpath.fixtures.lab.LabException;
import io.podpath.fixtures.lab.LabFabric;
import io.podpath.fixtures.lab.LabHome;
import io.podpath.fixtures.lab.LabKernel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DynamicContainer;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;

/**
 * Each fault the lab causes costs just the packets it must, is the first finding, which names an
 * entry of it, and is told apart from the blueprint by just the entries it changed; a healthy lab
 * has no finding and no difference.
 */
@Execution(ExecutionMode.CONCURRENT)
class LabRulesTest {

  @TempDir Path directory;
  private LabHome home = new LabHome(Path.of("/"));
  private String name = "rules";

  @BeforeEach
  void root() {
    assumeTrue("root".equals(System.getProperty("user.name")), "a lab needs root here");
    assumeTrue(Files.isExecutable(Path.of("/usr/sbin/bird")), "Calico's fabrics need bird2");
    assumeTrue(Files.isExecutable(Path.of("/usr/lib/frr/zebra")), "OSPF needs frr");
    home = new LabHome(directory.resolve("labs"));
  }

  @AfterEach
  void nothingStays() throws LabException {
    if ("root".equals(System.getProperty("user.name"))) {
      Lab.down(home, name);
    }
  }

  // A lab waits more than it computes: half of the cells are run beside the other half.

  @Nested
  @Execution(ExecutionMode.CONCURRENT)
  class OneHalf {
    @TestFactory
    @Execution(ExecutionMode.SAME_THREAD)
    Stream<DynamicContainer> faults() {
      return half(0);
    }
  }

  @Nested
  @Execution(ExecutionMode.CONCURRENT)
  class OtherHalf {
    @TestFactory
    @Execution(ExecutionMode.SAME_THREAD)
    Stream<DynamicContainer> faults() {
      return half(1);
    }
  }

  private Stream<DynamicContainer> half(int which) {
    name = "rules" + which;
    List<LabCell> cells = LabCell.chosen();
    return IntStream.range(0, cells.size())
        .filter(i -> i % 2 == which)
        .mapToObj(cells::get)
        .map(cell -> DynamicContainer.dynamicContainer(cell.toString(), tests(cell).stream()));
  }

  private List<DynamicTest> tests(LabCell cell) {
    LabRun run = new LabRun(home, cell, name);
    List<DynamicTest> tests = new ArrayList<>();
    tests.add(
        dynamicTest(
            "healthy",
            () -> {
              assumeTrue(canRun(cell), "needs the package user-mode-linux");
              run.healthy();
            }));
    for (Fault fault : cell.faults()) {
      tests.add(
          dynamicTest(
              fault.rule(),
              () -> {
                assumeTrue(canRun(cell), "needs the package user-mode-linux");
                run.brokenBy(fault);
              }));
    }
    tests.add(
        dynamicTest(
            "healed",
            () -> {
              assumeTrue(canRun(cell), "needs the package user-mode-linux");
              try {
                run.healed();
              } finally {
                run.down();
              }
            }));
    return tests;
  }

  private static boolean canRun(LabCell cell) {
    return cell.kernel().filter(LabKernel.HOST::equals).isPresent()
        || Files.isExecutable(Path.of("/usr/bin/linux.uml"));
  }

  @Test
  void everyFabricAndEveryFaultIsHeldInEveryBuild() {
    assertThat(LabCell.ofEveryBuild().stream().map(LabCell::toString))
        .doesNotHaveDuplicates()
        .hasSizeGreaterThan(2 * LabFabric.ALL.size())
        .containsAll(LabCell.product().stream().map(LabCell::toString).toList());
    Set<String> held = new TreeSet<>();
    LabCell.ofEveryBuild().forEach(c -> c.faults().forEach(f -> held.add(f.rule())));
    assertThat(held).containsAll(Faults.all().stream().map(Fault::rule).toList());
  }
}
