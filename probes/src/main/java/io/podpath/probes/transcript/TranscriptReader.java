package io.podpath.probes.transcript;

import io.podpath.core.cluster.Pod;
import io.podpath.core.fix.Change;
import io.podpath.core.snapshot.Entries;
import io.podpath.core.snapshot.Fact;
import io.podpath.core.snapshot.History;
import io.podpath.core.snapshot.History.RunCommand;
import io.podpath.core.snapshot.Provenance;
import io.podpath.core.snapshot.Section;
import io.podpath.core.snapshot.Source;
import io.podpath.probes.parse.OutputParser;
import io.podpath.probes.parse.Parsers;
import io.podpath.probes.parse.Reading;
import io.podpath.probes.parse.ShellCommand;
import io.podpath.probes.parse.ShellCommand.Wrapper;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Predicate;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Reads a transcript: a text with pasted terminal sessions. */
public final class TranscriptReader {

  private static final Set<String> VIEWERS =
      Set.of("cat", "vi", "vim", "nano", "less", "more", "head", "tail", "bat");
  private static final Set<String> HOST_NETWORK_PODS =
      Set.of(
          "calico-node",
          "kube-flannel",
          "kube-proxy",
          "kube-router",
          "cilium",
          "weave-net",
          "canal",
          "kube-apiserver",
          "etcd");
  private static final Pattern PLAIN_GREP =
      Pattern.compile("^e?grep\\s+(?:-[iwnE]+\\s+)?['\"]?([\\w.:/-]+)['\"]?$");
  private static final int LOOSE_LIKENESS = 50;

  private final Source source;
  private final Parsers parsers;
  private final CommandEffects effects;
  private final Timeline timeline = new Timeline();
  private final Map<String, String> podNodes = new HashMap<>();
  private final Map<String, String> kubeNames = new HashMap<>();
  private final Map<String, Scene> files = new HashMap<>();
  private final Map<Integer, String> unnamed = new LinkedHashMap<>();
  private final List<String> namedNodes = new ArrayList<>();
  private final boolean oneSession;

  private TranscriptReader(Source source, Parsers parsers, boolean oneSession) {
    this.source = source;
    this.parsers = parsers;
    this.effects = new CommandEffects(parsers);
    this.oneSession = oneSession;
  }

  /**
   * Whether a text has prompts in it, so that it should be read as a transcript and not as one
   * tool's output.
   */
  public static boolean looksLike(String text) {
    String sample = text.length() > 256 * 1024 ? text.substring(0, 256 * 1024) : text;
    return sample.lines().map(String::strip).anyMatch(l -> Prompt.of(l).isPresent());
  }

  public static History read(Source source, Parsers parsers) {
    Scanner.Result scanned = Scanner.scan(source);
    boolean hostsNamed = scanned.scenes().stream().anyMatch(s -> s.host().isPresent());
    TranscriptReader reader =
        new TranscriptReader(source, parsers, scanned.oneSession() && !hostsNamed);
    reader.learnNames(scanned.scenes());
    int time = 0;
    for (Scene scene : scanned.scenes()) {
      reader.take(++time, scene);
    }
    return reader.timeline.history();
  }

  /** Names of nodes and of the nodes of pods, from wherever in the text they stand. */
  private void learnNames(List<Scene> scenes) {
    for (Scene scene : scenes) {
      Optional<ShellCommand> command = scene.command().map(ShellCommand::parse);
      if (command
          .filter(c -> c.program().equals("kubectl") && c.operands().contains("get"))
          .isPresent()) {
        Reading reading =
            parse(scene, command.get(), scene.output(), scene.outputLine())
                .map(Parsed::reading)
                .orElse(Reading.NOTHING);
        for (Fact<Pod> pod : rows(reading, Section.PODS)) {
          pod.value().node().ifPresent(n -> podNodes.put(pod.value().name(), n));
        }
        rows(reading, Section.NODES)
            .forEach(
                n -> kubeNames.put(n.value().name().toLowerCase(Locale.ROOT), n.value().name()));
      }
    }
    for (Scene scene : scenes) {
      scene
          .host()
          .map(this::canonical)
          .filter(h -> !namedNodes.contains(h))
          .ifPresent(namedNodes::add);
    }
  }

