package io.podpath.tui.cli;

import io.podpath.core.rule.Rule;
import io.podpath.tui.report.RulesReport;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/** {@code podpath rules}. */
@Command(sortOptions = false, name = "rules", description = "Lists the known failures.")
final class RulesCommand implements Callable<Integer> {

  private final Surroundings surroundings;

  @Mixin private AnswerOptions answer;

  RulesCommand(Surroundings surroundings) {
    this.surroundings = surroundings;
  }

  @Override
  public Integer call() throws Refusal {
    answer.checkForm();
    AnswerOptions.Answer target = answer.prepare(surroundings, List.of());
    List<Rule> rules = surroundings.rules().get().rules();
    target.give(
        switch (answer.form()) {
          case JSON -> RulesReport.json(rules);
          case TEXT, SARIF, JUNIT, HTML, MD ->
              RulesReport.text(
                  rules, surroundings.terminal().columns().getAsInt(), answer.paint(surroundings));
        });
    return 0;
  }
}
