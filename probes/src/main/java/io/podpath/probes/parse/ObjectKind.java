package io.podpath.probes.parse;

import io.podpath.core.cluster.KubeNode;
import io.podpath.core.cluster.NetworkPlan;
import io.podpath.core.cluster.NodeAnnotation;
import io.podpath.core.snapshot.Section;
import io.podpath.core.snapshot.Source;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

/** The kinds of objects that tell something about the network. */
enum ObjectKind {
  NODE("nodes", false, Section.NODES),
  POD("pods", true, Section.PODS),
  SERVICE("services", true, Section.SERVICES),
  ENDPOINTS("endpoints", true, Section.ENDPOINT_SLICES),
  ENDPOINT_SLICE("endpointslices", true, Section.ENDPOINT_SLICES),
  EVENT("events", true, Section.EVENTS),
  CONFIG_MAP("configmaps", true, null),
  CLUSTER_CONFIGURATION("clusterconfigurations", false, null),
  KUBE_PROXY_CONFIGURATION("kubeproxyconfigurations", false, null),
  IP_POOL("ippools", false, Section.IP_POOLS),
  BGP_CONFIGURATION("bgpconfigurations", false, Section.BGP_CONFIGURATIONS),
  BGP_PEER("bgppeers", false, Section.BGP_PEERS),
  CALICO_NODE("nodes", false, Section.CALICO_NODES),
  BLOCK_AFFINITY("blockaffinities", false, Section.BLOCK_AFFINITIES);

  private final String plural;
  private final boolean namespaced;

  @SuppressWarnings("ImmutableEnumChecker") // a Section is immutable, but holds functions
  private final Optional<Section<?>> section;

  ObjectKind(
      String plural, boolean namespaced, @org.jspecify.annotations.Nullable Section<?> section) {
    this.plural = plural;
    this.namespaced = namespaced;
    this.section = Optional.ofNullable(section);
  }

  String plural() {
    return plural;
  }

  boolean isNamespaced() {
    return namespaced;
  }

  /** The table its objects are rows of; empty for kinds that hold other things. */
  Optional<Section<?>> section() {
    return section;
  }

  /** Kinds a command asks for. */
  static List<ObjectKind> asked(ApiCommand command) {
    ObjectKind other = command.program().equals("calicoctl") ? NODE : CALICO_NODE;
    return Arrays.stream(values())
        .filter(k -> k != other && command.kinds().contains(k.plural))
        .toList();
  }

  /** Kinds a file of that name lists; Kubernetes' nodes where the name could be Calico's too. */
  static Optional<ObjectKind> named(String fileName) {
    int dot = fileName.indexOf('.');
    String stem = dot > 0 ? fileName.substring(0, dot) : fileName;
    return Arrays.stream(values()).filter(k -> stem.equals(k.plural)).findFirst();
  }

  static Optional<ObjectKind> of(Tree object, Optional<String> kind) {
    String version = object.text("apiVersion").orElse("");
    boolean calico = version.contains("projectcalico.org");
    String name = kind.or(() -> CalicoObjects.kindOf(object)).orElse("").toLowerCase(Locale.ROOT);
    return switch (name) {
      case "node" ->
          Optional.of(calico || object.at("spec", "bgp").isPresent() ? CALICO_NODE : NODE);
      case "pod" -> Optional.of(POD);
      case "service" -> Optional.of(SERVICE);
      case "endpoints" -> Optional.of(ENDPOINTS);
      case "endpointslice" -> Optional.of(ENDPOINT_SLICE);
      case "event" -> Optional.of(EVENT);
      case "configmap" -> Optional.of(CONFIG_MAP);
      case "clusterconfiguration", "masterconfiguration" -> Optional.of(CLUSTER_CONFIGURATION);
      case "kubeproxyconfiguration" -> Optional.of(KUBE_PROXY_CONFIGURATION);
      case "ippool" -> Optional.of(IP_POOL);
      case "bgpconfiguration" -> Optional.of(BGP_CONFIGURATION);
      case "bgppeer" -> Optional.of(BGP_PEER);
      case "blockaffinity" -> Optional.of(BLOCK_AFFINITY);
      default -> Optional.empty();
    };
  }

