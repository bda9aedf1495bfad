package io.podpath.tui.report;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class NodeNamesTest {

  @Test
  void fewNamesAreListedInNaturalOrder() {
    assertThat(NodeNames.brief(List.of("worker-10", "worker-2", "master")))
        .isEqualTo("master, worker-2, worker-10");
    assertThat(NodeNames.brief(List.of())).isEmpty();
  }

  @Test
  void runsAreShownByTheirEnds() {
    List<String> names = IntStream.rangeClosed(101, 140).mapToObj(i -> "worker-" + i).toList();
    assertThat(NodeNames.brief(names)).isEqualTo("worker-101 .. worker-140 (40 nodes)");
  }

  @Test
  void manyNamesEndWithANumber() {
    assertThat(NodeNames.brief(List.of("a", "b", "c", "d", "e", "f")))
        .isEqualTo("a, b, c, d and 2 more");
    assertThat(NodeNames.all(List.of("b", "a", "e", "d", "c"))).isEqualTo("a, b, c, d, e");
  }

  @Test
  void numbersTooLongToCountAreNames() {
    assertThat(NodeNames.brief(List.of("n99999999999", "n100000000000", "n100000000001")))
        .isEqualTo("n99999999999, n100000000000, n100000000001");
  }
}
