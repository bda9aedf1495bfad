package io.podpath.probes.bundle;

import io.podpath.core.snapshot.Source;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Set;

/**
 * What the paths inside an input say: {@code nodes/<node>/<section>.txt}, {@code
 * nodes/<node>/pods/<ns>_<pod>/…}, {@code nodes/<node>/files/<absolute path>}, {@code
 * nodes/<node>/log/…}, {@code nodes/<node>/captures/…}, {@code cluster/<resource>.…}. The whole may
 * lie deeper, as in an archive of a directory.
 *
 * <p>Files that lie in no such layout are loose: each directory is taken for one node and gives it
 * its name, since people collect one machine's outputs in one directory; directories named after a
 * kind of file ({@code logs}, {@code etc}) belong to the one above.
 */
final class BundleLayout {

  static final String INDEX = "podpath-bundle.json";

  private static final String NODES = "nodes";
  private static final String CLUSTER = "cluster";

  /** Directories that say what lies in them, not of whom it is. */
  private static final Set<String> KINDS =
      Set.of(
          "log",
          "logs",
          "files",
          "pods",
          "netns",
          "captures",
          "capture",
          "pcap",
          "pcaps",
          "commands",
          "output",
          "outputs",
          "network",
          "networking");

  /** First directories of absolute paths. */
  private static final Set<String> ROOT_DIRECTORIES =
      Set.of("etc", "run", "var", "opt", "proc", "sys", "usr", "lib");

  private final boolean bundle;
  private final boolean oneHome;

  /**
   * @param texts all texts of the inputs: one that lies under {@code nodes/} or {@code cluster/}
   *     makes the whole a bundle, in which other files are no node's
   */
  BundleLayout(List<NamedText> texts) {
    this.bundle = texts.stream().anyMatch(t -> !fromRoot(t).isEmpty());
    this.oneHome =
        texts.stream()
                .filter(t -> t.path().isEmpty())
                .map(t -> directory(t.outside()))
                .distinct()
                .count()
            <= 1;
  }

  Place place(NamedText text) {
    List<String> canonical = fromRoot(text);
    if (canonical.isEmpty()) {
      return bundle ? new Place.Stray(name(all(text))) : loose(text);
    }
    if (canonical.getFirst().equals(INDEX)) {
      return new Place.Index();
    }
    String name = canonical.getLast();
    if (canonical.getFirst().equals(CLUSTER)) {
      return new Place.ClusterFile(stem(name), extension(name));
    }
    List<String> all = all(text);
    if (canonical.size() == 2) {
      String node = stem(canonical.get(1));
      return new Place.Output(node, String.join("/", all), true, Source.HOST, "");
    }
    String home = String.join("/", all.subList(0, all.size() - canonical.size() + 2));
    return onNode(canonical.get(1), home, canonical.subList(2, canonical.size()));
  }

  boolean isBundle() {
    return bundle;
  }

  /** Path from the root of the bundle, or as it was given where there is none. */
  static String shown(NamedText text) {
    List<String> canonical = fromRoot(text);
    return canonical.isEmpty() || text.path().isEmpty()
        ? text.shown()
        : String.join("/", canonical);
  }

  private static List<String> directory(List<String> parts) {
    return parts.subList(0, Math.max(0, parts.size() - 1));
  }

  private static List<String> all(NamedText text) {
    List<String> all = new ArrayList<>(text.outside());
    all.addAll(text.inside());
    return all;
  }

  /**
   * Parts of the path from {@code nodes}, {@code cluster} or the index on; empty when there is none
   * of them.
   */
  private static List<String> fromRoot(NamedText text) {
    List<String> inside = text.inside();
    if (!inside.isEmpty() && inside.getLast().equals(INDEX) && inside.size() <= 3) {
      return List.of(INDEX);
    }
    int nodes = inside.indexOf(NODES);
    if (nodes >= 0 && nodes < inside.size() - 1) {
      return inside.subList(nodes, inside.size());
    }
    int cluster = inside.indexOf(CLUSTER);
    if (cluster >= 0 && cluster <= 1 && cluster < inside.size() - 1) {
      return inside.subList(cluster, inside.size());
    }
    // the user gave a part of a bundle, such as nodes/worker-2 or nodes/worker-2/ip-route.txt
    List<String> all = all(text);
    int before = text.outside().lastIndexOf(NODES);
    if (before >= 0 && before < all.size() - 2) {
      return all.subList(before, all.size());
    }
    int parent = text.outside().lastIndexOf(CLUSTER);
    return parent >= 0 && parent == all.size() - 2 ? all.subList(parent, all.size()) : List.of();
  }

