package io.podpath.probes.parse;

import com.google.auto.service.AutoService;
import io.podpath.core.cluster.KubeNode;
import io.podpath.core.net.Gathered;
import io.podpath.core.net.IpAddress;
import io.podpath.core.net.IpPrefix;
import io.podpath.core.snapshot.Section;
import io.podpath.core.snapshot.Source;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * Kubernetes' and Calico's objects as YAML or JSON: lists, several documents, pieces, and what grep
 * left of one.
 */
@AutoService(OutputParser.class)
public final class KubernetesObjectParser implements OutputParser {

  static final int RANK = 30;

  @Override
  public String name() {
    return "Kubernetes objects";
  }

  @Override
  public boolean reads(ShellCommand command) {
    return ApiCommand.of(command).filter(c -> c.isGet() && c.wantsObjects()).isPresent();
  }

  @Override
  public int likeness(String fileName, String text) {
    boolean kind = false;
    boolean version = false;
    boolean spec = false;
    int start = 0;
    for (Lines.Line line : Lines.of(Source.ofFile(fileName, text))) {
      String row = line.text().strip();
      String bare = row.startsWith("- ") ? row.substring(2) : row;
      kind |= bare.startsWith("kind:") || bare.contains("\"kind\":") || bare.contains("\"kind\" :");
      version |=
          bare.startsWith("apiVersion:")
              || bare.contains("\"apiVersion\":")
              || bare.contains("\"apiVersion\" :");
      spec |= row.equals("spec:") && line.indent() == 0;
      if (kind && version) {
        // configurations have kinds too, and parsers of their own
        return bare.contains("KubeProxyConfiguration") ? 50 : 80;
      }
      if (++start > 2000) {
        break;
      }
    }
    if (kind && text.contains("ClusterConfiguration")) {
      return 70;
    }
    return spec && (text.contains("cidr:") || text.contains("peerIP:")) ? 50 : 0;
  }

  @Override
  public Reading parse(Source source) {
    Optional<ApiCommand> command = ApiCommand.of(source.command());
    ReadingBuilder reading = new ReadingBuilder(source);
    if (GreppedNode.isGrepped(source)) {
      GreppedNode.read(source, command, reading);
      return reading.build();
    }
    boolean cut = YamlText.hasGap(source.text());
    Tree.Documents documents =
        Tree.jsonOrYaml(
            cut ? YamlText.withoutGaps(source.text()) : source.text(), source.firstLine());
    List<Item> items = new ArrayList<>();
    for (Tree root : documents.roots()) {
      flatten(root, Optional.empty(), items);
    }
    Set<ObjectKind> open = new LinkedHashSet<>();
    command.ifPresent(c ->
        ObjectKind.asked(c).forEach(kind -> open(kind, items, source, command, reading, open)));
    if (command.isEmpty() && items.isEmpty()) {
      // an empty list does not say of what; its file's name may
      documents.roots().stream()
          .filter(root -> root.text("kind").filter(k -> k.endsWith("List")).isPresent())
          .flatMap(root -> ObjectKind.named(ShownFile.baseName(source.file())).stream())
          .flatMap(kind -> kind.section().stream())
          .forEach(section -> reading.whole(section, RANK));
    }
    openCalicoNodes(items, source, command, reading);
    for (Item item : items) {
      ObjectKind.of(item.tree(), item.kind())
          .ifPresent(kind -> {
            open(kind, items, source, command, reading, open);
            kind.read(item.tree(), source, reading);
          });
    }
    documents
        .error()
        .ifPresent(e -> open.forEach(kind -> kind.section().ifPresent(s -> reading.unread(s, e))));
    if (cut) {
      open.forEach(kind ->
          kind.section().ifPresent(s -> reading.unread(s, gapLine(source), "lines were left out")));
    }
    return reading.build();
  }

  /**
   * Where Calico keeps its data in Kubernetes, its nodes are the annotated Kubernetes nodes: a
   * whole list of these is a whole list of those.
   */
  private static void openCalicoNodes(
      List<Item> items, Source source, Optional<ApiCommand> command, ReadingBuilder reading) {
    List<Item> nodes =
        items.stream()
            .filter(i -> ObjectKind.of(i.tree(), i.kind()).equals(Optional.of(ObjectKind.NODE)))
            .toList();
    boolean annotated =
        nodes.stream()
            .flatMap(
                i -> ClusterObjects.texts(i.tree(), "metadata", "annotations").keySet().stream())
            .anyMatch(key -> key.startsWith("projectcalico.org/"));
    if (annotated) {
      open(ObjectKind.NODE, Section.CALICO_NODES, items, source, command, reading);
    }
  }

  private static int gapLine(Source source) {
    return Lines.of(source).stream()
        .filter(l -> TextTable.isGap(l.text()))
        .findFirst()
        .map(Lines.Line::number)
        .orElse(source.firstLine());
  }

  /**
   * One object.
   *
   * @param kind of the list it stood in, for items that do not say it themselves
   */
  record Item(Tree tree, Optional<String> kind, boolean listed) {}

