package io.podpath.probes.parse;

import com.google.auto.service.AutoService;
import io.podpath.core.node.BridgePort;
import io.podpath.core.snapshot.Section;
import io.podpath.core.snapshot.Source;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;

/**
 * {@code bridge link}, with {@code -d}, as text or JSON; lines of interfaces that are no bridge's
 * port tell nothing.
 */
@AutoService(OutputParser.class)
public final class BridgeLinkParser implements OutputParser {

  /** Members of JSON that are no options of the port. */
  private static final Set<String> HEAD =
      Set.of(
          "ifindex",
          "ifname",
          "link",
          "flags",
          "mtu",
          "master",
          "state",
          "link_index",
          "operstate",
          "hwmode");

  @Override
  public String name() {
    return "bridge link";
  }

  @Override
  public boolean reads(ShellCommand command) {
    return IpCommand.of(command, "bridge")
        .filter(c -> c.isAbout("link", "l") && c.lists())
        .isPresent();
  }

  @Override
  public int likeness(String fileName, String text) {
    int hint = isNamed(fileName) ? 10 : 0;
    if (JsonText.is(text)) {
      return JsonText.has(text, "ifname")
              && JsonText.has(text, "cost")
              && !JsonText.has(text, "link_type")
          ? 85 + hint
          : 0;
    }
    int ports = 0;
    for (Lines.Line line : Lines.of(Source.ofFile("", text))) {
      List<String> words = line.words();
      if (isHead(words) && BridgePortLine.is(words)) {
        ports++;
      } else if (!words.isEmpty()
          && (words.getFirst().startsWith("link/") || words.getFirst().equals("inet"))) {
        return 0;
      }
    }
    return ports > 0 ? 85 + hint : 0;
  }

  private static boolean isNamed(String fileName) {
    return fileName.contains("bridge") && fileName.contains("link");
  }

  /** {@code 5: veth1@if2: <…>}, or as old releases write it {@code 5: veth1 state UP @if2: <…>}. */
  private static boolean isHead(List<String> words) {
    return LinkLines.isHead(words)
        || words.size() > 4
            && words.getFirst().endsWith(":")
            && WordCursor.isNumber(words.getFirst().substring(0, words.getFirst().length() - 1))
            && words.get(2).equals("state");
  }

  @Override
  public Reading parse(Source source) {
    Optional<IpCommand> command = IpCommand.of(source, "bridge");
    ReadingBuilder builder = new ReadingBuilder(source);
    boolean json = JsonText.is(source.text());
    int rank = json ? 30 : command.map(IpCommand::rank).orElse(20);
    boolean named =
        isNamed(
            source.file().substring(source.file().lastIndexOf('/') + 1).toLowerCase(Locale.ROOT));
    if (command.isPresent()
        ? command.get().selectors().isEmpty()
        : named && !source.text().isBlank()) {
      builder.whole(Section.BRIDGE_PORTS, rank);
    } else {
      builder.part(Section.BRIDGE_PORTS, rank, "only some ports were shown");
    }
    if (json) {
      readObjects(source, builder);
    } else {
      readLines(source, builder);
    }
    return builder.build();
  }

  private static final class Draft {
    final int line;
    final String port;
    final Optional<String> bridge;
    Optional<String> state = Optional.empty();
    final TreeMap<String, String> options = new TreeMap<>();

    Draft(int line, String port, Optional<String> bridge) {
      this.line = line;
      this.port = port;
      this.bridge = bridge;
    }

    void addTo(ReadingBuilder builder) {
      bridge.ifPresent(
          b -> builder.add(Section.BRIDGE_PORTS, new BridgePort(port, b, state, options), line));
    }
  }

  private static void readLines(Source source, ReadingBuilder builder) {
    Optional<Draft> last = Optional.empty();
    for (Lines.Line line : Lines.of(source)) {
      List<String> words = Lines.words(Remark.without(line.text()));
      if (words.isEmpty()) {
        continue;
      }
      if (isHead(words)) {
        last.ifPresent(d -> d.addTo(builder));
        Draft draft = head(words, line.number());
        options(words, draft);
        last = Optional.of(draft);
      } else if (last.isPresent() && words.size() > 1 && isOption(words.get(1))) {
        options(words, last.get());
      } else {
        builder.unread(
            Section.BRIDGE_PORTS,
            line.number(),
            Remark.isCut(line.text()) ? "lines were left out here" : "no line of bridge link");
      }
    }
    last.ifPresent(d -> d.addTo(builder));
  }

  private static Draft head(List<String> words, int line) {
    LinkDraft link;
    if (LinkLines.isHead(words)) {
      link = LinkLines.head(words, line);
    } else {
      link = new LinkDraft(line, words.get(1));
      int master = words.indexOf("master");
      link.master =
          master > 0 && master + 1 < words.size()
              ? Optional.of(words.get(master + 1))
              : Optional.empty();
    }
    return new Draft(line, link.name, link.master);
  }

  private static boolean isOption(String value) {
    return value.equals("on") || value.equals("off") || WordCursor.isNumber(value);
  }

  private static void options(List<String> words, Draft draft) {
    for (int i = 0; i + 1 < words.size(); i++) {
      String word = words.get(i);
      String value = words.get(i + 1);
      if (word.equals("state") && BridgePortLine.isState(value)) {
        draft.state = Optional.of(value);
        i++;
      } else if (isOption(value)
          && !word.equals("mtu")
          && !word.endsWith(":")
          && !word.startsWith("<")) {
        draft.options.put(word, value);
        i++;
      }
    }
  }

  private static void readObjects(Source source, ReadingBuilder builder) {
    JsonText.Rows rows = JsonText.rows(source);
    for (Tree row : rows.rows()) {
      Optional<String> port = row.text("ifname");
      if (port.isEmpty()) {
        builder.unread(Section.BRIDGE_PORTS, row.line(), "a port without ifname");
        continue;
      }
      Draft draft = new Draft(row.line(), port.get(), row.text("master"));
      draft.state = row.text("state");
      for (Map.Entry<String, Tree> member : row.members().entrySet()) {
        if (!HEAD.contains(member.getKey())
            && member.getValue() instanceof Tree.Scalar(var text, var kind, var line)) {
          draft.options.put(
              member.getKey(), text.equals("true") ? "on" : text.equals("false") ? "off" : text);
        }
      }
      draft.addTo(builder);
    }
    rows.broken().ifPresent(b -> builder.unread(Section.BRIDGE_PORTS, b));
  }
}
