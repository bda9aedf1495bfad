package io.podpath.probes.parse;

import com.google.auto.service.AutoService;
import io.podpath.core.net.IpAddress;
import io.podpath.core.net.MacAddress;
import io.podpath.core.net.Port;
import io.podpath.core.net.Vni;
import io.podpath.core.node.FdbEntry;
import io.podpath.core.snapshot.Section;
import io.podpath.core.snapshot.Source;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import java.util.TreeSet;

/**
 * {@code bridge fdb}, as text or JSON; a listing of one interface leaves its name out, then the
 * command tells it.
 */
@AutoService(OutputParser.class)
public final class BridgeFdbParser implements OutputParser {

  /**
   * Words that may follow {@code master} when it is a flag and not the name of a bridge (iproute2
   * {@code fdb.c: print_fdb}).
   */
  private static final Set<String> FLAGS =
      Set.of(
          "self",
          "master",
          "router",
          "extern_learn",
          "offload",
          "sticky",
          "locked",
          "static",
          "permanent",
          "noarp",
          "stale",
          "delay",
          "probe",
          "added_by_user");

  private record Row(FdbEntry entry, int line) {}

  @Override
  public String name() {
    return "bridge fdb";
  }

  @Override
  public boolean reads(ShellCommand command) {
    return IpCommand.of(command, "bridge")
        .filter(c -> c.isAbout("fdb", "f") && c.lists())
        .isPresent();
  }

  @Override
  public int likeness(String fileName, String text) {
    int hint = fileName.contains("fdb") ? 10 : 0;
    if (JsonText.is(text)) {
      return JsonText.has(text, "mac")
              && JsonText.has(text, "flags")
              && !JsonText.has(text, "addr_info")
          ? 85 + hint
          : 0;
    }
    int entries = 0;
    int others = 0;
    for (Lines.Line line : Lines.of(Source.ofFile("", text))) {
      List<String> words = line.words();
      if (words.isEmpty() || Remark.isCut(line.text())) {
        continue;
      }
      boolean entry =
          MacAddress.parse(words.getFirst()).isPresent()
              && words.size() > 1
              && (words.contains("dev")
                  || words.contains("dst")
                  || words.contains("self")
                  || words.contains("master"));
      entries += entry ? 1 : 0;
      others += entry ? 0 : 1;
    }
    return entries > others ? 85 + hint : 0;
  }

  @Override
  public Reading parse(Source source) {
    Optional<IpCommand> command = IpCommand.of(source, "bridge");
    Optional<String> device =
        command.flatMap(c -> c.selector("dev").or(() -> c.selector("brport")));
    List<Row> rows = new ArrayList<>();
    Common common = new Common();
    boolean json = JsonText.is(source.text());
    List<Tree.Broken> unread =
        json ? readObjects(source, device, common, rows) : readLines(source, device, common, rows);
    int rank = json ? 30 : command.map(IpCommand::rank).orElse(20);
    ReadingBuilder builder = new ReadingBuilder(source);
    if (isWhole(source, command, rows)) {
      builder.whole(Section.FDB, rank);
    } else {
      builder.part(Section.FDB, rank, "only some entries were shown");
    }
    rows.forEach(r -> builder.add(Section.FDB, r.entry, r.line));
    unread.forEach(u -> builder.unread(Section.FDB, u));
    return builder.build();
  }

  /**
   * Every interface that is up lists its own all-nodes group, which nobody pastes who picks lines.
   */
  private static boolean isWhole(Source source, Optional<IpCommand> command, List<Row> rows) {
    if (command.isPresent()) {
      return command.get().selectors().isEmpty();
    }
    boolean named =
        source
            .file()
            .substring(source.file().lastIndexOf('/') + 1)
            .toLowerCase(Locale.ROOT)
            .contains("fdb");
    MacAddress allNodes = MacAddress.of("33:33:00:00:00:01");
    return named
        && rows.stream().allMatch(r -> r.entry.device().isPresent())
        && rows.stream().anyMatch(r -> r.entry.mac().equals(allNodes));
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

  private static FdbEntry readLine(List<String> words, Optional<String> shown, Common common)
      throws BadLine {
    WordCursor cursor = new WordCursor(words);
    MacAddress mac = mac(cursor.take("address"));
    Optional<String> device = shown;
    Optional<IpAddress> destination = Optional.empty();
    Optional<Port> port = Optional.empty();
    Optional<Vni> vni = Optional.empty();
    OptionalInt vlan = OptionalInt.empty();
    Optional<String> master = Optional.empty();
    Set<String> flags = new TreeSet<>();
    while (cursor.more()) {
      String word = cursor.take("word");
      switch (word) {
        case "dev" -> device = Optional.of(cursor.take("device"));
        case "dst" -> destination = Optional.of(cursor.address("dst"));
        case "port" -> port = LinkDraft.port(cursor.take("port"));
        case "vni" -> vni = LinkDraft.vni(cursor.take("vni"));
        case "vlan" -> vlan = OptionalInt.of(cursor.small("vlan"));
        case "master" -> {
          if (cursor.more() && !FLAGS.contains(cursor.peek())) {
            master = Optional.of(cursor.take("master"));
          } else {
            flags.add("master");
          }
        }
        case "nhid" -> flags.add("nhid " + cursor.take("nhid"));
        case "via", "used", "updated", "src_vni", "link-netnsid", "link-netns", "activity_notify" ->
            cursor.take(word);
        default -> {
          if (MacAddress.parse(word).isPresent() || word.equals(">")) {
            throw new BadLine("no entry of a forwarding database");
          }
          flags.add(word);
        }
      }
    }
    return new FdbEntry(
        mac,
        common.one(device),
        destination,
        port,
        vni,
        vlan,
        common.one(master),
        common.one(Set.copyOf(flags)));
  }

  private static MacAddress mac(String text) throws BadLine {
    return MacAddress.parse(text)
        .orElseThrow(() -> new BadLine("no MAC address: " + WordCursor.shown(text)));
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

  private static FdbEntry readObject(Tree object, Optional<String> device, Common common)
      throws BadLine {
    Optional<String> text = object.text("dst");
    Optional<IpAddress> destination = text.flatMap(IpAddress::parse);
    if (text.isPresent() && destination.isEmpty()) {
      throw new BadLine("dst is no address: " + WordCursor.shown(text.get()));
    }
    Set<String> flags = new TreeSet<>();
    for (Tree flag : object.items("flags")) {
      if (flag instanceof Tree.Scalar(var word, var kind, var line)) {
        flags.add(word);
      }
    }
    object.text("state").filter(s -> !s.isEmpty()).ifPresent(flags::add);
    object.text("nhid").ifPresent(id -> flags.add("nhid " + id));
    long vlan = object.number("vlan").orElse(-1);
    return new FdbEntry(
        mac(object.text("mac").orElse("")),
        common.one(object.text("ifname").or(() -> device)),
        destination,
        object.text("port").flatMap(LinkDraft::port),
        object.text("vni").flatMap(LinkDraft::vni),
        vlan >= 0 && vlan < 4096 ? OptionalInt.of((int) vlan) : OptionalInt.empty(),
        common.one(object.text("master")),
        common.one(Set.copyOf(flags)));
  }
}