  private String canonical(String host) {
    String low = host.toLowerCase(Locale.ROOT);
    return kubeNames.getOrDefault(
        low,
        kubeNames.getOrDefault(low.contains(".") ? low.substring(0, low.indexOf('.')) : low, host));
  }

  private void take(int time, Scene scene) {
    if (scene.command().isEmpty()) {
      takeLoose(time, scene);
      return;
    }
    List<ShellCommand> commands =
        ShellCommand.split(scene.command().get(), ";").stream().map(ShellCommand::parse).toList();
    for (ShellCommand command : commands) {
      takeEffects(time, scene, command);
    }
    List<ShellCommand> asking =
        commands.stream()
            .filter(c -> !CommandEffects.mutates(c) || CommandEffects.isEditor(c))
            .filter(c -> !isSilent(c))
            .toList();
    if (scene.output().isEmpty() && asking.stream().noneMatch(this::mayBeEmpty)) {
      return;
    }
    if (asking.size() == 1) {
      takeOutput(time, scene, asking.getFirst(), scene.output(), scene.outputLine());
    } else if (asking.size() > 1) {
      takeSeveral(time, scene, asking);
    }
  }

  private static boolean isSilent(ShellCommand command) {
    return Set.of("cd", "export", "set", "sleep", "true", "clear").contains(command.program());
  }

  private boolean mayBeEmpty(ShellCommand command) {
    return command.wrappers().isEmpty()
        && Set.of("ip", "bridge", "iptables-save", "ipvsadm").contains(command.program());
  }

  /**
   * Outputs of several commands on one line: cut where the parsers together leave the fewest lines
   * unread.
   */
  private void takeSeveral(int time, Scene scene, List<ShellCommand> commands) {
    String rest = scene.output();
    int line = scene.outputLine();
    for (int i = 0; i < commands.size(); i++) {
      List<String> lines = rest.lines().toList();
      boolean last = i == commands.size() - 1;
      int cut =
          last ? lines.size() : bestCut(scene, commands.get(i), commands.get(i + 1), lines, line);
      takeOutput(
          time, scene, commands.get(i), String.join("\n", lines.subList(0, cut)) + "\n", line);
      rest = String.join("\n", lines.subList(cut, lines.size())) + "\n";
      line += cut;
    }
  }

  private int bestCut(
      Scene scene, ShellCommand first, ShellCommand second, List<String> lines, int line) {
    int best = lines.size();
    int fewest = Integer.MAX_VALUE;
    int most = Math.min(lines.size(), 200);
    for (int cut = 0; cut <= most; cut++) {
      String head = String.join("\n", lines.subList(0, cut)) + "\n";
      String tail = String.join("\n", lines.subList(cut, Math.min(lines.size(), cut + 50))) + "\n";
      int unread = unread(scene, first, head, line) + unread(scene, second, tail, line + cut);
      if (unread < fewest) {
        fewest = unread;
        best = cut;
      }
    }
    return best;
  }

  private int unread(Scene scene, ShellCommand command, String text, int line) {
    return parse(scene, command, text, line).map(p -> p.reading().unread().size()).orElse(0);
  }

  private void takeEffects(int time, Scene scene, ShellCommand command) {
    applyFile(time, command);
    if (!CommandEffects.mutates(command)) {
      return;
    }
    Optional<String> node = place(scene, command).filter(Place::named).map(Place::node);
    Provenance from = new Provenance(at(scene.commandLine(), command.text()), scene.commandLine());
    timeline.ran(time, new RunCommand(node, command.text(), from));
    List<Change> changes = new ArrayList<>();
    if (node.isPresent() && !contradicts(node.get(), command)) {
      changes.addAll(effects.changes(node.get(), command));
    } else {
      // the text does not say where: wherever it makes sense
      for (String candidate : candidates(scene)) {
        if (!contradicts(candidate, command)) {
          changes.addAll(effects.changes(candidate, command));
        }
      }
    }
    timeline.change(time, changes);
  }

