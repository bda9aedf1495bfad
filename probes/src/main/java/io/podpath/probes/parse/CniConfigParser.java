package io.podpath.probes.parse;

import com.google.auto.service.AutoService;
import io.podpath.core.cni.CniConfig;
import io.podpath.core.net.IpPrefix;
import io.podpath.core.snapshot.Section;
import io.podpath.core.snapshot.Source;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * A CNI network configuration: a file of {@code /etc/cni/net.d} ({@code .conf}, {@code .conflist}),
 * or what flannel's plug-in hands on to the bridge plug-in and keeps under {@code
 * /var/lib/cni/flannel}. Only the former has a file name.
 */
@AutoService(OutputParser.class)
public final class CniConfigParser implements OutputParser {

  private static final int RANK = 30;

  @Override
  public String name() {
    return "CNI configuration";
  }

  @Override
  public boolean reads(ShellCommand command) {
    return ShownFile.of(command)
        .filter(f -> isNetDirectory(f.path()) || f.path().contains("/var/lib/cni/flannel/"))
        .isPresent();
  }

  /**
   * Whether a file lies in a directory of network configurations (also k3s' {@code
   * …/agent/etc/cni/net.d}).
   */
  private static boolean isNetDirectory(String path) {
    return ShownFile.directory(path).endsWith("cni/net.d");
  }

  @Override
  public int likeness(String fileName, String text) {
    String head = text.stripLeading();
    if (!head.startsWith("{")
        || !text.contains("\"cniVersion\"")
            && !text.contains("\"plugins\"")
            && !text.contains("\"ipam\"")) {
      return 0;
    }
    boolean cni =
        text.contains("\"type\"")
            && (text.contains("\"name\"")
                || text.contains("\"plugins\"")
                || text.contains("\"ipam\""));
    return !cni ? 0 : text.contains("\"cniVersion\"") ? 90 : 60;
  }

  @Override
  public Reading parse(Source source) {
    ReadingBuilder reading = new ReadingBuilder(source);
    Optional<String> path =
        ShownFile.of(source.command()).map(ShownFile::path).or(() -> Optional.of(source.file()));
    Optional<String> fileName =
        path.filter(CniConfigParser::isNetDirectory)
            .map(p -> p.substring(p.lastIndexOf('/') + 1))
            .filter(n -> n.indexOf('*') < 0);
    boolean missing = fileName.isEmpty();
    Tree.Documents documents = Tree.json(source.text(), source.firstLine());
    reading.part(
        Section.CNI_CONFIGS,
        RANK,
        missing ? "no file of a network directory" : "one file of its directory");
    for (Tree root : documents.roots()) {
      config(root, fileName)
          .ifPresentOrElse(
              c -> reading.add(Section.CNI_CONFIGS, c, root.line()),
              () -> reading.unread(Section.CNI_CONFIGS, root.line(), "no CNI configuration"));
    }
    documents.error().ifPresent(e -> reading.unread(Section.CNI_CONFIGS, e));
    return reading.build();
  }

  /** A configuration with its plug-ins; empty when it has no type. */
  static Optional<CniConfig> config(Tree root, Optional<String> fileName) {
    List<Tree> plugins = new ArrayList<>(root.items("plugins"));
    if (plugins.isEmpty()) {
      plugins.add(root);
    }
    List<String> types = new ArrayList<>();
    List<IpPrefix> subnets = new ArrayList<>();
    Optional<String> bridge = Optional.empty();
    for (Tree plugin : plugins) {
      plugin.text("type").ifPresent(types::add);
      plugin.text("ipam", "subnet").flatMap(IpPrefix::parse).ifPresent(subnets::add);
      for (Tree range : plugin.items("ipam", "ranges")) {
        List<Tree> sets = range instanceof Tree.Arr(var items, var at) ? items : List.of(range);
        sets.forEach(s -> s.text("subnet").flatMap(IpPrefix::parse).ifPresent(subnets::add));
      }
      if (bridge.isEmpty()) {
        // flannel's plug-in and the bridge plug-in both fall back to cni0
        Optional<String> fallback =
            plugin
                .text("type")
                .filter(t -> t.equals("bridge") || t.equals("flannel"))
                .map(t -> "cni0");
        bridge =
            plugin.text("bridge").or(() -> plugin.text("delegate", "bridge")).or(() -> fallback);
      }
    }
    return types.isEmpty()
        ? Optional.empty()
        : Optional.of(
            new CniConfig(
                fileName, root.text("name"), root.text("cniVersion"), types, subnets, bridge));
  }
}
