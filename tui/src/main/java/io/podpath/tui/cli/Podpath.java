package io.podpath.tui.cli;

import picocli.CommandLine;
import picocli.CommandLine.Command;

/** The command {@code podpath}, and the only {@code main} of the project. */
@Command(
    name = "podpath",
    description = "Tells why one pod cannot reach another.",
    subcommands = {VersionCommand.class, CommandLine.HelpCommand.class},
    synopsisSubcommandLabel = "COMMAND")
public final class Podpath {
  private Podpath() {}

  /** Runs one command and exits with its code. */
  public static void main(String[] args) {
    System.exit(new CommandLine(new Podpath()).execute(args));
  }
}
