package io.podpath.tui.cli;

import io.podpath.core.net.IpAddress;
import io.podpath.core.rule.Diagnosis.Ranked;
import io.podpath.core.rule.Diagnostician;
import io.podpath.core.snapshot.ClusterView;
import io.podpath.core.snapshot.History;
import io.podpath.core.walk.Disposition;
import io.podpath.core.walk.Netns;
import io.podpath.core.walk.RestOfWay;
import io.podpath.core.walk.Step;
import io.podpath.core.walk.Trace;
import io.podpath.core.walk.Walker;
import io.podpath.core.walk.Way;
import io.podpath.tui.report.TracedQuestion;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Supplier;

/** Answers questions about one cluster. */
final class Tracer {

  private final ClusterView view;
  private final Walker walker;
  private final Questions questions;
  private final Supplier<List<Ranked>> diagnosis;
  private Optional<List<Ranked>> findings = Optional.empty();

  Tracer(History history, Surroundings surroundings) {
    this.view = ClusterView.of(history.latest());
    this.walker = Walker.of(view);
    this.questions = new Questions(view);
    this.diagnosis =
        () ->
            new Diagnostician(surroundings.rules().get().rules(), Set.of())
                .diagnose(history)
                .findings();
  }

  Questions questions() {
    return questions;
  }

  TracedQuestion trace(Questions.Named asked) {
    Trace trace = walker.walk(asked.question());
    Way request = trace.worstForward();
    Optional<Way> answer = request.isDelivered() ? trace.worstReply() : Optional.empty();
    return new TracedQuestion(
        asked.from(),
        asked.to(),
        trace,
        rest(request, asked.to().meant(view), asked.question().to()),
        answer
            .map(
                w -> rest(w, asked.from().meant(view), w.steps().getFirst().packet().destination()))
            .orElse(List.of()),
        trace.disposition() == Disposition.DELIVERED ? List.of() : findings());
  }

  private List<Step> rest(Way way, Optional<Netns> meant, IpAddress to) {
    if (way.isDelivered() || way.steps().isEmpty() || meant.isEmpty()) {
      return List.of();
    }
    return RestOfWay.of(way, meant.get(), to, view, walker);
  }

  /** Nobody asks where all is well. */
  private List<Ranked> findings() {
    if (findings.isEmpty()) {
      findings = Optional.of(diagnosis.get());
    }
    return findings.get();
  }
}
