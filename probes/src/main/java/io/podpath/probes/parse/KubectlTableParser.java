package io.podpath.probes.parse;

import com.google.auto.service.AutoService;
import io.podpath.core.cluster.BlockAffinity;
import io.podpath.core.snapshot.Section;
import io.podpath.core.snapshot.Source;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** {@code kubectl get} as a table, with or without headings. */
@AutoService(OutputParser.class)
public final class KubectlTableParser implements OutputParser {

  private static final int RANK = 20;

  /** What a table lists. */
  private enum Kind {
    NODES("nodes", false, Section.NODES),
    CALICO_NODES("nodes", false, Section.CALICO_NODES),
    PODS("pods", true, Section.PODS),
    SERVICES("services", true, Section.SERVICES),
    ENDPOINTS("endpoints", true, Section.ENDPOINT_SLICES),
    SLICES("endpointslices", true, Section.ENDPOINT_SLICES),
    EVENTS("events", true, Section.EVENTS),
    AFFINITIES("blockaffinities", false, Section.BLOCK_AFFINITIES);

    final String plural;
    final boolean namespaced;

    @SuppressWarnings("ImmutableEnumChecker") // a Section is immutable, but holds functions
    final Section<?> section;

    Kind(String plural, boolean namespaced, Section<?> section) {
      this.plural = plural;
      this.namespaced = namespaced;
      this.section = section;
    }

    static Optional<Kind> of(TextTable table) {
      if (table.has("CALICO-ADDRESS") || table.has("CALICO-TUNNEL")) {
        return Optional.of(CALICO_NODES);
      }
      if (table.has("CLUSTER-IP") || table.has("PORT(S)")) {
        return Optional.of(SERVICES);
      }
      if (table.has("ADDRESSTYPE")) {
        return Optional.of(SLICES);
      }
      if (table.has("ENDPOINTS")) {
        return Optional.of(ENDPOINTS);
      }
      if (table.has("REASON") && table.has("MESSAGE")) {
        return Optional.of(EVENTS);
      }
      if (table.has("NAME") && table.has("READY") && table.has("STATUS")) {
        return Optional.of(PODS);
      }
      return table.has("NAME")
              && table.has("STATUS")
              && (table.has("ROLES") || table.has("VERSION"))
          ? Optional.of(NODES)
          : Optional.empty();
    }
  }

  @Override
  public String name() {
    return "kubectl get";
  }

  @Override
  public boolean reads(ShellCommand command) {
    return ApiCommand.of(command)
        .filter(c -> c.program().equals("kubectl") && c.isGet())
        .filter(c -> c.wantsTable() || c.output().flatMap(FieldList::of).isPresent())
        .isPresent();
  }

  @Override
  public int likeness(String fileName, String text) {
    int rows = 0;
    int others = 0;
    for (Lines.Line line : Lines.of(Source.ofFile(fileName, text))) {
      Optional<TextTable> table = TextTable.under(line.text());
      if (table.flatMap(Kind::of).isPresent()) {
        return 85;
      }
      if (table.isPresent() && table.get().has("NAME") && table.get().has("AGE")) {
        return 60;
      }
      if (line.isBlank()) {
        continue;
      }
      if (headless(line.text(), fileName).isPresent()) {
        rows++;
      } else {
        others++;
      }
      if (rows + others > 200) {
        break;
      }
    }
    return rows > others ? 45 : 0;
  }

