package io.podpath.tui.report;

import io.podpath.core.rule.Diagnosis;
import io.podpath.core.rule.Diagnosis.Ranked;
import io.podpath.core.rule.Severity;
import java.util.Locale;

/**
 * What a diagnosis comes to. Text, JSON and the exit code all take it from here, so they cannot
 * disagree.
 *
 * @param result what is said
 * @param threshold the severity from which findings make the command fail
 * @param exitCode with which the command ends
 */
public record Verdict(Result result, Threshold threshold, ExitCode exitCode) {

  /** The word in JSON is that of {@link #toString()}. */
  public enum Result {
    HEALTHY,
    FINDINGS,
    TOO_LITTLE;

    @Override
    public String toString() {
      return name().toLowerCase(Locale.ROOT).replace('_', '-');
    }
  }

  /** {@code --fail-on}. */
  public enum Threshold {
    ERROR(Severity.ERROR),
    WARNING(Severity.WARNING);

    private final Severity from;

    Threshold(Severity from) {
      this.from = from;
    }

    boolean reachedBy(Severity severity) {
      return severity.compareTo(from) >= 0;
    }

    @Override
    public String toString() {
      return name().toLowerCase(Locale.ROOT);
    }
  }

  /**
   * How strict the exit code is.
   *
   * @param exitZero a diagnosis that was made exits 0, whatever it says
   * @param allowPartial too little gathered is no reason to fail
   */
  public record Strictness(Threshold threshold, boolean exitZero, boolean allowPartial) {
    public static final Strictness DEFAULT = new Strictness(Threshold.ERROR, false, false);
  }

  public static Verdict of(Diagnosis diagnosis, Strictness strictness) {
    Threshold threshold = strictness.threshold();
    Result result = result(diagnosis, threshold);
    ExitCode exitCode =
        switch (result) {
          case HEALTHY -> ExitCode.OK;
          case FINDINGS -> reached(diagnosis, threshold) ? ExitCode.FINDINGS : ExitCode.OK;
          case TOO_LITTLE -> strictness.allowPartial() ? ExitCode.OK : ExitCode.TOO_LITTLE;
        };
    return new Verdict(result, threshold, strictness.exitZero() ? ExitCode.OK : exitCode);
  }

  private static Result result(Diagnosis diagnosis, Threshold threshold) {
    if (reached(diagnosis, threshold)) {
      return Result.FINDINGS;
    }
    return switch (diagnosis.health()) {
      case HEALTHY -> Result.HEALTHY;
      case TOO_LITTLE -> Result.TOO_LITTLE;
      // Findings below the threshold do not make up for what was not gathered: an error may hide
      // there.
      case FINDINGS -> diagnosis.isEnough() ? Result.FINDINGS : Result.TOO_LITTLE;
    };
  }

  static boolean reached(Diagnosis diagnosis, Threshold threshold) {
    // a pair whose only cause is left out on request is left out too
    return diagnosis.reach().brokenPairs().stream()
            .anyMatch(p -> !p.explained() || !p.findings().isEmpty())
        || diagnosis.findings().stream()
            .map(Ranked::finding)
            .anyMatch(f -> threshold.reachedBy(f.severity()));
  }
}
