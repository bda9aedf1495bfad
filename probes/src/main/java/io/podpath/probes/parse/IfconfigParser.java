package io.podpath.probes.parse;

import com.google.auto.service.AutoService;
import io.podpath.core.net.IpAddress;
import io.podpath.core.net.IpPrefix;
import io.podpath.core.node.Address;
import io.podpath.core.snapshot.Section;
import io.podpath.core.snapshot.Source;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;

/**
 * {@code ifconfig}, in the form of net-tools 2 ({@code eth0: flags=4163<UP,…>}) and the one before
 * ({@code eth0 Link encap:Ethernet}). It asks for one IPv4 address per interface name ({@code
 * SIOCGIFADDR}), so further addresses are missing, and without {@code -a} so are interfaces that
 * are down.
 */
@AutoService(OutputParser.class)
public final class IfconfigParser implements OutputParser {

  /** Words of the old form that are flags. */
  private static final Set<String> FLAGS =
      Set.of(
          "UP",
          "BROADCAST",
          "DEBUG",
          "LOOPBACK",
          "POINTOPOINT",
          "NOTRAILERS",
          "RUNNING",
          "NOARP",
          "PROMISC",
          "ALLMULTI",
          "SLAVE",
          "MASTER",
          "MULTICAST",
          "DYNAMIC");

  @Override
  public String name() {
    return "ifconfig";
  }

  @Override
  public boolean reads(ShellCommand command) {
    return command.program().equals("ifconfig") && command.operands().size() < 2;
  }

  @Override
  public int likeness(String fileName, String text) {
    int hint = fileName.contains("ifconfig") ? 10 : 0;
    int heads = 0;
    for (Lines.Line line : Lines.of(Source.ofFile("", text))) {
      List<String> words = line.words();
      heads += isNewHead(words) || isOldHead(words) ? 1 : 0;
    }
    return heads > 0 ? 85 + hint : 0;
  }

  /** {@code eth0: flags=4163<UP,BROADCAST,RUNNING,MULTICAST> mtu 1500}. */
  private static boolean isNewHead(List<String> words) {
    return words.size() > 1
        && words.getFirst().endsWith(":")
        && words.get(1).startsWith("flags=")
        && words.get(1).endsWith(">");
  }

  /** {@code eth0 Link encap:Ethernet HWaddr 00:0c:29:18:00:01}. */
  private static boolean isOldHead(List<String> words) {
    return words.size() > 2 && words.get(1).equals("Link") && words.get(2).startsWith("encap:");
  }

  private record Row(Address address, int line) {}

  @Override
  public Reading parse(Source source) {
    ReadingBuilder builder = new ReadingBuilder(source);
    List<LinkDraft> links = new ArrayList<>();
    List<Row> addresses = new ArrayList<>();
    for (Lines.Line line : Lines.of(source)) {
      List<String> words = Lines.words(Remark.without(line.text()));
      if (words.isEmpty()) {
        continue;
      }
      try {
        readLine(words, line.number(), links, addresses);
      } catch (BadLine e) {
        builder.unread(
            Section.ADDRESSES,
            line.number(),
            Remark.isCut(line.text()) ? "lines were left out here" : e.reason());
        if (!words.getFirst().startsWith("inet")) {
          builder.unread(Section.LINKS, line.number(), e.reason());
        }
      }
    }
    Optional<ShellCommand> command = source.command().map(ShellCommand::parse);
    if (command.filter(c -> c.hasOption("-a") && c.operands().isEmpty()).isPresent()) {
      builder.whole(Section.LINKS, 10);
    } else {
      builder.part(Section.LINKS, 10, "ifconfig without -a leaves out what is down");
    }
    builder.part(Section.ADDRESSES, 10, "ifconfig leaves out further addresses of an interface");
    // eth0:1 is a label of an address, no interface
    links.stream()
        .filter(l -> l.name.indexOf(':') < 0)
        .forEach(l -> builder.add(Section.LINKS, l.toLink(), l.line));
    addresses.forEach(r -> builder.add(Section.ADDRESSES, r.address, r.line));
    return builder.build();
  }

  private static void readLine(
      List<String> words, int line, List<LinkDraft> links, List<Row> addresses) throws BadLine {
    String first = words.getFirst();
    if (isNewHead(words)) {
      links.add(newHead(words, line));
    } else if (isOldHead(words)) {
      links.add(oldHead(words, line));
    } else if (links.isEmpty()) {
      throw new BadLine("no line of ifconfig");
    } else if (first.equals("inet") || first.equals("inet6")) {
      String name = links.getLast().name;
      String device = name.indexOf(':') > 0 ? name.substring(0, name.indexOf(':')) : name;
      addresses.add(
          new Row(first.equals("inet") ? inet(words, device) : inet6(words, device), line));
    } else {
      body(words, links.getLast());
    }
  }

  private static LinkDraft newHead(List<String> words, int line) {
    LinkDraft draft =
        new LinkDraft(line, words.getFirst().substring(0, words.getFirst().length() - 1));
    String flags = words.get(1);
    int open = flags.indexOf('<');
    if (open > 0) {
      addFlags(List.of(flags.substring(open + 1, flags.length() - 1).split(",", -1)), draft);
    }
    int mtu = words.indexOf("mtu");
    draft.mtu =
        mtu > 0 && mtu + 1 < words.size() ? LinkDraft.mtu(words.get(mtu + 1)) : Optional.empty();
    return draft;
  }

  private static LinkDraft oldHead(List<String> words, int line) {
    LinkDraft draft = new LinkDraft(line, words.getFirst());
    String encap = words.get(2).substring(6).toLowerCase(Locale.ROOT);
    int hardware = words.indexOf("HWaddr");
    Optional<String> mac =
        hardware > 0 && hardware + 1 < words.size()
            ? Optional.of(words.get(hardware + 1))
            : Optional.empty();
    hardware(encap, mac, draft);
    return draft;
  }