  private List<String> candidates(Scene scene) {
    return namedNodes.isEmpty() ? List.of(unnamedNode(scene)) : namedNodes;
  }

  /** A route through a node's own address was not set on that node. */
  private boolean contradicts(String node, ShellCommand command) {
    int via = command.words().indexOf("via");
    if (via < 0 || via + 1 >= command.words().size()) {
      return false;
    }
    String gateway = command.words().get(via + 1);
    return ownAddresses.getOrDefault(node, Set.of()).contains(gateway);
  }

  private final Map<String, Set<String>> ownAddresses = new HashMap<>();

  /** {@code kubectl apply -f FILE} of a file whose content the text shows. */
  private void applyFile(int time, ShellCommand command) {
    boolean applies =
        Set.of("kubectl", "calicoctl").contains(command.program())
            && command.operands().stream()
                .anyMatch(o -> Set.of("apply", "create", "replace").contains(o));
    Optional<String> name = command.optionValue("-f").or(() -> command.optionValue("--filename"));
    if (!applies || name.isEmpty()) {
      return;
    }
    Scene file = files.get(baseName(name.get()));
    if (file == null) {
      return;
    }
    Optional<Parsed> parsed =
        parse(file, ShellCommand.parse("cat " + name.get()), file.output(), file.outputLine());
    parsed.ifPresent(p -> {
      List<Reading.Part<?>> objects = new ArrayList<>();
      p.reading().parts().stream()
          .filter(part -> part.section().scope() == Section.Scope.CLUSTER)
          .map(TranscriptReader::asPart)
          .forEach(objects::add);
      timeline.show(
          new Timeline.Shown(
              time,
              "",
              false,
              Source.HOST,
              "apply " + baseName(name.get()),
              new Reading(objects, List.of()),
              Optional.empty(),
              Timeline.Kind.APPLIED));
    });
  }

  /** One object of many: the rest of the table is not shown. */
  private static <T> Reading.Part<T> asPart(Reading.Part<T> part) {
    return new Reading.Part<>(
        part.section(),
        Entries.partial(part.entries().facts(), "only the applied object is shown"),
        part.rank());
  }

  private void takeOutput(int time, Scene scene, ShellCommand typed, String output, int line) {
    ShellCommand command = typed;
    boolean views = VIEWERS.contains(command.program());
    if (views && !command.operands().isEmpty()) {
      files.put(
          baseName(command.operands().getLast()),
          new Scene(
              scene.host(),
              scene.certainHost(),
              scene.segment(),
              scene.command(),
              scene.commandLine(),
              line,
              output));
      command = ShellCommand.parse("cat " + command.operands().getLast());
    }
    String written = hereDocumentFile(typed.text());
    if (!written.isEmpty()) {
      files.put(
          baseName(written),
          new Scene(
              scene.host(),
              scene.certainHost(),
              scene.segment(),
              scene.command(),
              scene.commandLine(),
              line,
              output));
      command = ShellCommand.parse("cat " + written);
      views = true;
    }
    Optional<Parsed> parsed = parse(scene, command, output, line);
    Optional<Place> place = place(scene, typed);
    if (parsed.isEmpty() || place.isEmpty()) {
      place.filter(Place::named).ifPresent(p -> timeline.node(p.node(), true));
      return;
    }
    Reading reading = views ? withoutObjects(parsed.get().reading()) : parsed.get().reading();
    show(time, place.get(), reading, key(parsed.get(), typed), grep(typed));
  }

  private static String hereDocumentFile(String command) {
    Matcher m = Pattern.compile(">{1,2}\\s*([\\w./-]{1,200})").matcher(command);
    return command.contains("<<") && m.find() ? m.group(1) : "";
  }

  /** A manifest that is only looked at is no state of the cluster. */
  private static Reading withoutObjects(Reading reading) {
    return new Reading(
        reading.parts().stream().filter(p -> p.section().scope() != Section.Scope.CLUSTER).toList(),
        reading.unread());
  }

