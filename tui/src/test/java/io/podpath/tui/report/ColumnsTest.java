package io.podpath.tui.report;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ColumnsTest {

  @ParameterizedTest
  @CsvSource({
    "abc, 3",
    "节点, 4",
    "ａ１, 4",
    "한국, 4",
    "かな, 4",
    "e\u0301, 1",
    "✓✗, 2",
    "→…, 2",
    "😀, 2",
    "𠮷, 2",
    "'', 0",
  })
  void countsTerminalColumns(String text, int columns) {
    assertThat(Columns.width(text)).isEqualTo(columns);
  }

  @Test
  void cutsByColumnsAndMarksIt() {
    assertThat(Columns.cut("abcdef", 6)).isEqualTo("abcdef");
    assertThat(Columns.cut("abcdef", 5)).isEqualTo("abcd~");
    // A wide character that would end behind the edge goes, even if one column stays empty.
    assertThat(Columns.cut("节点节点", 6)).isEqualTo("节点~");
  }

  @Test
  void padsByColumns() {
    assertThat(Columns.pad("节点", 6) + "|").isEqualTo("节点  |");
  }

  @Test
  void wrapsAtSpacesAndKeepsLongWordsWhole() {
    assertThat(Columns.wrap("one two three", 7)).containsExactly("one two", "three");
    assertThat(Columns.wrap("a /etc/kubernetes/manifests b", 9))
        .containsExactly("a", "/etc/kubernetes/manifests", "b");
    assertThat(Columns.wrap("one\n\ntwo\n", 20)).containsExactly("one", "", "two");
    assertThat(Columns.wrap("say:\n  ip route replace 10.0.0.0/8 via 10.0.0.1\nthen", 10))
        .containsExactly("say:", "  ip route replace 10.0.0.0/8 via 10.0.0.1", "then");
  }

  @Test
  void wrapsChineseBetweenCharactersButNotBeforeAComma() {
    assertThat(Columns.wrap("节点节点，节点", 8)).containsExactly("节点节", "点，节点");
    assertThat(Columns.wrap("路由k8s节点01错", 10)).containsExactly("路由k8s节", "点01错");
  }
}
