package io.podpath.tui.report;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.podpath.core.golden.Golden;
import io.podpath.core.rule.Diagnosis;
import io.podpath.tui.report.Verdict.Strictness;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class DiagnosisJsonTest {

  @ParameterizedTest
  @MethodSource("io.podpath.tui.report.DiagnosisTextTest#diagnoses")
  void looksAsItShould(String name, Diagnosis diagnosis) {
    Golden.assertMatches("doctor/" + name + ".json", json(diagnosis));
  }

  @Test
  void fieldsOfTheContractAreThere() throws JsonProcessingException {
    JsonNode root = new ObjectMapper().readTree(json(HandMade.broken()));
    assertThat(root.at("/schema").asText()).isEqualTo("podpath.io/diagnosis/v1");
    assertThat(root.at("/verdict").asText()).isEqualTo("findings");
    assertThat(root.at("/exitCode").asInt()).isEqualTo(1);
    assertThat(root.at("/reachability/brokenPairs/0/disposition").asText())
        .isEqualTo("no-such-node");
    assertThat(root.at("/findings/0/culprits/0/source/line").asInt()).isEqualTo(3);
    assertThat(root.at("/findings/0/culprits/0/mark").asText()).isEqualTo("dst 10.0.1.71");
    assertThat(root.at("/findings/0/fix/safety").asText()).isEqualTo("safe");
    assertThat(root.at("/findings/0/fix/predicted/healed").asInt()).isEqualTo(2);
    assertThat(root.at("/findings/2/causedBy/0").asText()).isEqualTo("F1");
    assertThat(root.at("/findings/3/mended/by/0/source/line").asInt()).isEqualTo(61);
    assertThat(root.at("/findings/4/fix").has("predicted")).isFalse();
  }

  @Test
  void anUndoNobodyKnowsIsNotInvented() throws JsonProcessingException {
    JsonNode changes =
        new ObjectMapper().readTree(json(HandMade.broken())).at("/findings/1/fix/changes");
    assertThat(changes).hasSize(2).allSatisfy(c -> assertThat(c.has("undo")).isFalse());
  }

  @Test
  void hostileTextComesBackUnchangedAndIsHarmlessOnTheWay() throws JsonProcessingException {
    String json = json(HandMade.hostile());
    assertThat(json.codePoints().filter(c -> c != '\n').filter(SafeText::isActive).toArray())
        .isEmpty();
    JsonNode root = new ObjectMapper().readTree(json);
    assertThat(root.at("/notChecked/0/reason").asText()).isEqualTo(HandMade.HOSTILE);
    assertThat(root.at("/findings/0/title").asText()).startsWith("下一跳").endsWith(HandMade.HOSTILE);
  }

  @Test
  void surrogatesAreEscapedSoThatALoneOneCannotBreakTheOutput() {
    String json = SafeJson.of(j -> j.writeString("\ud83d\ude00 \ud800"));
    assertThat(json).isEqualTo("\"\\ud83d\\ude00 \\ud800\"\n");
  }

  @Test
  void sameDiagnosisSameBytes() {
    assertThat(json(HandMade.broken())).isEqualTo(json(HandMade.broken()));
  }

  private static String json(Diagnosis diagnosis) {
    return DiagnosisJson.render(
        diagnosis,
        List.of(new PassedOver("core.1234", "not text")),
        Verdict.of(diagnosis, Strictness.DEFAULT));
  }
}
