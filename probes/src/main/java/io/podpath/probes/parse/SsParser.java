package io.podpath.probes.parse;

import com.google.auto.service.AutoService;
import io.podpath.core.net.IpAddress;
import io.podpath.core.net.Port;
import io.podpath.core.node.Socket;
import io.podpath.core.snapshot.Section;
import io.podpath.core.snapshot.Source;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * {@code ss}: TCP, UDP, SCTP and raw sockets; others are passed over. The columns for protocol and
 * state are left out where the command asks for one of them only.
 */
@AutoService(OutputParser.class)
public final class SsParser implements OutputParser {

  private static final Set<String> PROTOCOLS =
      Set.of("tcp", "udp", "raw", "sctp", "dccp", "mptcp", "icmp6", "udplite");

  /** Kinds without IP addresses. */
  private static final Set<String> LOCAL =
      Set.of(
          "u_str", "u_dgr", "u_seq", "nl", "p_raw", "p_dgr", "v_str", "v_dgr", "tipc", "ti-st",
          "ti-dg", "ti-rd", "ti-sq", "xdp", "???");

  private static final Set<String> STATES =
      Set.of(
          "LISTEN",
          "ESTAB",
          "UNCONN",
          "SYN-SENT",
          "SYN-RECV",
          "NEW-SYN-RECV",
          "FIN-WAIT-1",
          "FIN-WAIT-2",
          "TIME-WAIT",
          "CLOSE",
          "CLOSED",
          "CLOSE-WAIT",
          "LAST-ACK",
          "CLOSING",
          "BOUND-INACTIVE",
          "UNKNOWN");

  @Override
  public String name() {
    return "ss";
  }

  @Override
  public boolean reads(ShellCommand command) {
    return command.program().equals("ss")
        && !command.hasOption("-s")
        && !command.arguments().contains("--summary");
  }

  @Override
  public int likeness(String fileName, String text) {
    int hint = fileName.startsWith("ss") ? 5 : 0;
    int rows = 0;
    int others = 0;
    for (Lines.Line line : Lines.of(Source.ofFile("", text))) {
      List<String> words = line.words();
      if (isHeading(words)) {
        return 90 + hint;
      }
      boolean row = !words.isEmpty() && startsAsRow(words);
      rows += row ? 1 : 0;
      others += row || words.isEmpty() ? 0 : 1;
    }
    return rows > others ? 60 + hint : 0;
  }

  /** Not the heading of netstat, which says Foreign Address. */
  private static boolean isHeading(List<String> words) {
    return words.contains("Recv-Q")
        && words.contains("Send-Q")
        && words.contains("Local")
        && !words.contains("Foreign");
  }

  private static boolean startsAsRow(List<String> words) {
    int at = PROTOCOLS.contains(words.getFirst()) || LOCAL.contains(words.getFirst()) ? 1 : 0;
    return words.size() > at + 4
        && STATES.contains(words.get(at))
        && WordCursor.isNumber(words.get(at + 1))
        && WordCursor.isNumber(words.get(at + 2));
  }

  @Override
  public Reading parse(Source source) {
    Optional<ShellCommand> command = source.command().map(ShellCommand::parse);
    ReadingBuilder builder = new ReadingBuilder(source);
    if (command.filter(SsParser::showsAll).isPresent()) {
      builder.whole(Section.SOCKETS, 20);
    } else {
      builder.part(Section.SOCKETS, 20, "only some sockets were shown");
    }
    if (command.filter(SsParser::showsAllListeners).isPresent()) {
      builder.whole(Section.TCP_LISTENERS, 20);
    }
    for (Lines.Line line : Lines.of(source)) {
      List<String> words = Lines.words(Remark.without(line.text()));
      // details (-i, -e, -m) stand on lines of their own
      boolean details = line.indent() > 0 && !startsAsRow(words.isEmpty() ? List.of("") : words);
      if (words.isEmpty() || isHeading(words) || details || LOCAL.contains(words.getFirst())) {
        continue;
      }
      try {
        Socket socket = readLine(words, command);
        builder.add(Section.SOCKETS, socket, line.number());
        if (socket.state().equals("LISTEN")) {
          builder.add(Section.TCP_LISTENERS, socket, line.number());
        }
      } catch (BadLine e) {
        String reason = Remark.isCut(line.text()) ? "lines were left out here" : e.reason();
        builder.unread(Section.SOCKETS, line.number(), reason);
        builder.part(Section.TCP_LISTENERS, 20, "line " + line.number() + ": " + reason);
      }
    }
    return builder.build();
  }

