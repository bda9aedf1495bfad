package io.podpath.tui.cli;

import io.podpath.core.snapshot.History;
import io.podpath.tui.report.ExitCode;
import io.podpath.tui.report.Hints;
import io.podpath.tui.report.TextOptions;
import io.podpath.tui.report.TraceJson;
import io.podpath.tui.report.TraceText;
import io.podpath.tui.report.TracedQuestion;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code podpath trace}. */
@Command(
    name = "trace",
    description =
        "Walks one packet there and its answer back, and names every entry that decides about it.",
    customSynopsis = {
      "podpath trace FROM TO [OPTIONS] FILE...",
      "       podpath trace FROM TO [OPTIONS] --example NAME",
      "       podpath trace --batch QUESTIONS [OPTIONS] FILE..."
    },
    sortOptions = false,
    footer = {
      "",
      "Exit code: 0 delivered there and back, 1 not delivered, 2 wrong usage, 3 too little gathered; see podpath help exit-codes"
    })
final class TraceCommand implements Callable<Integer> {

  private final Surroundings surroundings;

  @Spec private CommandSpec spec;
  @Mixin private QuestionWords question;

  @Option(
      names = "--why",
      paramLabel = "N",
      description = "Also the rows that were considered at step N, and why they lost.")
  private Optional<Integer> why = Optional.empty();

  @Option(
      names = "--batch",
      paramLabel = "FILE|-",
      description =
          "Reads one question a line, in the words of this command, and writes one JSON trace a line.")
  private Optional<String> batch = Optional.empty();

  @Option(
      names = "--allow-partial",
      description = "Exit code 0 instead of 3 when too little was gathered.")
  private boolean allowPartial;

  @Mixin private SourceOptions source;
  @Mixin private AnswerOptions answer;

  TraceCommand(Surroundings surroundings) {
    this.surroundings = surroundings;
  }

  @Override
  public Integer call() throws Refusal {
    String noInput = InputOptions.noInput(surroundings.program(), "trace FROM TO");
    Optional<String> live = LiveOptions.given(spec.commandLine().getParseResult());
    if (live.isPresent()) {
      throw new Refusal(live.get() + ": " + noInput);
    }
    answer.checkForm();
    if (source.asksForExamples(question.words())) {
      answer
          .prepare(surroundings, List.of())
          .give(ExampleList.render(surroundings.inputs().examples(), answer.form()));
      return ExitCode.OK.code();
    }
    if (batch.isEmpty() && question.words().size() < 2) {
      throw new Refusal(
          "name who sends and who should get it\n  " + surroundings.program() + " help trace");
    }
    List<String> inputs = inputs();
    source.check(inputs, noInput);
    checkBatch(inputs);
    AnswerOptions.Answer target = answer.prepare(surroundings, inputs);
    TraceBatch lines =
        batch.isPresent() ? TraceBatch.read(batch.get(), surroundings) : TraceBatch.NONE;
    History history = source.load(surroundings, inputs).history();
    Tracer tracer = new Tracer(history, surroundings);
    if (batch.isPresent()) {
      return lines.answer(tracer, allowPartial, target, surroundings);
    }
    Questions.Named asked =
        tracer.questions().of(question.words().get(0), question.words().get(1), question);
    TracedQuestion traced = tracer.trace(asked);
    checkWhy(traced);
    int code = traced.exitCode(allowPartial).code();
    target.give(
        switch (answer.form()) {
          case JSON -> TraceJson.render(traced, code, number());
          case TEXT, SARIF, JUNIT, HTML, MD ->
              TraceText.render(
                  traced,
                  question.again(),
                  number(),
                  new TextOptions(
                      surroundings.terminal().columns().getAsInt(),
                      answer.paint(surroundings),
                      answer.ascii(surroundings),
                      false,
                      Set.of(),
                      hints(inputs)));
        });
    return code;
  }

  private OptionalInt number() {
    return why.map(OptionalInt::of).orElseGet(OptionalInt::empty);
  }

  private List<String> inputs() {
    List<String> words = question.words();
    List<String> inputs = new ArrayList<>(words.subList(batch.isPresent() ? 0 : 2, words.size()));
    inputs.addAll(source.named());
    return inputs;
  }

  private Hints hints(List<String> inputs) {
    return source.hints(surroundings.program(), inputs);
  }

  private void checkBatch(List<String> inputs) throws Refusal {
    if (batch.isEmpty()) {
      return;
    }
    if (why.isPresent()) {
      throw new Refusal("--why: name one question, not --batch");
    }
    if (batch.get().equals("-") && inputs.contains("-")) {
      throw new Refusal("--batch -: standard input is already the input");
    }
  }

  private void checkWhy(TracedQuestion traced) throws Refusal {
    if (why.isPresent() && traced.step(why.get()).isEmpty()) {
      throw new Refusal(
          "--why " + why.get() + ": there is no such step, there are 1 to " + traced.lastNumber());
    }
  }
}
