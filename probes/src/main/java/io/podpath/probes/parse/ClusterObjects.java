package io.podpath.probes.parse;

import io.podpath.core.cluster.CalicoNode;
import io.podpath.core.cluster.EndpointSlice;
import io.podpath.core.cluster.HostPort;
import io.podpath.core.cluster.KubeEvent;
import io.podpath.core.cluster.KubeNode;
import io.podpath.core.cluster.Pod;
import io.podpath.core.cluster.Service;
import io.podpath.core.cluster.ServiceTraffic;
import io.podpath.core.net.Gathered;
import io.podpath.core.net.IpAddress;
import io.podpath.core.net.IpPrefix;
import io.podpath.core.net.IpProtocol;
import io.podpath.core.net.Port;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.SortedMap;
import java.util.TreeMap;

/** Kubernetes objects as the API server gives them (JSON, or YAML of kubectl). */
final class ClusterObjects {

  /** core/v1/types.go: DefaultClientIPServiceAffinitySeconds. */
  private static final int DEFAULT_AFFINITY_SECONDS = 10800;

  private ClusterObjects() {}

  static Optional<KubeNode> node(Tree object) {
    Optional<String> name = object.text("metadata", "name");
    if (name.isEmpty()) {
      return Optional.empty();
    }
    KubeNode unknown = KubeNode.named(name.get());
    boolean status = object.get("status").isPresent();
    List<IpAddress> internal = new ArrayList<>();
    for (Tree address : object.items("status", "addresses")) {
      if (address.text("type").filter(t -> t.equals("InternalIP")).isPresent()) {
        address.text("address").flatMap(IpAddress::parse).ifPresent(internal::add);
      }
    }
    Gathered<Boolean> ready = status ? Gathered.absent() : unknown.ready();
    Gathered<String> message = status ? Gathered.absent() : unknown.readyMessage();
    for (Tree condition : object.items("status", "conditions")) {
      if (condition.text("type").filter(t -> t.equals("Ready")).isPresent()) {
        boolean isReady = condition.text("status").filter(s -> s.equals("True")).isPresent();
        ready = Gathered.known(isReady);
        message =
            isReady ? message : condition.text("message").map(Gathered::known).orElse(message);
      }
    }
    return Optional.of(
        new KubeNode(
            name.get(),
            ready,
            message,
            status ? Gathered.known(internal) : unknown.internalIps(),
            podCidrs(object),
            Gathered.known(texts(object, "metadata", "annotations")),
            Gathered.known(texts(object, "metadata", "labels")),
            object
                .text("status", "nodeInfo", "kubeletVersion")
                .map(Gathered::known)
                .orElse(unknown.kubeletVersion())));
  }

  private static Gathered<List<IpPrefix>> podCidrs(Tree node) {
    List<IpPrefix> cidrs = new ArrayList<>();
    for (Tree cidr : node.items("spec", "podCIDRs")) {
      if (cidr instanceof Tree.Scalar scalar) {
        IpPrefix.parse(scalar.text()).ifPresent(cidrs::add);
      }
    }
    if (cidrs.isEmpty()) {
      node.text("spec", "podCIDR").flatMap(IpPrefix::parse).ifPresent(cidrs::add);
    }
    if (!cidrs.isEmpty()) {
      return Gathered.known(cidrs);
    }
    // An API server leaves an empty spec out, or prints {}: both mean that no CIDR was assigned. A
    // cut object has no status either.
    return node.get("spec").isPresent() || node.get("status").isPresent()
        ? Gathered.absent()
        : Gathered.notGathered("no spec in the object");
  }

  /** A map of texts. */
  static SortedMap<String, String> texts(Tree object, String... path) {
    SortedMap<String, String> texts = new TreeMap<>();
    for (Map.Entry<String, Tree> entry : object.members(path).entrySet()) {
      if (entry.getValue() instanceof Tree.Scalar scalar) {
        texts.put(entry.getKey(), scalar.text());
      }
    }
    return texts;
  }

