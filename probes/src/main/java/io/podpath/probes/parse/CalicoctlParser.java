package io.podpath.probes.parse;

import com.google.auto.service.AutoService;
import io.podpath.core.cni.BgpSession;
import io.podpath.core.net.IpAddress;
import io.podpath.core.snapshot.Section;
import io.podpath.core.snapshot.Source;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** {@code calicoctl node status} and the tables of {@code calicoctl get}. */
@AutoService(OutputParser.class)
public final class CalicoctlParser implements OutputParser {

  private static final int RANK = 20;

  /** Columns of the table of peers. */
  private static final int CELLS = 5;

  /** A table of {@code calicoctl get}. */
  private enum Kind {
    NODES("nodes", Section.CALICO_NODES),
    POOLS("ippools", Section.IP_POOLS),
    PEERS("bgppeers", Section.BGP_PEERS),
    CONFIGURATIONS("bgpconfigurations", Section.BGP_CONFIGURATIONS);

    final String plural;

    @SuppressWarnings("ImmutableEnumChecker") // a Section is immutable, but holds functions
    final Section<?> section;

    Kind(String plural, Section<?> section) {
      this.plural = plural;
      this.section = section;
    }

    static Optional<Kind> of(TextTable table) {
      if (table.has("IPV4") && table.has("ASN")) {
        return Optional.of(NODES);
      }
      if (table.has("PEERIP")) {
        return Optional.of(PEERS);
      }
      if (table.has("MESHENABLED")) {
        return Optional.of(CONFIGURATIONS);
      }
      return table.has("CIDR")
              && (table.has("NAT") || table.has("IPIPMODE") || table.has("SELECTOR"))
          ? Optional.of(POOLS)
          : Optional.empty();
    }
  }

  @Override
  public String name() {
    return "calicoctl";
  }

  @Override
  public boolean reads(ShellCommand command) {
    return ApiCommand.of(command)
        .filter(c -> c.program().equals("calicoctl"))
        .filter(c -> isStatus(c) || c.isGet() && c.wantsTable())
        .isPresent();
  }

  private static boolean isStatus(ApiCommand command) {
    return command.verb().equals("node") && command.names().contains("status")
        || command.verb().equals("status");
  }

  @Override
  public int likeness(String fileName, String text) {
    if (text.contains("PEER ADDRESS") && text.contains("PEER TYPE")
        || text.contains("IPv4 BGP status")) {
      return 95;
    }
    int lines = 0;
    for (Lines.Line line : Lines.of(Source.ofFile(fileName, text))) {
      if (!line.isBlank()) {
        if (TextTable.under(line.text()).flatMap(Kind::of).isPresent()) {
          return 90;
        }
        if (++lines > 20) {
          break;
        }
      }
    }
    return 0;
  }

  @Override
  public Reading parse(Source source) {
    Optional<ApiCommand> command = ApiCommand.of(source.command());
    boolean status =
        command
            .map(CalicoctlParser::isStatus)
            .orElse(source.text().contains("PEER ADDRESS") || source.text().contains("BGP status"));
    return status ? status(source) : tables(source, command);
  }

  private static Reading status(Source source) {
    ReadingBuilder reading = new ReadingBuilder(source);
    List<Lines.Line> lines = Lines.of(source);
    boolean headed = lines.stream().anyMatch(l -> l.text().contains("IPv4 BGP status"));
    long borders = lines.stream().filter(l -> isBorder(l.text())).count();
    if (headed || borders > 2) {
      reading.whole(Section.BGP_SESSIONS, RANK);
    } else {
      reading.part(Section.BGP_SESSIONS, RANK, "only a piece of the table was given");
    }
    Optional<Peer> open = Optional.empty();
    for (Lines.Line line : lines) {
      String text = line.text().strip();
      if (TextTable.isGap(text) || text.contains("not running") || text.startsWith("Error")) {
        reading.unread(Section.BGP_SESSIONS, line.number(), "no answer of BIRD");
        continue;
      }
      List<String> cells = cells(text);
      if (isBorder(text) || cells.isEmpty() || cells.contains("PEER ADDRESS")) {
        open.ifPresent(p -> p.addTo(reading));
        open = Optional.empty();
      } else if (cells.getFirst().isEmpty() && open.isPresent()) {
        open.get().continuedBy(cells);
      } else {
        open.ifPresent(p -> p.addTo(reading));
        open = Optional.of(new Peer(cells, line.number()));
      }
    }
    open.ifPresent(p -> p.addTo(reading));
    return reading.build();
  }

