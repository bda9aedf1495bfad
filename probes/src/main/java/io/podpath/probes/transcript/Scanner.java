package io.podpath.probes.transcript;

import io.podpath.core.snapshot.Source;
import io.podpath.probes.parse.Lines;
import io.podpath.probes.parse.Lines.Line;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Cuts a transcript into scenes. */
final class Scanner {

  private static final Pattern HERE_DOCUMENT =
      Pattern.compile("<<-?\\s*['\"]?([A-Za-z_]\\w{0,40})['\"]?");

  private final List<Line> lines;
  private final Set<String> hosts = new LinkedHashSet<>();
  private final List<Scene> scenes = new ArrayList<>();

  private int segment;
  private Optional<String> openHost = Optional.empty();
  private boolean openPrompt;
  private Optional<String> statedHost = Optional.empty();
  private Optional<String> lastPromptHost = Optional.empty();
  private String lastProse = "";
  private boolean sawProse;

  private Scanner(List<Line> lines) {
    this.lines = lines;
  }

  /**
   * @param scenes in the order of the text
   * @param oneSession whether it is a single terminal session: no heading and no prose, so that
   *     even an unnamed prompt is one machine
   */
  record Result(List<Scene> scenes, boolean oneSession) {}

  static Result scan(Source source) {
    Scanner scanner = new Scanner(Lines.of(source));
    scanner.collectHosts();
    scanner.run();
    return new Result(List.copyOf(scanner.scenes), scanner.segment == 0 && !scanner.sawProse);
  }

  private void collectHosts() {
    for (Line line : lines) {
      Prompt.of(line.text()).flatMap(Prompt::host).ifPresent(hosts::add);
      Wording.nodeLine(line.text()).ifPresent(hosts::add);
    }
  }

  private void run() {
    int i = 0;
    while (i < lines.size()) {
      i = step(i);
    }
  }

  /** Handles the line at {@code i}; returns the index of the next one to handle. */
  private int step(int i) {
    Line line = lines.get(i);
    String text = line.text();
    if (line.isBlank() || Wording.isGutter(text)) {
      return i + 1;
    }
    Optional<Prompt> prompt = Prompt.of(text);
    if (prompt.isPresent()) {
      Prompt p = prompt.get();
      Optional<String> host = p.host();
      boolean bare = host.isEmpty() && text.strip().matches("^[#$].*");
      if (bare && openPrompt) {
        host = openHost;
      }
      openPrompt = p.open();
      openHost = p.host();
      lastPromptHost = host;
      if (p.command().isBlank()) {
        return i + 1;
      }
      return command(
          i,
          p.command(),
          host.isPresent() ? host : statedHost,
          host.isPresent() || statedHost.isPresent());
    }
    openPrompt = false;
    Optional<String> stated = Wording.nodeLine(text);
    if (stated.isEmpty()) {
      stated = Wording.nameAlone(text).filter(this::isHost);
    }
    if (stated.isPresent()) {
      statedHost = stated;
      return i + 1;
    }
    if (Wording.isHeading(text)) {
      segment++;
      statedHost = Optional.empty();
      lastPromptHost = Optional.empty();
      lastProse = text;
      return i + 1;
    }
    if (Wording.isProse(text)) {
      sawProse = true;
      lastProse = text;
      return i + 1;
    }
    if (KnownTools.isBareCommand(text.strip())) {
      Optional<String> mentioned = mentioned(lastProse);
      Optional<String> host = mentioned.or(() -> statedHost).or(() -> lastPromptHost);
      return command(i, text.strip(), host, false);
    }
    return looseBlock(i);
  }

  private boolean isHost(String name) {
    return hosts.stream().anyMatch(h -> h.equalsIgnoreCase(name));
  }

