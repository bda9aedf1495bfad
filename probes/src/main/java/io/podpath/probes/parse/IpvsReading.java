package io.podpath.probes.parse;

import io.podpath.core.net.IpAddress;
import io.podpath.core.net.IpProtocol;
import io.podpath.core.net.Port;
import io.podpath.core.netfilter.VirtualServer;
import io.podpath.core.snapshot.Section;
import io.podpath.core.snapshot.Source;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;

/**
 * Reads virtual servers with their real servers. One whose real servers could not all be read is
 * left out: it would look like fewer.
 */
final class IpvsReading {

  private static final int RANK = 20;
  private static final int RANK_STATS = 10;

  private final Source source;
  private final Optional<ShellCommand> command;
  private final ReadingBuilder builder;
  private final List<Open> services = new ArrayList<>();
  private boolean header;
  private boolean stats;
  private boolean saved;
  private boolean noModule;

  /** A virtual server whose real servers still come. */
  private static final class Open {
    private final VirtualServer head;
    private final int line;
    private final List<VirtualServer.RealServer> servers = new ArrayList<>();
    private boolean broken;

    Open(VirtualServer head, int line) {
      this.head = head;
      this.line = line;
    }
  }

  record Endpoint(IpAddress address, Port port) {}

  IpvsReading(Source source) {
    this.source = source;
    this.command = source.command().map(ShellCommand::parse);
    this.builder = new ReadingBuilder(source);
  }

  Reading read() {
    for (Lines.Line line : Lines.of(source)) {
      List<String> words = withoutRemark(line.words());
      if (!words.isEmpty()) {
        line(words, line.text(), line.number());
      }
    }
    state();
    for (Open service : services) {
      add(service);
    }
    return builder.build();
  }

  private static List<String> withoutRemark(List<String> words) {
    for (int i = 0; i < words.size(); i++) {
      if (words.get(i).startsWith("//") || words.get(i).startsWith("#")) {
        return words.subList(0, i);
      }
    }
    return words;
  }

  private void line(List<String> words, String text, int number) {
    String first = words.getFirst();
    if (text.contains("IP Virtual Server version")) {
      header = true;
    } else if (words.contains("LocalAddress:Port")) {
      header = true;
      stats = !words.contains("Scheduler");
    } else if (words.contains("RemoteAddress:Port")) {
      header = true;
    } else if (text.contains("initialize ipvs") && text.contains("Protocol not available")) {
      noModule = true;
    } else if (text.contains("built in the kernel or as module")) {
      header |= noModule;
    } else if (first.equals("-A") || first.equals("-a")) {
      saved = true;
      saved(words, number);
    } else if (first.equals("->")) {
      server(words, number);
    } else if (first.equals("TCP")
        || first.equals("UDP")
        || first.equals("SCTP")
        || first.equals("FWM")) {
      service(words, number);
    } else {
      unread(number, first.startsWith("...") ? "lines were left out" : "not a line of ipvsadm");
    }
  }

  private void unread(int number, String reason) {
    builder.unread(Section.IPVS, number, reason);
    if (!services.isEmpty()) {
      services.getLast().broken = true;
    }
  }

  /** Connections ({@code ipvsadm -Lnc}) begin alike, but have a time where the address stands. */
  static boolean isService(List<String> words) {
    return switch (words.getFirst()) {
      case "TCP", "UDP", "SCTP" -> endpoint(words.get(1)).isPresent();
      case "FWM" -> Amounts.plain(words.get(1)).isPresent();
      default -> false;
    };
  }

  /** {@code TCP 10.96.0.1:443 rr persistent 10800} or {@code FWM 1 IPv6 rr}. */
  private void service(List<String> words, int number) {
    boolean mark = words.getFirst().equals("FWM");
    int at = mark && words.size() > 2 && words.get(2).equals("IPv6") ? 3 : 2;
    String scheduler =
        stats || words.size() <= at || Amounts.rounded(words.get(at)).isPresent()
            ? ""
            : words.get(at);
    Optional<Long> firewallMark =
        mark && words.size() > 1 ? Amounts.plain(words.get(1)) : Optional.empty();
    Optional<Endpoint> endpoint =
        mark || words.size() < 2 ? Optional.empty() : endpoint(words.get(1));
    int word = words.indexOf("persistent");
    OptionalInt persistent =
        word < 0 || word + 1 >= words.size() ? OptionalInt.empty() : seconds(words.get(word + 1));
    open(IpProtocol.parse(words.getFirst()), endpoint, firewallMark, scheduler, persistent, number);
  }

  private static OptionalInt seconds(String text) {
    return Amounts.plain(text)
        .filter(n -> n <= Integer.MAX_VALUE)
        .map(n -> OptionalInt.of(n.intValue()))
        .orElse(OptionalInt.empty());
  }

  private void open(
      Optional<IpProtocol> protocol,
      Optional<Endpoint> endpoint,
      Optional<Long> mark,
      String scheduler,
      OptionalInt persistent,
      int number) {
    boolean broken = endpoint.isEmpty() && mark.isEmpty();
    VirtualServer head =
        new VirtualServer(
            protocol,
            endpoint.map(Endpoint::address),
            endpoint.map(Endpoint::port),
            mark,
            scheduler,
            persistent,
            List.of());
    Open service = new Open(head, number);
    service.broken = broken;
    services.add(service);
    if (broken) {
      builder.unread(Section.IPVS, number, "a virtual server with an address in numbers");
    }
  }