  /** All states of TCP and UDP, which are the sockets pod traffic meets. */
  private static boolean showsAll(ShellCommand command) {
    boolean protocols = command.hasOption("-t") && command.hasOption("-u");
    boolean families = !command.hasOption("-4") && !command.hasOption("-6");
    return protocols
        && families
        && command.hasOption("-a")
        && !command.hasOption("-l")
        && command.operands().isEmpty();
  }

  private static boolean showsAllListeners(ShellCommand command) {
    return command.hasOption("-t")
        && (command.hasOption("-l") || command.hasOption("-a"))
        && !command.hasOption("-4")
        && !command.hasOption("-6")
        && command.operands().isEmpty();
  }

  private static Socket readLine(List<String> words, Optional<ShellCommand> command)
      throws BadLine {
    WordCursor cursor = new WordCursor(words);
    Optional<String> protocol =
        PROTOCOLS.contains(cursor.peek()) ? Optional.of(cursor.take("protocol")) : Optional.empty();
    Optional<String> state =
        STATES.contains(cursor.peek()) ? Optional.of(cursor.take("state")) : Optional.empty();
    cursor.number("Recv-Q");
    cursor.number("Send-Q");
    String local = end(cursor);
    String peer = end(cursor);
    String shown = state.or(() -> command.flatMap(SsParser::asked)).orElse("");
    return new Socket(
        protocol
            .or(() -> command.flatMap(SsParser::only))
            .orElse(shown.equals("UNCONN") ? "udp" : "tcp"),
        shown,
        address(local),
        port(local),
        address(peer),
        port(peer));
  }

  /**
   * Old releases pad address and port apart: {@code *:22}, but also {@code :::22} and {@code
   * 10.0.0.1 :22}.
   */
  private static String end(WordCursor cursor) throws BadLine {
    String word = cursor.take("address");
    return cursor.peek().startsWith(":") && word.lastIndexOf(':') < 0
        ? word + cursor.take("port")
        : word;
  }

  /** The state behind {@code state}, or LISTEN of {@code -l}. */
  private static Optional<String> asked(ShellCommand command) {
    List<String> words = command.arguments();
    int at = words.indexOf("state");
    if (at >= 0 && at + 1 < words.size()) {
      String state = words.get(at + 1);
      return Optional.of(
          state.equals("listening")
              ? "LISTEN"
              : state.equals("established") ? "ESTAB" : state.toUpperCase(java.util.Locale.ROOT));
    }
    return command.hasOption("-l") ? Optional.of("LISTEN") : Optional.empty();
  }

  /** The protocol when only one was asked for. */
  private static Optional<String> only(ShellCommand command) {
    boolean tcp = command.hasOption("-t") || command.arguments().contains("--tcp");
    boolean udp = command.hasOption("-u") || command.arguments().contains("--udp");
    return tcp == udp ? Optional.empty() : Optional.of(tcp ? "tcp" : "udp");
  }

  /** {@code *} is any address; brackets and a device behind {@code %} are dropped. */
  private static Optional<IpAddress> address(String word) throws BadLine {
    int colon = word.lastIndexOf(':');
    if (colon < 0) {
      throw new BadLine("no address and port: " + WordCursor.shown(word));
    }
    String host = word.substring(0, colon);
    int zone = host.indexOf('%');
    String bare = (zone >= 0 ? host.substring(0, zone) : host).replace("[", "").replace("]", "");
    if (bare.equals("*") || bare.isEmpty()) {
      return Optional.empty();
    }
    return Optional.of(
        IpAddress.parse(bare)
            .orElseThrow(() -> new BadLine("no address: " + WordCursor.shown(word))));
  }

  private static Optional<Port> port(String word) throws BadLine {
    String text = word.substring(word.lastIndexOf(':') + 1);
    if (text.equals("*")) {
      return Optional.empty();
    }
    Optional<Port> port = LinkDraft.port(text);
    if (port.isEmpty()) {
      throw new BadLine("a port by name (without -n): " + WordCursor.shown(text));
    }
    return port;
  }
}
