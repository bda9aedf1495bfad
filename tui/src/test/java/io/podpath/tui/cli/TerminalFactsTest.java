package io.podpath.tui.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Map;
import org.junit.jupiter.api.Test;

class TerminalFactsTest {

  @Test
  void columnsAreWhatTheVariableSays() {
    assertThat(TerminalFacts.columns(Map.of("COLUMNS", "72"), false)).isEqualTo(72);
    assertThat(TerminalFacts.columns(Map.of("COLUMNS", "wide"), false)).isEqualTo(100);
    assertThat(TerminalFacts.columns(Map.of("COLUMNS", "0"), false)).isEqualTo(100);
    assertThat(TerminalFacts.columns(Map.of(), false)).isEqualTo(100);
  }

  @Test
  void theFirstSetVariableDecidesAboutTheCharacterSet() {
    assertThat(TerminalFacts.isUtf8(Map.of("LANG", "zh_CN.UTF-8"))).isTrue();
    assertThat(TerminalFacts.isUtf8(Map.of("LC_ALL", "C", "LANG", "en_US.UTF-8"))).isFalse();
    assertThat(TerminalFacts.isUtf8(Map.of("LC_ALL", "", "LANG", "C.utf8"))).isTrue();
    assertThat(TerminalFacts.isUtf8(Map.of())).isFalse();
  }
}
