package io.podpath.probes.parse;

import com.google.auto.service.AutoService;
import io.podpath.core.net.IpAddress;
import io.podpath.core.net.IpFamily;
import io.podpath.core.net.MacAddress;
import io.podpath.core.node.Neighbour;
import io.podpath.core.snapshot.Section;
import io.podpath.core.snapshot.Source;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;

/**
 * {@code ip neigh}, as text or JSON; a listing of one interface leaves its name out, then the
 * command tells it.
 */
@AutoService(OutputParser.class)
public final class IpNeighParser implements OutputParser {

  private record Row(Neighbour neighbour, int line) {}

  @Override
  public String name() {
    return "ip neigh";
  }

  @Override
  public boolean reads(ShellCommand command) {
    return IpCommand.of(command, "ip")
        .filter(c -> (c.isAbout("neighbour", "n") || c.isAbout("neighbor", "n")) && c.lists())
        .isPresent();
  }

  @Override
  public int likeness(String fileName, String text) {
    int hint = fileName.contains("neigh") || fileName.contains("arp") ? 10 : 0;
    if (JsonText.is(text)) {
      return JsonText.has(text, "dst") && JsonText.has(text, "state") && !JsonText.has(text, "mac")
          ? 85 + hint
          : 0;
    }
    int neighbours = 0;
    int others = 0;
    for (Lines.Line line : Lines.of(Source.ofFile("", text))) {
      List<String> words = line.words();
      if (words.isEmpty() || Remark.isCut(line.text())) {
        continue;
      }
      boolean address = IpAddress.parse(words.getFirst()).isPresent();
      boolean state =
          words.contains("lladdr")
              || IpNeighWords.isState(words.getLast())
              || words.getLast().equals("proxy");
      neighbours += address && state ? 1 : 0;
      others += address && state ? 0 : 1;
    }
    return neighbours > others ? 85 + hint : 0;
  }

  @Override
  public Reading parse(Source source) {
    Optional<IpCommand> command = IpCommand.of(source, "ip");
    Optional<String> device = command.flatMap(c -> c.selector("dev"));
    ReadingBuilder builder = new ReadingBuilder(source);
    List<Row> rows = new ArrayList<>();
    Common common = new Common();
    boolean json = JsonText.is(source.text());
    List<Tree.Broken> unread =
        json ? readObjects(source, device, common, rows) : readLines(source, device, common, rows);
    int rank = json ? 30 : command.map(IpCommand::rank).orElse(20);
    for (IpFamily family : IpFamily.values()) {
      announce(source, command, family, rows, rank, builder);
    }
    rows.forEach(
        r -> builder.add(Section.neighbours(r.neighbour.address().family()), r.neighbour, r.line));
    for (Tree.Broken line : unread) {
      boolean six = source.line(line.line()).contains("::");
      builder.unread(
          Section.neighbours(
              six ? IpFamily.INET6 : command.flatMap(IpCommand::family).orElse(IpFamily.INET)),
          line);
    }
    return builder.build();
  }

  private static void announce(
      Source source,
      Optional<IpCommand> command,
      IpFamily family,
      List<Row> rows,
      int rank,
      ReadingBuilder builder) {
    if (command.isPresent() && command.get().family().filter(f -> f != family).isPresent()) {
      return;
    }
    boolean any = rows.stream().anyMatch(r -> r.neighbour.address().family() == family);
    boolean named =
        source
            .file()
            .substring(source.file().lastIndexOf('/') + 1)
            .toLowerCase(Locale.ROOT)
            .contains("neigh");
    // Without a command: rows without a device are a listing of one interface; a family without
    // rows may not have been asked for.
    boolean whole =
        command.isPresent()
            ? command.get().selectors().isEmpty()
            : named && any && rows.stream().allMatch(r -> r.neighbour.device().isPresent());
    if (whole) {
      builder.whole(Section.neighbours(family), rank);
    } else if (any || command.isPresent()) {
      builder.part(Section.neighbours(family), rank, "only some neighbours were shown");
    }
  }

