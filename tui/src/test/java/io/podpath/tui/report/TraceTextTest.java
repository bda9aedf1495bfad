package io.podpath.tui.report;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.podpath.core.golden.Golden;
import io.podpath.core.walk.Disposition;
import java.util.OptionalInt;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

class TraceTextTest {

  private static final Hints HINTS = new Hints("podpath", "notes.txt");

  @ParameterizedTest
  @ValueSource(ints = {80, 120})
  void looksAsItShould(int width) {
    Golden.assertMatches(
        "trace/delivered-" + width, text(HandMadeTraces.delivered(), plain(width)));
    Golden.assertMatches("trace/hostile-" + width, text(HandMadeTraces.hostile(), plain(width)));
    Golden.assertMatches(
        "reach/hostile-" + width, ReachText.render(HandMadeTraces.hostilePairs(), plain(width)));
  }

  @ParameterizedTest
  @EnumSource(Disposition.class)
  void everyEndHasItsSentenceAndItsCode(Disposition disposition) {
    TracedQuestion traced = HandMadeTraces.ending(disposition);
    String text = text(traced, plain(100));
    ExitCode code = traced.exitCode(false);
    String mark =
        switch (code) {
          case OK -> "✓";
          case TOO_LITTLE -> "!";
          default -> "✗";
        };
    assertThat(text).contains("\n" + mark + " " + disposition + ": the request ");
    assertThat(code)
        .isEqualTo(
            disposition == Disposition.DELIVERED
                ? ExitCode.OK
                : disposition == Disposition.INSUFFICIENT_INFO
                    ? ExitCode.TOO_LITTLE
                    : ExitCode.FINDINGS);
  }

  @Test
  void anAnswerThatTakesAnotherWayIsToldInWords() {
    assertThat(text(HandMadeTraces.delivered(), plain(120)).replaceAll("\\s+", " "))
        .contains(
            "the answer takes another way: on worker-2 the request goes through flannel.1, the answer through no tunnel",
            "on worker-7 the request goes through flannel.1, the answer through no tunnel");
  }

  @Test
  void nothingFromTheInputActsOnTheTerminal() {
    for (String text :
        new String[] {
          text(HandMadeTraces.hostile(), plain(60)),
          ReachText.render(HandMadeTraces.hostilePairs(), plain(60)),
          TraceJson.render(HandMadeTraces.hostile(), 1, OptionalInt.of(1)),
          TraceJson.line(HandMadeTraces.hostile(), 1),
          TraceJson.refused(3, HandMade.HOSTILE, HandMade.HOSTILE),
          ReachJson.render(HandMadeTraces.hostilePairs(), 1)
        }) {
      assertThat(text.codePoints().filter(c -> c != '\n').filter(SafeText::isActive).toArray())
          .isEmpty();
      assertThat(text).contains("web");
    }
  }

  @Test
  void jsonKeepsTheNamesAsTheyAre() throws JsonProcessingException {
    JsonNode root = new ObjectMapper().readTree(TraceJson.line(HandMadeTraces.hostile(), 1));
    assertThat(root.at("/from/name").asText()).isEqualTo(HandMade.HOSTILE);
    assertThat(root.at("/forward/steps/0/entry").asText()).endsWith(HandMade.HOSTILE);
    assertThat(root.at("/forward/steps/1/verdict").asText()).isEqualTo("not-reached");
    assertThat(root.has("reply")).isFalse();
  }

  @Test
  void colourOnlyDecorates() {
    TextOptions colour = new TextOptions(80, Paint.COLOUR, false, false, Set.of(), HINTS);
    String coloured = text(HandMadeTraces.hostile(), colour);
    assertThat(coloured).contains("\u001b[");
    assertThat(coloured.replaceAll("\u001b\\[[0-9;]*m", ""))
        .isEqualTo(text(HandMadeTraces.hostile(), plain(80)));
  }

  @Test
  void asciiTerminalsGetAsciiMarks() {
    TextOptions ascii = new TextOptions(100, Paint.PLAIN, true, false, Set.of(), HINTS);
    assertThat(text(HandMadeTraces.ending(Disposition.NO_ROUTE), ascii))
        .matches("(?s)\\p{ASCII}*")
        .contains("X BROKEN HERE", "\nX  no-route: ");
  }

  private static String text(TracedQuestion traced, TextOptions options) {
    return TraceText.render(traced, "FROM TO", OptionalInt.empty(), options);
  }

  private static TextOptions plain(int width) {
    return new TextOptions(width, Paint.PLAIN, false, false, Set.of(), HINTS);
  }
}
