package io.podpath.tui.cli;

import io.podpath.core.compare.Comparer;
import io.podpath.core.compare.Yardstick;
import io.podpath.tui.report.CompareJson;
import io.podpath.tui.report.CompareText;
import io.podpath.tui.report.ComparedNodes;
import io.podpath.tui.report.ExitCode;
import java.util.List;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** What compare and diff have in common: how closely they look, and how they answer. */
final class CompareOptions {

  @Option(
      names = "--strict",
      description = "Also what decides nothing: names, hardware addresses, consequences, extras.")
  private boolean strict;

  @Option(
      names = "--allow-partial",
      description = "Exit code 0 instead of 3 when nothing differs but not all was read.")
  private boolean allowPartial;

  @Option(
      names = "--exit-zero",
      description = "Exit code 0 whatever the comparison says, for jobs that only report.")
  private boolean exitZero;

  @Mixin private AnswerOptions answer;

  /** Finds out before the work whether its result can be written. */
  AnswerOptions.Answer prepare(Surroundings surroundings, List<String> inputs) throws Refusal {
    answer.checkForm();
    return answer.prepare(surroundings, inputs);
  }

  Comparer comparer(Yardstick yardstick) {
    return new Comparer(strict ? yardstick.strict() : yardstick);
  }

  /** Gives the answer; returns the exit code. */
  int give(ComparedNodes compared, Surroundings surroundings, AnswerOptions.Answer target)
      throws Refusal {
    int code = (exitZero ? ExitCode.OK : compared.exitCode(allowPartial)).code();
    target.give(
        switch (answer.form()) {
          case JSON -> CompareJson.render(compared, code);
          case TEXT, SARIF, JUNIT, HTML, MD ->
              CompareText.render(
                  compared,
                  surroundings.terminal().columns().getAsInt(),
                  answer.paint(surroundings),
                  strict);
        });
    return code;
  }
}