  private static String key(Parsed parsed, ShellCommand typed) {
    boolean whole =
        parsed.reading().parts().stream().allMatch(p -> p.entries().isComplete())
            && typed.pipes().isEmpty();
    StringBuilder key = new StringBuilder(parsed.parser().name());
    parsed.reading().parts().forEach(p -> key.append(' ').append(p.section().name()));
    return whole
        ? key.toString()
        : key
            + " by "
            + String.join(" ", typed.words())
            + " | "
            + String.join(" | ", typed.pipes());
  }

  private static Optional<String> grep(ShellCommand command) {
    if (command.pipes().size() != 1) {
      return Optional.empty();
    }
    Matcher m = PLAIN_GREP.matcher(command.pipes().getFirst());
    return m.matches() ? Optional.of(m.group(1)) : Optional.empty();
  }

  private void takeLoose(int time, Scene scene) {
    Optional<OutputParser> parser =
        parsers
            .forText("", scene.output())
            .filter(p -> p.likeness("", scene.output()) >= LOOSE_LIKENESS);
    if (parser.isEmpty()) {
      return;
    }
    Optional<String> host = scene.host().map(this::canonical);
    Place place =
        host.map(h -> new Place(h, true, Source.HOST))
            .orElseGet(() -> new Place(unnamedNode(scene), oneSession, Source.HOST));
    Source text =
        at(scene.outputLine(), scene.output())
            .onNode(place.node(), Source.HOST)
            .filteredBy("quoted without its command");
    Reading reading = trimmed(parser.get(), text);
    show(
        time,
        place,
        withoutObjects(reading),
        parser.get().name() + " at " + scene.outputLine(),
        Optional.empty());
  }

  private void show(int time, Place place, Reading reading, String what, Optional<String> grep) {
    if (reading.parts().isEmpty()) {
      return;
    }
    rows(reading, Section.ADDRESSES).forEach(a -> own(place, a.value().local().toString()));
    for (Section<io.podpath.core.node.Route> routes :
        List.of(Section.routes(io.podpath.core.net.IpFamily.INET, Section.RouteScope.MAIN))) {
      rows(reading, routes)
          .forEach(r -> r.value().preferredSource().ifPresent(s -> own(place, s.toString())));
    }
    boolean log = reading.parts().stream().anyMatch(p -> p.section().equals(Section.LOGS));
    timeline.node(place.node(), place.named());
    timeline.show(
        new Timeline.Shown(
            time,
            place.node(),
            place.named(),
            place.netns(),
            what,
            reading,
            grep,
            log ? Timeline.Kind.LOG : Timeline.Kind.TABLE));
  }

  private void own(Place place, String address) {
    if (place.netns().equals(Source.HOST)) {
      ownAddresses.computeIfAbsent(place.node(), n -> new java.util.HashSet<>()).add(address);
    }
  }

  private record Parsed(OutputParser parser, Reading reading) {}

  private Optional<Parsed> parse(Scene scene, ShellCommand command, String output, int line) {
    Optional<OutputParser> parser = parsers.forCommand(command);
    if (parser.isEmpty()
        && (VIEWERS.contains(command.program())
            || Set.of("kubectl", "journalctl", "grep").contains(command.program()))) {
      parser =
          parsers.forText(command.operands().isEmpty() ? "" : command.operands().getLast(), output);
    }
    Optional<Place> place = place(scene, command);
    Source base = at(line, output).byCommand(command.text());
    Source placed = place.map(p -> base.onNode(p.node(), p.netns())).orElse(base);
    Source text = command.filter().map(placed::filteredBy).orElse(placed);
    return parser.map(p -> new Parsed(p, trimmed(p, text)));
  }