  /** Adds what the object tells. */
  void read(Tree object, Source source, ReadingBuilder reading) {
    int line = object.at("metadata", "name").map(Tree::line).orElse(object.line());
    switch (this) {
      case NODE ->
          ClusterObjects.node(object).ifPresent(node -> readNode(object, node, line, reading));
      case POD -> {
        ClusterObjects.pod(object).ifPresent(p -> reading.add(Section.PODS, p, line));
        Optional<NetworkPlan> plan = ConfigMapObjects.planOfPod(object);
        plan.ifPresent(p -> reading.add(Section.NETWORK_PLANS, p, line));
      }
      case SERVICE ->
          ClusterObjects.service(object).ifPresent(s -> reading.add(Section.SERVICES, s, line));
      case ENDPOINTS ->
          ClusterObjects.endpoints(object)
              .forEach(s -> reading.add(Section.ENDPOINT_SLICES, s, line));
      case ENDPOINT_SLICE ->
          ClusterObjects.endpointSlice(object)
              .ifPresent(s -> reading.add(Section.ENDPOINT_SLICES, s, line));
      case EVENT ->
          ClusterObjects.event(object)
              .ifPresent(e -> reading.add(Section.EVENTS, e, object.line()));
      case CONFIG_MAP -> ConfigMapObjects.read(object, source, reading);
      case CLUSTER_CONFIGURATION ->
          ConfigMapObjects.plan(object)
              .ifPresent(p -> reading.add(Section.NETWORK_PLANS, p, planLine(object)));
      case KUBE_PROXY_CONFIGURATION -> {
        reading.whole(Section.KUBE_PROXY_CONFIG, KubernetesObjectParser.RANK);
        reading.add(
            Section.KUBE_PROXY_CONFIG,
            KubeProxyConfigParser.decode(object, Optional.empty()),
            object.line());
      }
      case IP_POOL ->
          CalicoObjects.pool(object).ifPresent(p -> reading.add(Section.IP_POOLS, p, line));
      case BGP_CONFIGURATION ->
          CalicoObjects.configuration(object)
              .ifPresent(c -> reading.add(Section.BGP_CONFIGURATIONS, c, line));
      case BGP_PEER ->
          CalicoObjects.peer(object)
              .ifPresent(p -> reading.add(Section.BGP_PEERS, p, CalicoObjects.peerLine(object)));
      case CALICO_NODE ->
          CalicoObjects.node(object).ifPresent(n -> reading.add(Section.CALICO_NODES, n, line));
      case BLOCK_AFFINITY ->
          CalicoObjects.affinity(object)
              .ifPresent(a ->
                  reading.add(
                      Section.BLOCK_AFFINITIES,
                      a,
                      object.at("spec", "cidr").map(Tree::line).orElse(line)));
    }
  }

  private static void readNode(Tree object, KubeNode node, int line, ReadingBuilder reading) {
    reading.add(Section.NODES, node, line);
    Map<String, Tree> annotations = object.members("metadata", "annotations");
    annotations.forEach((key, value) -> {
      if (value instanceof Tree.Scalar text) {
        reading.add(
            Section.NODE_ANNOTATIONS,
            new NodeAnnotation(node.name(), key, text.text()),
            value.line());
      }
    });
    int own =
        Stream.of("projectcalico.org/IPv4Address", "projectcalico.org/IPv6Address")
            .flatMap(key -> Optional.ofNullable(annotations.get(key)).stream())
            .findFirst()
            .map(Tree::line)
            .orElse(line);
    ClusterObjects.calicoNode(node).ifPresent(n -> reading.add(Section.CALICO_NODES, n, own));
  }

  private static int planLine(Tree configuration) {
    return configuration
        .at("controllerManager", "extraArgs")
        .or(() -> configuration.at("networking"))
        .map(Tree::line)
        .orElse(configuration.line());
  }
}
