package io.podpath.tui.report;

import static org.assertj.core.api.Assertions.assertThat;

import io.podpath.core.rule.Diagnosis;
import io.podpath.core.rule.Diagnosis.NodeCompleteness;
import io.podpath.tui.report.Verdict.Result;
import io.podpath.tui.report.Verdict.Strictness;
import io.podpath.tui.report.Verdict.Threshold;
import org.junit.jupiter.api.Test;

class VerdictTest {

  private static final Strictness ON_WARNING = new Strictness(Threshold.WARNING, false, false);
  private static final Strictness EXIT_ZERO = new Strictness(Threshold.ERROR, true, false);
  private static final Strictness ALLOW_PARTIAL = new Strictness(Threshold.ERROR, false, true);

  @Test
  void anErrorFails() {
    assertVerdict(HandMade.broken(), Strictness.DEFAULT, Result.FINDINGS, ExitCode.FINDINGS);
    assertVerdict(HandMade.broken(), ALLOW_PARTIAL, Result.FINDINGS, ExitCode.FINDINGS);
    assertVerdict(HandMade.broken(), EXIT_ZERO, Result.FINDINGS, ExitCode.OK);
  }

  @Test
  void aWarningFailsOnlyOnRequest() {
    Diagnosis warning = HandMade.warning(NodeCompleteness.COMPLETE);
    assertVerdict(warning, Strictness.DEFAULT, Result.FINDINGS, ExitCode.OK);
    assertVerdict(warning, ON_WARNING, Result.FINDINGS, ExitCode.FINDINGS);
  }

  @Test
  void aWarningDoesNotMakeUpForWhatWasNotGathered() {
    Diagnosis warning = HandMade.warning(NodeCompleteness.PARTIAL);
    assertVerdict(warning, Strictness.DEFAULT, Result.TOO_LITTLE, ExitCode.TOO_LITTLE);
    assertVerdict(warning, ALLOW_PARTIAL, Result.TOO_LITTLE, ExitCode.OK);
    assertVerdict(warning, ON_WARNING, Result.FINDINGS, ExitCode.FINDINGS);
  }

  @Test
  void healthyOnlyWhenEnoughWasGathered() {
    assertVerdict(HandMade.clean(), Strictness.DEFAULT, Result.HEALTHY, ExitCode.OK);
    assertVerdict(HandMade.tooLittle(), Strictness.DEFAULT, Result.TOO_LITTLE, ExitCode.TOO_LITTLE);
    assertVerdict(HandMade.tooLittle(), ALLOW_PARTIAL, Result.TOO_LITTLE, ExitCode.OK);
    assertVerdict(HandMade.tooLittle(), EXIT_ZERO, Result.TOO_LITTLE, ExitCode.OK);
  }

  private static void assertVerdict(
      Diagnosis diagnosis, Strictness strictness, Result result, ExitCode code) {
    Verdict verdict = Verdict.of(diagnosis, strictness);
    assertThat(verdict.result()).isEqualTo(result);
    assertThat(verdict.exitCode()).isEqualTo(code);
  }
}
