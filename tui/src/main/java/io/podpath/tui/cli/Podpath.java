package io.podpath.tui.cli;

import io.podpath.fixtures.lab.LabHome;
import io.podpath.tui.report.ExitCode;
import java.io.OutputStreamWriter;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.function.Supplier;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Help.Ansi;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.Model.UsageMessageSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.ParseResult;
import picocli.CommandLine.ScopeType;
import picocli.CommandLine.Spec;

/** The command {@code podpath}, and the only {@code main} of the project. */
@Command(
    name = "podpath",
    description = "Tells why one pod cannot reach another.",
    customSynopsis = "podpath COMMAND [OPTIONS]",
    commandListHeading = "%nCommands:%n",
    optionListHeading = "%nOptions:%n",
    footer = {
      "",
      "Examples:",
      "  podpath doctor bundle.tar.gz",
      "  podpath doctor node1.txt node2.txt",
      "  podpath doctor --example stale-fdb-entry",
      "  podpath help exit-codes"
    })
public final class Podpath implements Callable<Integer> {

  private static final int NARROWEST_HELP = 60;
  private static final int WIDEST_HELP = 120;

  @Spec private CommandSpec spec;

  private Podpath() {}

  /** Runs one command and exits with its code. */
  public static void main(String[] args) {
    System.exit(run(args, Surroundings.ofProcess()));
  }

  /** Runs one command. Whatever happens, nothing but an exit code comes out. */
  static int run(String[] typed, Surroundings surroundings) {
    String[] args = CommandFirst.of(typed);
    DebugLog log = new DebugLog();
    Optional<String> later = args.length == 0 ? Optional.empty() : LaterCommands.sentence(args[0]);
    if (later.isPresent()) {
      Complaint.of(later.get()).to(surroundings);
      return ExitCode.USAGE.code();
    }
    try {
      return commandLine(args, surroundings, log).execute(args);
    } catch (Throwable t) {
      // Out of memory or stack: picocli handles exceptions only.
      return bug(t, surroundings, log);
    }
  }

  private static CommandLine commandLine(String[] args, Surroundings surroundings, DebugLog log) {
    CommandLine podpath = new CommandLine(new Podpath());
    podpath
        .getCommandSpec()
        .addOption(
            OptionSpec.builder("-h", "--help")
                .usageHelp(true)
                .scopeType(ScopeType.INHERIT)
                .description("Shows this help.")
                .build())
        .addOption(
            OptionSpec.builder("-V", "--version")
                .versionHelp(true)
                .description("Prints the version.")
                .build());
    addSubcommands(podpath, args, surroundings, log);
    podpath.getCommandSpec().version("podpath " + VersionCommand.version());
    nameProgram(podpath, surroundings.program());
    Words.addTo(podpath);
    // A file called @name is a file.
    podpath.setExpandAtFiles(false);
    podpath.setOut(
        new PrintWriter(new OutputStreamWriter(surroundings.out(), StandardCharsets.UTF_8), true));
    podpath.setErr(surroundings.errors());
    podpath.setColorScheme(CommandLine.Help.defaultColorScheme(helpColour(args, surroundings)));
    podpath.setParameterExceptionHandler((e, a) -> wrongUsage(e, surroundings));
    podpath.setExecutionExceptionHandler((e, c, r) -> failed(e, surroundings, log));
    podpath.setExecutionStrategy(parsed -> execute(parsed, surroundings));
    return podpath;
  }

