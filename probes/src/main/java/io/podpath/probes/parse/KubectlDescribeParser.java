package io.podpath.probes.parse;

import com.google.auto.service.AutoService;
import io.podpath.core.cluster.KubeEvent;
import io.podpath.core.cluster.KubeNode;
import io.podpath.core.cluster.Pod;
import io.podpath.core.net.Gathered;
import io.podpath.core.net.IpAddress;
import io.podpath.core.net.IpPrefix;
import io.podpath.core.snapshot.Section;
import io.podpath.core.snapshot.Source;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;

/** {@code kubectl describe} of nodes and pods, and the events at the end of any description. */
@AutoService(OutputParser.class)
public final class KubectlDescribeParser implements OutputParser {

  private static final int RANK = 25;

  @Override
  public String name() {
    return "kubectl describe";
  }

  @Override
  public boolean reads(ShellCommand command) {
    return ApiCommand.of(command).filter(ApiCommand::isDescribe).isPresent();
  }

  @Override
  public int likeness(String fileName, String text) {
    boolean named = false;
    int known = 0;
    for (Lines.Line line : Lines.of(Source.ofFile(fileName, text))) {
      String row = line.text();
      named |= row.startsWith("Name:  ");
      known += isKnown(row) ? 1 : 0;
    }
    return named && known > 2 ? 80 : 0;
  }

  private static boolean isKnown(String row) {
    return row.startsWith("Labels: ")
        || row.startsWith("Annotations: ")
        || row.startsWith("Events: ")
        || row.startsWith("Namespace: ")
        || row.startsWith("PodCIDR: ")
        || row.startsWith("Selector: ");
  }

  @Override
  public Reading parse(Source source) {
    ReadingBuilder reading = new ReadingBuilder(source);
    Optional<ApiCommand> command = ApiCommand.of(source.command());
    boolean whole =
        source.filtered().isEmpty()
            && source.command().map(ShellCommand::parse).flatMap(ShellCommand::filter).isEmpty();
    Described open = new Described("", source.firstLine(), whole);
    for (Lines.Line line : Lines.of(source)) {
      Optional<String> name = value(line.text(), "Name:");
      if (name.isPresent() && (line.indent() == 0 || open.name.isEmpty())) {
        open.addTo(reading, command);
        open = new Described(name.get(), line.number(), whole);
      } else {
        open.read(line, reading);
      }
    }
    open.addTo(reading, command);
    return reading.build();
  }

  private static Optional<String> value(String line, String key) {
    String text = line.strip();
    return text.startsWith(key)
        ? Optional.of(text.substring(key.length()).strip())
        : Optional.empty();
  }

  /** One object's description. */
  private static final class Described {
    private final String name;
    private final int line;

    /** Whether no lines were filtered out. */
    private final boolean whole;

    private final Map<String, String> fields = new TreeMap<>();
    private final SortedMap<String, String> annotations = new TreeMap<>();
    private final SortedMap<String, String> labels = new TreeMap<>();
    private final List<IpAddress> internal = new ArrayList<>();
    private Gathered<Boolean> ready = Gathered.notGathered("not in the description");
    private Gathered<String> readyMessage = Gathered.notGathered("not in the description");
    private String block = "";
    private String longKey = "";

    Described(String name, int line, boolean whole) {
      this.name = name;
      this.line = line;
      this.whole = whole;
    }

    void read(Lines.Line line, ReadingBuilder reading) {
      String text = line.text().strip();
      int colon = text.indexOf(':');
      // a copy without its blanks shows a label or an annotation by the slash in its name
      boolean pair =
          colon > 0 && text.lastIndexOf('/', colon) >= 0 || text.indexOf('=') > 0 && colon < 0;
      boolean heading =
          colon > 0
              && line.indent() == 0
              && !pair
              && text.substring(0, colon)
                  .chars()
                  .allMatch(c -> Character.isLetterOrDigit(c) || c == ' ' || c == '-');
      if (heading) {
        block = text.substring(0, colon);
        text = text.substring(colon + 1).strip();
        fields.putIfAbsent(block, text);
      }
      switch (block) {
        case "Annotations" -> annotation(text);
        case "Labels" -> pair(text, "=", labels);
        case "Addresses", "InternalIP" -> {
          Optional<String> address =
              block.equals("InternalIP") ? Optional.of(text) : value(text, "InternalIP:");
          address.flatMap(IpAddress::parse).ifPresent(internal::add);
        }
        case "Conditions" -> condition(text);
        case "Events" -> event(text, line.number(), reading);
        default -> {}
      }
    }

    /** A long value stands on a line of its own. */
    private void annotation(String text) {
      if (!longKey.isEmpty()) {
        annotations.put(longKey, text);
        longKey = "";
      } else if (text.endsWith(":")) {
        longKey = text.substring(0, text.length() - 1);
      } else {
        pair(text, ": ", annotations);
      }
    }

    private static void pair(String text, String mark, SortedMap<String, String> into) {
      int at = text.indexOf(mark);
      if (at > 0) {
        into.put(text.substring(0, at), text.substring(at + mark.length()).strip());
      }
    }

