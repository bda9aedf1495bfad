package io.podpath.probes.parse;

import com.google.auto.service.AutoService;
import io.podpath.core.snapshot.Section;
import io.podpath.core.snapshot.Source;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** {@code ip link}, with {@code -d}, {@code -s}, {@code -o}, {@code -br}, as text or JSON. */
@AutoService(OutputParser.class)
public final class IpLinkParser implements OutputParser {

  @Override
  public String name() {
    return "ip link";
  }

  @Override
  public boolean reads(ShellCommand command) {
    return IpCommand.of(command, "ip").filter(c -> c.isAbout("link", "l") && c.lists()).isPresent();
  }

  @Override
  public int likeness(String fileName, String text) {
    int hint = fileName.contains("link") && !fileName.contains("bridge") ? 10 : 0;
    if (JsonText.is(text)) {
      boolean link =
          JsonText.has(text, "ifname")
              && JsonText.has(text, "link_type")
              && !JsonText.has(text, "addr_info");
      return link ? 85 + hint : 0;
    }
    int heads = 0;
    for (Lines.Line line : Lines.of(Source.ofFile("", text))) {
      List<String> words = line.words();
      if (!words.isEmpty()
          && (words.getFirst().equals("inet") || words.getFirst().equals("inet6"))) {
        return 0;
      }
      if (LinkLines.isHead(words)) {
        if (BridgePortLine.is(words)) {
          return 0;
        }
        heads++;
      }
    }
    return heads == 0 ? 0 : 75 + hint;
  }

  @Override
  public Reading parse(Source source) {
    Optional<IpCommand> command = IpCommand.of(source, "ip");
    ReadingBuilder builder = new ReadingBuilder(source);
    List<LinkDraft> links = new ArrayList<>();
    int rank = command.map(IpCommand::rank).orElse(20);
    if (JsonText.is(source.text())) {
      rank = 30;
      readObjects(source, links, builder);
    } else if (command.filter(IpCommand::brief).isPresent()) {
      readBrief(source, links, builder);
    } else {
      readLines(source, links, builder);
      rank =
          Math.max(
              rank,
              links.stream().anyMatch(l -> l.kind.isPresent() && !l.linkType.equals("ipip"))
                  ? 30
                  : 20);
    }
    announce(command, links, rank, builder);
    links.forEach(link -> builder.add(Section.LINKS, link.toLink(), link.line));
    return builder.build();
  }

  /**
   * Every namespace has a loopback, so a listing without it is an excerpt, whatever the command
   * was.
   */
  static void announce(
      Optional<IpCommand> command, List<LinkDraft> links, int rank, ReadingBuilder builder) {
    boolean asked = command.isEmpty() || command.get().selectors().isEmpty();
    if (asked && links.stream().anyMatch(l -> l.name.equals("lo"))) {
      builder.whole(Section.LINKS, rank);
    } else {
      builder.part(Section.LINKS, rank, "only some interfaces were shown");
    }
  }

  static void readObjects(Source source, List<LinkDraft> links, ReadingBuilder builder) {
    JsonText.Rows rows = JsonText.rows(source);
    for (Tree row : rows.rows()) {
      try {
        links.add(LinkObject.read(row));
      } catch (BadLine e) {
        builder.unread(Section.LINKS, row.line(), e.reason());
      }
    }
    rows.broken().ifPresent(b -> builder.unread(Section.LINKS, b));
  }

  private static void readLines(Source source, List<LinkDraft> links, ReadingBuilder builder) {
    for (Lines.Line line : Lines.of(source)) {
      // -o prints the line break as a backslash
      for (String piece : line.text().split("\\\\", -1)) {
        List<String> words = Lines.words(Remark.without(piece));
        if (words.isEmpty()) {
          continue;
        }
        if (LinkLines.isHead(words)) {
          links.add(LinkLines.head(words, line.number()));
        } else if (links.isEmpty() || !LinkLines.body(links.getLast(), words)) {
          builder.unread(
              Section.LINKS,
              line.number(),
              Remark.isCut(piece) ? "lines were left out here" : "no line of ip link");
        }
      }
    }
  }

  /** {@code veth1@if2 UP 02:42:ac:11:00:02 <BROADCAST,MULTICAST,UP,LOWER_UP>}. */
  private static void readBrief(Source source, List<LinkDraft> links, ReadingBuilder builder) {
    for (Lines.Line line : Lines.of(source)) {
      List<String> words = Lines.words(Remark.without(line.text()));
      if (words.isEmpty()) {
        continue;
      }
      String last = words.getLast();
      if (words.size() < 3 || !last.startsWith("<") || !last.endsWith(">")) {
        builder.unread(Section.LINKS, line.number(), "no line of ip -br link");
        continue;
      }
      String full = words.getFirst();
      int at = full.indexOf('@');
      LinkDraft draft = new LinkDraft(line.number(), at > 0 ? full.substring(0, at) : full);
      draft.peer = at > 0 ? Optional.of(full.substring(at + 1)) : Optional.empty();
      draft.operState = Optional.of(words.get(1));
      draft.mac =
          words.size() > 3 ? io.podpath.core.net.MacAddress.parse(words.get(2)) : Optional.empty();
      LinkLines.flags(last, draft.flags);
      links.add(draft);
    }
  }
}
