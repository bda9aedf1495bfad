package io.podpath.rules;

import io.podpath.core.rule.Finding;
import io.podpath.core.rule.Outcome;
import io.podpath.core.rule.Rule;
import io.podpath.core.snapshot.ClusterView;
import io.podpath.core.snapshot.Entries;
import io.podpath.core.snapshot.Section;
import io.podpath.core.snapshot.Snapshot;
import io.podpath.fixtures.example.Examples;
import io.podpath.probes.bundle.InputException;
import io.podpath.probes.bundle.InputReader;
import io.podpath.probes.bundle.Limits;
import io.podpath.probes.bundle.NamedText;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.List;
import java.util.function.UnaryOperator;

/** Snapshots to ask a rule about: of examples, and of tool outputs written down in a test. */
public final class SnapshotFixture {

  private final List<NamedText> texts = new ArrayList<>();

  private SnapshotFixture() {}

  public static SnapshotFixture bundle() {
    return new SnapshotFixture();
  }

  /** The texts of an example, to be changed before they are read. */
  public static SnapshotFixture example(String name) {
    SnapshotFixture fixture = new SnapshotFixture();
    fixture.texts.addAll(Examples.texts(name));
    return fixture;
  }

  /**
   * @param path as in a bundle, such as {@code nodes/node1/ip-route.txt}
   */
  public SnapshotFixture file(String path, String... lines) {
    String input = texts.isEmpty() ? "" : texts.getFirst().input();
    texts.add(new NamedText(input, path, String.join("\n", lines) + "\n"));
    return this;
  }

  /** Leaves out the texts whose path has this part: nobody gathered them. */
  public SnapshotFixture without(String part) {
    texts.removeIf(t -> t.path().contains(part));
    return this;
  }

  /** Puts the texts whose path has this part somewhere else; the bundle's index goes. */
  public SnapshotFixture renaming(String part, String other) {
    texts.replaceAll(t -> new NamedText(t.input(), t.path().replace(part, other), t.text()));
    return without("podpath-bundle");
  }

  /** Changes the texts whose path has this part. */
  public SnapshotFixture editing(String part, UnaryOperator<String> change) {
    texts.replaceAll(t ->
        t.path().contains(part) ? new NamedText(t.input(), t.path(), change.apply(t.text())) : t);
    return this;
  }

  public Snapshot snapshot() {
    try {
      return new InputReader(Limits.standard(), InputStream.nullInputStream())
          .readTexts(texts)
          .history()
          .latest();
    } catch (InputException e) {
      throw new IllegalStateException(e);
    }
  }

  public Outcome ask(Rule rule) {
    return rule.check(ClusterView.of(snapshot()));
  }

  public List<Finding> findings(Rule rule) {
    return ask(rule).findings();
  }

  /** What a rule says of the snapshot with the fix of its own finding applied. */
  public static Outcome mended(Rule rule, Snapshot snapshot, Finding finding) {
    return rule.check(ClusterView.of(finding.fix().orElseThrow().applyTo(snapshot)));
  }

  /** The snapshot as if nobody had gathered one table of a node. */
  public static <T> Snapshot notGathered(Snapshot snapshot, String node, Section<T> section) {
    return snapshot.changingHost(
        node, facts -> facts.with(section, Entries.notGathered("not recorded")));
  }
}