  @Override
  public Reading parse(Source source) {
    ReadingBuilder reading = new ReadingBuilder(source);
    Optional<ApiCommand> command = ApiCommand.of(source.command());
    String fileName =
        source.file().substring(source.file().lastIndexOf('/') + 1).toLowerCase(Locale.ROOT);
    String namespace = command.flatMap(ApiCommand::namespace).orElse("default");
    Set<Kind> open = EnumSet.noneOf(Kind.class);
    Optional<TextTable> asked =
        command.flatMap(ApiCommand::output).flatMap(FieldList::of).map(TextTable::of);
    if (asked.isEmpty()) {
      command.ifPresent(c -> openAsked(c, reading, open));
    }
    Optional<TextTable> table = asked;
    Optional<TextTable> rowBefore = Optional.empty();
    boolean headingAhead =
        asked.isPresent()
            && source
                .command()
                .filter(c -> c.contains("custom-columns") && !c.contains("--no-headers"))
                .isPresent();
    for (Lines.Line line : Lines.of(source)) {
      String text = line.text();
      if (line.isBlank() || text.startsWith("No resources found") || text.startsWith("Warning:")) {
        continue;
      }
      if (TextTable.isGap(text)) {
        open.forEach(kind -> leftOut(reading, kind, line.number()));
        continue;
      }
      if (isFailure(text)) {
        open.forEach(kind -> reading.unread(kind.section, line.number(), "kubectl failed"));
        continue;
      }
      Optional<TextTable> heading = TextTable.under(text);
      if (heading.isPresent() || headingAhead) {
        table = asked.isPresent() ? asked : heading;
        headingAhead = false;
        continue;
      }
      boolean isEvent = table.flatMap(Kind::of).filter(k -> k == Kind.EVENTS).isPresent();
      String row = isEvent ? text : TextTable.withoutRemark(text);
      boolean headed = table.isPresent();
      Optional<TextTable> columns = headed ? table : headless(row, fileName);
      columns = columns.isPresent() ? columns : rowBefore;
      rowBefore = headed ? Optional.empty() : columns;
      List<Kind> kinds =
          columns.isEmpty() ? List.of() : kinds(columns.get(), row, asked.isPresent(), command);
      if (kinds.isEmpty() && !headed) {
        open.forEach(
            kind -> reading.unread(kind.section, line.number(), "no row of " + kind.plural));
      }
      for (Kind kind : kinds) {
        if (open.add(kind)) {
          open(kind, command, fileName, headed, reading);
        }
        add(kind, columns.orElseThrow(), row, namespace, line.number(), reading);
      }
    }
    return reading.build();
  }

  private static void openAsked(ApiCommand command, ReadingBuilder reading, Set<Kind> open) {
    for (Kind kind : Kind.values()) {
      if (kind != Kind.CALICO_NODES && command.kinds().contains(kind.plural)) {
        open.add(kind);
        open(kind, Optional.of(command), "", true, reading);
      }
    }
  }

  /** Columns that an author chose may tell of Kubernetes' node and of Calico's alike. */
  private static List<Kind> kinds(
      TextTable table, String row, boolean chosen, Optional<ApiCommand> command) {
    if (!chosen) {
      boolean affinities = command.isEmpty() || command.get().kinds().contains("blockaffinities");
      boolean affinity =
          affinities
              && table.columns().size() == 2
              && table.has("AGE")
              && affinity(table.cells(row)).isPresent();
      return affinity ? List.of(Kind.AFFINITIES) : Kind.of(table).map(List::of).orElse(List.of());
    }
    List<Kind> kinds = new ArrayList<>();
    Kind.of(table).ifPresent(kinds::add);
    boolean nodes = command.filter(c -> c.kinds().contains("nodes")).isPresent();
    if (nodes && (table.has("POD-CIDR") || table.has("INTERNAL-IP"))) {
      kinds.add(Kind.NODES);
    }
    if (command.filter(c -> c.kinds().contains("pods")).isPresent() && table.has("NAME")) {
      kinds.add(Kind.PODS);
    }
    return kinds;
  }

  private static void open(
      Kind kind,
      Optional<ApiCommand> command,
      String fileName,
      boolean headed,
      ReadingBuilder reading) {
    Optional<String> gap;
    if (command.isPresent()) {
      gap = command.get().gap(kind.plural, kind.namespaced);
    } else {
      boolean whole = kind == Kind.NODES && headed && fileName.contains("nodes");
      gap = whole ? Optional.empty() : Optional.of("it is not known what was asked for");
    }
    if (kind == Kind.SLICES) {
      gap = gap.or(() -> Optional.of("the table does not tell which endpoints are ready"));
    }
    if (gap.isPresent()) {
      reading.part(kind.section, RANK, gap.get());
    } else {
      reading.whole(kind.section, RANK);
    }
  }

  private static void leftOut(ReadingBuilder reading, Kind kind, int line) {
    reading.unread(kind.section, line, "rows were left out");
  }

  private static boolean isFailure(String text) {
    return text.startsWith("Error from server")
        || text.startsWith("error:")
        || text.startsWith("Unable to connect")
        || text.startsWith("The connection to the server")
        || text.startsWith("couldn't get");
  }

