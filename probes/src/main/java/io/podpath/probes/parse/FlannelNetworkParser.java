package io.podpath.probes.parse;

import com.google.auto.service.AutoService;
import io.podpath.core.cluster.FlannelNetwork;
import io.podpath.core.snapshot.Section;
import io.podpath.core.snapshot.Source;
import java.util.Optional;

/**
 * flannel's network as {@code net-conf.json} holds it, or as etcdctl prints it ({@code
 * /coreos.com/network/config}).
 */
@AutoService(OutputParser.class)
public final class FlannelNetworkParser implements OutputParser {

  private static final int RANK = 30;

  private static final String KEY = "/coreos.com/network";

  @Override
  public String name() {
    return "flannel net-conf.json";
  }

  @Override
  public boolean reads(ShellCommand command) {
    boolean asksEtcd = command.program().startsWith("etcdctl") && command.text().contains(KEY);
    return asksEtcd
        || ShownFile.of(command).filter(f -> f.path().endsWith("net-conf.json")).isPresent();
  }

  @Override
  public int likeness(String fileName, String text) {
    if (text.contains(KEY + "/config") || text.contains(KEY + "/subnets/")) {
      return text.stripLeading().startsWith("/") ? 85 : 0;
    }
    return text.stripLeading().startsWith("{")
            && text.contains("\"Network\"")
            && text.contains("\"Backend\"")
        ? 80
        : 0;
  }

  /** Leases below {@code subnets/} name no node and are left aside. */
  @Override
  public Reading parse(Source source) {
    ReadingBuilder reading = new ReadingBuilder(source);
    Tree.Documents whole =
        source.text().stripLeading().startsWith("{")
            ? Tree.json(source.text(), source.firstLine())
            : new Tree.Documents(java.util.List.of(), Optional.empty());
    for (Tree root : whole.roots()) {
      add(ConfigMapObjects.flannelNetwork(root), root.line(), reading);
    }
    if (!reading.has(Section.FLANNEL_NETWORKS)) {
      for (Lines.Line line : Lines.of(source)) {
        int open = line.text().indexOf('{');
        if (open >= 0 && line.text().contains("\"Network\"") && !line.text().contains("PublicIP")) {
          Tree.json(line.text().substring(open), line.number()).roots().stream()
              .findFirst()
              .ifPresent(
                  root -> add(ConfigMapObjects.flannelNetwork(root), line.number(), reading));
        }
      }
    }
    whole
        .error()
        .filter(e -> !reading.has(Section.FLANNEL_NETWORKS))
        .ifPresent(e -> reading.unread(Section.FLANNEL_NETWORKS, e));
    return reading.build();
  }

  private static void add(Optional<FlannelNetwork> network, int line, ReadingBuilder reading) {
    network.ifPresent(
        n -> reading.whole(Section.FLANNEL_NETWORKS, RANK).add(Section.FLANNEL_NETWORKS, n, line));
  }
}
