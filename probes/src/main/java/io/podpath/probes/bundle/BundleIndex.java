package io.podpath.probes.bundle;

import io.podpath.probes.parse.Tree;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * {@code podpath-bundle.json}: what was run for each section, how it ended, and why some are
 * missing.
 */
final class BundleIndex {

  static final BundleIndex NONE = new BundleIndex(Optional.empty(), Map.of(), Map.of());

  private static final String FORMAT = "podpath.io/bundle/v";

  /**
   * How one section was gathered.
   *
   * @param failure why it is missing or incomplete
   */
  record Run(Optional<String> command, Optional<String> failure) {}

  private final Optional<String> takenAt;
  private final Map<String, Run> cluster;
  private final Map<String, Map<String, Run>> nodes;

  private BundleIndex(
      Optional<String> takenAt, Map<String, Run> cluster, Map<String, Map<String, Run>> nodes) {
    this.takenAt = takenAt;
    this.cluster = cluster;
    this.nodes = nodes;
  }

  static BundleIndex parse(NamedText text, Intake intake) throws InputException {
    Tree.Documents documents = Tree.json(text.text(), 1);
    documents
        .error()
        .ifPresent(e ->
            intake.note(text.shown(), "line " + e.line() + " could not be read: " + e.reason()));
    if (documents.roots().isEmpty()) {
      return NONE;
    }
    Tree root = documents.roots().getFirst();
    Optional<String> format = root.text("format");
    if (format.isPresent() && !format.get().equals(FORMAT + "1")) {
      throw new InputException(
          "%s: this bundle has the format %s, and this podpath reads %s1; use the podpath that wrote it, or a newer one"
              .formatted(where(text), printable(format.get()), FORMAT));
    }
    Map<String, Map<String, Run>> nodes = new HashMap<>();
    root.members("nodes").forEach((node, sections) -> nodes.put(node, runs(sections.members())));
    return new BundleIndex(root.text("takenAt"), runs(root.members("cluster")), nodes);
  }

  /** Of several recordings given together, as when each node was recorded by itself. */
  BundleIndex and(BundleIndex other) {
    Map<String, Run> bothCluster = new HashMap<>(other.cluster);
    bothCluster.putAll(cluster);
    Map<String, Map<String, Run>> bothNodes = new HashMap<>(other.nodes);
    bothNodes.putAll(nodes);
    return new BundleIndex(takenAt.or(() -> other.takenAt), bothCluster, bothNodes);
  }

  private static String where(NamedText text) {
    return text.path().isEmpty() ? text.input() : text.input() + " (" + text.path() + ")";
  }

  private static String printable(String text) {
    String clean = text.replaceAll("[^\\x21-\\x7e]", "?");
    return clean.length() > 60 ? clean.substring(0, 60) + "…" : clean;
  }

  private static Map<String, Run> runs(Map<String, Tree> sections) {
    Map<String, Run> runs = new HashMap<>();
    sections.forEach(
        (name, section) -> runs.put(name, new Run(section.text("command"), failure(section))));
    return runs;
  }

  private static Optional<String> failure(Tree section) {
    Optional<String> missing = section.text("missing").or(() -> section.text("reason"));
    if (missing.isPresent()) {
      return missing;
    }
    Optional<String> error =
        section
            .text("error")
            .map(e -> e.lines().findFirst().orElse("").strip())
            .filter(e -> !e.isEmpty());
    return section
        .text("exitCode")
        .filter(c -> !c.equals("0"))
        .map(c ->
            error
                .map(e -> "exit code " + c + ": " + e)
                .orElse("the command ended with exit code " + c));
  }

  Optional<String> takenAt() {
    return takenAt;
  }

  Set<String> nodes() {
    return nodes.keySet();
  }

  Map<String, Run> sections(String node) {
    return nodes.getOrDefault(node, Map.of());
  }

  Map<String, Run> cluster() {
    return cluster;
  }
}
