package io.podpath.rules.link;

import static org.assertj.core.api.Assertions.assertThat;

import io.podpath.core.rule.Certainty;
import io.podpath.core.rule.Culprit;
import io.podpath.core.rule.NotChecked;
import io.podpath.core.rule.Outcome;
import io.podpath.rules.SnapshotFixture;
import org.junit.jupiter.api.Test;

class InterfaceNetmaskMissingTest {

  private static final String WIDE = "10.0.0.0/8 dev enp3s0 proto kernel scope link src 10.7.2.21";

  private final InterfaceNetmaskMissing rule = new InterfaceNetmaskMissing();

  private static SnapshotFixture node(String maskLine, String route) {
    return SnapshotFixture.bundle()
        .file(
            "nodes/a/files/etc/network/interfaces",
            "auto enp3s0",
            "iface enp3s0 inet static",
            "    address 10.7.2.21",
            "    " + maskLine,
            "    gateway 10.7.2.1")
        .file("nodes/a/ip-route.txt", "default via 10.7.2.1 dev enp3s0", route);
  }

  @Test
  void namesTheMisspeltOptionAndTheRouteItLedTo() {
    assertThat(node("netmaks 255.255.255.0", WIDE).findings(rule))
        .singleElement()
        .satisfies(f -> {
          assertThat(f.certainty()).isEqualTo(Certainty.PROVEN);
          assertThat(f.culprits())
              .extracting(Culprit::entry)
              .containsExactly("netmaks 255.255.255.0", WIDE);
          assertThat(f.expected()).contains("10.7.2.0/24");
        });
  }

  @Test
  void aWideNetworkThatIsMeantIsNone() {
    assertThat(node("netmask 255.0.0.0", WIDE).findings(rule)).isEmpty();
    assertThat(SnapshotFixture.bundle().file("nodes/a/ip-route.txt", WIDE).findings(rule))
        .isEmpty();
  }

  @Test
  void anUnknownOptionWithoutItsEffectIsNone() {
    assertThat(
            node(
                    "netmaks 255.255.255.0",
                    "10.7.2.0/24 dev enp3s0 proto kernel scope link src 10.7.2.21")
                .findings(rule))
        .isEmpty();
  }

  @Test
  void reportsRoutesThatWereNotGathered() {
    Outcome outcome = node("netmaks 255.255.255.0", WIDE).without("ip-route").ask(rule);

    assertThat(outcome.findings()).isEmpty();
    assertThat(outcome.notChecked())
        .singleElement()
        .extracting(NotChecked::reason)
        .asString()
        .contains("route");
  }
}
