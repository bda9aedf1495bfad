package io.podpath.rules;

import static org.assertj.core.api.Assertions.assertThat;

import io.podpath.core.cni.OvsPort;
import io.podpath.core.fix.Change;
import io.podpath.core.node.Address;
import io.podpath.core.rule.Finding;
import io.podpath.core.snapshot.ClusterView;
import io.podpath.core.snapshot.Devices;
import io.podpath.core.snapshot.Section;
import io.podpath.core.snapshot.Snapshot;
import io.podpath.fixtures.example.Example;
import io.podpath.fixtures.example.Examples;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Whoever may name a device must not thereby run a command on the machine of who mends it. */
class HostileNamesTest {

  private static final String HOSTILE = "$(boom)";
  private static final Pattern QUOTED = Pattern.compile("'[^']*'");

  static Stream<Example> broken() {
    return Examples.names().stream().map(Examples::describe).filter(e -> e.rule().isPresent());
  }

  @ParameterizedTest
  @MethodSource("broken")
  void noCommandRunsTheNameOfADevice(Example example) {
    for (String name : names(Examples.load(example.name()).history().latest())) {
      for (Finding finding : findings(example.name(), name)) {
        assertThat(commands(finding))
            .as("commands of %s with %s named %s", finding.rule(), name, HOSTILE)
            .allMatch(c -> !QUOTED.matcher(c).replaceAll("").contains("boom"));
      }
    }
  }

  /** The test above would pass as well if no command had the name. */
  @Test
  void theNameIsInTheCommands() {
    assertThat(
            findings("route-to-node-missing", "eth0").stream().flatMap(f -> commands(f).stream()))
        .anyMatch(c -> c.contains("dev '" + HOSTILE + "'"));
    assertThat(
            findings("gre-remote-not-a-node", "gre1").stream().flatMap(f -> commands(f).stream()))
        .anyMatch(c -> c.contains("interface '" + HOSTILE + "'"));
  }

  /** One card, for what goes for one goes for all, and the ports of Open vSwitch. */
  private static Set<String> names(Snapshot snapshot) {
    Set<String> names = new LinkedHashSet<>();
    snapshot.nodes().values().stream()
        .flatMap(n -> n.get(Section.ADDRESSES).values())
        .map(Address::device)
        .filter(d -> Devices.isUnderlay(d, Optional.empty()) && !d.equals("lo"))
        .findFirst()
        .ifPresent(names::add);
    snapshot.nodes().values().stream()
        .flatMap(n -> n.get(Section.OVS_PORTS).values())
        .filter(p -> p.type().filter("gre"::equals).isPresent())
        .map(OvsPort::port)
        .forEach(names::add);
    return names;
  }

  private static List<Finding> findings(String example, String name) {
    Pattern word = Pattern.compile("(?<![\\w-])" + Pattern.quote(name) + "(?![\\w-])");
    Snapshot snapshot =
        SnapshotFixture.example(example)
            .editing("nodes/", t -> word.matcher(t).replaceAll("\\" + HOSTILE))
            .snapshot();
    ClusterView view = ClusterView.of(snapshot);
    return RuleLibrary.load().rules().stream()
        .flatMap(r -> r.check(view).findings().stream())
        .toList();
  }

  private static List<String> commands(Finding finding) {
    List<String> commands = new ArrayList<>(finding.seeByHand());
    finding
        .fix()
        .ifPresent(f ->
            f.changes()
                .forEach((Change c) -> {
                  commands.add(c.command());
                  c.undoCommand().ifPresent(commands::add);
                }));
    return commands;
  }
}
