package io.podpath.tui.report;

import static org.assertj.core.api.Assertions.assertThat;

import io.podpath.core.golden.Golden;
import io.podpath.core.rule.Diagnosis;
import io.podpath.core.rule.Diagnosis.NodeCompleteness;
import io.podpath.tui.report.Verdict.Strictness;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

class DiagnosisTextTest {

  private static final List<PassedOver> PASSED_OVER =
      List.of(new PassedOver("core.1234", "not text"));

  static Stream<Arguments> diagnoses() {
    return Stream.of(
        Arguments.of("broken", HandMade.broken()),
        Arguments.of("hostile", HandMade.hostile()),
        Arguments.of("clean", HandMade.clean()),
        Arguments.of("too-little", HandMade.tooLittle()),
        Arguments.of("warning", HandMade.warning(NodeCompleteness.COMPLETE)));
  }

  @ParameterizedTest
  @MethodSource("diagnoses")
  void looksAsItShould(String name, Diagnosis diagnosis) {
    Golden.assertMatches("doctor/" + name + "-80", text(diagnosis, plain(80)));
    Golden.assertMatches("doctor/" + name + "-120", text(diagnosis, plain(120)));
  }

  @Test
  void fullShowsAllThereIs() {
    TextOptions full = new TextOptions(100, Paint.PLAIN, false, true, Set.of(), hints());
    Golden.assertMatches("doctor/broken-full", text(HandMade.broken(), full));
  }

  @Test
  void showWritesOneFindingInFull() {
    TextOptions show = new TextOptions(100, Paint.PLAIN, false, false, Set.of("F5"), hints());
    Golden.assertMatches("doctor/broken-show-F5", text(HandMade.broken(), show));
  }

  @Test
  void asciiTerminalsGetAsciiMarks() {
    TextOptions ascii = new TextOptions(100, Paint.PLAIN, true, false, Set.of(), hints());
    assertThat(text(HandMade.broken(), ascii))
        .matches("(?s)\\p{ASCII}*")
        .startsWith("ok cluster")
        .contains("\nX  result");
  }

  @ParameterizedTest
  @MethodSource("diagnoses")
  void colourOnlyDecorates(String name, Diagnosis diagnosis) {
    TextOptions colour = new TextOptions(80, Paint.COLOUR, false, false, Set.of(), hints());
    String coloured = text(diagnosis, colour);
    assertThat(coloured).contains("\u001b[");
    assertThat(coloured.replaceAll("\u001b\\[[0-9;]*m", "")).isEqualTo(text(diagnosis, plain(80)));
  }

  @ParameterizedTest
  @ValueSource(ints = {60, 80, 120})
  void nothingFromTheInputActsOnTheTerminal(int width) {
    TextOptions full = new TextOptions(width, Paint.PLAIN, false, true, Set.of(), hints());
    List<PassedOver> hostile = List.of(new PassedOver(HandMade.HOSTILE, HandMade.HOSTILE));
    String text =
        DiagnosisText.render(
            HandMade.hostile(), hostile, Verdict.of(HandMade.hostile(), Strictness.DEFAULT), full);
    assertThat(text.codePoints().filter(c -> c != '\n').filter(SafeText::isActive).toArray())
        .isEmpty();
    assertThat(text).contains("web\\x1b]0;owned\\x07").contains("\\u202e");
  }

  @Test
  void aCommandThatCannotBeShownIsNotToBePasted() {
    assertThat(text(HandMade.hostile(), plain(120))).contains("do not paste this");
  }

  @ParameterizedTest
  @ValueSource(ints = {80, 120})
  void proseStaysInsideTheTerminal(int width) {
    String text = text(HandMade.broken(), plain(width));
    List<String> tooLong =
        text.lines()
            .filter(l -> Columns.width(l) > width)
            // Commands and evidence are never broken.
            .filter(l -> !l.startsWith("    "))
            .toList();
    assertThat(tooLong).isEmpty();
  }

  @Test
  void hintsNameTheKubectlPlugin() {
    TextOptions plugin =
        new TextOptions(
            100, Paint.PLAIN, false, false, Set.of(), new Hints("kubectl podpath", "b.tar.gz"));
    assertThat(text(HandMade.broken(), plugin))
        .contains(
            "kubectl podpath doctor b.tar.gz --show F3", "kubectl podpath explain stale-fdb-entry");
  }

  private static String text(Diagnosis diagnosis, TextOptions options) {
    return DiagnosisText.render(
        diagnosis, PASSED_OVER, Verdict.of(diagnosis, Strictness.DEFAULT), options);
  }

  private static TextOptions plain(int width) {
    return new TextOptions(width, Paint.PLAIN, false, false, Set.of(), hints());
  }

  private static Hints hints() {
    return new Hints("podpath", "notes.txt");
  }
}