  /**
   * What Calico wrote on a Kubernetes Node; empty when it wrote nothing (another network, or its
   * data is in etcd).
   */
  static Optional<CalicoNode> calicoNode(KubeNode node) {
    SortedMap<String, String> annotations = node.annotations().optional().orElse(new TreeMap<>());
    String calico = "projectcalico.org/";
    if (annotations.keySet().stream().noneMatch(k -> k.startsWith(calico))) {
      return Optional.empty();
    }
    Optional<CalicoRows.OwnAddress> own =
        Optional.ofNullable(annotations.get(calico + "IPv4Address"))
            .or(() -> Optional.ofNullable(annotations.get(calico + "IPv6Address")))
            .flatMap(CalicoRows.OwnAddress::parse);
    Gathered<String> tunnel = node.annotation(calico + "IPv4IPIPTunnelAddr");
    return Optional.of(
        new CalicoNode(
            node.name(),
            own.map(o -> Gathered.known(o.address())).orElse(Gathered.absent()),
            own.flatMap(CalicoRows.OwnAddress::network)
                .map(Gathered::known)
                .orElse(Gathered.absent()),
            tunnel
                .optional()
                .flatMap(IpAddress::parse)
                .map(Gathered::known)
                .orElse(Gathered.absent()),
            node.annotation(calico + "RouteReflectorClusterID"),
            node.annotation(calico + "ASNumber")
                .optional()
                .flatMap(CalicoRows::asNumber)
                .map(Gathered::known)
                .orElse(Gathered.absent()),
            node.labels()));
  }

  static Optional<Pod> pod(Tree object) {
    Optional<String> name = object.text("metadata", "name");
    if (name.isEmpty()) {
      return Optional.empty();
    }
    List<IpAddress> ips = new ArrayList<>();
    for (Tree ip : object.items("status", "podIPs")) {
      ip.text("ip").flatMap(IpAddress::parse).ifPresent(ips::add);
    }
    if (ips.isEmpty()) {
      object.text("status", "podIP").flatMap(IpAddress::parse).ifPresent(ips::add);
    }
    Optional<Boolean> hostNetwork =
        object.bool("spec", "hostNetwork").or(() -> object.get("spec").map(s -> false));
    return Optional.of(
        new Pod(
            namespace(object),
            name.get(),
            object.text("spec", "nodeName"),
            ips,
            hostNetwork,
            podStatus(object),
            object.get("spec").isPresent()
                ? Gathered.known(hostPorts(object))
                : Gathered.notGathered("the object has no spec")));
  }

  /** Those the runtime hands to the plug-in portmap; a port of 0 is none. */
  private static List<HostPort> hostPorts(Tree pod) {
    List<HostPort> ports = new ArrayList<>();
    for (Tree container : pod.items("spec", "containers")) {
      for (Tree port : container.items("ports")) {
        Optional<IpProtocol> protocol = IpProtocol.parse(port.text("protocol").orElse("TCP"));
        Optional<Port> host = port(port, "hostPort").filter(p -> p.number() > 0);
        Optional<Port> inside = port(port, "containerPort");
        if (protocol.isPresent() && host.isPresent() && inside.isPresent()) {
          Optional<IpAddress> hostIp =
              port.text("hostIP").flatMap(IpAddress::parse).filter(ip -> !ip.isUnspecified());
          ports.add(new HostPort(hostIp, host.get(), protocol.get(), inside.get()));
        }
      }
    }
    return ports;
  }

