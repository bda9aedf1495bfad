package io.podpath.rules;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.podpath.fixtures.lab.Lab;
import io.podpath.fixtures.lab.LabException;
import io.podpath.fixtures.lab.LabFabric;
import io.podpath.fixtures.lab.LabHome;
import io.podpath.fixtures.lab.LabState;
import io.podpath.probes.bundle.InputException;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The field note about a host-gw network made by hand: FORWARD drops, and nobody accepts pods. */
class ForwardDropStoryTest {

  private static final String NAME = "story";
  private static final Pattern DROPPED = Pattern.compile("policy DROP (\\d+) packets");

  @TempDir Path directory;
  private LabHome home = new LabHome(Path.of("/"));

  @BeforeEach
  void root() {
    assumeTrue("root".equals(System.getProperty("user.name")), "a lab needs root here");
    home = new LabHome(directory.resolve("labs"));
  }

  @AfterEach
  void nothingStays() throws LabException {
    if ("root".equals(System.getProperty("user.name"))) {
      Lab.down(home, NAME);
    }
  }

  @Test
  void policyDropsWhatIsForwardedAndNothingElse() throws LabException, InputException, IOException {
    LabState state =
        LabState.asked(
            NAME,
            LabFabric.named("flannel-host-gw").orElseThrow(),
            LabFabric.proxyNamed("iptables").orElseThrow(),
            2,
            2);
    StoriesLab lab = new StoriesLab(Lab.up(home, state, Optional.empty()));
    assertThat(lab.lab().settle(Duration.ofSeconds(30)).lost()).isEmpty();

    lab.cause("forward-drop-without-accept");

    long dropped = dropped(lab);
    List<String> seen =
        lab.seenOn(
            "node2",
            () -> assertThat(lab.ping("pod/default/web-1a", "10.244.1.2")).isEqualTo("silent"));
    assertThat(seen)
        .contains("eth0 in 10.244.0.2 > 10.244.1.2 icmp request")
        // the node's own multicast reports go there all the same
        .noneMatch(l -> l.startsWith("cni0 out") && l.contains("icmp"));
    assertThat(dropped(lab)).isGreaterThan(dropped);
    assertThat(lab.ping("node/node1", "10.244.1.2")).as("it forwards there").isEqualTo("silent");
    assertThat(lab.ping("node/node2", "10.244.0.2")).as("its own packets").isEqualTo("ok");
    assertThat(lab.ping("pod/default/web-2a", "10.244.1.3")).as("one bridge").isEqualTo("silent");
    assertThat(lab.findings()).first().isEqualTo("forward-drop-without-accept");

    // what the field note adds, and the page
    lab.on(
        "node2",
        "iptables -A FORWARD -s 10.244.0.0/16 -j ACCEPT; iptables -A FORWARD -d 10.244.0.0/16 -j ACCEPT");
    assertThat(lab.lab().probe().lost()).isEmpty();
    assertThat(lab.findings()).isEmpty();
  }

  private static long dropped(StoriesLab lab) throws LabException {
    Matcher policy = DROPPED.matcher(lab.on("node2", "iptables -L FORWARD -v -n -x"));
    assertThat(policy.find()).isTrue();
    return Long.parseLong(policy.group(1));
  }
}