  private static void flatten(Tree tree, Optional<String> kind, List<Item> items) {
    if (tree instanceof Tree.Arr(var elements, var at)) {
      elements.forEach(e -> flatten(e, kind, items));
      return;
    }
    Optional<String> own = tree.text("kind");
    // kubectl sorts its keys, so that a list that was cut has lost its kind
    boolean list = own.map(k -> k.endsWith("List")).orElse(!tree.items("items").isEmpty());
    if (list && tree.get("items").isPresent()) {
      Optional<String> element =
          own.filter(k -> !k.equals("List")).map(k -> k.substring(0, k.length() - 4));
      for (Tree item : tree.items("items")) {
        items.add(new Item(item, item.text("kind").or(() -> element), true));
      }
      return;
    }
    items.add(new Item(tree, own.or(() -> kind), false));
  }

  private static void open(
      ObjectKind kind,
      List<Item> items,
      Source source,
      Optional<ApiCommand> command,
      ReadingBuilder reading,
      Set<ObjectKind> open) {
    if (kind.section().isPresent() && open.add(kind)) {
      open(kind, kind.section().get(), items, source, command, reading);
    }
  }

  private static void open(
      ObjectKind kind,
      Section<?> section,
      List<Item> items,
      Source source,
      Optional<ApiCommand> command,
      ReadingBuilder reading) {
    Optional<String> gap =
        command.isPresent()
            ? command.get().gap(kind.plural(), kind.isNamespaced())
            : gapOfFile(kind, items, source);
    if (gap.isPresent()) {
      reading.part(section, RANK, gap.get());
    } else {
      reading.whole(section, RANK);
    }
  }

  /**
   * A file named after what it lists is taken for the whole list: one of all namespaces when it has
   * several.
   */
  private static Optional<String> gapOfFile(ObjectKind kind, List<Item> items, Source source) {
    boolean named = ShownFile.baseName(source.file()).contains(kind.plural());
    boolean listed = items.stream().anyMatch(Item::listed);
    long namespaces =
        items.stream().map(i -> ClusterObjects.namespace(i.tree())).distinct().count();
    return named && listed && (!kind.isNamespaced() || namespaces > 1)
        ? Optional.empty()
        : Optional.of("it is not known what was asked for");
  }

  /** {@code kubectl get node NAME -o yaml | grep CIDR} and its like. */
  private static final class GreppedNode {

    private GreppedNode() {}

    static boolean isGrepped(Source source) {
      return source.command().map(ShellCommand::parse).flatMap(ShellCommand::filter).isPresent();
    }

    static void read(Source source, Optional<ApiCommand> command, ReadingBuilder reading) {
      List<String> names =
          command
              .filter(c -> c.kinds().equals(List.of("nodes")))
              .map(ApiCommand::names)
              .orElse(List.of());
      if (names.size() != 1) {
        return;
      }
      Map<String, Integer> cidrs = new LinkedHashMap<>();
      Map<String, Integer> addresses = new LinkedHashMap<>();
      boolean inCidrs = false;
      for (Lines.Line line : Lines.of(source)) {
        String text = line.text().strip().replace("\"", "").replace(",", "");
        boolean item = text.startsWith("- ");
        if (text.startsWith("podCIDR:")) {
          cidrs.putIfAbsent(text.substring("podCIDR:".length()).strip(), line.number());
        } else if (item && inCidrs) {
          cidrs.putIfAbsent(text.substring(2).strip(), line.number());
        } else if (text.startsWith("- address:") || text.startsWith("address:")) {
          addresses.put(text.substring(text.indexOf(':') + 1).strip(), line.number());
        }
        inCidrs = text.startsWith("podCIDRs:") || item && inCidrs;
      }
      KubeNode named = KubeNode.named(names.getFirst());
      List<IpPrefix> prefixes =
          cidrs.keySet().stream().flatMap(c -> IpPrefix.parse(c).stream()).toList();
      boolean looked =
          source.command().filter(c -> looksForCidr(c)).isPresent()
              && cidrs.isEmpty()
              && source.text().isBlank();
      Gathered<List<IpPrefix>> podCidrs =
          !prefixes.isEmpty()
              ? Gathered.known(prefixes)
              : looked ? Gathered.absent() : named.podCidrs();
      List<IpAddress> ips =
          addresses.keySet().stream().flatMap(a -> IpAddress.parse(a).stream()).toList();
      if (podCidrs.isNotGathered() && ips.isEmpty()) {
        return;
      }
      int at =
          cidrs.values().stream()
              .findFirst()
              .or(() -> addresses.values().stream().findFirst())
              .orElse(source.firstLine());
      reading.part(Section.NODES, RANK, "only some lines of one object");
      reading.add(
          Section.NODES,
          new KubeNode(
              named.name(),
              named.ready(),
              named.readyMessage(),
              ips.isEmpty() ? named.internalIps() : Gathered.known(ips),
              podCidrs,
              named.annotations(),
              named.labels(),
              named.kubeletVersion()),
          at);
    }

    /** Whether grep would have shown {@code podCIDR:} had it been there. */
    private static boolean looksForCidr(String command) {
      for (String pipe : ShellCommand.parse(command).pipes()) {
        List<String> words = ShellCommand.tokens(pipe);
        boolean anyCase = words.stream().anyMatch(w -> w.startsWith("-") && w.contains("i"));
        boolean matches =
            words.stream()
                .skip(1)
                .filter(w -> !w.startsWith("-") && w.length() > 2)
                .anyMatch(w ->
                    anyCase
                        ? "podcidr".contains(w.toLowerCase(java.util.Locale.ROOT))
                        : "podCIDR".contains(w));
        if (words.isEmpty() || !words.getFirst().endsWith("grep") || !matches) {
          return false;
        }
      }
      return true;
    }
  }
}
