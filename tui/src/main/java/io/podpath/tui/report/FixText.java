package io.podpath.tui.report;

import io.podpath.core.fix.Change;
import io.podpath.core.fix.Fix;
import io.podpath.core.fix.FixSafety;
import io.podpath.core.rule.Diagnosis.Prediction;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.UnaryOperator;

/**
 * What mends a finding: how far it may be trusted, the commands, how to take them back, and what
 * keeps it mended.
 */
final class FixText {

  private final Sheet sheet;
  private final TextOptions options;
  private final Paint paint;

  FixText(Sheet sheet, TextOptions options) {
    this.sheet = sheet;
    this.options = options;
    this.paint = options.paint();
  }

  void write(String id, Fix fix, Optional<Prediction> prediction) {
    List<Batch> batches = batches(fix.changes());
    String summary =
        "fix, "
            + fix.safety().label()
            + summary(batches, fix)
            + prediction.map(FixText::predicted).orElse("");
    sheet.hanging("  ", summary, paint::heading);
    if (!batches.isEmpty()) {
      batches("by hand", id, batches);
      batches("undo by hand", id, undo(fix));
    }
    told("owner", fix.owner());
    told(batches.isEmpty() ? "advice" : "lasting", fix.lasting());
  }

  private static String summary(List<Batch> batches, Fix fix) {
    if (batches.isEmpty()) {
      return "";
    }
    int changes = fix.changes().size();
    List<String> nodes = batches.stream().map(Batch::node).distinct().toList();
    String choice =
        fix.safety() == FixSafety.CHOICE
            ? "; put your own values for the words in <angle brackets>"
            : "";
    return ": " + Count.of(changes, "change") + " on " + NodeNames.brief(nodes) + choice;
  }

  private static String predicted(Prediction prediction) {
    int before = prediction.healed() + prediction.stillBroken() + prediction.unknown();
    int after = prediction.stillBroken() + prediction.harmed();
    if (before == 0 && after == 0) {
      // no pair of nodes is known to be broken, so there is nothing to count
      return "";
    }
    String pairs = before == 0 ? "" : before + " -> " + after + " broken pairs, ";
    String unknown =
        prediction.unknown() == 0 ? "" : prediction.unknown() + " unknown for want of data, ";
    String needs =
        prediction.needsToo().isEmpty()
            ? ""
            : ": needs " + String.join(", ", prediction.needsToo()) + " too";
    return "; predicted " + pairs + unknown + prediction.harmed() + " made worse" + needs;
  }

  /** Commands to run on one node one after the other. */
  private record Batch(String node, List<Optional<String>> commands) {}

  private static List<Batch> batches(List<Change> changes) {
    return batches(changes, c -> Optional.of(c.command()));
  }

  /** Last change first. What the input does not tell cannot be put back. */
  private static List<Batch> undo(Fix fix) {
    return batches(fix.changes().reversed(), Change::undoCommand);
  }

  private static List<Batch> batches(
      List<Change> changes, java.util.function.Function<Change, Optional<String>> command) {
    List<Batch> batches = new ArrayList<>();
    for (Change change : changes) {
      if (batches.isEmpty() || !batches.getLast().node().equals(change.node())) {
        batches.add(new Batch(change.node(), new ArrayList<>()));
      }
      batches.getLast().commands().add(command.apply(change));
    }
    return batches;
  }

  private void batches(String what, String id, List<Batch> batches) {
    boolean all = options.full() || options.show().contains(id) || batches.size() <= 2;
    for (Batch batch : all ? batches : batches.subList(0, 1)) {
      String rest =
          all
              ? ""
              : " ("
                  + Count.of(batches.size() - 1, "more node")
                  + ": "
                  + options.hints().doctor("--show " + id)
                  + ")";
      sheet.line(
          "  " + what + (batch.node().isEmpty() ? "" : " on " + SafeText.of(batch.node())) + rest);
      batch.commands().forEach(c -> command(c));
    }
  }

  private void command(Optional<String> command) {
    if (command.isEmpty()) {
      sheet.line("    not known: what stood there before was not gathered");
      return;
    }
    String shown = SafeText.of(command.get());
    sheet.line("    " + paint.command(shown));
    if (!shown.equals(command.get())) {
      sheet.line("    (do not paste this: the input holds characters that cannot be shown)");
    }
  }

  private void told(String word, String prose) {
    if (!prose.isBlank()) {
      sheet.hanging("  " + word + ": ", SafeText.lines(prose), UnaryOperator.identity());
    }
  }
}
