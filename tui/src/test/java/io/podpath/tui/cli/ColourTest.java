package io.podpath.tui.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.podpath.rules.RuleLibrary;
import io.podpath.tui.report.Paint;
import java.io.InputStream;
import java.io.OutputStream;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class ColourTest {

  @Test
  void autoAsksTheTerminalAndTheEnvironment() {
    assertThat(auto(Map.of(), true)).isEqualTo(Paint.COLOUR);
    assertThat(auto(Map.of(), false)).isEqualTo(Paint.PLAIN);
    assertThat(auto(Map.of("TERM", "dumb"), true)).isEqualTo(Paint.PLAIN);
    assertThat(auto(Map.of("CLICOLOR", "0"), true)).isEqualTo(Paint.PLAIN);
    assertThat(auto(Map.of("NO_COLOR", "1"), true)).isEqualTo(Paint.PLAIN);
    assertThat(auto(Map.of("NO_COLOR", ""), true)).isEqualTo(Paint.COLOUR);
    assertThat(auto(Map.of("CLICOLOR_FORCE", "1"), false)).isEqualTo(Paint.COLOUR);
    assertThat(auto(Map.of("CLICOLOR_FORCE", "0"), false)).isEqualTo(Paint.PLAIN);
    assertThat(auto(Map.of("CLICOLOR_FORCE", "1", "NO_COLOR", "1"), false)).isEqualTo(Paint.PLAIN);
  }

  @Test
  void theOptionWins() {
    assertThat(Colour.ALWAYS.paint(surroundings(Map.of("NO_COLOR", "1")), false))
        .isEqualTo(Paint.COLOUR);
    assertThat(Colour.NEVER.paint(surroundings(Map.of("CLICOLOR_FORCE", "1")), true))
        .isEqualTo(Paint.PLAIN);
  }

  private static Paint auto(Map<String, String> environment, boolean terminal) {
    return Colour.AUTO.paint(surroundings(environment), terminal);
  }

  private static Surroundings surroundings(Map<String, String> environment) {
    return new Surroundings(
        InputStream.nullInputStream(),
        OutputStream.nullOutputStream(),
        OutputStream.nullOutputStream(),
        environment,
        new TerminalFacts(false, false, false, true, () -> 80),
        new RecordedInputs(),
        () -> RuleLibrary.of(List.of()));
  }
}
