package io.podpath.tui.cli;

import io.podpath.tui.report.ExitCode;
import io.podpath.tui.report.TraceJson;
import io.podpath.tui.report.TracedQuestion;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import picocli.CommandLine;
import picocli.CommandLine.ParameterException;

/** Questions, one a line; empty lines and those that begin with # are none. */
record TraceBatch(List<String> lines) {

  static final TraceBatch NONE = new TraceBatch(List.of());

  TraceBatch {
    lines = List.copyOf(lines);
  }

  static TraceBatch read(String file, Surroundings surroundings) throws Refusal {
    try {
      String text =
          file.equals("-")
              ? new String(surroundings.in().readAllBytes(), StandardCharsets.UTF_8)
              : Files.readString(Path.of(file));
      return new TraceBatch(text.lines().toList());
    } catch (IOException | InvalidPathException e) {
      throw new Refusal("--batch " + file + ": cannot be read: " + OutputFile.reason(e));
    }
  }

  /**
   * One line of JSON for each question, in their order. A question that cannot be asked has a line
   * that says so, and makes the whole wrong usage.
   */
  int answer(
      Tracer tracer, boolean allowPartial, AnswerOptions.Answer target, Surroundings surroundings)
      throws Refusal {
    CommandLine parser = new CommandLine(new QuestionWords()).setExpandAtFiles(false);
    StringBuilder text = new StringBuilder();
    ExitCode worst = ExitCode.OK;
    for (int i = 0; i < lines.size(); i++) {
      String line = lines.get(i).strip();
      if (line.isEmpty() || line.startsWith("#")) {
        continue;
      }
      try {
        TracedQuestion traced = tracer.trace(question(parser, line, tracer));
        ExitCode code = traced.exitCode(allowPartial);
        worst = worse(worst, code);
        text.append(TraceJson.line(traced, code.code()));
      } catch (Refusal e) {
        worst = ExitCode.USAGE;
        String why = String.valueOf(e.getMessage());
        Complaint.of("line " + (i + 1) + ": " + why).to(surroundings);
        text.append(TraceJson.refused(i + 1, line, why));
      }
    }
    target.give(text.toString());
    return worst.code();
  }

  private static Questions.Named question(CommandLine parser, String line, Tracer tracer)
      throws Refusal {
    try {
      parser.parseArgs(line.split("\\s+"));
    } catch (ParameterException e) {
      throw new Refusal(WrongUsage.sentence(e, "").lines().findFirst().orElse(""));
    }
    QuestionWords words = parser.getCommand();
    int named = words.words().size();
    if (named != 2) {
      throw new Refusal("name FROM and TO, not " + named + (named == 1 ? " word" : " words"));
    }
    return tracer.questions().of(words.words().get(0), words.words().get(1), words);
  }

  private static ExitCode worse(ExitCode one, ExitCode other) {
    List<ExitCode> order =
        Arrays.asList(ExitCode.OK, ExitCode.TOO_LITTLE, ExitCode.FINDINGS, ExitCode.USAGE);
    return order.indexOf(one) >= order.indexOf(other) ? one : other;
  }
}
