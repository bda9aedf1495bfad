package io.podpath.rules.service;

import io.podpath.core.cni.LogEvent;
import io.podpath.core.snapshot.Fact;
import io.podpath.core.snapshot.NodeState;
import io.podpath.core.snapshot.Section;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** What the agents of one node logged, with the question whether a failure was over later. */
record AgentLog(List<Fact<LogEvent>> events) {

  /** klog's head: severity, month and day, time. */
  private static final Pattern KLOG =
      Pattern.compile("^[IWEF](\\d{4} \\d{2}:\\d{2}:\\d{2}(?:\\.\\d{1,6})?)");

  static AgentLog of(NodeState node) {
    return new AgentLog(node.get(Section.LOGS).facts());
  }

  /**
   * The last failed connection to an address of each component that showed no sign of work
   * afterwards.
   *
   * @param component such as kube-proxy; empty for all
   */
  List<Fact<LogEvent>> unhealedDials(Optional<String> component) {
    return events.stream()
        .filter(f -> f.value() instanceof LogEvent.DialFailed)
        .filter(f -> component.filter(c -> !c.equals(f.value().component())).isEmpty())
        .filter(f -> !workedAfter(f))
        .toList();
  }

  /** Whether the same component did its work after this event. */
  boolean workedAfter(Fact<LogEvent> failure) {
    boolean behind = false;
    for (Fact<LogEvent> fact : events) {
      if (fact.equals(failure)) {
        behind = true;
        continue;
      }
      boolean same = fact.value().component().equals(failure.value().component());
      if (same && isWork(fact.value()) && isLater(fact, failure, behind)) {
        return true;
      }
    }
    return false;
  }

  private static boolean isWork(LogEvent event) {
    return switch (event) {
      case LogEvent.Working e -> true;
      case LogEvent.SubnetLearned e -> true;
      case LogEvent.BackendChosen e -> true;
      case LogEvent.VtepProgrammed e -> true;
      case LogEvent.DialFailed e -> false;
      case LogEvent.ConfigRejected e -> false;
      case LogEvent.RulesRejected e -> false;
      case LogEvent.AddressChosen e -> false;
      case LogEvent.AddressInUse e -> false;
      case LogEvent.AddressNotDetected e -> false;
      case LogEvent.SubnetRefused e -> false;
      case LogEvent.UnexpectedPeer e -> false;
      case LogEvent.Terminated e -> false;
      case LogEvent.CniFailed e -> false;
    };
  }

  /**
   * Several files of one component need not be in the order of their time, so the lines' own times
   * decide where both have one.
   */
  private static boolean isLater(Fact<LogEvent> fact, Fact<LogEvent> than, boolean behind) {
    boolean sameText = fact.from().source().equals(than.from().source());
    Optional<String> a = time(fact);
    Optional<String> b = time(than);
    if (sameText || a.isEmpty() || b.isEmpty()) {
      return behind;
    }
    int byTime = a.get().compareTo(b.get());
    return byTime != 0 ? byTime > 0 : behind;
  }

  private static Optional<String> time(Fact<LogEvent> fact) {
    Matcher m = KLOG.matcher(fact.from().raw().strip());
    return m.find() ? Optional.of(m.group(1)) : Optional.empty();
  }
}
