package io.podpath.probes.transcript;

import io.podpath.core.cluster.Pod;
import io.podpath.core.fix.Change;
import io.podpath.core.net.IpFamily;
import io.podpath.core.snapshot.Entries;
import io.podpath.core.snapshot.Fact;
import io.podpath.core.snapshot.History;
import io.podpath.core.snapshot.History.RunCommand;
import io.podpath.core.snapshot.Provenance;
import io.podpath.core.snapshot.Section;
import io.podpath.core.snapshot.Source;
import io.podpath.probes.parse.Answer;
import io.podpath.probes.parse.Lines;
import io.podpath.probes.parse.Medley;
import io.podpath.probes.parse.OutputParser;
import io.podpath.probes.parse.Parsers;
import io.podpath.probes.parse.Reading;
import io.podpath.probes.parse.ShellCommand;
import io.podpath.probes.transcript.OutputReader.Parsed;
import io.podpath.probes.transcript.Whereabouts.Spot;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Reads a transcript: a text with pasted terminal sessions. */
public final class TranscriptReader {

  private static final Pattern PLAIN_GREP =
      Pattern.compile("^e?grep\\s+(?:-[iwnE]+\\s+)?['\"]?([\\w.:/-]+)['\"]?$");
  private static final int LOOSE_LIKENESS = 50;
  private static final String NO_CLEAR_CUT =
      "printed together with the output of another command, and both could have printed some of its lines";

  private final Parsers parsers;
  private final CommandEffects effects;
  private final Whereabouts whereabouts;
  private final OutputReader outputs;
  private final Timeline timeline = new Timeline();
  private final Map<String, Scene> files = new HashMap<>();

  private TranscriptReader(Source source, Parsers parsers, boolean oneSession) {
    this.parsers = parsers;
    this.effects = new CommandEffects(parsers);
    this.whereabouts = new Whereabouts(oneSession);
    this.outputs = new OutputReader(source, parsers, whereabouts);
  }

  /**
   * Whether a text has prompts in it, so that it should be read as a transcript and not as one
   * tool's output.
   */
  public static boolean looksLike(String text) {
    String sample = text.length() > 256 * 1024 ? text.substring(0, 256 * 1024) : text;
    // prompts come with colours and titles, which are no part of them
    return Lines.of(Source.ofFile("", sample)).stream()
        .map(l -> l.text().strip())
        .anyMatch(l -> Prompt.of(l).isPresent());
  }

