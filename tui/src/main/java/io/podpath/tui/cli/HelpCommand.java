package io.podpath.tui.cli;

import io.podpath.tui.report.ExitCode;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code podpath help}: of a command, or about a topic. */
@Command(
    sortOptions = false,
    name = "help",
    description = "Shows help of a command, or about exit-codes.")
final class HelpCommand implements Callable<Integer> {

  private static final String EXIT_CODES = "exit-codes";

  @Spec private CommandSpec spec;

  @Parameters(
      paramLabel = "COMMAND|exit-codes",
      arity = "0..1",
      description = "A command, or the topic exit-codes.")
  private Optional<String> about = Optional.empty();

  @Override
  public Integer call() throws Refusal {
    CommandLine podpath = spec.parent().commandLine();
    if (about.isEmpty()) {
      podpath.usage(podpath.getOut());
      return 0;
    }
    String topic = about.get();
    if (topic.equals(EXIT_CODES)) {
      for (ExitCode code : ExitCode.values()) {
        podpath.getOut().println("%3d  %s".formatted(code.code(), code.meaning()));
      }
      return 0;
    }
    Optional<String> later = LaterCommands.sentence(topic);
    if (later.isPresent()) {
      throw new Refusal(later.get());
    }
    CommandLine command = podpath.getSubcommands().get(topic);
    if (command == null) {
      List<String> topics = new ArrayList<>(podpath.getSubcommands().keySet());
      topics.add(EXIT_CODES);
      throw new Refusal("there is no help about " + topic + Nearest.hint(topic, topics));
    }
    command.usage(command.getOut());
    return 0;
  }
}
