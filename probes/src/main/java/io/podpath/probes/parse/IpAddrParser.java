package io.podpath.probes.parse;

import com.google.auto.service.AutoService;
import io.podpath.core.net.IpAddress;
import io.podpath.core.node.Address;
import io.podpath.core.snapshot.Section;
import io.podpath.core.snapshot.Source;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;

/**
 * {@code ip addr}, as text, {@code -o}, {@code -br} or JSON; tells interfaces too. {@code -o} and
 * {@code -br} print an interface's state without its flags, so they give addresses only.
 */
@AutoService(OutputParser.class)
public final class IpAddrParser implements OutputParser {

  private static final Set<String> JSON_FLAGS = AddressLine.FLAGS;

  @Override
  public String name() {
    return "ip addr";
  }

  @Override
  public boolean reads(ShellCommand command) {
    return IpCommand.of(command, "ip")
        .filter(c -> c.isAbout("address", "a") && c.lists())
        .isPresent();
  }

  @Override
  public int likeness(String fileName, String text) {
    int hint = fileName.contains("addr") ? 10 : 0;
    if (JsonText.is(text)) {
      return JsonText.has(text, "addr_info") ? 85 + hint : 0;
    }
    int heads = 0;
    int addresses = 0;
    int others = 0;
    for (Lines.Line line : Lines.of(Source.ofFile("", text))) {
      List<String> words = line.words();
      if (LinkLines.isHead(words)) {
        heads++;
        if (BridgePortLine.is(words)) {
          return 0;
        }
      } else if (isAddress(words) || isOneline(words) || words.size() > 2 && isBrief(words)) {
        addresses++;
      } else if (!words.isEmpty()
          && !words.getFirst().startsWith("link/")
          && !words.getFirst().startsWith("valid_lft")) {
        others++;
      }
    }
    if (addresses == 0) {
      // a namespace in which nothing has an address
      return heads > 0 && hint > 0 ? 76 + hint : 0;
    }
    return others > 2 * (addresses + heads) ? 20 : 85 + hint;
  }

  /** Not {@code inet 10.0.0.1 netmask 255.255.255.0} of ifconfig. */
  private static boolean isAddress(List<String> words) {
    return AddressLine.is(words)
        && (words.contains("scope")
            || words.get(1).indexOf('/') > 0
            || Remark.endsCut(words.getLast()))
        && !words.contains("netmask")
        && !words.contains("prefixlen");
  }

  private static boolean isOneline(List<String> words) {
    return words.size() > 4
        && words.getFirst().endsWith(":")
        && isAddress(words.subList(2, words.size()));
  }

  private static boolean isBrief(List<String> words) {
    return Set.of("UP", "DOWN", "UNKNOWN", "LOWERLAYERDOWN", "DORMANT", "TESTING", "NOTPRESENT")
            .contains(words.get(1))
        && (words.get(2).indexOf('/') > 0 || words.contains("peer"))
        && IpAddress.parse(words.get(2).substring(0, (words.get(2) + "/").indexOf('/')))
            .isPresent();
  }

  @Override
  public Reading parse(Source source) {
    Optional<IpCommand> command = IpCommand.of(source, "ip");
    ReadingBuilder builder = new ReadingBuilder(source);
    Rows rows = new Rows();
    rows.withoutLinks = command.filter(c -> c.brief() || c.oneline()).isPresent();
    int rank = command.map(IpCommand::rank).orElse(20);
    if (JsonText.is(source.text())) {
      rank = 30;
      readObjects(source, rows, builder);
    } else {
      readLines(source, rows, builder);
    }
    announce(command, rows, rank, builder);
    rows.links.forEach(link -> builder.add(Section.LINKS, link.toLink(), link.line));
    rows.addresses.forEach(row -> builder.add(Section.ADDRESSES, row.address, row.line));
    return builder.build();
  }

  private record Row(Address address, int line) {}

  private static final class Rows {
    final List<LinkDraft> links = new ArrayList<>();
    final List<Row> addresses = new ArrayList<>();
    boolean withoutLinks;
  }

  private static void announce(
      Optional<IpCommand> command, Rows rows, int rank, ReadingBuilder builder) {
    // Every namespace has a loopback, so a listing without it is an excerpt, whatever the command
    // was.
    boolean loopback =
        rows.links.stream().anyMatch(l -> l.name.equals("lo"))
            || rows.addresses.stream().anyMatch(r -> r.address.device().equals("lo"));
    boolean all = loopback && (command.isEmpty() || command.get().selectors().isEmpty());
    boolean families = command.flatMap(IpCommand::family).isEmpty();
    if (all && families) {
      builder.whole(Section.ADDRESSES, rank);
    } else {
      builder.part(
          Section.ADDRESSES,
          rank,
          families ? "only some interfaces were shown" : "only one address family was shown");
    }
    if (rows.withoutLinks) {
      return;
    }
    // With -4 or -6 releases differ in whether interfaces without such an address are listed.
    if (all && families) {
      builder.whole(Section.LINKS, rank);
    } else {
      builder.part(Section.LINKS, rank, "only some interfaces were shown");
    }
  }

