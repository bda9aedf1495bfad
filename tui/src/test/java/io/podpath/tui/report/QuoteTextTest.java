package io.podpath.tui.report;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class QuoteTextTest {

  @Test
  void caretsStandBelowTheMarkBehindWideCharacters() {
    assertThat(
            lines(
                60,
                new Quote(Optional.of(7), Optional.empty(), "下一跳 10.0.0.1 错", false, 4, 12),
                "nobody"))
        .containsExactly("   |", " 7 | 下一跳 10.0.0.1 错", "   |        ^^^^^^^^ nobody", "   |");
  }

  @Test
  void wideMarksGetACaretForEachColumn() {
    assertThat(lines(60, new Quote(Optional.of(7), Optional.empty(), "在节点上", false, 1, 3), "here"))
        .contains("   |   ^^^^ here");
  }

  @Test
  void aLongLineIsCutAroundItsMark() {
    String line = "-A KUBE-FORWARD ".repeat(8) + "-j DROP " + "-m comment ".repeat(8);
    int at = line.indexOf("-j DROP");
    List<String> lines =
        lines(60, new Quote(Optional.of(7), Optional.empty(), line, false, at, at + 7), "drops");
    assertThat(lines).allSatisfy(l -> assertThat(Columns.width(l)).isLessThanOrEqualTo(60));
    String shown = lines.get(1);
    assertThat(shown).startsWith(" 7 | ~").endsWith("~").contains("-j DROP");
    assertThat(lines.get(2).indexOf('^')).isEqualTo(shown.indexOf("-j DROP"));
  }

  @Test
  void aLongLabelGoesBelowTheCarets() {
    List<String> lines =
        lines(
            60,
            new Quote(
                Optional.of(7), Optional.empty(), "a".repeat(50) + " 10.0.0.1", false, 51, 55),
            "no node has this address at all");
    assertThat(lines).allSatisfy(l -> assertThat(Columns.width(l)).isLessThanOrEqualTo(60));
    assertThat(String.join("\n", lines)).contains("^^^^\n").contains("no node has this address");
  }

  private static List<String> lines(int width, Quote quote, String label) {
    Sheet sheet = new Sheet(width);
    new QuoteText(sheet, Paint.PLAIN, 1).write(quote, "", label, false);
    return sheet.toString().lines().toList();
  }
}
