package io.podpath.tui.cli;

import io.podpath.core.rule.Rule;
import io.podpath.rules.RuleLibrary;
import io.podpath.tui.report.RulePage;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

/** {@code podpath explain}. */
@Command(
    sortOptions = false,
    name = "explain",
    description = "Explains a known failure: why it breaks traffic, how to see it, how to mend it.")
final class ExplainCommand implements Callable<Integer> {

  private final Surroundings surroundings;

  @Parameters(paramLabel = "RULE", description = "Id of a rule, as \"podpath rules\" lists them.")
  private String id = "";

  @Mixin private AnswerOptions answer;

  ExplainCommand(Surroundings surroundings) {
    this.surroundings = surroundings;
  }

  @Override
  public Integer call() throws Refusal {
    AnswerOptions.Answer target = answer.prepare(surroundings, List.of());
    RuleLibrary library = surroundings.rules().get();
    Optional<Rule> rule = library.rule(id);
    if (rule.isEmpty()) {
      String hint = Nearest.hint(id, library.ids());
      throw new Refusal(
          "there is no rule "
              + id
              + (hint.isEmpty() ? "; " + surroundings.program() + " rules lists them" : hint));
    }
    Optional<String> page = RuleLibrary.page(rule.get());
    target.give(
        switch (answer.form()) {
          case TEXT ->
              RulePage.text(
                  rule.get(),
                  page,
                  surroundings.terminal().columns().getAsInt(),
                  answer.paint(surroundings));
          case JSON -> RulePage.json(rule.get(), page);
          case MD -> page.orElse(rule.get().title() + "\n");
          case SARIF, JUNIT, HTML ->
              throw new Refusal("-o " + answer.form() + ": a page is written as text, md or json");
        });
    return 0;
  }
}