  /**
   * As kubectl prints it in the column STATUS (printPod in pkg/printers/internalversion), without
   * the finer points of init containers.
   */
  private static Optional<String> podStatus(Tree object) {
    Optional<String> status =
        object.text("status", "reason").or(() -> object.text("status", "phase"));
    for (Tree container : object.items("status", "containerStatuses")) {
      Optional<String> waiting =
          container
              .text("state", "waiting", "reason")
              .or(() -> container.text("state", "terminated", "reason"));
      if (waiting.isPresent()) {
        status = waiting;
      }
    }
    return object.get("metadata").flatMap(m -> m.get("deletionTimestamp")).isPresent()
        ? Optional.of("Terminating")
        : status;
  }

  static String namespace(Tree object) {
    return object.text("metadata", "namespace").orElse("default");
  }

  static Optional<Service> service(Tree object) {
    Optional<String> name = object.text("metadata", "name");
    if (name.isEmpty() || object.get("spec").isEmpty()) {
      return Optional.empty();
    }
    List<IpAddress> clusterIps = addresses(object.items("spec", "clusterIPs"));
    if (clusterIps.isEmpty()) {
      clusterIps =
          object
              .text("spec", "clusterIP")
              .flatMap(IpAddress::parse)
              .map(List::of)
              .orElse(List.of());
    }
    List<IpAddress> ingress = new ArrayList<>();
    for (Tree entry : object.items("status", "loadBalancer", "ingress")) {
      entry.text("ip").flatMap(IpAddress::parse).ifPresent(ingress::add);
    }
    List<Service.ServicePort> ports = new ArrayList<>();
    for (Tree port : object.items("spec", "ports")) {
      Optional<IpProtocol> protocol = IpProtocol.parse(port.text("protocol").orElse("TCP"));
      Optional<Port> number = port(port, "port");
      if (protocol.isPresent() && number.isPresent()) {
        ports.add(
            new Service.ServicePort(
                port.text("name"),
                protocol.get(),
                number.get(),
                port(port, "nodePort").filter(p -> p.number() > 0),
                port.text("targetPort")));
      }
    }
    return Optional.of(
        new Service(
            namespace(object),
            name.get(),
            object.text("spec", "type").orElse("ClusterIP"),
            clusterIps,
            addresses(object.items("spec", "externalIPs")),
            ingress,
            ports,
            traffic(object)));
  }

  private static ServiceTraffic traffic(Tree object) {
    boolean sticky = object.text("spec", "sessionAffinity").filter("ClientIP"::equals).isPresent();
    // at most a day (pkg/apis/core/validation)
    int seconds =
        object.number("spec", "sessionAffinityConfig", "clientIP", "timeoutSeconds").stream()
            .filter(n -> n > 0 && n <= 86400)
            .mapToInt(n -> (int) n)
            .findFirst()
            .orElse(DEFAULT_AFFINITY_SECONDS);
    List<IpPrefix> ranges = new ArrayList<>();
    for (Tree item : object.items("spec", "loadBalancerSourceRanges")) {
      if (item instanceof Tree.Scalar scalar) {
        IpPrefix.parse(scalar.text().strip()).ifPresent(ranges::add);
      }
    }
    OptionalLong health = object.number("spec", "healthCheckNodePort");
    return new ServiceTraffic(
        Optional.of(object.text("spec", "internalTrafficPolicy").orElse("Cluster")),
        Optional.of(object.text("spec", "externalTrafficPolicy").orElse("Cluster")),
        sticky ? OptionalInt.of(seconds) : OptionalInt.empty(),
        ranges,
        health.stream()
            .filter(p -> p > 0 && p < 65536)
            .mapToObj(p -> new Port((int) p))
            .findFirst());
  }

  private static Optional<Port> port(Tree object, String key) {
    OptionalLong number = object.number(key);
    return number.isPresent() && number.getAsLong() >= 0 && number.getAsLong() < 65536
        ? Optional.of(new Port((int) number.getAsLong()))
        : Optional.empty();
  }

  private static List<IpAddress> addresses(List<Tree> items) {
    List<IpAddress> addresses = new ArrayList<>();
    for (Tree item : items) {
      if (item instanceof Tree.Scalar scalar) {
        IpAddress.parse(scalar.text()).ifPresent(addresses::add);
      }
    }
    return addresses;
  }