  private static void add(
      Kind kind, TextTable table, String row, String namespace, int line, ReadingBuilder reading) {
    Map<String, String> cells = table.cells(row);
    boolean added =
        switch (kind) {
          case NODES -> add(reading, Section.NODES, ClusterRows.node(cells), line);
          case CALICO_NODES ->
              add(reading, Section.CALICO_NODES, CalicoRows.node(cells, table), line);
          case PODS -> add(reading, Section.PODS, ClusterRows.pod(cells, namespace), line);
          case SERVICES ->
              add(reading, Section.SERVICES, ClusterRows.service(cells, namespace), line);
          case EVENTS ->
              add(reading, Section.EVENTS, ClusterRows.event(cells, Optional.of(namespace)), line);
          case ENDPOINTS, SLICES -> {
            if (row.contains("more...")) {
              reading.unread(kind.section, line, "kubectl left endpoints out");
              yield true;
            }
            yield add(
                reading,
                Section.ENDPOINT_SLICES,
                kind == Kind.SLICES
                    ? ClusterRows.endpointSlice(cells, namespace)
                    : ClusterRows.endpoints(cells, namespace),
                line);
          }
          case AFFINITIES -> add(reading, Section.BLOCK_AFFINITIES, affinity(cells), line);
        };
    if (!added) {
      reading.unread(kind.section, line, "no row of " + kind.plural);
    }
  }

  private static Optional<BlockAffinity> affinity(Map<String, String> cells) {
    return ClusterRows.name(cells).flatMap(CalicoRows::affinity);
  }

  private static <T> boolean add(
      ReadingBuilder reading, Section<T> section, Optional<T> row, int line) {
    row.ifPresent(r -> reading.add(section, r, line));
    return row.isPresent();
  }

  /** The columns of a row whose headings were cut away or filtered out. */
  private static Optional<TextTable> headless(String line, String fileName) {
    List<String> words = Lines.words(TextTable.withoutRemark(line));
    int last = words.size();
    if (last < 2
        || !ClusterRows.isName(words.getFirst().substring(words.getFirst().indexOf('/') + 1))) {
      return Optional.empty();
    }
    for (int at = 1; at <= 2 && at + 1 < last; at++) {
      boolean namespaced = at == 2;
      if (ClusterRows.isFraction(words.get(at))
          && Character.isUpperCase(words.get(at + 1).charAt(0))) {
        return Optional.of(
            columns(
                namespaced,
                "READY",
                "STATUS",
                "RESTARTS",
                "AGE",
                "IP",
                "NODE",
                "NOMINATED NODE",
                "READINESS GATES"));
      }
      if (ClusterRows.isServiceType(words.get(at)) && at + 3 < last) {
        return Optional.of(
            columns(namespaced, "TYPE", "CLUSTER-IP", "EXTERNAL-IP", "PORT(S)", "AGE", "SELECTOR"));
      }
    }
    boolean node =
        last >= 5
            && (words.get(1).startsWith("Ready") || words.get(1).startsWith("NotReady"))
            && words.get(4).startsWith("v1.");
    if (node) {
      return Optional.of(
          columns(
              false,
              "STATUS",
              "ROLES",
              "AGE",
              "VERSION",
              "INTERNAL-IP",
              "EXTERNAL-IP",
              "OS-IMAGE",
              "KERNEL-VERSION",
              "CONTAINER-RUNTIME"));
    }
    if (last == 2 && isAge(words.get(1)) && CalicoRows.affinity(words.getFirst()).isPresent()) {
      return Optional.of(columns(false, "AGE"));
    }
    boolean ownAddress =
        words.get(1).indexOf('/') > 0
            && CalicoRows.OwnAddress.parse(words.get(1))
                .flatMap(CalicoRows.OwnAddress::network)
                .filter(n -> !n.isHost())
                .isPresent();
    return fileName.contains("calico") && ownAddress && last <= 3
        ? Optional.of(columns(false, "CALICO-ADDRESS", "CALICO-TUNNEL"))
        : Optional.empty();
  }

  private static TextTable columns(boolean namespaced, String... behindName) {
    List<String> names =
        new ArrayList<>(namespaced ? List.of("NAMESPACE", "NAME") : List.of("NAME"));
    names.addAll(List.of(behindName));
    return TextTable.of(names);
  }

  /** {@code 275d}, {@code 3h20m}. */
  private static boolean isAge(String text) {
    return text.length() < 12
        && text.length() > 1
        && Character.isDigit(text.charAt(0))
        && "smhdy".indexOf(text.charAt(text.length() - 1)) >= 0;
  }
}