  /**
   * Prose that follows an output without any mark is cut off: unread lines behind a blank line with
   * nothing readable after them.
   */
  private static Reading trimmed(OutputParser parser, Source text) {
    Reading reading = parser.parse(text);
    if (reading.unread().isEmpty()) {
      return reading;
    }
    int firstUnread = reading.unread().getFirst().from().line();
    int lastRead = 0;
    for (Reading.Part<?> part : reading.parts()) {
      for (Fact<?> fact : part.entries().facts()) {
        lastRead = Math.max(lastRead, fact.from().line());
      }
    }
    List<String> lines = text.text().lines().toList();
    int cut = firstUnread - text.firstLine();
    boolean blankBefore = cut > 0 && cut <= lines.size() && lines.get(cut - 1).isBlank();
    if (lastRead >= firstUnread || !blankBefore) {
      return reading;
    }
    String head = String.join("\n", lines.subList(0, cut)) + "\n";
    return parser.parse(
        new Source(
            text.file(),
            text.firstLine(),
            text.node(),
            text.netns(),
            text.command(),
            head,
            text.filtered()));
  }

  private Source at(int line, String text) {
    return new Source(
        source.file(),
        line,
        Optional.empty(),
        Source.HOST,
        Optional.empty(),
        text,
        Optional.empty());
  }

  /**
   * Whose state an output shows.
   *
   * @param named whether it is known to be one machine
   */
  private record Place(String node, boolean named, String netns) {}

  private Optional<Place> place(Scene scene, ShellCommand command) {
    Optional<String> host = scene.host().map(this::canonical);
    Place here =
        host.map(h -> new Place(h, true, Source.HOST))
            .orElseGet(() -> new Place(unnamedNode(scene), oneSession, Source.HOST));
    Place place = here;
    for (Wrapper wrapper : command.wrappers()) {
      place =
          switch (wrapper) {
            case Wrapper.Ssh(var target) -> new Place(canonical(target), true, Source.HOST);
            case Wrapper.KubectlExec(var namespace, var pod) ->
                ofPod(pod, namespace.orElse("default"));
            case Wrapper.ContainerExec(var container) ->
                new Place(place.node(), place.named(), "container_" + container);
            case Wrapper.Netns(var name) -> new Place(place.node(), place.named(), name);
            case Wrapper.Nsenter(var target) ->
                new Place(place.node(), place.named(), "pid_" + target);
          };
    }
    if (command.program().equals("kubectl") && command.operands().contains("logs")) {
      Optional<String> pod =
          command.operands().stream()
              .dropWhile(o -> !o.equals("logs"))
              .skip(1)
              .map(o -> o.substring(o.indexOf('/') + 1))
              .filter(isPodName(command))
              .findFirst();
      return pod.map(p ->
          podNodes.containsKey(p)
              ? new Place(
                  canonical(java.util.Objects.requireNonNull(podNodes.get(p))), true, Source.HOST)
              : new Place("node of " + p, false, Source.HOST));
    }
    return Optional.of(place);
  }

  private static Predicate<String> isPodName(ShellCommand command) {
    Set<String> values = new java.util.HashSet<>();
    java.util.stream.Stream.of("-n", "--namespace", "-c")
        .forEach(o -> command.optionValue(o).ifPresent(values::add));
    return name -> !values.contains(name);
  }

  private Place ofPod(String pod, String namespace) {
    boolean onHost = HOST_NETWORK_PODS.stream().anyMatch(pod::startsWith);
    String node = podNodes.get(pod);
    boolean known = node != null;
    String name = node != null ? canonical(node) : "node of " + pod;
    return new Place(name, known, onHost ? Source.HOST : namespace + "_" + pod);
  }

  /** Outputs below one heading, from a prompt that names no machine. */
  private String unnamedNode(Scene scene) {
    if (oneSession) {
      return "node";
    }
    return unnamed.computeIfAbsent(scene.segment(), s -> "unnamed-" + (unnamed.size() + 1));
  }

  private static String baseName(String path) {
    return path.substring(path.lastIndexOf('/') + 1);
  }

  @SuppressWarnings("unchecked") // a part's entries are of its section's type
  private static <T> List<Fact<T>> rows(Reading reading, Section<T> section) {
    List<Fact<T>> rows = new ArrayList<>();
    for (Reading.Part<?> part : reading.parts()) {
      if (part.section().equals(section)) {
        rows.addAll(((Reading.Part<T>) part).entries().facts());
      }
    }
    return rows;
  }
}