  /**
   * The names of {@code ip link} for those of ifconfig; a tunnel's ends are not printed, so its
   * kind stays open.
   */
  private static void hardware(String word, Optional<String> mac, LinkDraft draft) {
    switch (word) {
      case "ethernet", "ether" -> draft.hardware("ether", mac, Optional.empty());
      case "local", "loop" -> draft.hardware("loopback", Optional.empty(), Optional.empty());
      case "ipip" -> draft.linkType = "ipip";
      default -> {}
    }
  }

  private static void body(List<String> words, LinkDraft draft) throws BadLine {
    switch (words.getFirst()) {
      case "ether" ->
          hardware("ether", words.size() > 1 ? Optional.of(words.get(1)) : Optional.empty(), draft);
      case "loop" -> hardware("loop", Optional.empty(), draft);
      case "tunnel" -> hardware(words.contains("(IPIP") ? "ipip" : "", Optional.empty(), draft);
      case "RX",
          "TX",
          "unspec",
          "device",
          "Base",
          "sit",
          "ppp",
          "slip",
          "infiniband",
          "tunnel6",
          "dstaddr" -> {}
      default -> {
        boolean flags = FLAGS.contains(words.getFirst());
        if (flags) {
          addFlags(words.stream().filter(FLAGS::contains).toList(), draft);
          words.stream()
              .filter(w -> w.startsWith("MTU:"))
              .findFirst()
              .flatMap(w -> LinkDraft.mtu(w.substring(4)))
              .ifPresent(m -> draft.mtu = Optional.of(m));
        } else if (words.getFirst().indexOf(':') < 0 && !words.getFirst().startsWith("[")) {
          throw new BadLine("no line of ifconfig");
        }
      }
    }
  }

  /**
   * {@code ip link} shows RUNNING as LOWER_UP, and an interface that is up without it as
   * NO-CARRIER.
   */
  private static void addFlags(List<String> words, LinkDraft draft) {
    words.stream().filter(w -> !w.isEmpty() && !w.equals("RUNNING")).forEach(draft.flags::add);
    if (words.contains("RUNNING")) {
      draft.flags.add("LOWER_UP");
    } else if (words.contains("UP")) {
      draft.flags.add("NO-CARRIER");
    }
  }

  /** Value of {@code netmask 255.255.255.0} or {@code Mask:255.255.255.0}. */
  private static Optional<String> value(List<String> words, String name, String oldName) {
    for (int i = 0; i < words.size(); i++) {
      if (words.get(i).equals(name) && i + 1 < words.size()) {
        return Optional.of(words.get(i + 1));
      }
      if (words.get(i).startsWith(oldName) && words.get(i).length() > oldName.length()) {
        return Optional.of(words.get(i).substring(oldName.length()));
      }
    }
    return Optional.empty();
  }

  private static Address inet(List<String> words, String device) throws BadLine {
    IpAddress local =
        AddressLine.address(
            value(words, "inet", "addr:")
                .filter(w -> !w.startsWith("addr:"))
                .or(() -> value(words, "-", "addr:"))
                .orElse(""));
    Optional<String> mask = value(words, "netmask", "Mask:");
    Optional<IpPrefix> network = mask.flatMap(m -> IpPrefix.fromNetmask(local, hexMask(m)));
    if (!local.isV4() || network.isEmpty()) {
      throw new BadLine("an address without a netmask");
    }
    Optional<IpAddress> peer =
        value(words, "destination", "P-t-P:")
            .flatMap(IpAddress::parse)
            .filter(p -> !p.equals(local));
    Optional<IpAddress> broadcast =
        value(words, "broadcast", "Bcast:")
            .flatMap(IpAddress::parse)
            .filter(b -> !b.isUnspecified());
    return new Address(
        device,
        local,
        network.get().length(),
        peer,
        broadcast,
        AddressLine.usualScope(local),
        Set.of());
  }

  /** busybox and BSD print {@code 0xffffff00}. */
  private static String hexMask(String mask) {
    if (!mask.startsWith("0x") || mask.length() != 10) {
      return mask;
    }
    long bits = 0;
    for (int i = 2; i < 10; i++) {
      int digit = mask.charAt(i) < 128 ? Character.digit(mask.charAt(i), 16) : -1;
      if (digit < 0) {
        return mask;
      }
      bits = bits << 4 | digit;
    }
    return IpAddress.ofV4(bits).toString();
  }

  /**
   * {@code inet6 fe80::1 prefixlen 64 scopeid 0x20<link>}, {@code inet6 addr: fe80::1/64
   * Scope:Link}.
   */
  private static Address inet6(List<String> words, String device) throws BadLine {
    String word =
        words.size() > 2 && words.get(1).equals("addr:")
            ? words.get(2)
            : words.size() > 1 ? words.get(1) : "";
    IpAddress local = AddressLine.address(word);
    String length =
        value(words, "prefixlen", "prefixlen:")
            .orElse(word.indexOf('/') > 0 ? word.substring(word.indexOf('/') + 1) : "");
    Optional<String> scope =
        value(words, "scopeid", "Scope:")
            .map(s -> s.indexOf('<') >= 0 ? s.substring(s.indexOf('<') + 1).replace(">", "") : s);
    if (local.isV4()) {
      throw new BadLine("inet6 with an IPv4 address");
    }
    return new Address(
        device,
        local,
        AddressLine.length("/" + length, local.family()),
        Optional.empty(),
        Optional.empty(),
        scope.map(s -> s.toLowerCase(Locale.ROOT)).orElseGet(() -> AddressLine.usualScope(local)),
        Set.of());
  }
}
