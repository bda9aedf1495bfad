package io.podpath.probes.parse;

import com.google.auto.service.AutoService;
import io.podpath.core.cni.KubeProxyConfig;
import io.podpath.core.cni.LogEvent;
import io.podpath.core.snapshot.Section;
import io.podpath.core.snapshot.Source;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;

/**
 * Logs of kube-proxy, flanneld, calico-node, BIRD, weave, kubelet, k3s and other programs written
 * in Go. Lines that say nothing about the network are passed over, and a log is never whole: that
 * something was not logged proves nothing.
 */
@AutoService(OutputParser.class)
public final class AgentLogParser implements OutputParser {

  private static final int RANK = 20;

  /** A log tells less of a configuration than its file. */
  private static final int LEAST = 5;

  private static final Set<String> CONTAINER_TOOLS =
      Set.of("docker", "podman", "nerdctl", "crictl");

  private static final List<String> LOG_ENDINGS =
      List.of(".log", ".error", ".warning", ".info", ".fatal", ".err", ".out");

  /** One thing said, and its line. */
  private record Said(LogEvent event, int line) {}

  @Override
  public String name() {
    return "agent log";
  }

  @Override
  public boolean reads(ShellCommand command) {
    String program = command.program();
    boolean ofPod =
        ApiCommand.of(command)
            .filter(c -> c.program().equals("kubectl") && c.verb().startsWith("log"))
            .isPresent();
    boolean ofContainer = CONTAINER_TOOLS.contains(program) && command.arguments().contains("logs");
    boolean ofUnit =
        program.equals("journalctl")
            || program.equals("systemctl") && command.arguments().contains("status");
    return ofPod
        || ofContainer
        || ofUnit
        || ShownFile.of(command).filter(f -> isLogName(f.path())).isPresent();
  }

  private static boolean isLogName(String path) {
    String name = ShownFile.baseName(path);
    return LOG_ENDINGS.stream().anyMatch(name::endsWith) || path.startsWith("/var/log/");
  }

  @Override
  public int likeness(String fileName, String text) {
    String head = text.stripLeading();
    if (head.startsWith("{") && !head.startsWith("{\"log\"")) {
      return 0;
    }
    int headed = 0;
    int others = 0;
    int telling = 0;
    for (Lines.Line line : Lines.of(Source.ofFile(fileName, text))) {
      if (line.isBlank()) {
        continue;
      }
      LogLine logLine = LogLine.of(line);
      boolean ours = logLine.headed() || logLine.text().startsWith("bird: ");
      headed += ours ? 1 : 0;
      others += ours ? 0 : 1;
      boolean tells =
          !events(logLine, LogSpeaker.AGENT, Optional.empty()).isEmpty()
              || isRestoreFailure(logLine);
      telling += tells ? 1 : 0;
      if (headed + others > 200) {
        break;
      }
    }
    int hint = fileName.endsWith(".log") ? 10 : 0;
    if (headed > others) {
      return 70 + hint;
    }
    // a line or two without their heads, as authors quote them
    return telling * 4 >= headed + others && telling > 0 ? 35 + hint : headed > 0 ? 20 + hint : 0;
  }

