package io.podpath.tui.report;

import io.podpath.core.fix.ShellWord;
import io.podpath.core.rule.Diagnosis;
import io.podpath.core.rule.Diagnosis.BrokenPair;
import io.podpath.core.rule.Diagnosis.NodeCompleteness;
import io.podpath.core.rule.Diagnosis.Ranked;
import io.podpath.core.rule.NotChecked;
import io.podpath.core.rule.Pair;
import io.podpath.core.snapshot.FabricKind;
import io.podpath.core.snapshot.ServiceProxyKind;
import io.podpath.core.walk.Disposition;
import io.podpath.core.walk.PodTrace;
import io.podpath.core.walk.Question;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/** A diagnosis for a person to read. */
public final class DiagnosisText {

  private static final int IN_FULL = 3;

  private final Diagnosis diagnosis;
  private final List<PassedOver> passedOver;
  private final Verdict verdict;
  private final TextOptions options;
  private final Sheet sheet;
  private Optional<String> firstBrief = Optional.empty();

  private DiagnosisText(
      Diagnosis diagnosis, List<PassedOver> passedOver, Verdict verdict, TextOptions options) {
    this.diagnosis = diagnosis;
    this.passedOver = passedOver;
    this.verdict = verdict;
    this.options = options;
    this.sheet = new Sheet(options.width());
  }

  /**
   * @return ends with a line feed
   */
  public static String render(
      Diagnosis diagnosis, List<PassedOver> passedOver, Verdict verdict, TextOptions options) {
    return new DiagnosisText(diagnosis, passedOver, verdict, options).render();
  }

  private String render() {
    header();
    findings();
    if (options.show().isEmpty()) {
      new UnexplainedText(sheet, options).write(diagnosis.reach().unexplained());
      Sheet gaps = new Sheet(options.width());
      new GapsText(gaps, options).write(diagnosis, passedOver);
      if (!gaps.toString().isEmpty()) {
        sheet.blank();
        gaps.toString().lines().forEach(sheet::line);
      }
    }
    next();
    return sheet.toString();
  }

  private void header() {
    boolean known = diagnosis.fabric() != FabricKind.UNKNOWN;
    head(known ? Marks.OK : Marks.WARNING, "cluster", cluster());
    boolean whole = diagnosis.isLocallyEnough() && diagnosis.others().isEmpty();
    head(whole ? Marks.OK : Marks.WARNING, "snapshot", snapshot(whole));
    ResultLine result = new ResultLine(diagnosis, verdict);
    head(result.mark(), "result", result.text());
    if (!diagnosis.ignored().isEmpty()) {
      head(
          Marks.WARNING,
          "ignored",
          String.join(", ", diagnosis.ignored().stream().map(SafeText::of).toList())
              + " (on request)");
    }
  }

  private void head(char mark, String word, String text) {
    String start = Marks.shown(mark, options);
    String indent = " ".repeat(options.ascii() ? 13 : 12);
    List<String> lines = Columns.wrap(text, sheet.width() - indent.length());
    String first = start + Columns.pad(word, 10);
    for (String line : lines) {
      sheet.line(first + line);
      first = indent;
    }
  }

  private String cluster() {
    String fabric =
        diagnosis.fabric() == FabricKind.UNKNOWN
            ? "pod network not recognised"
            : diagnosis.fabric().toString().replaceFirst("-", " ") + " (detected)";
    String proxy =
        diagnosis.serviceProxy() == ServiceProxyKind.UNKNOWN
            ? "service proxy not recognised"
            : "kube-proxy " + diagnosis.serviceProxy();
    return fabric + ", " + proxy + ", " + machines();
  }

  /** A terminal may be any node, so it is none of its own. */
  private String machines() {
    List<String> parts = new ArrayList<>();
    int terminals = diagnosis.terminals().size();
    if (!diagnosis.nodes().isEmpty() || terminals == 0) {
      parts.add(Count.of(diagnosis.nodes().size(), "node"));
    }
    if (terminals > 0) {
      parts.add(Count.of(terminals, "terminal") + " without a name");
    }
    return String.join(" and ", parts);
  }

