package io.podpath.tui.cli;

import io.podpath.core.rule.Diagnosis;
import io.podpath.core.rule.Diagnosis.Ranked;
import io.podpath.core.rule.Diagnostician;
import io.podpath.core.snapshot.History;
import io.podpath.rules.RuleLibrary;
import io.podpath.tui.report.DiagnosisJson;
import io.podpath.tui.report.DiagnosisText;
import io.podpath.tui.report.ExitCode;
import io.podpath.tui.report.TextOptions;
import io.podpath.tui.report.Verdict;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code podpath doctor}. */
@Command(
    name = "doctor",
    description =
        "Finds what stops pods from reaching each other, in recorded or pasted node state.",
    customSynopsis = {
      "podpath doctor [OPTIONS] FILE...",
      "       podpath doctor [OPTIONS] --example NAME"
    },
    sortOptions = false,
    parameterListHeading = "%nInput:%n",
    optionListHeading = "%nOptions:%n",
    footer = {
      "",
      "Exit code: 0 nothing found, 1 findings, 2 wrong usage, 3 too little gathered; see podpath help exit-codes"
    })
final class DoctorCommand implements Callable<Integer> {

  private final Surroundings surroundings;
  private final DebugLog log;

  @Spec private CommandSpec spec;
  @Mixin private InputOptions input;
  @Mixin private AnswerOptions answer;
  @Mixin private JudgeOptions judge;

  @Option(names = "--full", description = "Every finding and every list in full.")
  private boolean full;

  @Option(
      names = "--show",
      paramLabel = "F2",
      split = ",",
      description = "Only this finding, in full. May be repeated.")
  private List<String> show = List.of();

  @Option(
      names = "--debug",
      paramLabel = "FILE",
      description = "Writes a log of podpath itself to a file.")
  private Optional<String> debug = Optional.empty();

  DoctorCommand(Surroundings surroundings, DebugLog log) {
    this.surroundings = surroundings;
    this.log = log;
  }

  @Override
  public Integer call() throws Refusal {
    if (debug.isPresent()) {
      log.open(OutputFile.of("--debug", debug.get(), input.named()));
    }
    Optional<String> live = LiveOptions.given(spec.commandLine().getParseResult());
    if (live.isPresent()) {
      throw new Refusal(live.get() + ": " + InputOptions.noInput(surroundings.program(), "doctor"));
    }
    answer.checkForm();
    input.check(surroundings, "doctor");
    AnswerOptions.Answer target = answer.prepare(surroundings, input.named());
    if (input.asksForExamples()) {
      target.give(ExampleList.render(surroundings.inputs().examples(), answer.form()));
      return ExitCode.OK.code();
    }
    RuleLibrary library = surroundings.rules().get();
    if (library.rules().isEmpty()) {
      throw new IllegalStateException(
          "no rules on the class path: every cluster would look healthy");
    }
    Set<String> ignored = judge.ignored(library.ids());
    log.say(library.rules().size() + " rules");
    Inputs.Loaded loaded = input.load(surroundings);
    History history = loaded.history();
    log.say(
        "read "
            + history.moments().size()
            + " states, "
            + history.latest().nodes().size()
            + " nodes");
    warnOfUnknownNodes(ignored, history);
    Diagnosis diagnosis = new Diagnostician(library.rules(), ignored).diagnose(history);
    Verdict verdict = Verdict.of(diagnosis, judge.strictness());
    log.say(diagnosis.findings().size() + " findings, " + verdict.result());
    target.give(render(diagnosis, loaded, verdict));
    log.say("exit code " + verdict.exitCode().code());
    return verdict.exitCode().code();
  }

  private String render(Diagnosis diagnosis, Inputs.Loaded loaded, Verdict verdict) throws Refusal {
    Set<String> shown = shown(diagnosis);
    return switch (answer.form()) {
      case JSON -> DiagnosisJson.render(diagnosis, loaded.notes(), verdict);
      case TEXT, SARIF, JUNIT, HTML, MD ->
          DiagnosisText.render(
              diagnosis,
              loaded.notes(),
              verdict,
              new TextOptions(
                  surroundings.terminal().columns().getAsInt(),
                  answer.paint(surroundings),
                  answer.ascii(surroundings),
                  full,
                  shown,
                  input.hints(surroundings.program())));
    };
  }

  private Set<String> shown(Diagnosis diagnosis) throws Refusal {
    List<String> ids = diagnosis.findings().stream().map(Ranked::id).toList();
    Set<String> shown = new LinkedHashSet<>();
    for (String id : show) {
      String wanted = id.strip().toUpperCase(Locale.ROOT);
      if (!ids.contains(wanted)) {
        String there =
            ids.isEmpty()
                ? "there are no findings"
                : ids.size() == 1
                    ? "there is only " + ids.getFirst()
                    : "there are " + ids.getFirst() + " to " + ids.getLast();
        throw new Refusal("--show " + id + ": no such finding, " + there);
      }
      shown.add(wanted);
    }
    return shown;
  }

  /** A mistyped node would silently ignore nothing. */
  private void warnOfUnknownNodes(Set<String> ignored, History history) {
    for (String entry : ignored) {
      int at = entry.indexOf('@');
      boolean known =
          history.moments().stream()
              .anyMatch(m -> m.snapshot().nodes().containsKey(entry.substring(at + 1)));
      if (at >= 0 && !known) {
        Complaint.of(
                "--ignore "
                    + entry
                    + ": there is no node "
                    + entry.substring(at + 1)
                    + " in the input")
            .to(surroundings);
      }
    }
  }
}
