package io.podpath.rules;

import static org.assertj.core.api.Assertions.assertThat;

import io.podpath.core.rule.Rule;
import io.podpath.fixtures.example.Examples;
import io.podpath.fixtures.lab.Faults;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** A known failure is a class, a page and a recording, all of one name. */
class RuleLibraryTest {

  private static final List<String> HEADINGS =
      List.of(
          "## What it finds",
          "## Why it breaks traffic",
          "## How to see it yourself",
          "## Fix",
          "## Rollback",
          "## References");

  static Stream<Rule> rules() {
    return RuleLibrary.load().rules().stream();
  }

  @Test
  void noIdIsGivenTwice() {
    assertThat(RuleLibrary.load().ids()).isNotEmpty().doesNotHaveDuplicates();
  }

  @ParameterizedTest
  @MethodSource("rules")
  void classIsNamedAsTheRuleIs(Rule rule) {
    assertThat(rule.getClass().getSimpleName()).isEqualTo(camelCase(rule.id()));
  }

  @ParameterizedTest
  @MethodSource("rules")
  void titleIsOneSentence(Rule rule) {
    assertThat(rule.title()).isNotBlank().doesNotContain("\n").doesNotEndWith(".");
    assertThat(rule.title().charAt(0)).matches(c -> !Character.isWhitespace(c));
  }

  @ParameterizedTest
  @MethodSource("rules")
  void pageHasAllItsHeadingsInOrder(Rule rule) {
    String page = RuleLibrary.page(rule).orElse("no page");
    List<String> headings =
        page.lines().filter(l -> l.startsWith("#")).filter(l -> !isShellComment(l)).toList();
    assertThat(headings).hasSize(HEADINGS.size() + 1);
    assertThat(headings.getFirst()).startsWith("# ");
    assertThat(headings.subList(1, headings.size())).isEqualTo(HEADINGS);
  }

  @ParameterizedTest
  @MethodSource("rules")
  void noSectionOfThePageIsEmpty(Rule rule) {
    String page = RuleLibrary.page(rule).orElse("");
    String[] sections = page.split("(?m)^#+ .*$", -1);
    assertThat(Arrays.stream(sections).skip(1)).hasSize(HEADINGS.size() + 1);
    // the title may stand alone
    assertThat(Arrays.stream(sections).skip(2)).allSatisfy(s -> assertThat(s).isNotBlank());
  }

  /** What no recording proves is proved by a test of its own, by hand-made outputs. */
  @ParameterizedTest
  @MethodSource("rules")
  void ruleHasAnExampleOrATestOfItsOwn(Rule rule) {
    assertThat(Examples.exists(rule.id()) || hasTest(rule))
        .as("an example, or %sTest", rule.getClass().getSimpleName())
        .isTrue();
  }

  @ParameterizedTest
  @MethodSource("rules")
  void labCanCauseIt(Rule rule) {
    assertThat(Faults.named(rule.id())).as("the lab's fault %s", rule.id()).isPresent();
  }

  @Test
  void everyBrokenExampleHasItsRule() {
    List<String> wanted =
        Examples.names().stream().flatMap(n -> Examples.describe(n).rule().stream()).toList();
    assertThat(wanted)
        .isNotEmpty()
        .allSatisfy(rule -> assertThat(RuleLibrary.load().ids()).contains(rule));
  }

  private static boolean hasTest(Rule rule) {
    try {
      Class.forName(rule.getClass().getName() + "Test");
      return true;
    } catch (ClassNotFoundException e) {
      return false;
    }
  }

  /**
   * Inside an indented block a line that begins with # would be no heading; pages have none at the
   * margin.
   */
  private static boolean isShellComment(String line) {
    return line.startsWith("#!");
  }

  private static String camelCase(String id) {
    StringBuilder name = new StringBuilder();
    for (String word : id.split("-", -1)) {
      name.append(word.substring(0, 1).toUpperCase(Locale.ROOT)).append(word.substring(1));
    }
    return name.toString();
  }
}