  private static void readObjects(Source source, Rows rows, ReadingBuilder builder) {
    JsonText.Rows objects = JsonText.rows(source);
    for (Tree object : objects.rows()) {
      try {
        LinkDraft link = LinkObject.read(object);
        String device = link.name;
        if (object.get("flags").isPresent()) {
          rows.links.add(link);
        } else {
          rows.withoutLinks = true;
        }
        for (Tree info : object.items("addr_info")) {
          if (!info.members().isEmpty()) {
            readAddress(info, device, rows, builder);
          }
        }
      } catch (BadLine e) {
        builder.unread(Section.LINKS, object.line(), e.reason());
        builder.unread(Section.ADDRESSES, object.line(), e.reason());
      }
    }
    objects
        .broken()
        .ifPresent(b -> {
          builder.unread(Section.LINKS, b);
          builder.unread(Section.ADDRESSES, b);
        });
  }

  private static void readAddress(Tree info, String device, Rows rows, ReadingBuilder builder) {
    try {
      IpAddress local = AddressLine.address(info.text("local").orElse(""));
      Optional<String> peer = info.text("address");
      Optional<String> broadcast = info.text("broadcast");
      Set<String> flags = new TreeSet<>();
      for (Map.Entry<String, Tree> member : info.members().entrySet()) {
        if (JSON_FLAGS.contains(member.getKey())
            && member.getValue() instanceof Tree.Scalar(var text, var kind, var line)
            && text.equals("true")) {
          flags.add(member.getKey());
        }
      }
      Address address =
          new Address(
              device,
              local,
              AddressLine.length("/" + info.text("prefixlen").orElse(""), local.family()),
              peer.isPresent() ? Optional.of(AddressLine.address(peer.get())) : Optional.empty(),
              broadcast.isPresent()
                  ? Optional.of(AddressLine.address(broadcast.get()))
                  : Optional.empty(),
              info.text("scope").orElseGet(() -> AddressLine.usualScope(local)),
              flags);
      rows.addresses.add(new Row(address, info.line()));
    } catch (BadLine e) {
      builder.unread(Section.ADDRESSES, info.line(), e.reason());
    }
  }

  private static void readLines(Source source, Rows rows, ReadingBuilder builder) {
    for (Lines.Line line : Lines.of(source)) {
      for (String piece : line.text().split("\\\\", -1)) {
        List<String> words = Lines.words(Remark.without(piece));
        if (words.isEmpty() || words.getFirst().equals("valid_lft")) {
          continue;
        }
        try {
          readLine(words, line.number(), rows);
        } catch (BadLine e) {
          builder.unread(Section.ADDRESSES, line.number(), e.reason());
          if (Remark.isCut(piece)) {
            builder.unread(Section.LINKS, line.number(), e.reason());
          }
        }
      }
    }
  }

  private static void readLine(List<String> words, int line, Rows rows) throws BadLine {
    if (LinkLines.isHead(words)) {
      rows.links.add(LinkLines.head(words, line));
    } else if (AddressLine.is(words)) {
      Optional<String> device =
          rows.links.isEmpty() ? Optional.empty() : Optional.of(rows.links.getLast().name);
      add(words, device, line, rows);
    } else if (isOneline(words)) {
      rows.withoutLinks = rows.links.isEmpty();
      add(words.subList(2, words.size()), Optional.of(words.get(1)), line, rows);
    } else if (words.size() > 1 && (words.size() == 2 ? rows.withoutLinks : isBrief(words))) {
      rows.withoutLinks = true;
      readBrief(words, line, rows);
    } else if (rows.links.isEmpty() || !LinkLines.body(rows.links.getLast(), words)) {
      throw new BadLine(
          Remark.isCut(words.getFirst()) ? "lines were left out here" : "no line of ip addr");
    }
  }

  private static void add(List<String> words, Optional<String> device, int line, Rows rows)
      throws BadLine {
    rows.addresses.add(
        new Row(AddressLine.read(words, device, Remark.endsCut(words.getLast())), line));
  }

  /**
   * {@code eth0@if7 UP 10.244.1.2/24 fe80::1/64}; scopes and broadcast addresses are not printed.
   */
  private static void readBrief(List<String> words, int line, Rows rows) throws BadLine {
    String full = words.getFirst();
    String device = full.indexOf('@') > 0 ? full.substring(0, full.indexOf('@')) : full;
    WordCursor cursor = new WordCursor(words.subList(2, words.size()));
    while (cursor.more()) {
      String word = cursor.take("address");
      if (word.equals("metric")) {
        cursor.take("metric");
        continue;
      }
      IpAddress local = AddressLine.address(word);
      Optional<IpAddress> peer = Optional.empty();
      String network = word;
      if (cursor.takeIf("peer")) {
        network = cursor.take("peer");
        peer = Optional.of(AddressLine.address(network));
      }
      rows.addresses.add(
          new Row(
              new Address(
                  device,
                  local,
                  AddressLine.length(network, local.family()),
                  peer,
                  Optional.empty(),
                  AddressLine.usualScope(local),
                  Set.of()),
              line));
    }
  }
}