    /** {@code Ready False <two times> KubeletNotReady container runtime network not ready …}. */
    private void condition(String text) {
      List<String> cells = TextTable.gaps(text);
      List<String> words = Lines.words(text);
      if (words.size() > 1
          && words.getFirst().equals("Ready")
          && (words.get(1).equals("True")
              || words.get(1).equals("False")
              || words.get(1).equals("Unknown"))) {
        boolean isReady = words.get(1).equals("True");
        ready = Gathered.known(isReady);
        readyMessage = isReady || cells.size() < 6 ? readyMessage : Gathered.known(cells.getLast());
      }
    }

    /**
     * {@code Warning FailedCreatePodSandBox 2m (x10 over 5m) kubelet Failed to create pod sandbox:
     * …}.
     */
    private void event(String text, int number, ReadingBuilder reading) {
      List<String> words = Lines.words(text);
      boolean row =
          words.size() > 4
              && (words.getFirst().equals("Normal") || words.getFirst().equals("Warning"));
      if (!row) {
        return;
      }
      int from = 3;
      while (words.get(3).startsWith("(")
          && from < words.size() - 1
          && !words.get(from).endsWith(")")) {
        from++;
      }
      from += words.get(3).startsWith("(") ? 1 : 0;
      // older releases name the node too: "kubelet, node01"
      from += from < words.size() && words.get(from).endsWith(",") ? 1 : 0;
      if (from + 1 >= words.size()) {
        return;
      }
      String message = String.join(" ", words.subList(from + 1, words.size()));
      Optional<String> namespace = Optional.ofNullable(fields.get("Namespace"));
      reading.add(
          Section.EVENTS,
          new KubeEvent(namespace, words.getFirst(), words.get(1), kind() + "/" + name, message),
          number);
    }

    private String kind() {
      if (fields.containsKey("PodCIDR")
          || fields.containsKey("Allocatable")
          || fields.containsKey("Non-terminated Pods")) {
        return "node";
      }
      if (fields.containsKey("Node")
          && (fields.containsKey("IP")
              || fields.containsKey("Containers")
              || fields.containsKey("Status"))) {
        return "pod";
      }
      return fields.containsKey("Endpoints") ? "service" : "object";
    }

    void addTo(ReadingBuilder reading, Optional<ApiCommand> command) {
      boolean asksNodes = command.filter(c -> c.kinds().contains("nodes")).isPresent();
      if (name.isEmpty() || !ClusterRows.isName(name)) {
        return;
      }
      switch (kind()) {
        case "node" -> addNode(reading, command);
        case "pod" -> addPod(reading, command);
        default -> {
          if (asksNodes) {
            addNode(reading, command);
          }
        }
      }
    }

    private void addNode(ReadingBuilder reading, Optional<ApiCommand> command) {
      open(Section.NODES, "nodes", false, reading, command);
      KubeNode unknown = KubeNode.named(name);
      List<IpPrefix> cidrs =
          ClusterRows.prefixes(fields.getOrDefault("PodCIDRs", fields.get("PodCIDR")));
      // describe prints PodCIDR only where there is one, after the addresses and the system's words
      boolean told =
          whole && fields.containsKey("System Info") && fields.containsKey("Non-terminated Pods");
      KubeNode node =
          new KubeNode(
              name,
              ready,
              readyMessage,
              fields.containsKey("Addresses") || !internal.isEmpty()
                  ? Gathered.known(internal)
                  : unknown.internalIps(),
              !cidrs.isEmpty()
                  ? Gathered.known(cidrs)
                  : told ? Gathered.absent() : unknown.podCidrs(),
              whole && fields.containsKey("Annotations")
                  ? Gathered.known(annotations)
                  : unknown.annotations(),
              whole && fields.containsKey("Labels") ? Gathered.known(labels) : unknown.labels(),
              unknown.kubeletVersion());
      reading.add(Section.NODES, node, line);
      ClusterObjects.calicoNode(node).ifPresent(n -> reading.add(Section.CALICO_NODES, n, line));
    }

    private void addPod(ReadingBuilder reading, Optional<ApiCommand> command) {
      open(Section.PODS, "pods", true, reading, command);
      String on = fields.getOrDefault("Node", "");
      int slash = on.indexOf('/');
      Optional<String> node =
          Optional.of(slash > 0 ? on.substring(0, slash) : on)
              .filter(n -> !n.isEmpty() && ClusterRows.isName(n));
      List<IpAddress> ips = ClusterRows.addresses(fields.get("IP"));
      boolean hostNetwork =
          slash > 0 && IpAddress.parse(on.substring(slash + 1)).filter(ips::contains).isPresent();
      reading.add(
          Section.PODS,
          new Pod(
              fields.getOrDefault("Namespace", "default"),
              name,
              node,
              ips,
              ips.isEmpty() || slash <= 0 ? Optional.empty() : Optional.of(hostNetwork),
              Optional.ofNullable(fields.get("Status")).map(s -> LogLine.firstWord(s)),
              Gathered.notGathered("not read from kubectl describe")),
          line);
    }

    private static void open(
        Section<?> section,
        String plural,
        boolean namespaced,
        ReadingBuilder reading,
        Optional<ApiCommand> command) {
      Optional<String> gap =
          command.isPresent()
              ? command.get().gap(plural, namespaced)
              : Optional.of("it is not known what was asked for");
      if (gap.isPresent()) {
        reading.part(section, RANK, gap.get());
      } else {
        reading.whole(section, RANK);
      }
    }
  }
}
