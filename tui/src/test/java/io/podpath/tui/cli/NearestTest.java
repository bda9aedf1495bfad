package io.podpath.tui.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

class NearestTest {

  private static final List<String> NAMES =
      List.of("stale-fdb-entry", "route-to-node-missing", "route-to-own-subnet");

  @Test
  void mistypedNamesAreFound() {
    assertThat(Nearest.to("stale-fbd-entry", NAMES)).containsExactly("stale-fdb-entry");
    assertThat(Nearest.to("route", NAMES))
        .containsExactly("route-to-node-missing", "route-to-own-subnet");
  }

  @Test
  void whatIsFarAwayIsNotOffered() {
    assertThat(Nearest.to("kube-proxy", NAMES)).isEmpty();
    assertThat(Nearest.to("", NAMES)).isEmpty();
    assertThat(Nearest.to("stale-fdb-entry".repeat(100), NAMES)).isEmpty();
  }
}
