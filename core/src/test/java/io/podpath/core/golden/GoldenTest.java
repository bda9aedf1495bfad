package io.podpath.core.golden;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class GoldenTest {
  @TempDir Path directory;

  @Test
  void equalTextPasses() throws IOException {
    Files.writeString(directory.resolve("a.golden"), "one\ntwo\n");
    assertThatCode(() -> comparing().check("a", "one\ntwo\n")).doesNotThrowAnyException();
  }

  @Test
  void failureShowsTheChangedLinesAndHowToRenew() throws IOException {
    Files.writeString(directory.resolve("a.golden"), "one\ntwo\nthree\n");
    assertThatThrownBy(() -> comparing().check("a", "one\n\u001b[1mTWO\nthree\n"))
        .isInstanceOf(AssertionError.class)
        .hasMessageContaining("./mvnw verify -Dpodpath.golden.renew")
        .hasMessageContaining(" one\n-two\n+␛[1mTWO\n three");
  }

  @Test
  void aLostNewlineAtTheEndIsADifference() throws IOException {
    Files.writeString(directory.resolve("a.golden"), "one\n");
    assertThatThrownBy(() -> comparing().check("a", "one"))
        .isInstanceOf(AssertionError.class)
        .hasMessageContaining("-one\n+one (no newline at the end)");
  }

  @Test
  void missingFileFailsAndShowsTheText() {
    assertThatThrownBy(() -> comparing().check("sub/new", "text\n"))
        .isInstanceOf(AssertionError.class)
        .hasMessageContaining("No golden file")
        .hasMessageContaining("text");
    assertThat(directory.resolve("sub")).doesNotExist();
  }

  @Test
  void renewingWritesTheTextAndPasses() {
    new Golden(directory, Golden.Mode.RENEW).check("sub/new", "text\n");
    assertThat(directory.resolve("sub/new.golden")).hasContent("text\n");
  }

  @Test
  void renewingIsRefusedInContinuousIntegration() {
    assertThatThrownBy(() -> Golden.Mode.of(Optional.of("true"), Optional.of("true")))
        .hasMessageContaining("-Dpodpath.golden.renew is refused");
    assertThat(Golden.Mode.of(Optional.empty(), Optional.of("true")))
        .isEqualTo(Golden.Mode.COMPARE);
    assertThat(Golden.Mode.of(Optional.of(""), Optional.empty())).isEqualTo(Golden.Mode.RENEW);
  }

  private Golden comparing() {
    return new Golden(directory, Golden.Mode.COMPARE);
  }
}