  /**
   * Whether lines of the text name machines ({@code node: NAME}), or headings part it, so that a
   * tool's output below one of them need not be of the same machine as that below another.
   */
  public static boolean marksMachines(String text) {
    return text.lines()
        .anyMatch(l ->
            !l.startsWith(" ") && Wording.nodeLine(l).isPresent()
                || l.startsWith("#") && Wording.isHeading(l) && Wording.nameAlone(l).isPresent());
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
            outputs
                .read(scene, command.get(), scene.output(), scene.outputLine(), Optional.empty())
                .map(Parsed::reading)
                .orElse(Reading.NOTHING);
        for (Fact<Pod> pod : rows(reading, Section.PODS)) {
          pod.value().node().ifPresent(n -> whereabouts.learnPod(pod.value().name(), n));
        }
        rows(reading, Section.NODES).forEach(n -> whereabouts.learnNode(n.value().name()));
      }
    }
    scenes.forEach(s -> s.host().ifPresent(whereabouts::learnHost));
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
      JointOutput.shares(asking, scene.output(), scene.outputLine(), outputs.in(scene))
          .forEach(share -> takeShare(time, scene, share));
    }
  }

  private static boolean isSilent(ShellCommand command) {
    return Set.of("cd", "export", "set", "sleep", "true", "clear").contains(command.program());
  }

  private boolean mayBeEmpty(ShellCommand command) {
    return command.wrappers().isEmpty()
        && Set.of("ip", "bridge", "iptables-save", "ipvsadm").contains(command.program());
  }

  private void takeShare(int time, Scene scene, JointOutput.Share share) {
    if (share.output().isBlank() && !mayBeEmpty(share.command())) {
      whereabouts
          .of(scene, share.command())
          .filter(Spot::named)
          .ifPresent(s -> timeline.node(s.node(), true));
      return;
    }
    takeOutput(
        time,
        scene,
        share.command(),
        share.output(),
        share.line(),
        share.certain() ? Optional.empty() : Optional.of(NO_CLEAR_CUT));
  }

  private void takeEffects(int time, Scene scene, ShellCommand command) {
    applyFile(time, command);
    if (!CommandEffects.mutates(command) || CommandEffects.failed(scene.output())) {
      return;
    }
    Optional<String> node = whereabouts.of(scene, command).filter(Spot::named).map(Spot::node);
    Provenance from =
        new Provenance(outputs.at(scene.commandLine(), command.text()), scene.commandLine());
    timeline.ran(time, new RunCommand(node, command.text(), from));
    List<Change> changes = new ArrayList<>();
    if (node.isPresent() && !whereabouts.contradicts(node.get(), command)) {
      changes.addAll(effects.changes(node.get(), command));
    } else {
      // the text does not say where: wherever it makes sense
      for (String candidate : whereabouts.candidates(scene, command)) {
        changes.addAll(effects.changes(candidate, command));
      }
    }
    timeline.change(time, changes);
  }

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
        outputs.read(
            file,
            ShellCommand.parse("cat " + name.get()),
            file.output(),
            file.outputLine(),
            Optional.empty());
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

  private void takeOutput(int time, Scene scene, ShellCommand command, String output, int line) {
    takeOutput(time, scene, command, output, line, Optional.empty());
  }

  private void takeOutput(
      int time, Scene scene, ShellCommand command, String output, int line, Optional<String> gap) {
    Optional<String> shown =
        command
            .writtenHere()
            .or(() ->
                OutputReader.isViewer(command) && !command.operands().isEmpty()
                    ? Optional.of(command.operands().getLast())
                    : Optional.empty());
    shown.ifPresent(f -> files.put(baseName(f), scene.showing(output, line)));
    Optional<Parsed> parsed = outputs.read(scene, command, output, line, gap);
    Optional<Spot> spot = whereabouts.of(scene, command);
    if (parsed.isEmpty() || spot.isEmpty()) {
      spot.filter(Spot::named).ifPresent(s -> timeline.node(s.node(), true));
      return;
    }
    switch (parsed.get().answer()) {
      case Answer.Told(var told) -> {
        boolean views = shown.isPresent() || OutputReader.isViewer(command);
        Reading reading = views ? withoutObjects(told) : told;
        show(
            time,
            spot.get(),
            reading,
            key(parsed.get().parser(), told, command, gap),
            grep(command));
      }
      case Answer.Refused(var tables, var words) -> refused(time, spot.get(), tables, line);
    }
  }

  /** That a command was refused is said where nothing else tells of its tables. */
  private void refused(int time, Spot spot, Reading tables, int line) {
    if (spot.named()) {
      timeline.node(spot.node(), true);
      timeline.show(
          new Timeline.Shown(
              time,
              spot.node(),
              true,
              spot.netns(),
              "refused at " + line,
              tables,
              Optional.empty(),
              Timeline.Kind.TABLE));
    }
  }

  /** A manifest that is only looked at is no state of the cluster. */
  private static Reading withoutObjects(Reading reading) {
    return new Reading(
        reading.parts().stream().filter(p -> p.section().scope() != Section.Scope.CLUSTER).toList(),
        reading.unread());
  }

  private static String key(
      OutputParser parser, Reading told, ShellCommand command, Optional<String> gap) {
    boolean whole =
        told.parts().stream().allMatch(p -> p.entries().isComplete())
            && command.pipes().isEmpty()
            && gap.isEmpty();
    StringBuilder key = new StringBuilder(parser.name());
    told.parts().forEach(p -> key.append(' ').append(p.section().name()));
    return whole
        ? key.toString()
        : key
            + " by "
            + String.join(" ", command.words())
            + " | "
            + String.join(" | ", command.pipes());
  }

  private static Optional<String> grep(ShellCommand command) {
    if (command.pipes().size() != 1) {
      return Optional.empty();
    }
    Matcher m = PLAIN_GREP.matcher(command.pipes().getFirst());
    return m.matches() ? Optional.of(m.group(1)) : Optional.empty();
  }

  private void takeLoose(int time, Scene scene) {
    List<Medley.Block> blocks = looseBlocks(outputs.at(scene.outputLine(), scene.output()));
    if (blocks.isEmpty()) {
      return;
    }
    Spot spot = whereabouts.of(scene);
    for (Medley.Block block : blocks) {
      Source placed =
          block.source().onNode(spot.node(), spot.netns()).filteredBy("quoted without its command");
      Reading reading =
          new Parsed(block.parser(), OutputReader.read(block.parser(), placed)).reading();
      String what = block.parser().name() + " at " + placed.firstLine();
      show(time, spot, withoutObjects(reading), what, Optional.empty());
    }
  }

  /** One tool's output, or several where each line is certainly some tool's. */
  private List<Medley.Block> looseBlocks(Source text) {
    Optional<Medley.Block> one =
        parsers
            .forText("", text.text())
            .filter(p -> p.likeness("", text.text()) >= LOOSE_LIKENESS)
            .map(p -> new Medley.Block(p, text));
    boolean read = one.filter(b -> b.parser().parse(text).unread().isEmpty()).isPresent();
    Medley.Split split = read ? Medley.Split.NONE : Medley.split(parsers, text);
    return split.isCertain() ? split.blocks() : one.stream().toList();
  }

  private void show(int time, Spot spot, Reading reading, String what, Optional<String> grep) {
    if (reading.parts().isEmpty()) {
      return;
    }
    rows(reading, Section.ADDRESSES)
        .forEach(a -> whereabouts.learnAddress(spot, a.value().local().toString()));
    rows(reading, Section.routes(IpFamily.INET, Section.RouteScope.MAIN))
        .forEach(r ->
            r.value()
                .preferredSource()
                .ifPresent(a -> whereabouts.learnAddress(spot, a.toString())));
    boolean log = reading.parts().stream().anyMatch(p -> p.section().equals(Section.LOGS));
    timeline.node(spot.node(), spot.named());
    timeline.show(
        new Timeline.Shown(
            time,
            spot.node(),
            spot.named(),
            spot.netns(),
            what,
            reading,
            grep,
            log ? Timeline.Kind.LOG : Timeline.Kind.TABLE));
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
