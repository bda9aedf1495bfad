package io.podpath.probes.parse;

import com.google.auto.service.AutoService;
import io.podpath.core.net.IpAddress;
import io.podpath.core.net.IpProtocol;
import io.podpath.core.net.Port;
import io.podpath.core.netfilter.ConntrackEntry;
import io.podpath.core.snapshot.Section;
import io.podpath.core.snapshot.Source;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;

/** {@code conntrack -L}, also {@code -o extended}, and {@code /proc/net/nf_conntrack}. */
@AutoService(OutputParser.class)
public final class ConntrackParser implements OutputParser {

  private static final int RANK = 20;

  /**
   * Options that pick entries; the first of each short and long pair is enough for one of them to
   * be there.
   */
  private static final List<String> PICKING =
      List.of(
          "-s",
          "-d",
          "-r",
          "-q",
          "-p",
          "-f",
          "-u",
          "-m",
          "-n",
          "-g",
          "-j",
          "-z",
          "-w",
          "--src",
          "--orig-src",
          "--dst",
          "--orig-dst",
          "--reply-src",
          "--reply-dst",
          "--proto",
          "--family",
          "--status",
          "--mark",
          "--src-nat",
          "--dst-nat",
          "--any-nat",
          "--sport",
          "--dport",
          "--orig-port-src",
          "--orig-port-dst",
          "--reply-port-src",
          "--reply-port-dst",
          "--state",
          "--zone");

  @Override
  public String name() {
    return "conntrack";
  }

  @Override
  public boolean reads(ShellCommand command) {
    boolean lists =
        command.hasOption("-L")
            || command.hasOption("--dump")
            || command.hasOption("-G")
            || command.hasOption("--get");
    return command.program().equals("conntrack") && lists && !command.operands().contains("expect")
        || readsProc(command);
  }

  private static boolean readsProc(ShellCommand command) {
    return command.program().equals("cat")
        && command.operands().size() == 1
        && (command.operands().getFirst().endsWith("/net/nf_conntrack")
            || command.operands().getFirst().endsWith("/net/ip_conntrack"));
  }

  @Override
  public int likeness(String fileName, String text) {
    int all = 0;
    int entries = 0;
    for (String line : text.lines().toList()) {
      if (line.isBlank()) {
        continue;
      }
      all++;
      List<String> words = Lines.words(line);
      // as words of their own: Open vSwitch's flows have them inside tunnel(…) and eth(…)
      boolean both =
          words.stream().filter(w -> w.startsWith("src=")).count() == 2
              && words.stream().filter(w -> w.startsWith("dst=")).count() == 2;
      // the events of conntrack -E begin with [NEW] or [UPDATE]
      entries += both && !words.getFirst().startsWith("[") ? 1 : 0;
    }
    return entries > 0 && entries * 2 >= all ? fileName.contains("conntrack") ? 95 : 90 : 0;
  }

  @Override
  public Reading parse(Source source) {
    ReadingBuilder builder = new ReadingBuilder(source);
    if (isWhole(source)) {
      builder.whole(Section.CONNTRACK, RANK);
    } else {
      builder.part(Section.CONNTRACK, RANK, "only some tracked connections were listed");
    }
    for (Lines.Line line : Lines.of(source)) {
      String text = line.text().strip();
      if (text.isEmpty() || text.contains("flow entries have been shown")) {
        continue;
      }
      Optional<ConntrackEntry> entry =
          text.indexOf("src=") < 0 ? Optional.empty() : entry(Lines.words(text));
      if (entry.isPresent()) {
        builder.add(Section.CONNTRACK, entry.get(), line.number());
      } else {
        builder.unread(
            Section.CONNTRACK,
            line.number(),
            text.startsWith("...")
                ? "lines were left out"
                : "an entry with both of its tuples in numbers");
      }
    }
    return builder.build();
  }

