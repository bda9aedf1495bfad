package io.podpath.rules;

import static org.assertj.core.api.Assertions.assertThat;

import io.podpath.core.rule.Diagnosis;
import io.podpath.core.rule.Severity;
import io.podpath.fixtures.lab.Faults;
import io.podpath.fixtures.lab.Lab;
import io.podpath.fixtures.lab.LabException;
import io.podpath.probes.bundle.InputException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Objects;

/** A lab in which a story is played, and what one sees of it as one would on the machines. */
final class StoriesLab {

  private static final Duration PATIENCE = Duration.ofSeconds(60);

  private Lab lab;

  StoriesLab(Lab lab) throws LabException, IOException {
    this.lab = lab;
    try (InputStream script =
        Objects.requireNonNull(StoriesLab.class.getResourceAsStream("sightings"))) {
      on(
          lab.blueprint().nodes().getFirst().node().name(),
          "cat > /run/sightings <<'END_OF_SCRIPT'\n"
              + new String(script.readAllBytes(), StandardCharsets.UTF_8)
              + "END_OF_SCRIPT");
    }
  }

  Lab lab() {
    return lab;
  }

  void cause(String rule) throws LabException {
    lab = lab.breakBy(Faults.named(rule).orElseThrow());
  }

  /** Waits until all reach all again: BGP sessions that were lost take their time. */
  void healAll() throws LabException {
    List<String> faults = lab.state().faults();
    for (String rule : faults) {
      lab = lab.heal(Faults.named(rule).orElseThrow());
    }
    if (!faults.isEmpty()) {
      assertThat(lab.settle(Duration.ofSeconds(60)).lost()).isEmpty();
    }
  }

  /** Runs a command line on a node. */
  String on(String node, String command) throws LabException {
    return lab.at("node/" + node, command, PATIENCE);
  }

  /** Asks with real packets; "ok", "silent", "refused" or "unreachable". */
  String ask(String from, String protocol, String address, int port) throws LabException {
    String said =
        lab.at(
            from,
            "echo 'q %s %s %d -' | perl /mnt/lab/probe 2".formatted(protocol, address, port),
            PATIENCE);
    return said.replaceFirst("^q\t", "").strip();
  }

  String ping(String from, String address) throws LabException {
    return ask(from, "icmp", address, 0);
  }

  /** Something that waits for a daemon. */
  @FunctionalInterface
  interface Condition {
    boolean holds() throws LabException;
  }

  /** Whether it holds within a while; daemons need one. */
  static boolean soon(Condition condition) throws LabException {
    Instant deadline = Instant.now().plus(PATIENCE);
    boolean holds = condition.holds();
    while (!holds && Instant.now().isBefore(deadline)) {
      holds = condition.holds();
    }
    return holds;
  }

  /** Something that sends packets. */
  @FunctionalInterface
  interface Sending {
    void send() throws LabException;
  }

  /** Packets a node sees on all its devices meanwhile. */
  List<String> seenOn(String node, Sending sending) throws LabException {
    on(
        node,
        "rm -f /run/seen /run/stop; setsid perl /run/sightings /run/stop > /run/seen 2>&1 < /dev/null &"
            + " until grep -q ready /run/seen; do sleep 0.1; done");
    sending.send();
    return on(
            node,
            ": > /run/stop; until grep -q '^end' /run/seen; do sleep 0.1; done; cat /run/seen")
        .lines()
        .toList();
  }

  /** Rules of the findings above info, in their order. */
  List<String> findings() throws LabException, InputException {
    return RecordedRulesTest.diagnose(lab.gather()).findings().stream()
        .map(Diagnosis.Ranked::finding)
        .filter(f -> f.severity() != Severity.INFO)
        .map(f -> f.rule())
        .toList();
  }

  /**
   * The packet counter of the first line that has the words, as {@code iptables -v -x} shows it.
   */
  static long packets(String listing, String words) {
    return listing
        .lines()
        .filter(l -> l.contains(words))
        .map(l -> Long.parseLong(l.strip().split("\\s+", -1)[0]))
        .findFirst()
        .orElseThrow();
  }
}
