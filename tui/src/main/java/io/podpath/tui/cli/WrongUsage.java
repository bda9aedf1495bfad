package io.podpath.tui.cli;

import java.util.List;
import picocli.CommandLine;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.UnmatchedArgumentException;

/** picocli's complaints as sentences that say what to do. */
final class WrongUsage {

  private WrongUsage() {}

  static String sentence(ParameterException e, String program) {
    CommandLine command = e.getCommandLine();
    boolean top = command.getParent() == null;
    String help = "\n  " + program + " help" + (top ? "" : " " + command.getCommandName());
    if (e instanceof UnmatchedArgumentException unmatched && !unmatched.getUnmatched().isEmpty()) {
      return unmatched(command, unmatched.getUnmatched().getFirst(), top) + help;
    }
    String message = String.valueOf(e.getMessage());
    return Character.toLowerCase(message.charAt(0)) + message.substring(1) + help;
  }

  private static String unmatched(CommandLine command, String word, boolean top) {
    if (word.startsWith("-")) {
      String name = word.contains("=") ? word.substring(0, word.indexOf('=')) : word;
      List<String> options =
          command.getCommandSpec().options().stream()
              .filter(o -> !o.hidden())
              .map(OptionSpec::longestName)
              .toList();
      return "there is no option " + name + Nearest.hint(name, options);
    }
    return top
        ? "there is no command " + word + Nearest.hint(word, command.getSubcommands().keySet())
        : command.getCommandName() + " does not take " + word;
  }
}
