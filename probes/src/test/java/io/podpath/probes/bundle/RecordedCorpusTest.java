package io.podpath.probes.bundle;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.DynamicTest.dynamicTest;

import io.podpath.core.snapshot.Snapshot;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

/** Reads recordings of real systems that lie beside the repository where there are any. */
class RecordedCorpusTest {

  /** Files nobody reads, and why not. */
  private static final Map<String, String> NOISE =
      Map.ofEntries(
          Map.entry("truth.json", "the answer, not the input"),
          Map.entry("ping-ok.txt", "what the recorder tried"),
          Map.entry("ping-fail.txt", "what the recorder tried"),
          Map.entry("iptables-variant.txt", "one word; the listings say it themselves"),
          Map.entry("nstat.txt", "counters of the whole machine"),
          Map.entry("bird.cfg", "what BIRD made of it is read instead"),
          Map.entry("10.244.*", "leases of host-local: one container id"),
          Map.entry("ovs-vswitchd.log", "start-up messages"),
          Map.entry("ovs-appctl-fdb-show-br0.txt", "learned addresses, gone within minutes"),
          Map.entry("ovs-dpctl-dump-flows.txt", "the cache of ovs-ofctl's flows"),
          Map.entry("ovs-dpctl-show.txt", "ports and counters, also in ovs-vsctl show"),
          Map.entry("ovs-ofctl-dump-ports-br0.txt", "counters"),
          Map.entry("ovs-ofctl-show-br0.txt", "ports, also in ovs-vsctl show"),
          Map.entry("ovs-vsctl-list-br.txt", "names, also in ovs-vsctl show"),
          Map.entry("ovs-vsctl-list-interface.txt", "also in ovs-vsctl show"),
          Map.entry("ovs-vsctl-list-port.txt", "also in ovs-vsctl show"));

  /** Files whose parsers are still being written. */
  private static final Set<String> PENDING =
      Set.of(
          "conntrack-L.txt",
          "ipset-save.txt",
          "ipvsadm-Ln.txt",
          "ipvsadm-Ln-stats.txt",
          "ipvsadm-Lnc.txt",
          "ipvsadm-save-n.txt",
          "nft-list-ruleset.txt",
          "conntrack-udp.txt",
          "ufw-status.txt");

  @TestFactory
  Stream<DynamicTest> everyRecordingIsRead() throws IOException {
    return below("recorded").stream()
        .map(recording ->
            dynamicTest(
                String.valueOf(recording.getFileName()),
                () -> {
                  Snapshot snapshot = read(recording).history().latest();
                  assertThat(snapshot.unread()).isEmpty();
                  assertThat(snapshot.nodes().keySet())
                      .isEqualTo(names(recording.resolve("nodes")));
                }));
  }

  @Test
  void whatIsNotRecognisedIsKnownNoise() throws Exception {
    Set<String> unrecognised = new TreeSet<>();
    for (Path recording : below("recorded")) {
      for (Note note : read(recording).notes()) {
        unrecognised.add(name(note).replaceAll("^10\\.244\\..*", "10.244.*"));
      }
    }
    unrecognised.removeAll(PENDING);
    assertThat(unrecognised).isEqualTo(new TreeSet<>(NOISE.keySet()));
  }

  @TestFactory
  Stream<DynamicTest> everyCaseIsRead() throws IOException {
    return below("cases").stream()
        .map(one ->
            dynamicTest(
                String.valueOf(one.getFileName()),
                () -> {
                  Input input = read(one);
                  boolean waiting = input.notes().stream().anyMatch(n -> PENDING.contains(name(n)));
                  Snapshot snapshot = input.history().latest();
                  boolean told =
                      waiting
                          || !snapshot.cluster().isEmpty()
                          || snapshot.nodes().values().stream().anyMatch(n -> !n.host().isEmpty());
                  assertThat(told).isTrue();
                }));
  }

  private static String name(Note note) {
    return note.file().substring(note.file().lastIndexOf('/') + 1);
  }

  private static Set<String> names(Path directory) throws IOException {
    try (Stream<Path> all = Files.list(directory)) {
      return all.map(p -> String.valueOf(p.getFileName()))
          .collect(Collectors.toCollection(() -> new TreeSet<>(Snapshot.NATURAL_ORDER)));
    }
  }

  private static Input read(Path directory) throws InputException {
    return new InputReader(Limits.STANDARD, InputStream.nullInputStream())
        .read(List.of(directory.toString()));
  }

  private static List<Path> below(String folder) throws IOException {
    String stated = System.getProperty("podpath.shared", "");
    Path shared =
        stated.isEmpty()
            ? Path.of(System.getProperty("podpath.root", "..")).resolve("../shared")
            : Path.of(stated);
    Path root = shared.resolve(folder).normalize();
    Assumptions.assumeTrue(Files.isDirectory(root), "no " + folder + " beside the repository");
    try (Stream<Path> all = Files.list(root)) {
      return all.filter(Files::isDirectory).sorted().toList();
    }
  }
}
