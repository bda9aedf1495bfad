package io.podpath.probes.parse;

import io.podpath.core.cluster.FlannelNetwork;
import io.podpath.core.cluster.NetworkPlan;
import io.podpath.core.cni.CniConfig;
import io.podpath.core.net.IpPrefix;
import io.podpath.core.snapshot.Section;
import io.podpath.core.snapshot.Source;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;

/** What lies inside ConfigMaps: flannel's, kube-proxy's and kubeadm's configurations. */
final class ConfigMapObjects {

  private static final int RANK = 30;

  private ConfigMapObjects() {}

  static void read(Tree object, Source source, ReadingBuilder reading) {
    object
        .members("data")
        .forEach((key, value) -> {
          if (value instanceof Tree.Scalar scalar) {
            readValue(key, scalar, source, reading);
          }
        });
  }

  private static void readValue(
      String key, Tree.Scalar value, Source source, ReadingBuilder reading) {
    switch (key) {
      case "net-conf.json" ->
          document(value, source)
              .flatMap(ConfigMapObjects::flannelNetwork)
              .ifPresent(network -> {
                reading.whole(Section.FLANNEL_NETWORKS, RANK);
                reading.add(Section.FLANNEL_NETWORKS, network, value.line());
              });
      case "cni-conf.json", "cni_network_config" -> {
        // what the agent will write on every node: no file of any node yet
        Optional<CniConfig> config =
            document(value, source).flatMap(t -> CniConfigParser.config(t, Optional.empty()));
        config.ifPresent(c -> reading.add(Section.CNI_CONFIGS, c, value.line()));
      }
      case "config.conf" ->
          document(value, source)
              .filter(
                  t -> t.text("kind").filter(k -> k.equals("KubeProxyConfiguration")).isPresent())
              .ifPresent(t -> {
                reading.whole(Section.KUBE_PROXY_CONFIG, RANK);
                reading.add(
                    Section.KUBE_PROXY_CONFIG,
                    KubeProxyConfigParser.decode(t, Optional.empty()),
                    t.line());
              });
      case "ClusterConfiguration", "MasterConfiguration" ->
          document(value, source)
              .flatMap(ConfigMapObjects::plan)
              .ifPresent(plan -> reading.add(Section.NETWORK_PLANS, plan, value.line()));
      default -> {}
    }
  }

  /**
   * The document inside a text. Its lines are counted on where it stands as a block of its own
   * lines, else it all lies on one line.
   */
  private static Optional<Tree> document(Tree.Scalar value, Source source) {
    String head = source.line(value.line()).stripTrailing();
    boolean block = head.endsWith("|") || head.endsWith("|-") || head.endsWith("|+");
    Tree.Documents inner = Tree.jsonOrYaml(value.text(), 1);
    return inner.roots().stream().findFirst().map(t -> moved(t, value.line(), block));
  }

  private static Tree moved(Tree tree, int line, boolean block) {
    int at = block ? line + tree.line() : line;
    return switch (tree) {
      case Tree.Obj(var members, var inner) -> {
        java.util.Map<String, Tree> copy = new java.util.LinkedHashMap<>();
        members.forEach((key, member) -> copy.put(key, moved(member, line, block)));
        yield new Tree.Obj(copy, at);
      }
      case Tree.Arr(var items, var inner) ->
          new Tree.Arr(items.stream().map(i -> moved(i, line, block)).toList(), at);
      case Tree.Scalar(var text, var kind, var inner) -> new Tree.Scalar(text, kind, at);
    };
  }

  /** net-conf.json. */
  static Optional<FlannelNetwork> flannelNetwork(Tree conf) {
    Optional<IpPrefix> network = conf.text("Network").flatMap(IpPrefix::parse);
    Optional<String> backend = conf.text("Backend", "Type");
    if (network.isEmpty() && backend.isEmpty()) {
      return Optional.empty();
    }
    // "udp" is what flannel takes when nothing is said (pkg/subnet/config.go)
    return Optional.of(
        new FlannelNetwork(network, backend, conf.bool("Backend", "DirectRouting").orElse(false)));
  }

  /**
   * kubeadm's ClusterConfiguration; what the controller manager is told by flags wins over what
   * kubeadm would tell it.
   */
  static Optional<NetworkPlan> plan(Tree configuration) {
    List<IpPrefix> pods =
        prefixes(
            argument(configuration, "cluster-cidr")
                .or(() -> configuration.text("networking", "podSubnet")));
    List<IpPrefix> services =
        prefixes(
            argument(configuration, "service-cluster-ip-range")
                .or(() -> configuration.text("networking", "serviceSubnet")));
    Optional<String> mask =
        argument(configuration, "node-cidr-mask-size")
            .or(() -> argument(configuration, "node-cidr-mask-size-ipv4"));
    OptionalInt size =
        mask.filter(ClusterRows::isNumber)
            .map(m -> OptionalInt.of(Integer.parseInt(m)))
            .orElse(OptionalInt.empty());
    return pods.isEmpty() && services.isEmpty() && size.isEmpty()
        ? Optional.empty()
        : Optional.of(new NetworkPlan("ClusterConfiguration", pods, services, size));
  }

  /**
   * An argument of the controller manager: a map up to v1beta3, a list of names and values since.
   */
  private static Optional<String> argument(Tree configuration, String name) {
    Optional<String> mapped =
        configuration
            .text("controllerManager", "extraArgs", name)
            .or(() -> configuration.text("controllerManagerExtraArgs", name));
    if (mapped.isPresent()) {
      return mapped;
    }
    return configuration.items("controllerManager", "extraArgs").stream()
        .filter(a -> a.text("name").filter(n -> n.equals(name)).isPresent())
        .findFirst()
        .flatMap(a -> a.text("value"));
  }

  /** What a running controller manager was told: the flags of its container. */
  static Optional<NetworkPlan> planOfPod(Tree pod) {
    List<String> flags = new ArrayList<>();
    for (Tree container : pod.items("spec", "containers")) {
      for (String list : List.of("command", "args")) {
        for (Tree word : container.items(list)) {
          if (word instanceof Tree.Scalar scalar) {
            flags.add(scalar.text());
          }
        }
      }
    }
    if (flags.stream().noneMatch(f -> f.contains("kube-controller-manager"))) {
      return Optional.empty();
    }
    return planOfFlags(flags);
  }

  static Optional<NetworkPlan> planOfFlags(List<String> flags) {
    List<IpPrefix> pods = prefixes(flag(flags, "--cluster-cidr="));
    Optional<String> mask =
        flag(flags, "--node-cidr-mask-size=")
            .or(() -> flag(flags, "--node-cidr-mask-size-ipv4="))
            .filter(ClusterRows::isNumber);
    if (pods.isEmpty() && mask.isEmpty()) {
      return Optional.empty();
    }
    return Optional.of(
        new NetworkPlan(
            "kube-controller-manager",
            pods,
            prefixes(flag(flags, "--service-cluster-ip-range=")),
            mask.map(m -> OptionalInt.of(Integer.parseInt(m))).orElse(OptionalInt.empty())));
  }

  private static Optional<String> flag(List<String> flags, String start) {
    return flags.stream()
        .filter(f -> f.startsWith(start))
        .findFirst()
        .map(f -> f.substring(start.length()));
  }

  private static List<IpPrefix> prefixes(Optional<String> text) {
    return Arrays.stream(text.orElse("").split(",", -1))
        .map(String::strip)
        .filter(t -> t.indexOf('/') > 0)
        .flatMap(t -> IpPrefix.parse(t).stream())
        .toList();
  }
}