  /**
   * The one host a sentence names, by its whole name or by a word that only its name has
   * ("master").
   */
  private Optional<String> mentioned(String prose) {
    List<String> whole = hosts.stream().filter(h -> Wording.mentions(prose, h)).toList();
    if (whole.size() == 1) {
      return Optional.of(whole.getFirst());
    }
    List<String> byWord =
        hosts.stream()
            .filter(h -> ownWord(h).filter(w -> Wording.mentions(prose, w)).isPresent())
            .toList();
    return byWord.size() == 1 ? Optional.of(byWord.getFirst()) : Optional.empty();
  }

  private Optional<String> ownWord(String host) {
    for (String part : host.toLowerCase(java.util.Locale.ROOT).split("[-._]", -1)) {
      boolean distinct =
          hosts.stream().filter(h -> h.toLowerCase(java.util.Locale.ROOT).contains(part)).count()
              == 1;
      if (part.length() >= 4 && distinct && part.chars().anyMatch(Character::isLetter)) {
        return Optional.of(part);
      }
    }
    return Optional.empty();
  }

  private int command(int i, String typed, Optional<String> host, boolean certain) {
    String command = Wording.withoutRemark(typed);
    int next = i + 1;
    // a backslash at the end goes on in the next line
    while (command.endsWith("\\") && next < lines.size()) {
      command = command.substring(0, command.length() - 1) + " " + lines.get(next).text().strip();
      next++;
    }
    Matcher here = HERE_DOCUMENT.matcher(command);
    int end = here.find() ? endOfHereDocument(next, here.group(1)) : endOfOutput(next);
    add(host, certain, Optional.of(command), lines.get(i).number(), next, end);
    boolean closing =
        end < lines.size()
            && here.reset().find()
            && lines.get(end).text().strip().equals(here.group(1));
    return closing ? end + 1 : end;
  }

  private int endOfHereDocument(int from, String word) {
    for (int i = from; i < lines.size(); i++) {
      if (lines.get(i).text().strip().equals(word)) {
        return i;
      }
    }
    return endOfOutput(from);
  }

  private int endOfOutput(int from) {
    int i = from;
    while (i < lines.size()) {
      String text = lines.get(i).text();
      boolean ends =
          Prompt.of(text).isPresent()
              || text.strip().equals("|")
              || text.strip().startsWith("```")
              || Wording.isHeading(text)
              || Wording.isProse(text)
              || Wording.nodeLine(text).isPresent()
              || Wording.nameAlone(text).filter(this::isHost).isPresent()
              || KnownTools.isBareCommand(text.strip());
      if (ends) {
        break;
      }
      i++;
    }
    return i;
  }

  /**
   * Text that no command stands before: a file's content or an output quoted by itself. It ends
   * where prose or a command begins.
   */
  private int looseBlock(int i) {
    int end = i + 1;
    while (end < lines.size()) {
      String text = lines.get(end).text();
      boolean ends =
          Wording.isGutter(text)
              || Prompt.of(text).isPresent()
              || Wording.isHeading(text)
              || Wording.isProse(text)
              || Wording.nodeLine(text).isPresent()
              || KnownTools.isBareCommand(text.strip());
      if (ends) {
        break;
      }
      end++;
    }
    Optional<String> named = mentioned(lastProse);
    add(
        named.or(() -> statedHost),
        statedHost.isPresent() && named.isEmpty(),
        Optional.empty(),
        lines.get(i).number(),
        i,
        end);
    return end;
  }

  private void add(
      Optional<String> host,
      boolean certain,
      Optional<String> command,
      int commandLine,
      int from,
      int to) {
    StringBuilder output = new StringBuilder();
    int last = to;
    while (last > from && lines.get(last - 1).isBlank()) {
      last--;
    }
    for (int i = from; i < last; i++) {
      output.append(lines.get(i).text()).append('\n');
    }
    int outputLine = from < lines.size() ? lines.get(from).number() : commandLine;
    scenes.add(
        new Scene(host, certain, segment, command, commandLine, outputLine, output.toString()));
  }
}
