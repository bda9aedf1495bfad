package io.podpath.rules;

import io.podpath.core.rule.Diagnosis;
import io.podpath.core.rule.Diagnostician;
import io.podpath.core.rule.Finding;
import io.podpath.core.rule.Severity;
import io.podpath.core.snapshot.History;
import io.podpath.core.snapshot.Provenance;
import io.podpath.core.snapshot.Snapshot;
import io.podpath.fixtures.lab.Lab;
import io.podpath.fixtures.lab.LabException;
import io.podpath.probes.bundle.InputException;
import io.podpath.probes.bundle.InputReader;
import io.podpath.probes.bundle.Limits;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Stream;

/**
 * What a lab held at one time.
 *
 * @param faults findings above info, in their order
 * @param lines of the bundle's files
 */
record LabBundle(Snapshot snapshot, List<Finding> faults, Map<String, List<String>> lines) {

  static LabBundle of(Lab lab) throws LabException, InputException, IOException {
    return read(lab.gather());
  }

  static LabBundle read(Path bundle) throws InputException, IOException {
    History history =
        new InputReader(Limits.standard(), InputStream.nullInputStream())
            .read(List.of(bundle.toString()))
            .history();
    List<Finding> faults =
        new Diagnostician(RuleLibrary.load().rules(), Set.of())
            .diagnose(history).findings().stream()
                .map(Diagnosis.Ranked::finding)
                .filter(f -> f.severity() != Severity.INFO)
                .toList();
    Map<String, List<String>> lines = new TreeMap<>();
    try (Stream<Path> files = Files.walk(bundle)) {
      for (Path file : files.filter(Files::isRegularFile).toList()) {
        lines.put(bundle.relativize(file).toString(), Files.readAllLines(file));
      }
    }
    return new LabBundle(history.latest(), faults, lines);
  }

  List<String> rules() {
    return faults.stream().map(Finding::rule).toList();
  }

  /** Whether a line of this stands there more often than it did before. */
  boolean isNew(Provenance place, LabBundle before) {
    String file = place.source().file();
    return count(file, place.raw()) > before.count(file, place.raw());
  }

  private int count(String file, String line) {
    return Collections.frequency(lines.getOrDefault(file, List.of()), line);
  }
}
