package io.podpath.tui.cli;

import io.podpath.tui.report.Verdict.Strictness;
import io.podpath.tui.report.Verdict.Threshold;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import picocli.CommandLine.Option;

/** What counts, and what the exit code makes of it. */
final class JudgeOptions {

  @Option(
      names = "--fail-on",
      paramLabel = "error|warning",
      description = "Severity from which findings give exit code 1 (default: error).")
  private Threshold failOn = Threshold.ERROR;

  @Option(
      names = "--exit-zero",
      description = "Exit code 0 for every diagnosis, for jobs that only report.")
  private boolean exitZero;

  @Option(
      names = "--allow-partial",
      description = "Exit code 0 instead of 3 when too little was gathered.")
  private boolean allowPartial;

  @Option(
      names = "--ignore",
      paramLabel = "RULE[@NODE]",
      description = "Leaves out a rule, or its findings on one node. May be repeated.")
  private List<String> ignored = List.of();

  Strictness strictness() {
    return new Strictness(failOn, exitZero, allowPartial);
  }

  /**
   * @param known ids of all rules
   */
  Set<String> ignored(List<String> known) throws Refusal {
    for (String entry : ignored) {
      int at = entry.indexOf('@');
      String rule = at < 0 ? entry : entry.substring(0, at);
      if (!known.contains(rule)) {
        throw new Refusal(
            "--ignore " + entry + ": there is no rule " + rule + Nearest.hint(rule, known));
      }
    }
    return new LinkedHashSet<>(ignored);
  }
}
