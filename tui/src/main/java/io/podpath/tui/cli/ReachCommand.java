package io.podpath.tui.cli;

import io.podpath.core.rule.Diagnosis.Ranked;
import io.podpath.core.rule.Diagnostician;
import io.podpath.core.snapshot.ClusterView;
import io.podpath.core.snapshot.History;
import io.podpath.core.walk.AllPairs;
import io.podpath.core.walk.WalkedPair;
import io.podpath.tui.report.ExitCode;
import io.podpath.tui.report.ReachJson;
import io.podpath.tui.report.ReachText;
import io.podpath.tui.report.ReachedPairs;
import io.podpath.tui.report.TextOptions;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code podpath reach}. */
@Command(
    name = "reach",
    description = "Who can reach whom: walks every pair, there and back.",
    customSynopsis = {
      "podpath reach [--pods] [OPTIONS] FILE...",
      "       podpath reach [--pods] [OPTIONS] --example NAME"
    },
    sortOptions = false,
    footer = {
      "",
      "Exit code: 0 all delivered, 1 some are broken, 2 wrong usage, 3 none is broken but some cannot be told; see podpath help exit-codes"
    })
final class ReachCommand implements Callable<Integer> {

  private final Surroundings surroundings;

  @Spec private CommandSpec spec;
  @Mixin private InputOptions input;

  @Option(names = "--pods", description = "All pairs of pods; else pairs of nodes.")
  private boolean pods;

  @Option(names = "--probe", hidden = true)
  private boolean probe;

  @Option(names = "--full", description = "Every list in full.")
  private boolean full;

  @Option(
      names = "--allow-partial",
      description = "Exit code 0 instead of 3 when too little was gathered.")
  private boolean allowPartial;

  @Mixin private AnswerOptions answer;

  ReachCommand(Surroundings surroundings) {
    this.surroundings = surroundings;
  }

  @Override
  public Integer call() throws Refusal {
    Optional<String> live = LiveOptions.given(spec.commandLine().getParseResult());
    if (live.isPresent()) {
      throw new Refusal(live.get() + ": " + InputOptions.noInput(surroundings.program(), "reach"));
    }
    if (probe) {
      throw new Refusal("--probe: this version walks the state only, sending packets comes later");
    }
    answer.checkForm();
    input.check(surroundings, "reach");
    AnswerOptions.Answer target = answer.prepare(surroundings, input.named());
    if (input.asksForExamples()) {
      target.give(ExampleList.render(surroundings.inputs().examples(), answer.form()));
      return ExitCode.OK.code();
    }
    History history = input.load(surroundings).history();
    ClusterView view = ClusterView.of(history.latest());
    AllPairs all = AllPairs.of(view);
    List<WalkedPair> walked = pods ? all.ofPods() : all.ofNodes();
    ReachedPairs reached =
        new ReachedPairs(pods, !pods && all.isSampled(), walked, findings(walked, history));
    int code = reached.exitCode(allowPartial).code();
    target.give(
        switch (answer.form()) {
          case JSON -> ReachJson.render(reached, code);
          case TEXT, SARIF, JUNIT, HTML, MD ->
              ReachText.render(
                  reached,
                  new TextOptions(
                      surroundings.terminal().columns().getAsInt(),
                      answer.paint(surroundings),
                      answer.ascii(surroundings),
                      full,
                      Set.of(),
                      input.hints(surroundings.program())));
        });
    return code;
  }

  /** What explains a broken pair; where none is broken nobody asks. */
  private List<Ranked> findings(List<WalkedPair> walked, History history) {
    return walked.stream().allMatch(WalkedPair::isDelivered)
        ? List.of()
        : new Diagnostician(surroundings.rules().get().rules(), Set.of())
            .diagnose(history)
            .findings();
  }
}
