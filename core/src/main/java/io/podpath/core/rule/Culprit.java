package io.podpath.core.rule;

import io.podpath.core.snapshot.Fact;
import io.podpath.core.snapshot.Provenance;
import io.podpath.core.snapshot.Source;
import java.util.Optional;

/**
 * The very entry that is wrong, missing or too many.
 *
 * @param node empty for objects of the whole cluster
 * @param entry in its tool's own syntax; for a missing entry the one that should be there
 * @param from where it was read; for a missing entry the table in which it is missing
 * @param mark the part of {@code entry} to underline; may be empty
 * @param label what to say under the mark; may be empty
 */
public record Culprit(
    Optional<String> node,
    String netns,
    EntryKind kind,
    String entry,
    EntryState state,
    Optional<Provenance> from,
    String mark,
    String label) {

  /** An entry that was read and is wrong. */
  public static Culprit wrong(
      String node, EntryKind kind, Fact<?> fact, String mark, String label) {
    return new Culprit(
        Optional.of(node),
        Source.HOST,
        kind,
        fact.value().toString(),
        EntryState.WRONG,
        Optional.of(fact.from()),
        mark,
        label);
  }

  /** An entry that was read and should not be there. */
  public static Culprit extra(
      String node, EntryKind kind, Fact<?> fact, String mark, String label) {
    return new Culprit(
        Optional.of(node),
        Source.HOST,
        kind,
        fact.value().toString(),
        EntryState.EXTRA,
        Optional.of(fact.from()),
        mark,
        label);
  }

  /** An entry that should be there and is not. */
  public static Culprit missing(
      String node, EntryKind kind, String entry, Optional<Provenance> table, String label) {
    return new Culprit(
        Optional.of(node), Source.HOST, kind, entry, EntryState.MISSING, table, "", label);
  }

  /** An object, file or log line that is not one node's, or whose text is not the fact's own. */
  public static Culprit of(
      Optional<String> node,
      EntryKind kind,
      String entry,
      EntryState state,
      Provenance from,
      String mark,
      String label) {
    return new Culprit(node, Source.HOST, kind, entry, state, Optional.of(from), mark, label);
  }

  /** The same culprit at another time or place of reading. */
  public String key() {
    return node.orElse("") + "|" + netns + "|" + kind + "|" + state + "|" + identity();
  }

  /** A missing route is the same one however much of the way it should take is known. */
  private String identity() {
    int space = entry.indexOf(' ');
    return kind == EntryKind.ROUTE && state == EntryState.MISSING && space > 0
        ? entry.substring(0, space)
        : entry;
  }
}