  private String snapshot(boolean whole) {
    String time = diagnosis.takenAt().map(SafeText::of).orElse("no time stated");
    List<String> states = new ArrayList<>();
    for (NodeCompleteness state : NodeCompleteness.values()) {
      long count = ResultLine.count(diagnosis, state);
      if (count > 0) {
        states.add(
            states.isEmpty() ? Count.of((int) count, "node") + " " + state : count + " " + state);
      }
    }
    if (!diagnosis.terminals().isEmpty()) {
      states.add(Count.of(diagnosis.terminals().size(), "terminal") + " without a name");
    }
    int others = diagnosis.others().size();
    if (others > 0) {
      states.add(Count.of(others, "other node") + " only named");
    }
    if (states.isEmpty()) {
      return time + ": no node in the input";
    }
    return time + ": " + String.join(", ", states) + (whole ? unchecked() : listed());
  }

  /** All that a packet's way needs may be there, and what a known failure shows in may not. */
  private String unchecked() {
    int rules = (int) diagnosis.notChecked().stream().map(NotChecked::rule).distinct().count();
    return rules == 0
        ? ""
        : " for following packets; "
            + Count.of(rules, "known failure")
            + (rules == 1 ? " needs" : " need")
            + " more"
            + listed();
  }

  private String listed() {
    return options.show().isEmpty() ? " (listed below)" : "";
  }

  private void findings() {
    List<Ranked> wanted =
        options.show().isEmpty()
            ? diagnosis.findings()
            : diagnosis.findings().stream().filter(r -> options.show().contains(r.id())).toList();
    Map<Pair, Disposition> ends =
        diagnosis.reach().brokenPairs().stream()
            .collect(
                Collectors.toMap(
                    p -> new Pair(p.from(), p.to()), BrokenPair::disposition, (a, b) -> a));
    Set<String> seen = new LinkedHashSet<>();
    int full = 0;
    boolean afterFull = true;
    for (Ranked ranked : wanted) {
      // A consequence is short, as its cause has been told; unless the cause comes later, as in a
      // circle.
      boolean consequence = ranked.causedBy().stream().anyMatch(seen::contains);
      seen.add(ranked.id());
      boolean inFull =
          options.full() || !options.show().isEmpty() || (full < IN_FULL && !consequence);
      if (inFull || afterFull) {
        sheet.blank();
      }
      afterFull = inFull;
      FindingText text = new FindingText(sheet, options, ends);
      if (inFull) {
        text.full(ranked);
        full++;
      } else {
        text.brief(ranked);
        firstBrief = firstBrief.or(() -> Optional.of(ranked.id()));
      }
    }
  }

  private void next() {
    sheet.blank();
    List<String> commands =
        verdict.result() == Verdict.Result.TOO_LITTLE
            ? MissingOutputs.commands(diagnosis)
            : List.of();
    if (!commands.isEmpty()) {
      sheet.line("to decide, add the output of these commands from every node:");
      sheet.line("  " + options.paint().command(String.join("; ", commands)));
    }
    sheet.parts("next: ", " | ", nextCommands());
    options.hints().note().ifPresent(n -> sheet.prose(6, n));
  }

  /** All steps of a packet of which the finding shows those that lead it. */
  private String trace(PodTrace example) {
    String ends =
        ShellWord.quoted(SafeText.of(example.from().name()))
            + " "
            + ShellWord.quoted(SafeText.of(example.to().name()));
    Question question = example.trace().question();
    String protocol = question.hasPorts() ? "--proto " + question.protocol() : "";
    return options.hints().trace(ends, protocol);
  }

  private List<String> nextCommands() {
    Hints hints = options.hints();
    List<String> commands = new ArrayList<>();
    List<Ranked> findings = diagnosis.findings();
    if (findings.isEmpty() && diagnosis.reach().broken() > 0) {
      commands.add(hints.reach("--pods"));
    } else if (findings.isEmpty()) {
      commands.add(hints.program() + " rules");
    } else {
      firstBrief.ifPresent(id -> commands.add(hints.doctor("--show " + id)));
      commands.add(hints.explain(SafeText.of(findings.getFirst().finding().rule())));
      findings.getFirst().example().ifPresent(e -> commands.add(trace(e)));
    }
    if (!options.full()) {
      commands.add(hints.doctor("--full"));
    }
    commands.add(hints.doctor("-o json"));
    return commands;
  }
}
