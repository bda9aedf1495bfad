package io.podpath.core.fix;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ShellWordTest {

  @ParameterizedTest
  @CsvSource(
      quoteCharacter = '"',
      value = {
        "notes.txt, notes.txt",
        "现场/记录.txt, 现场/记录.txt",
        "a b.txt, 'a b.txt'",
        "it's, 'it'\\''s'",
        "$(reboot), '$(reboot)'",
        "*.txt, '*.txt'",
        "-, -",
      })
  void whatAShellWouldTakeApartIsQuoted(String word, String quoted) {
    assertThat(ShellWord.quoted(word)).isEqualTo(quoted);
  }
}