  private static List<EndpointSlice.EndpointPort> endpointPorts(Tree holder) {
    List<EndpointSlice.EndpointPort> ports = new ArrayList<>();
    for (Tree port : holder.items("ports")) {
      Optional<IpProtocol> protocol = IpProtocol.parse(port.text("protocol").orElse("TCP"));
      Optional<Port> number = port(port, "port");
      if (protocol.isPresent() && number.isPresent()) {
        ports.add(
            new EndpointSlice.EndpointPort(
                port.text("name").filter(n -> !n.isEmpty()), protocol.get(), number.get()));
      }
    }
    return ports;
  }

  static Optional<EndpointSlice> endpointSlice(Tree object) {
    Optional<String> name = object.text("metadata", "name");
    if (name.isEmpty()) {
      return Optional.empty();
    }
    List<EndpointSlice.Endpoint> endpoints = new ArrayList<>();
    for (Tree endpoint : object.items("endpoints")) {
      // "nil indicates an unknown state … should interpret this unknown state as ready"
      // (discovery.k8s.io/v1 EndpointConditions)
      boolean ready = endpoint.bool("conditions", "ready").orElse(true);
      // v1beta1 named the node in the topology
      Optional<String> node =
          endpoint.text("nodeName").or(() -> endpoint.text("topology", "kubernetes.io/hostname"));
      for (IpAddress address : addresses(endpoint.items("addresses"))) {
        endpoints.add(new EndpointSlice.Endpoint(address, ready, node));
      }
    }
    Optional<String> service =
        Optional.ofNullable(texts(object, "metadata", "labels").get("kubernetes.io/service-name"));
    return Optional.of(
        new EndpointSlice(
            namespace(object), name.get(), service.orElse(""), endpoints, endpointPorts(object)));
  }

  /** The older Endpoints: one slice for each subset. */
  static List<EndpointSlice> endpoints(Tree object) {
    Optional<String> name = object.text("metadata", "name");
    if (name.isEmpty()) {
      return List.of();
    }
    List<EndpointSlice> slices = new ArrayList<>();
    for (Tree subset : object.items("subsets")) {
      List<EndpointSlice.Endpoint> endpoints = new ArrayList<>();
      for (Tree address : subset.items("addresses")) {
        endpoint(address, true).ifPresent(endpoints::add);
      }
      for (Tree address : subset.items("notReadyAddresses")) {
        endpoint(address, false).ifPresent(endpoints::add);
      }
      slices.add(
          new EndpointSlice(
              namespace(object), name.get(), name.get(), endpoints, endpointPorts(subset)));
    }
    return slices.isEmpty()
        ? List.of(
            new EndpointSlice(namespace(object), name.get(), name.get(), List.of(), List.of()))
        : slices;
  }

  private static Optional<EndpointSlice.Endpoint> endpoint(Tree address, boolean ready) {
    return address
        .text("ip")
        .flatMap(IpAddress::parse)
        .map(ip -> new EndpointSlice.Endpoint(ip, ready, address.text("nodeName")));
  }

  /** An Event of v1 or of events.k8s.io. */
  static Optional<KubeEvent> event(Tree object) {
    String about = object.get("involvedObject").isPresent() ? "involvedObject" : "regarding";
    Optional<String> message = object.text("message").or(() -> object.text("note"));
    Optional<String> reason = object.text("reason");
    if (message.isEmpty() || reason.isEmpty()) {
      return Optional.empty();
    }
    String kind = object.text(about, "kind").orElse("").toLowerCase(Locale.ROOT);
    return Optional.of(
        new KubeEvent(
            object.text(about, "namespace").or(() -> object.text("metadata", "namespace")),
            object.text("type").orElse("Normal"),
            reason.get(),
            kind + "/" + object.text(about, "name").orElse(""),
            message.get()));
  }
}
