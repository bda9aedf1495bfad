package io.podpath.probes.parse;

import com.google.auto.service.AutoService;
import io.podpath.core.net.IpAddress;
import io.podpath.core.net.MacAddress;
import io.podpath.core.node.Neighbour;
import io.podpath.core.snapshot.Section;
import io.podpath.core.snapshot.Source;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * {@code arp -n}, {@code arp -an} and {@code /proc/net/arp}: IPv4 neighbours; of their state only
 * whether it is permanent or lacks a MAC.
 */
@AutoService(OutputParser.class)
public final class ArpParser implements OutputParser {

  @Override
  public String name() {
    return "arp";
  }

  @Override
  public boolean reads(ShellCommand command) {
    boolean file =
        command.program().equals("cat") && command.operands().equals(List.of("/proc/net/arp"));
    boolean lists = !command.hasOption("-s") && !command.hasOption("-d");
    return file || command.program().equals("arp") && lists;
  }

  @Override
  public int likeness(String fileName, String text) {
    int rows = 0;
    for (Lines.Line line : Lines.of(Source.ofFile("", text))) {
      List<String> words = line.words();
      if (isHeading(words)) {
        return 92;
      }
      rows += isBsd(words) ? 1 : 0;
    }
    return rows > 0 ? 85 : 0;
  }

  private static boolean isHeading(List<String> words) {
    return words.size() > 4
        && (words.getFirst().equals("Address") && words.get(1).equals("HWtype")
            || words.getFirst().equals("IP") && words.contains("HW"));
  }

  /** {@code ? (10.0.0.2) at 00:11:22:33:44:55 [ether] PERM on e0}. */
  private static boolean isBsd(List<String> words) {
    return words.size() > 4
        && words.get(1).startsWith("(")
        && words.get(1).endsWith(")")
        && words.get(2).equals("at")
        && words.contains("on");
  }

  @Override
  public Reading parse(Source source) {
    ReadingBuilder builder = new ReadingBuilder(source);
    Optional<ShellCommand> command = source.command().map(ShellCommand::parse);
    boolean all =
        command
            .filter(c -> c.program().equals("cat") || c.operands().isEmpty() && !c.hasOption("-i"))
            .isPresent();
    if (all) {
      builder.whole(Section.NEIGHBOURS, 10);
    } else {
      builder.part(Section.NEIGHBOURS, 10, "only some neighbours were shown");
    }
    for (Lines.Line line : Lines.of(source)) {
      List<String> words = Lines.words(Remark.without(line.text()));
      if (words.isEmpty()
          || isHeading(words)
          || words.getFirst().equals("Entries:")
          || words.getFirst().equals("arp:")) {
        continue;
      }
      try {
        Neighbour neighbour =
            isBsd(words) ? bsd(words) : isProc(words) ? proc(words) : table(words);
        builder.add(Section.NEIGHBOURS, neighbour, line.number());
      } catch (BadLine e) {
        builder.unread(
            Section.NEIGHBOURS,
            line.number(),
            Remark.isCut(line.text()) ? "lines were left out here" : e.reason());
      }
    }
    return builder.build();
  }

  private static Neighbour bsd(List<String> words) throws BadLine {
    IpAddress address = address(words.get(1).substring(1, words.get(1).length() - 1));
    int on = words.lastIndexOf("on");
    if (on + 1 >= words.size()) {
      throw new BadLine("no interface");
    }
    return neighbour(
        address, words.get(3), words.contains("PERM"), words.contains("PUB"), words.get(on + 1));
  }

  /**
   * {@code 10.0.0.2 ether 00:11:22:33:44:55 CM e0}; an incomplete one has neither type nor flags.
   */
  private static Neighbour table(List<String> words) throws BadLine {
    IpAddress address = address(words.getFirst());
    if (words.size() == 3 && words.get(1).equals("(incomplete)")) {
      return neighbour(address, "(incomplete)", false, false, words.get(2));
    }
    if (words.size() < 5
        || !words
            .get(3)
            .chars()
            .allMatch(c -> c == 'C' || c == 'M' || c == 'P' || c == '!' || c == 'D')) {
      throw new BadLine("no line of arp");
    }
    String flags = words.get(3);
    return neighbour(
        address, words.get(2), flags.indexOf('M') >= 0, flags.indexOf('P') >= 0, words.getLast());
  }

  private static boolean isProc(List<String> words) {
    return words.size() == 6 && words.get(1).startsWith("0x") && words.get(2).startsWith("0x");
  }

  /**
   * {@code 10.0.0.2 0x1 0x6 00:11:22:33:44:55 * e0}: flag 2 complete, 4 permanent, 8 published
   * ({@code if_arp.h}).
   */
  private static Neighbour proc(List<String> words) throws BadLine {
    int flags =
        words.get(2).length() == 3 ? Math.max(0, Character.digit(words.get(2).charAt(2), 16)) : 0;
    String mac = (flags & 2) != 0 ? words.get(3) : "(incomplete)";
    return neighbour(
        address(words.getFirst()), mac, (flags & 4) != 0, (flags & 8) != 0, words.get(5));
  }

  private static IpAddress address(String word) throws BadLine {
    return IpAddress.parse(word)
        .filter(IpAddress::isV4)
        .orElseThrow(() -> new BadLine("no IPv4 address: " + WordCursor.shown(word)));
  }

  private static Neighbour neighbour(
      IpAddress address, String mac, boolean permanent, boolean published, String device)
      throws BadLine {
    Optional<MacAddress> known = MacAddress.parse(mac);
    boolean incomplete = mac.equals("(incomplete)") || mac.equals("<incomplete>");
    if (known.isEmpty() && !incomplete && !published) {
      throw new BadLine("no MAC address: " + WordCursor.shown(mac));
    }
    // arp prints INCOMPLETE and FAILED alike
    Set<String> states =
        incomplete
            ? Set.of("INCOMPLETE")
            : permanent && !published ? Set.of("PERMANENT") : Set.of();
    return new Neighbour(
        address, Optional.of(device), known, states, published ? Set.of("proxy") : Set.of());
  }
}