  private static boolean isWhole(Source source) {
    if (source.command().isEmpty()) {
      String name =
          source.file().substring(source.file().lastIndexOf('/') + 1).toLowerCase(Locale.ROOT);
      return name.startsWith("conntrack-l") || name.startsWith("nf_conntrack");
    }
    ShellCommand command = ShellCommand.parse(source.command().get());
    return readsProc(command)
        || command.hasOption("-L") && PICKING.stream().noneMatch(command::hasOption);
  }

  /**
   * {@code tcp 6 113 TIME_WAIT src=… dst=… sport=… dport=… [UNREPLIED] src=… dst=… sport=… dport=…
   * [ASSURED] mark=0 use=1}; the extended form has {@code ipv4 2} before it.
   */
  private static Optional<ConntrackEntry> entry(List<String> words) {
    int start = words.getFirst().startsWith("ipv") ? 2 : 0;
    if (words.size() < start + 4) {
      return Optional.empty();
    }
    Optional<IpProtocol> protocol = IpProtocol.parse(words.get(start + 1));
    int at = start + 2;
    Optional<String> state = Optional.empty();
    while (at < words.size() && words.get(at).indexOf('=') < 0) {
      String word = words.get(at++);
      if (!word.isEmpty() && Character.isLetter(word.charAt(0))) {
        state = Optional.of(word);
      }
    }
    Set<String> flags = new TreeSet<>();
    TupleWords original = new TupleWords();
    TupleWords reply = new TupleWords();
    boolean replying = false;
    long mark = 0;
    int originalZone = 0;
    int replyZone = 0;
    for (; at < words.size(); at++) {
      String word = words.get(at);
      if (word.startsWith("//") || word.startsWith("#")) {
        break;
      }
      if (word.startsWith("mark=")) {
        mark = number(word, 0xffff_ffffL);
      } else if (word.startsWith("zone")) {
        int zone = (int) number(word, 0xffff);
        originalZone = word.startsWith("zone-reply=") ? originalZone : zone;
        replyZone = word.startsWith("zone-orig=") ? replyZone : zone;
      } else if (word.startsWith("[") && word.endsWith("]") && word.indexOf('=') < 0) {
        flags.add(word.substring(1, word.length() - 1));
      } else {
        replying |= word.startsWith("src=") && !original.source.isEmpty();
        (replying ? reply : original).take(word);
      }
    }
    Optional<ConntrackEntry.Tuple> there = original.tuple();
    Optional<ConntrackEntry.Tuple> back = reply.tuple();
    return protocol.isPresent() && there.isPresent() && back.isPresent()
        ? Optional.of(
            new ConntrackEntry(
                protocol.get(),
                state,
                there.get(),
                back.get(),
                flags,
                mark,
                originalZone,
                replyZone))
        : Optional.empty();
  }

  /** What stands behind the equals sign; not told is 0. */
  private static long number(String word, long most) {
    return Amounts.plain(word.substring(word.indexOf('=') + 1)).filter(n -> n <= most).orElse(0L);
  }

  /** One direction while its words come. */
  private static final class TupleWords {
    private String source = "";
    private String destination = "";
    private String sourcePort = "";
    private String destinationPort = "";

    void take(String word) {
      String value = word.substring(word.indexOf('=') + 1);
      if (word.startsWith("src=")) {
        source = value;
      } else if (word.startsWith("dst=")) {
        destination = value;
      } else if (word.startsWith("sport=")) {
        sourcePort = value;
      } else if (word.startsWith("dport=")) {
        destinationPort = value;
      }
    }

    Optional<ConntrackEntry.Tuple> tuple() {
      Optional<IpAddress> from = IpAddress.parse(source);
      Optional<IpAddress> to = IpAddress.parse(destination);
      boolean masked = isMasked(sourcePort) || isMasked(destinationPort);
      return masked
          ? Optional.empty()
          : from.flatMap(s ->
              to.map(d -> new ConntrackEntry.Tuple(s, d, port(sourcePort), port(destinationPort))));
    }

    private static boolean isMasked(String port) {
      return !port.isEmpty() && port(port).isEmpty();
    }

    private static Optional<Port> port(String text) {
      return Amounts.plain(text).filter(n -> n <= 65535).map(n -> new Port(n.intValue()));
    }
  }
}