  /** {@code -> 10.244.0.2:80 Masq 1 0 0}; with {@code --stats} numbers follow at once. */
  private void server(List<String> words, int number) {
    Optional<Endpoint> endpoint = words.size() < 2 ? Optional.empty() : endpoint(words.get(1));
    if (services.isEmpty() || endpoint.isEmpty()) {
      unread(number, "a real server with an address in numbers, below its virtual server");
      return;
    }
    boolean shown = words.size() >= 4 && Amounts.rounded(words.get(2)).isEmpty();
    if (!shown && !stats) {
      unread(number, "a real server with its weight");
      return;
    }
    Optional<Long> weight =
        shown ? Amounts.plain(words.get(3)).filter(w -> w <= 65535) : Optional.empty();
    if (shown && weight.isEmpty()) {
      unread(number, "a real server with its weight");
      return;
    }
    services
        .getLast()
        .servers
        .add(
            new VirtualServer.RealServer(
                endpoint.get().address(),
                endpoint.get().port(),
                shown ? words.get(2) : "",
                weight.map(w -> OptionalInt.of(w.intValue())).orElse(OptionalInt.empty())));
  }

  /** {@code -A -t 10.96.0.1:443 -s rr} and {@code -a -t 10.96.0.1:443 -r 10.0.0.1:6443 -m -w 1}. */
  private void saved(List<String> words, int number) {
    Optional<IpProtocol> protocol = Optional.empty();
    Optional<Endpoint> virtual = Optional.empty();
    Optional<Endpoint> real = Optional.empty();
    Optional<Long> mark = Optional.empty();
    String scheduler = "";
    OptionalInt persistent = OptionalInt.empty();
    String forwarding = "Route";
    long weight = 1;
    for (int i = 1; i < words.size(); i++) {
      String value = i + 1 < words.size() ? words.get(i + 1) : "";
      switch (words.get(i)) {
        case "-t", "-u", "--sctp-service" -> {
          protocol =
              Optional.of(
                  words.get(i).equals("-t")
                      ? IpProtocol.TCP
                      : words.get(i).equals("-u") ? IpProtocol.UDP : IpProtocol.SCTP);
          virtual = endpoint(value);
        }
        case "-f" -> mark = Amounts.plain(value);
        case "-s" -> scheduler = value;
        case "-p" -> persistent = seconds(value);
        case "-r" -> real = endpoint(value);
        case "-w" -> weight = Amounts.plain(value).filter(w -> w <= 65535).orElse(-1L);
        case "-m" -> forwarding = "Masq";
        case "-i" -> forwarding = "Tunnel";
        case "-g" -> forwarding = "Route";
        default -> {}
      }
    }
    if (words.getFirst().equals("-A")) {
      open(protocol, virtual, mark, scheduler, persistent, number);
      return;
    }
    Optional<Open> service = find(virtual, protocol, mark);
    if (service.isEmpty() || real.isEmpty() || weight < 0) {
      service.ifPresent(s -> s.broken = true);
      builder.unread(
          Section.IPVS,
          number,
          "a real server with an address in numbers, below its virtual server");
      return;
    }
    service
        .get()
        .servers
        .add(
            new VirtualServer.RealServer(
                real.get().address(), real.get().port(), forwarding, OptionalInt.of((int) weight)));
  }

  /**
   * ipvsadm-save prints real servers right below their own virtual server, so looking at the last
   * one is enough.
   */
  private Optional<Open> find(
      Optional<Endpoint> virtual, Optional<IpProtocol> protocol, Optional<Long> mark) {
    if (services.isEmpty()) {
      return Optional.empty();
    }
    Open last = services.getLast();
    boolean same =
        last.head.address().equals(virtual.map(Endpoint::address))
            && last.head.port().equals(virtual.map(Endpoint::port))
            && last.head.firewallMark().equals(mark)
            && last.head.protocol().equals(protocol);
    return same ? Optional.of(last) : Optional.empty();
  }

  private void add(Open service) {
    if (service.broken) {
      return;
    }
    if (service.servers.isEmpty() && source.filtered().isPresent()) {
      builder.unread(Section.IPVS, service.line, "its real servers may have been filtered out");
      return;
    }
    builder.add(Section.IPVS, service.head.with(service.servers), service.line);
  }

  private void state() {
    boolean one =
        command.map(c -> c.hasOption("-t") || c.hasOption("-u") || c.hasOption("-f")).orElse(false);
    boolean save =
        command
            .map(c ->
                c.program().equals("ipvsadm-save") || c.hasOption("-S") || c.hasOption("--save"))
            .orElse(false);
    boolean whole =
        !one && (save || header || command.isEmpty() && saved && source.file().contains("save"));
    int rank = stats ? RANK_STATS : RANK;
    if (whole) {
      builder.whole(Section.IPVS, rank);
    } else {
      builder.part(
          Section.IPVS,
          rank,
          one ? "only one virtual server was listed" : "only some lines of ipvsadm were given");
    }
  }

  /**
   * {@code 10.96.0.1:443} or {@code [fd00::1]:443}; a service name for the port when {@code -n} is
   * missing.
   */
  static Optional<Endpoint> endpoint(String text) {
    int colon = text.lastIndexOf(':');
    if (colon < 1) {
      return Optional.empty();
    }
    String host =
        text.startsWith("[") && text.charAt(colon - 1) == ']'
            ? text.substring(1, colon - 1)
            : text.substring(0, colon);
    Optional<Integer> port = PortNames.port(text.substring(colon + 1));
    return IpAddress.parse(host).flatMap(a -> port.map(p -> new Endpoint(a, new Port(p))));
  }
}
