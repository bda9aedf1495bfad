package io.podpath.tui.cli;

import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.PositionalParamSpec;

/**
 * A subcommand that the grammar has and this version has not. It is not listed, takes any arguments
 * and says so.
 */
@Command
final class LaterCommand implements Callable<Integer> {

  static final List<String> NAMES =
      List.of(
          "trace",
          "reach",
          "compare",
          "fix",
          "gather",
          "capture",
          "lab",
          "diff",
          "report",
          "tui",
          "shell",
          "completion");

  private final String name;

  LaterCommand(String name) {
    this.name = name;
  }

  static void addTo(CommandLine podpath) {
    for (String name : NAMES) {
      CommandLine later = new CommandLine(new LaterCommand(name));
      later
          .getCommandSpec()
          .addPositional(
              PositionalParamSpec.builder().arity("0..*").type(List.class).hidden(true).build())
          .usageMessage()
          .hidden(true);
      podpath.addSubcommand(name, later);
      later.setUnmatchedOptionsArePositionalParams(true);
      // Not even help is there; the option is inherited only when the command is added.
      later.getCommandSpec().remove(later.getCommandSpec().findOption("--help"));
    }
  }

  @Override
  public Integer call() throws Refusal {
    throw new Refusal(sentence(name));
  }

  static String sentence(String name) {
    return "this version does not have \""
        + name
        + "\" yet; it has doctor, rules, explain and version";
  }
}