  private static boolean isBorder(String text) {
    String line = text.strip();
    return line.startsWith("+-") && line.chars().allMatch(c -> c == '+' || c == '-');
  }

  /** Cells of a row; copies may have lost the bar at either end. Empty for other lines. */
  private static List<String> cells(String text) {
    if (text.indexOf('|') < 0) {
      return List.of();
    }
    List<String> cells =
        new ArrayList<>(Arrays.stream(text.split("\\|", -1)).map(String::strip).toList());
    if (text.startsWith("|")) {
      cells.removeFirst();
    }
    if (text.endsWith("|")) {
      cells.removeLast();
    }
    return cells.size() == CELLS ? cells : List.of();
  }

  /** A row, which long cells may spread over several lines. */
  private static final class Peer {
    private final List<StringBuilder> cells;
    private final int line;

    Peer(List<String> cells, int line) {
      this.cells = cells.stream().map(StringBuilder::new).toList();
      this.line = line;
    }

    void continuedBy(List<String> more) {
      for (int i = 0; i < CELLS; i++) {
        if (!more.get(i).isEmpty() && cells.get(i).length() < 1000) {
          cells.get(i).append(cells.get(i).isEmpty() ? "" : " ").append(more.get(i));
        }
      }
    }

    void addTo(ReadingBuilder reading) {
      Optional<IpAddress> peer = IpAddress.parse(cells.get(0).toString());
      if (peer.isEmpty()) {
        reading.unread(Section.BGP_SESSIONS, line, "no address of a peer");
        return;
      }
      reading.add(
          Section.BGP_SESSIONS,
          new BgpSession(
              peer, cells.get(1).toString(), cells.get(2).toString(), cells.get(4).toString()),
          line);
    }
  }

  private static Reading tables(Source source, Optional<ApiCommand> command) {
    ReadingBuilder reading = new ReadingBuilder(source);
    Optional<TextTable> table = Optional.empty();
    boolean namesOnly = false;
    for (Lines.Line line : Lines.of(source)) {
      String text = TextTable.withoutRemark(line.text());
      Optional<TextTable> heading = TextTable.under(text);
      if (text.isBlank() || heading.isPresent()) {
        table = heading.isPresent() ? heading : table;
        heading.flatMap(Kind::of).ifPresent(kind -> open(kind, command, reading));
        continue;
      }
      Optional<Kind> kind = table.flatMap(Kind::of);
      // the narrow tables show names only
      namesOnly |= text.strip().equals("NAME") || text.strip().equals("CIDR");
      if (kind.isPresent()) {
        add(kind.get(), table.orElseThrow(), text, line.number(), reading);
      } else if (table.isEmpty() && !namesOnly) {
        asked(command)
            .ifPresent(k -> reading.unread(k.section, line.number(), "no table of " + k.plural));
      }
    }
    return reading.build();
  }

  private static Optional<Kind> asked(Optional<ApiCommand> command) {
    return Arrays.stream(Kind.values())
        .filter(k -> command.filter(c -> c.kinds().contains(k.plural)).isPresent())
        .findFirst();
  }

  private static void open(Kind kind, Optional<ApiCommand> command, ReadingBuilder reading) {
    Optional<String> gap =
        command.isPresent()
            ? command.get().gap(kind.plural, false)
            : Optional.of("it is not known what was asked for");
    if (gap.isPresent()) {
      reading.part(kind.section, RANK, gap.get());
    } else {
      reading.whole(kind.section, RANK);
    }
  }

  private static void add(
      Kind kind, TextTable table, String row, int line, ReadingBuilder reading) {
    Map<String, String> cells = table.cells(row);
    boolean added =
        switch (kind) {
          case NODES ->
              add(
                  reading,
                  Section.CALICO_NODES,
                  CalicoRows.node(cells, table)
                      .filter(n -> !n.bgpAddress().isAbsent() || cells.size() > 1),
                  line);
          case POOLS -> add(reading, Section.IP_POOLS, CalicoRows.pool(cells), line);
          case PEERS -> add(reading, Section.BGP_PEERS, CalicoRows.peer(cells), line);
          case CONFIGURATIONS ->
              add(reading, Section.BGP_CONFIGURATIONS, CalicoRows.configuration(cells), line);
        };
    if (!added) {
      reading.unread(kind.section, line, "no row of " + kind.plural);
    }
  }

  private static <T> boolean add(
      ReadingBuilder reading, Section<T> section, Optional<T> row, int line) {
    row.ifPresent(r -> reading.add(section, r, line));
    return row.isPresent();
  }
}