  private Place loose(NamedText text) {
    List<String> all = all(text);
    int end = all.size() - 1;
    for (int i = 0; i < end; i++) {
      // /var or /etc of the machine the user works on says nothing of the recording
      boolean typed = i < text.outside().size();
      if (!typed && (ROOT_DIRECTORIES.contains(all.get(i)) || KINDS.contains(all.get(i)))) {
        end = i;
      }
    }
    List<String> home = all.subList(0, Math.max(0, end));
    // the directory of the only files given is where the user works, not a machine
    String node = home.isEmpty() || text.path().isEmpty() && oneHome ? "node" : home.getLast();
    List<String> rest = all.subList(home.size(), all.size());
    return onNode(looseName(node), String.join("/", home), rest);
  }

  /** The name of an archive stands for the directory that was packed. */
  private static String looseName(String name) {
    String lower = name.toLowerCase(Locale.ROOT);
    for (String ending : List.of(".tar.gz", ".tar.zst", ".tgz", ".tar", ".zip")) {
      if (lower.endsWith(ending) && lower.length() > ending.length()) {
        return name.substring(0, name.length() - ending.length());
      }
    }
    return name;
  }

  /**
   * @param rest parts of the path below the node's directory
   */
  private static Place onNode(String node, String home, List<String> rest) {
    String first = rest.getFirst();
    String name = name(rest);
    if (isCapture(name)) {
      return new Place.CaptureFile(node, home, true, stem(name));
    }
    if (rest.size() > 1) {
      if (first.equals("files")) {
        return new Place.NodeFile(
            node, home, true, "/" + String.join("/", rest.subList(1, rest.size())));
      }
      if (ROOT_DIRECTORIES.contains(first)) {
        return new Place.NodeFile(node, home, true, "/" + String.join("/", rest));
      }
      if (first.equals("log") || first.equals("logs")) {
        return new Place.NodeLog(node, home, true, name);
      }
      if (rest.size() > 2 && (first.equals("pods") || first.equals("netns"))) {
        return new Place.Output(node, home, true, rest.get(1), stem(name));
      }
    }
    if (name.endsWith(".log")) {
      return new Place.NodeLog(node, home, true, name);
    }
    return ofPod(node, home, stem(name));
  }

  /**
   * {@code pod-ip-route.txt} and {@code pod-web-1-ip-route.txt} in the node's own directory were
   * read inside a pod.
   */
  private static Place ofPod(String node, String home, String stem) {
    if (stem.startsWith("pod-")) {
      for (int dash = 3; dash >= 0; dash = stem.indexOf('-', dash + 1)) {
        String rest = stem.substring(dash + 1);
        if (CommandNames.guess(rest).isPresent()) {
          return new Place.Output(
              node, home, true, dash == 3 ? "pod" : stem.substring(4, dash), rest);
        }
      }
    }
    return new Place.Output(node, home, true, Source.HOST, stem);
  }

  static boolean isCapture(String name) {
    String lower = name.toLowerCase(Locale.ROOT);
    return lower.endsWith(".pcap") || lower.endsWith(".pcapng") || lower.endsWith(".cap");
  }

  private static String name(List<String> parts) {
    return parts.isEmpty() ? "" : parts.getLast();
  }

  private static final Set<String> TEXT_ENDINGS =
      Set.of("txt", "json", "yaml", "yml", "out", "log", "text", "md", "cfg", "conf");

  static String stem(String name) {
    return extension(name).isEmpty() ? name : name.substring(0, name.lastIndexOf('.'));
  }

  /**
   * Ending of a text's name; other dots belong to the name, as in {@code
   * ovs-ofctl-dump-flows-br0.100}.
   */
  static String extension(String name) {
    int dot = name.lastIndexOf('.');
    String ending = dot > 0 ? name.substring(dot + 1).toLowerCase(Locale.ROOT) : "";
    return TEXT_ENDINGS.contains(ending) || ending.startsWith("pcap") ? ending : "";
  }
}
