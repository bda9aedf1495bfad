package io.podpath.tui.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.podpath.rules.RuleLibrary;
import java.io.ByteArrayOutputStream;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import org.junit.jupiter.api.Test;

class ProgressTest {

  private static final Duration NEVER = Duration.ofDays(1);

  private final ByteArrayOutputStream err = new ByteArrayOutputStream();

  private Surroundings surroundings(boolean terminal) {
    return new Surroundings(
        InputStream.nullInputStream(),
        OutputStream.nullOutputStream(),
        err,
        Map.of(),
        new TerminalFacts(false, false, terminal, true, () -> 20),
        new RecordedInputs(),
        RuleLibrary::load);
  }

  private String said() {
    return err.toString(StandardCharsets.UTF_8);
  }

  private void await(String text) throws InterruptedException {
    Instant deadline = Instant.now().plusSeconds(20);
    while (!said().contains(text)) {
      assertThat(Instant.now()).as(said()).isBefore(deadline);
      Thread.sleep(5);
    }
  }

  @Test
  void itSaysAtOnceWhatItIsAt() {
    try (Progress progress = Progress.of(surroundings(false), NEVER, "building", "")) {
      assertThat(said()).isEqualTo("building\n");
      progress.now("sending packets", "");
      // the next line is not due
      assertThat(said()).isEqualTo("building\n");
    }
    assertThat(said()).isEqualTo("building\n");
  }

  @Test
  void plainLinesTellHowLongItHasTakenAndWhatItHasComeTo() throws InterruptedException {
    try (Progress progress =
        Progress.of(surroundings(false), Duration.ofMillis(20), "building", "")) {
      await("building, 0 s\n");
      progress.now("sending packets", "");
      await("sending packets, 0 s\n");
    }
    String before = said();
    Thread.sleep(100);
    assertThat(said()).isEqualTo(before);
  }

  @Test
  void onATerminalItIsOneLineThatIsErasedAtTheEnd() {
    String erased = "\r" + " ".repeat(19) + "\r";
    try (Progress progress = Progress.of(surroundings(true), NEVER, "building", "")) {
      progress.now("sending packets between all of them", "");
    }
    assertThat(said()).isEqualTo(erased + "building" + erased + "sending packets bet" + erased);
  }
}