  private static List<Tree.Broken> readLines(
      Source source, Optional<String> device, Common common, List<Row> rows) {
    List<Tree.Broken> unread = new ArrayList<>();
    for (Lines.Line line : Lines.of(source)) {
      List<String> words = Lines.words(Remark.without(line.text()));
      if (words.isEmpty()) {
        continue;
      }
      try {
        rows.add(new Row(readLine(words, device, common), line.number()));
      } catch (BadLine e) {
        unread.add(
            new Tree.Broken(
                line.number(),
                Remark.isCut(line.text()) ? "lines were left out here" : e.reason()));
      }
    }
    return unread;
  }

  private static Neighbour readLine(List<String> words, Optional<String> shown, Common common)
      throws BadLine {
    WordCursor cursor = new WordCursor(words);
    IpAddress address = cursor.address("neighbour");
    Optional<String> device = shown;
    Optional<MacAddress> mac = Optional.empty();
    Set<String> states = new TreeSet<>();
    Set<String> flags = new TreeSet<>();
    while (cursor.more()) {
      String word = cursor.take("word");
      switch (word) {
        case "dev" -> device = Optional.of(cursor.take("device"));
        case "lladdr" -> mac = mac(cursor.take("lladdr"));
        case "nud" -> states.add(cursor.take("nud").toUpperCase(Locale.ROOT));
        case "used", "probes", "ref", "proto", "protocol", "nomaster", "vrf" -> {
          String value = cursor.take(word);
          // "used 0/60/0probes 0": iproute2 forgets the blank
          if (value.endsWith("probes")) {
            cursor.take("probes");
          }
        }
        default -> {
          if (IpNeighWords.isState(word)) {
            states.add(word);
          } else if (IpAddress.parse(word).isPresent()) {
            throw new BadLine("two neighbours in one line");
          } else {
            flags.add(word);
          }
        }
      }
    }
    if (states.isEmpty() && mac.isEmpty() && !flags.contains("proxy")) {
      throw new BadLine("a neighbour without address and state");
    }
    return new Neighbour(
        address,
        common.one(device),
        mac,
        common.one(Set.copyOf(states)),
        common.one(Set.copyOf(flags)));
  }

  /** Tunnels have an IP address there, which is none of a frame. */
  private static Optional<MacAddress> mac(String text) throws BadLine {
    Optional<MacAddress> mac = MacAddress.parse(text);
    if (mac.isEmpty() && IpAddress.parse(text).isEmpty()) {
      throw new BadLine("lladdr is no MAC address: " + WordCursor.shown(text));
    }
    return mac;
  }

  private static List<Tree.Broken> readObjects(
      Source source, Optional<String> device, Common common, List<Row> rows) {
    List<Tree.Broken> unread = new ArrayList<>();
    JsonText.Rows objects = JsonText.rows(source);
    for (Tree object : objects.rows()) {
      try {
        rows.add(new Row(readObject(object, device, common), object.line()));
      } catch (BadLine e) {
        unread.add(new Tree.Broken(object.line(), e.reason()));
      }
    }
    objects.broken().ifPresent(unread::add);
    return unread;
  }

  private static Neighbour readObject(Tree object, Optional<String> device, Common common)
      throws BadLine {
    String text = object.text("dst").orElse("");
    IpAddress address =
        IpAddress.parse(text)
            .orElseThrow(() -> new BadLine("dst is no address: " + WordCursor.shown(text)));
    Optional<String> lladdr = object.text("lladdr");
    Set<String> states = new TreeSet<>();
    for (Tree state : object.items("state")) {
      if (state instanceof Tree.Scalar(var word, var kind, var line)) {
        states.add(word);
      }
    }
    Set<String> flags = new TreeSet<>();
    for (Map.Entry<String, Tree> member : object.members().entrySet()) {
      // a flag is a member without a value
      if (member.getValue() instanceof Tree.Scalar(var word, var kind, var line)
          && kind == Tree.Scalar.Kind.NULL) {
        flags.add(member.getKey());
      }
    }
    Optional<MacAddress> mac = lladdr.isPresent() ? mac(lladdr.get()) : Optional.empty();
    return new Neighbour(
        address,
        common.one(object.text("dev").or(() -> device)),
        mac,
        common.one(Set.copyOf(states)),
        common.one(Set.copyOf(flags)));
  }
}
