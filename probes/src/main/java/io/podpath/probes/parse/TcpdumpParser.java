package io.podpath.probes.parse;

import com.google.auto.service.AutoService;
import io.podpath.core.net.MacAddress;
import io.podpath.core.snapshot.Section;
import io.podpath.core.snapshot.Source;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/**
 * {@code tcpdump -n}, also with {@code -e} and {@code -v}, whose packets take several lines.
 * Packets that are no IP (ARP, spanning tree) are passed over; a capture never shows everything, so
 * nothing is ever absent from it.
 */
@AutoService(OutputParser.class)
public final class TcpdumpParser implements OutputParser {

  private static final Set<String> DIRECTIONS = Set.of("In", "Out", "B", "M", "P");

  @Override
  public String name() {
    return "tcpdump";
  }

  @Override
  public boolean reads(ShellCommand command) {
    return command.program().equals("tcpdump") && !command.hasOption("-w");
  }

  @Override
  public int likeness(String fileName, String text) {
    int hint = fileName.contains("tcpdump") ? 10 : 0;
    int packets = 0;
    int others = 0;
    for (Lines.Line line : Lines.of(Source.ofFile("", text))) {
      List<String> words = line.words();
      if (words.isEmpty() || line.indent() > 0 || isAbout(line.text())) {
        continue;
      }
      boolean packet =
          line.text().contains(" > ")
              && (isTime(words.getFirst())
                  || beginsFrame(words)
                  || words.getFirst().startsWith("IP"));
      packet |=
          isTime(words.getFirst())
              && (words.contains("IP") || words.contains("IP6") || words.contains("ARP,"));
      packets += packet ? 1 : 0;
      others += packet ? 0 : 1;
    }
    return packets > others ? 80 + hint : 0;
  }

  @Override
  public Reading parse(Source source) {
    ReadingBuilder builder = new ReadingBuilder(source);
    builder.part(Section.PACKETS, 20, "a capture shows what passed, not all there is");
    StringBuilder open = new StringBuilder();
    int first = 0;
    for (Lines.Line line : Lines.of(source)) {
      String text = Remark.without(line.text()).strip();
      if (text.isEmpty() || isAbout(text) || text.startsWith("//") || text.startsWith("0x")) {
        continue;
      }
      if (!open.isEmpty() && isUnfinished(open) && !isTime(firstWord(text))) {
        open.append(' ').append(text);
      } else if (line.indent() == 0 || open.isEmpty()) {
        flush(open, first, builder);
        open.append(text);
        first = line.number();
      }
    }
    flush(open, first, builder);
    return builder.build();
  }

  /** Lines of tcpdump about itself. */
  private static boolean isAbout(String text) {
    return text.startsWith("tcpdump:")
        || text.startsWith("listening on ")
        || text.startsWith("reading from ")
        || text.startsWith("dropped privs")
        || text.startsWith("Warning:")
        || text.startsWith("^C")
        || text.contains(" packets captured")
        || text.contains(" packet captured")
        || text.contains(" received by filter")
        || text.contains(" dropped by ");
  }

  /**
   * Whether the next line goes on with this packet: the header of {@code -v} and the head of VXLAN
   * end before the addresses.
   */
  private static boolean isUnfinished(CharSequence packet) {
    String text = packet.toString();
    if (text.length() > 4000) {
      return false;
    }
    int header = -1;
    for (String field : List.of("(tos ", "(flowlabel ", "(class ", "(hlim ")) {
      header = Math.max(header, text.lastIndexOf(field));
    }
    boolean fields = text.endsWith(")") && header >= 0 && text.lastIndexOf(" > ") < header;
    int overlay = Math.max(text.lastIndexOf("OTV, "), text.lastIndexOf("VXLAN, "));
    boolean tunnel = overlay >= 0 && text.indexOf(" > ", overlay) < 0;
    return fields || tunnel;
  }

  private static void flush(StringBuilder open, int line, ReadingBuilder builder) {
    if (open.isEmpty()) {
      return;
    }
    String text = open.toString();
    open.setLength(0);
    List<String> words = new ArrayList<>(Lines.words(text));
    String time = time(words);
    direction(words);
    if (frame(words)) {
      return;
    }
    String packet = String.join(" ", words);
    if (packet.startsWith("ARP")
        || packet.startsWith("LLDP")
        || packet.startsWith("STP")
        || packet.startsWith("Request who-has")
        || packet.startsWith("Reply ")) {
      return;
    }
    try {
      builder.add(Section.PACKETS, PacketText.read(packet, time), line);
    } catch (BadLine e) {
      builder.unread(
          Section.PACKETS, line, Remark.isCut(packet) ? "lines were left out here" : e.reason());
    }
  }

  private static String firstWord(String text) {
    int end = text.indexOf(' ');
    return end < 0 ? text : text.substring(0, end);
  }

  /** {@code 09:44:19.845193}. */
  private static boolean isTime(String word) {
    return word.length() >= 8
        && word.charAt(2) == ':'
        && word.charAt(5) == ':'
        && word.chars().allMatch(c -> c >= '0' && c <= '9' || c == ':' || c == '.');
  }

  /** {@code 2021-10-27} of {@code -tttt}. */
  private static boolean isDate(String word) {
    return word.length() == 10
        && word.charAt(4) == '-'
        && word.charAt(7) == '-'
        && Character.isDigit(word.charAt(0));
  }

  private static String time(List<String> words) {
    String time = "";
    if (words.size() > 1 && isDate(words.getFirst()) && isTime(words.get(1))) {
      time = words.removeFirst() + " ";
    }
    return words.size() > 1 && isTime(words.getFirst()) ? time + words.removeFirst() : time.strip();
  }

  /** {@code -i any} writes the interface and the direction first. */
  private static void direction(List<String> words) {
    if (words.size() > 3
        && DIRECTIONS.contains(words.get(1))
        && !words.getFirst().startsWith("IP")) {
      words.removeFirst();
    }
    if (words.size() > 2 && DIRECTIONS.contains(words.getFirst())) {
      words.removeFirst();
    }
  }

  private static boolean beginsFrame(List<String> words) {
    return words.size() > 3
        && words.get(1).equals(">")
        && MacAddress.parse(words.getFirst()).isPresent();
  }

  /**
   * Drops {@code MAC > MAC, ethertype IPv4 (0x0800), length 118:} of {@code -e}.
   *
   * @return whether the frame carries something else than IP
   */
  private static boolean frame(List<String> words) {
    int at =
        beginsFrame(words) ? 3 : !words.isEmpty() && words.getFirst().equals("ethertype") ? 0 : -1;
    if (at < 0) {
      return false;
    }
    int type = words.indexOf("ethertype");
    boolean ip = type >= 0 && type + 1 < words.size() && words.get(type + 1).startsWith("IPv");
    boolean tagged =
        type >= 0 && type + 1 < words.size() && words.get(type + 1).startsWith("802.1Q");
    if (!ip && !tagged) {
      return true;
    }
    int end = at;
    while (end < words.size()
        && !(words.get(end).endsWith(":")
            && WordCursor.isNumber(words.get(end).substring(0, words.get(end).length() - 1)))) {
      end++;
    }
    words.subList(0, Math.min(words.size(), end + 1)).clear();
    return tagged && words.stream().noneMatch(">"::equals);
  }
}