  @Override
  public Reading parse(Source source) {
    ReadingBuilder reading = new ReadingBuilder(source);
    List<LogLine> lines = Lines.of(source).stream().map(LogLine::of).toList();
    String component = LogSpeaker.ofText(source.command(), source.file(), lines);
    List<Said> said = new ArrayList<>();
    Optional<String> warning = Optional.empty();
    Optional<String> mode = Optional.empty();
    for (int i = 0; i < lines.size(); i++) {
      LogLine line = lines.get(i);
      String speaker = LogSpeaker.ofLine(line).orElse(component);
      List<LogEvent> events = new ArrayList<>(events(line, speaker, warning));
      rulesRejected(lines, i, speaker).ifPresent(events::add);
      boolean ended = line.level().equals("F") && events.isEmpty();
      if (ended) {
        events.add(new LogEvent.Terminated(speaker, line.shortMessage()));
      }
      for (LogEvent event : events) {
        keep(said, new Said(event, line.number()));
      }
      Optional<String> stated =
          line.between("Using ", " Proxier")
              .map(m -> m.toLowerCase(Locale.ROOT))
              .filter(KubeProxyFields.MODES::contains);
      mode = stated.isPresent() ? stated : mode;
      configuration(line, mode)
          .ifPresent(c -> {
            reading.part(Section.KUBE_PROXY_CONFIG, LEAST, "only what the log tells of it");
            reading.add(Section.KUBE_PROXY_CONFIG, c, line.number());
          });
      boolean worth = line.level().equals("W") || line.level().equals("E");
      warning =
          worth && !line.message().equals("Terminating")
              ? Optional.of(line.shortMessage())
              : warning;
    }
    reading.part(Section.LOGS, RANK, "a log tells only what was logged");
    said.forEach(s -> reading.add(Section.LOGS, s.event(), s.line()));
    return reading.build();
  }

  private static List<LogEvent> events(LogLine line, String speaker, Optional<String> warning) {
    List<LogEvent> events = new ArrayList<>(FlannelLog.read(line));
    events.addAll(CalicoLog.read(line, speaker, warning));
    events.addAll(KubeProxyLog.read(line, speaker));
    events.addAll(ConnectionLog.read(line, speaker));
    CniLog.read(line, speaker).ifPresent(events::add);
    return events;
  }

  /**
   * Of a long run of equal events the first and the last are kept; a reason without words adds
   * nothing to the one before it.
   */
  private static void keep(List<Said> said, Said next) {
    int size = said.size();
    boolean repeats =
        next.event() instanceof LogEvent.AddressNotDetected(var c, var method)
            && method.isEmpty()
            && size > 0
            && said.getLast().event() instanceof LogEvent.AddressNotDetected;
    boolean again =
        next.event() instanceof LogEvent.Terminated
            && size > 0
            && said.getLast().event() instanceof LogEvent.Terminated;
    if (repeats || again) {
      return;
    }
    if (size > 1
        && said.get(size - 1).event().equals(next.event())
        && said.get(size - 2).event().equals(next.event())) {
      said.set(size - 1, next);
    } else {
      said.add(next);
    }
  }

  private static boolean isRestoreFailure(LogLine line) {
    boolean restore =
        line.says("iptables-restore")
            || line.says("ip6tables-restore")
            || line.says("tables(-legacy)?-restore");
    return restore
        && (line.says("ailed to execute")
            || line.says("ailed to ensure")
            || line.says("ailed to setup")
            || line.says("ailed to sync")
            || line.headed() && line.says("exit status"));
  }

  /** kube-proxy's word that it was given no cluster CIDR; its mode stands in an earlier line. */
  private static Optional<KubeProxyConfig> configuration(LogLine line, Optional<String> mode) {
    boolean none = line.says("clusterCIDR not specified") || line.says("no cluster CIDR defined");
    return none
        ? Optional.of(
            new KubeProxyConfig(
                mode, List.of(), Optional.empty(), Optional.empty(), Optional.empty(), List.of()))
        : Optional.empty();
  }

  /** iptables-restore's complaint, which klog breaks into lines of its own. */
  private static Optional<LogEvent> rulesRejected(List<LogLine> lines, int index, String speaker) {
    LogLine line = lines.get(index);
    if (!isRestoreFailure(line)) {
      return Optional.empty();
    }
    StringBuilder reason = new StringBuilder(line.message());
    for (int i = index + 1; i < Math.min(lines.size(), index + 6); i++) {
      LogLine next = lines.get(i);
      if (next.headed() || next.message().equals(">") || next.message().isEmpty()) {
        break;
      }
      reason.append(' ').append(next.message());
    }
    String words =
        reason.toString().replace("err=<", "").replace("\"", "").replace("  ", " ").strip();
    return Optional.of(
        new LogEvent.RulesRejected(
            speaker.equals(LogSpeaker.AGENT) ? "kube-proxy" : speaker, LogLine.shortened(words)));
  }
}
