package io.podpath.tui.report;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class SafeTextTest {

  @ParameterizedTest
  @CsvSource({
    "'\u001b[2J', '\\x1b[2J'",
    "'\u009b2J', '\\x9b2J'",
    "'a\u0000b', 'a\\x00b'",
    "'a\rb', 'a\\x0db'",
    "'\u202ereversed', '\\u202ereversed'",
    "'\u2066isolated', '\\u2066isolated'",
    "'\u2028', '\\u2028'",
    "'\u200b', '\\u200b'",
    "'\ufeff', '\\ufeff'",
    "'\ud800', '\\ud800'",
    "'\udb40\udc41', '\\U000e0041'",
    "'\u3164', '\\u3164'",
  })
  void whatActsBecomesVisible(String text, String shown) {
    assertThat(SafeText.of(text)).isEqualTo(shown);
  }

  @Test
  void whatStandsForItselfStays() {
    String text = "10.244.2.0/24 via 192.168.3.114 dev ens33 节点 é ✓ 😀";
    assertThat(SafeText.of(text)).isEqualTo(text);
  }

  @Test
  void tabsAndLineFeedsBecomeSpaces() {
    assertThat(SafeText.of("a\tb\nc")).isEqualTo("a    b c");
    assertThat(SafeText.lines("a\r\nb\u0007\n\nc")).isEqualTo("a\nb\\x07\n\nc");
  }
}
