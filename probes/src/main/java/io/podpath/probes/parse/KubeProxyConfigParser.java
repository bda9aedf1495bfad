package io.podpath.probes.parse;

import com.google.auto.service.AutoService;
import io.podpath.core.cni.ConfigProblem;
import io.podpath.core.cni.KubeProxyConfig;
import io.podpath.core.net.IpPrefix;
import io.podpath.core.snapshot.Section;
import io.podpath.core.snapshot.Source;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * kube-proxy's configuration file, whole or a piece of it; also where a web page has swallowed its
 * indentation.
 */
@AutoService(OutputParser.class)
public final class KubeProxyConfigParser implements OutputParser {

  private static final int RANK = 20;

  @Override
  public String name() {
    return "kube-proxy configuration";
  }

  @Override
  public boolean reads(ShellCommand command) {
    return ShownFile.of(command).filter(f -> isConfigName(f.path())).isPresent();
  }

  /**
   * {@code /etc/kubernetes/kube-proxy-config.yml}, {@code /var/lib/kube-proxy/config.conf}; not its
   * kubeconfig, unit or log.
   */
  private static boolean isConfigName(String path) {
    String name = ShownFile.baseName(path);
    boolean ours = path.contains("kube-proxy") || path.contains("kubeproxy");
    return ours
        && (name.endsWith(".yml")
            || name.endsWith(".yaml")
            || name.endsWith("config.conf")
            || name.endsWith("config"))
        && !name.contains("kubeconfig");
  }

  @Override
  public int likeness(String fileName, String text) {
    if (!text.contains(":")) {
      return 0;
    }
    boolean named = false;
    int known = 0;
    int topLevel = 0;
    for (Lines.Line line : Lines.of(Source.ofFile(fileName, text))) {
      String row = line.text();
      int colon = row.indexOf(':');
      if (row.contains("kind:") && row.contains("KubeProxyConfiguration")) {
        named = line.indent() == 0;
      } else if (row.startsWith("kind:")) {
        return 0;
      }
      if (colon > 0 && line.indent() == 0 && !row.startsWith("#")) {
        topLevel++;
        known += KubeProxyFields.isKnown(row.substring(0, colon)) ? 1 : 0;
      }
    }
    if (named) {
      return 95;
    }
    return known > 0 && (known == topLevel || known > 2 && known * 2 > topLevel) ? 40 : 0;
  }

  @Override
  public Reading parse(Source source) {
    String text = YamlText.withIndentation(source.text(), KubeProxyFields.ALL);
    boolean cut = YamlText.hasGap(source.text());
    Tree.Documents documents =
        Tree.jsonOrYaml(cut ? YamlText.withoutGaps(text) : text, source.firstLine());
    ReadingBuilder reading = new ReadingBuilder(source);
    Optional<String> gap = ShownFile.of(source.command()).flatMap(ShownFile::gap);
    for (Tree root : documents.roots()) {
      if (!(root instanceof Tree.Obj)) {
        continue;
      }
      boolean whole = root.text("kind").filter(k -> k.equals("KubeProxyConfiguration")).isPresent();
      boolean otherKind = root.text("kind").isPresent() && !whole;
      boolean known =
          root.members().keySet().stream().anyMatch(KubeProxyFields.ALL.fields()::containsKey);
      if (otherKind || !known) {
        continue;
      }
      if (whole && !cut && gap.isEmpty()) {
        reading.whole(Section.KUBE_PROXY_CONFIG, RANK);
      } else {
        reading.part(
            Section.KUBE_PROXY_CONFIG, RANK, gap.orElse("only a piece of the file was given"));
      }
      reading.add(
          Section.KUBE_PROXY_CONFIG,
          decode(root, documents.error().filter(e -> !cut)),
          root.line());
    }
    documents.error().ifPresent(e -> broken(reading, e, cut));
    return reading.build();
  }

  /**
   * A file that is no YAML at all is refused by kube-proxy too; one that its author has cut is only
   * not read to its end.
   */
  private static void broken(ReadingBuilder reading, Tree.Broken error, boolean cut) {
    if (!cut && !reading.has(Section.KUBE_PROXY_CONFIG)) {
      ConfigProblem problem =
          new ConfigProblem(
              ConfigProblem.Kind.NOT_PARSEABLE,
              "",
              error.reason(),
              Optional.of("YAML"),
              Optional.empty(),
              error.line());
      reading.add(
          Section.KUBE_PROXY_CONFIG,
          new KubeProxyConfig(
              Optional.empty(),
              List.of(),
              Optional.empty(),
              Optional.empty(),
              Optional.empty(),
              List.of(problem)),
          error.line());
    }
    reading.unread(Section.KUBE_PROXY_CONFIG, error);
  }

  /** A configuration as strict decoding sees it. */
  static KubeProxyConfig decode(Tree root, Optional<Tree.Broken> error) {
    List<IpPrefix> cidrs = new ArrayList<>();
    for (String cidr : root.text("clusterCIDR").orElse("").split(",", -1)) {
      IpPrefix.parse(cidr.strip()).filter(p -> !cidr.isBlank()).ifPresent(cidrs::add);
    }
    List<ConfigProblem> problems = new ArrayList<>(KubeProxyFields.problems(root));
    error.ifPresent(e ->
        problems.add(
            new ConfigProblem(
                ConfigProblem.Kind.NOT_PARSEABLE,
                "",
                e.reason(),
                Optional.of("YAML"),
                Optional.empty(),
                e.line())));
    return new KubeProxyConfig(
        root.text("mode").filter(m -> !m.isEmpty()),
        cidrs,
        root.bool("iptables", "masqueradeAll"),
        root.text("detectLocalMode").filter(m -> !m.isEmpty()),
        root.text("ipvs", "scheduler").filter(s -> !s.isEmpty()),
        problems);
  }
}
