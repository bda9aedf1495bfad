package io.podpath.probes.parse;

import static org.assertj.core.api.Assertions.assertThat;

import io.podpath.core.cni.UfwStatus;
import io.podpath.core.snapshot.Entries;
import io.podpath.core.snapshot.Facts;
import io.podpath.core.snapshot.Section;
import io.podpath.core.snapshot.Source;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class UfwStatusParserTest {

  private static final UfwStatusParser PARSER = new UfwStatusParser();

  private static final String PLAIN =
      """
      Status: active

      To                         Action      From
      --                         ------      ----
      OpenSSH                    ALLOW       Anywhere
      OpenSSH (v6)               ALLOW       Anywhere (v6)
      """;

  private static final String VERBOSE =
      """
      Status: active
      Logging: on (low)
      Default: allow (incoming), allow (outgoing), deny (routed)
      New profiles: skip
      """;

  private static Entries<UfwStatus> ufw(String text) {
    Facts.Builder facts = new Facts.Builder();
    PARSER
        .parse(Source.ofFile("x", text).byCommand("ufw status"))
        .parts()
        .forEach(p -> p.addTo(facts));
    return facts.build().get(Section.UFW);
  }

  @Test
  void states() {
    assertThat(ufw(PLAIN).values())
        .containsExactly(
            new UfwStatus(
                true,
                Optional.empty(),
                Optional.empty(),
                List.of("OpenSSH ALLOW Anywhere", "OpenSSH (v6) ALLOW Anywhere (v6)")));
    assertThat(ufw(VERBOSE).values())
        .containsExactly(new UfwStatus(true, Optional.of("allow"), Optional.of("deny"), List.of()));
    assertThat(ufw("Status: inactive\n").values())
        .containsExactly(new UfwStatus(false, Optional.empty(), Optional.empty(), List.of()));
    assertThat(ufw("状态： 不活动\n").values())
        .containsExactly(new UfwStatus(false, Optional.empty(), Optional.empty(), List.of()));
    assertThat(ufw(VERBOSE.replace("deny (routed)", "disabled (routed)")).values())
        .extracting(UfwStatus::routedPolicy)
        .containsExactly(Optional.of("disabled"));
    assertThat(ufw(VERBOSE).isComplete()).isTrue();
  }

  @Test
  void anErrorIsNoStatus() {
    assertThat(ufw("ERROR: You need to be root to run this script\n").isEmpty()).isTrue();
    assertThat(ufw("ERROR: You need to be root to run this script\n").isComplete()).isFalse();
    assertThat(ufw("").isComplete()).isFalse();
    assertThat(ufw("Status: mystery").isEmpty()).isTrue();
  }

  @Test
  void recognised() {
    assertThat(PARSER.reads(ShellCommand.parse("sudo ufw status verbose"))).isTrue();
    assertThat(PARSER.reads(ShellCommand.parse("ufw enable"))).isFalse();
    assertThat(PARSER.likeness("a", PLAIN)).isGreaterThanOrEqualTo(90);
    assertThat(PARSER.likeness("a", VERBOSE)).isGreaterThanOrEqualTo(90);
    assertThat(PARSER.likeness("a", "Status: inactive\n")).isGreaterThanOrEqualTo(30);
    assertThat(PARSER.likeness("pod.txt", "Name: web\nStatus: Running\n")).isZero();
  }

  @Test
  void everyCaseIsRead() {
    for (Source source : SharedMaterial.files("cases", n -> n.startsWith("ufw"))) {
      assertThat(PARSER.parse(source).unread()).as(source.file()).isEmpty();
      assertThat(ufw(source.text()).values()).extracting(UfwStatus::active).containsExactly(true);
    }
  }
}