  /**
   * To picocli each command costs some 10 ms, so only the one that is asked for is made when one
   * is.
   */
  private static void addSubcommands(
      CommandLine podpath, String[] args, Surroundings surroundings, DebugLog log) {
    Map<String, Supplier<CommandLine>> commands = new LinkedHashMap<>();
    commands.put("doctor", () -> live(new CommandLine(new DoctorCommand(surroundings, log))));
    commands.put("trace", () -> live(new CommandLine(new TraceCommand(surroundings))));
    commands.put("reach", () -> live(new CommandLine(new ReachCommand(surroundings))));
    commands.put("compare", () -> new CommandLine(new CompareCommand(surroundings)));
    commands.put("diff", () -> new CommandLine(new DiffCommand(surroundings)));
    commands.put("lab", () -> new CommandLine(new LabCommand(surroundings, LabHome.standard())));
    commands.put("rules", () -> new CommandLine(new RulesCommand(surroundings)));
    commands.put("explain", () -> new CommandLine(new ExplainCommand(surroundings)));
    commands.put("version", () -> new CommandLine(new VersionCommand(surroundings)));
    Supplier<CommandLine> asked = args.length == 0 ? null : commands.get(args[0]);
    if (asked != null) {
      podpath.addSubcommand(asked.get());
      return;
    }
    commands.values().forEach(c -> podpath.addSubcommand(c.get()));
    podpath.addSubcommand(new HelpCommand());
  }

  private static CommandLine live(CommandLine command) {
    LiveOptions.addTo(command.getCommandSpec());
    return command;
  }

  /** Help that a user of the kubectl plugin can copy. */
  private static void nameProgram(CommandLine podpath, String program) {
    podpath.getCommandSpec().name(program);
    for (CommandLine command : podpath.getSubcommands().values()) {
      named(command.getCommandSpec().usageMessage(), program);
    }
    named(podpath.getCommandSpec().usageMessage(), program);
  }

  private static void named(UsageMessageSpec usage, String program) {
    usage
        .customSynopsis(named(usage.customSynopsis(), program))
        .footer(named(usage.footer(), program));
  }

  private static String[] named(String[] lines, String program) {
    return Arrays.stream(lines)
        .map(l -> l.replace("podpath ", program.replace("%", "%%") + " "))
        .toArray(String[]::new);
  }

  /** Nothing to do: says what could be done. */
  @Override
  public Integer call() {
    spec.commandLine().usage(spec.commandLine().getOut());
    return ExitCode.OK.code();
  }

  private static int execute(ParseResult parsed, Surroundings surroundings) {
    CommandLine podpath = parsed.commandSpec().root().commandLine();
    boolean help =
        !parsed.hasSubcommand()
            || parsed.subcommand().commandSpec().userObject() instanceof HelpCommand;
    if (help || parsed.subcommand().isUsageHelpRequested()) {
      // Only now, since it may mean to ask the terminal.
      int columns = surroundings.terminal().columns().getAsInt();
      podpath.setUsageHelpWidth(Math.clamp(columns, NARROWEST_HELP, WIDEST_HELP));
    }
    return new CommandLine.RunLast().execute(parsed);
  }

  private static Ansi helpColour(String[] args, Surroundings surroundings) {
    List<String> words = Arrays.asList(args);
    Colour colour =
        words.contains("--color=always")
            ? Colour.ALWAYS
            : words.contains("--color=never") ? Colour.NEVER : Colour.AUTO;
    return switch (colour.paint(surroundings, surroundings.terminal().out())) {
      case COLOUR -> Ansi.ON;
      case PLAIN -> Ansi.OFF;
    };
  }

  private static int wrongUsage(ParameterException e, Surroundings surroundings) {
    Complaint.of(WrongUsage.sentence(e, surroundings.program())).to(surroundings);
    return ExitCode.USAGE.code();
  }

  private static int failed(Exception e, Surroundings surroundings, DebugLog log) {
    if (e instanceof Refusal refusal) {
      Complaint.of(String.valueOf(refusal.getMessage())).to(surroundings);
      return ExitCode.USAGE.code();
    }
    return bug(e, surroundings, log);
  }

  private static int bug(Throwable t, Surroundings surroundings, DebugLog log) {
    Optional<String> trace = log.failure(t);
    String what = t instanceof OutOfMemoryError ? "out of memory" : t.getClass().getSimpleName();
    String where =
        trace
            .map(f -> "the details are in " + f)
            .orElse("run the same again with --debug FILE to write the details to a file");
    Complaint.of("a bug in podpath (" + what + "); " + where).to(surroundings);
    return ExitCode.BUG.code();
  }
}
