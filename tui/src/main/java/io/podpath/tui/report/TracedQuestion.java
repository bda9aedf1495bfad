package io.podpath.tui.report;

import io.podpath.core.rule.Diagnosis.Ranked;
import io.podpath.core.walk.Asymmetry;
import io.podpath.core.walk.Disposition;
import io.podpath.core.walk.Netns;
import io.podpath.core.walk.PodTrace;
import io.podpath.core.walk.Question;
import io.podpath.core.walk.Step;
import io.podpath.core.walk.Step.Mark;
import io.podpath.core.walk.Trace;
import io.podpath.core.walk.WalkEnd;
import io.podpath.core.walk.Way;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * A trace, whom it is about, and what the diagnosis has to say of it.
 *
 * @param restForward steps the request does not come to
 * @param restReply steps the answer does not come to
 * @param findings of the whole input; empty where all is delivered
 */
public record TracedQuestion(
    WalkEnd from,
    WalkEnd to,
    Trace trace,
    List<Step> restForward,
    List<Step> restReply,
    List<Ranked> findings) {

  public TracedQuestion {
    restForward = List.copyOf(restForward);
    restReply = List.copyOf(restReply);
    findings = List.copyOf(findings);
  }

  /** Of a finding, a packet that is lost by it. */
  static TracedQuestion of(PodTrace example, Ranked ranked) {
    return new TracedQuestion(
        example.from(), example.to(), example.trace(), List.of(), List.of(), List.of(ranked));
  }

  /** The request, or the answer where the request is delivered. */
  Way lost() {
    return answer().orElseGet(this::request);
  }

  /** Number of its first step. */
  int firstLost() {
    return answer().isPresent() ? 1 + request().steps().size() : 1;
  }

  /** What is sent. */
  String packet() {
    Question question = question();
    String protocol =
        question.hasPorts()
            ? question.protocol() + "/" + question.port()
            : question.protocol().toString();
    String in = question.in().map(d -> ", in by " + SafeText.of(d)).orElse("");
    return protocol + ", " + question.length() + " bytes" + in;
  }

  Question question() {
    return trace.question();
  }

  Way request() {
    return trace.worstForward();
  }

  /** Empty when there is nothing to answer. */
  Optional<Way> answer() {
    return request().isDelivered() ? trace.worstReply() : Optional.empty();
  }

  Disposition disposition() {
    return trace.disposition();
  }

  public ExitCode exitCode(boolean allowPartial) {
    if (disposition() == Disposition.DELIVERED) {
      return ExitCode.OK;
    }
    boolean unknown = disposition() == Disposition.INSUFFICIENT_INFO;
    return !unknown ? ExitCode.FINDINGS : allowPartial ? ExitCode.OK : ExitCode.TOO_LITTLE;
  }

  /** Steps are counted through, from the request's first to the answer's last. */
  public int lastNumber() {
    return request().steps().size() + answer().map(a -> a.steps().size()).orElse(0);
  }

  public Optional<Step> step(int number) {
    List<Step> all = new ArrayList<>(request().steps());
    answer().ifPresent(a -> all.addAll(a.steps()));
    return number < 1 || number > all.size() ? Optional.empty() : Optional.of(all.get(number - 1));
  }

  /** What was taken for granted of the request and its answer. */
  List<String> assumptions() {
    Set<String> all = new LinkedHashSet<>();
    boolean onNode =
        question().from().pod().isEmpty() && from.place().flatMap(Netns::pod).isPresent();
    if (onNode) {
      all.add(
          "the namespace of "
              + from.name()
              + " is not recorded; the packet begins where its node takes it in");
    }
    all.addAll(request().assumptions());
    answer().ifPresent(a -> all.addAll(a.assumptions()));
    return List.copyOf(all);
  }

  /** What was not gathered and would decide. */
  List<String> doubts() {
    Set<String> all = new LinkedHashSet<>(request().doubts());
    answer().ifPresent(a -> all.addAll(a.doubts()));
    return List.copyOf(all);
  }

  /** In what the answer goes another way than the request. */
  List<String> asymmetry() {
    return answer().map(a -> Asymmetry.of(request(), a)).orElse(List.of());
  }

  /** The finding that names the row of a step. */
  Optional<Ranked> finding(Step step) {
    return findings.stream().filter(f -> names(f, step)).findFirst();
  }

  /** The findings that name a row on the way, in their order. */
  List<Ranked> named() {
    List<Step> steps = new ArrayList<>(request().steps());
    answer().ifPresent(a -> steps.addAll(a.steps()));
    return findings.stream().filter(f -> steps.stream().anyMatch(s -> names(f, s))).toList();
  }

  private static boolean names(Ranked ranked, Step step) {
    return ranked.finding().mended().isEmpty()
        && step.source().isPresent()
        && step.mark() != Mark.NOT_REACHED
        && ranked.finding().culprits().stream().anyMatch(c -> c.from().equals(step.source()));
  }
}
