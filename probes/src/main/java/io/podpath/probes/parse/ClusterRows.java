package io.podpath.probes.parse;

import io.podpath.core.cluster.EndpointSlice;
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
import java.util.Arrays;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * Rows of kubectl's tables as Kubernetes objects. Each method is empty when the row is not of its
 * kind.
 */
final class ClusterRows {

  private static final Set<String> SERVICE_TYPES =
      Set.of("ClusterIP", "NodePort", "LoadBalancer", "ExternalName");

  private ClusterRows() {}

  /** A cell; empty for {@code <none>} and its like. */
  static Optional<String> cell(Map<String, String> cells, String column) {
    return Optional.ofNullable(cells.get(column))
        .filter(c ->
            !c.equals("<none>")
                && !c.equals("<pending>")
                && !c.equals("<unknown>")
                && !c.equals("<unset>"));
  }

  /**
   * A name as Kubernetes allows it, without the kind that {@code kubectl get a,b} puts before it.
   */
  static Optional<String> name(Map<String, String> cells) {
    return cell(cells, "NAME")
        .map(n -> n.substring(n.indexOf('/') + 1))
        .filter(ClusterRows::isName);
  }

  /**
   * Letters, digits, {@code -}, {@code .} (RFC 1123); capitals and {@code _} too, because authors
   * disguise names.
   */
  static boolean isName(String text) {
    if (text.isEmpty() || text.length() > 253 || !Character.isLetterOrDigit(text.charAt(0))) {
      return false;
    }
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      if (!Character.isLetterOrDigit(c) && c != '-' && c != '.' && c != '_' && c != ':') {
        return false;
      }
    }
    return true;
  }

  static Optional<KubeNode> node(Map<String, String> cells) {
    Optional<String> name = name(cells);
    if (name.isEmpty()) {
      return Optional.empty();
    }
    KubeNode known = KubeNode.named(name.get());
    Gathered<Boolean> ready = known.ready();
    if (cells.containsKey("STATUS")) {
      List<String> words = List.of(cells.getOrDefault("STATUS", "").split(",", -1));
      if (!words.contains("Ready") && !words.contains("NotReady") && !words.contains("Unknown")) {
        return Optional.empty();
      }
      ready =
          words.contains("Unknown") ? Gathered.absent() : Gathered.known(words.contains("Ready"));
    }
    Gathered<List<IpAddress>> internal =
        cells.containsKey("INTERNAL-IP")
            ? Gathered.known(addresses(cells.get("INTERNAL-IP")))
            : known.internalIps();
    Gathered<List<IpPrefix>> cidrs = known.podCidrs();
    if (cells.containsKey("POD-CIDR")) {
      List<IpPrefix> prefixes = prefixes(cells.get("POD-CIDR"));
      cidrs = prefixes.isEmpty() ? Gathered.absent() : Gathered.known(prefixes);
    }
    Gathered<String> version =
        cell(cells, "VERSION").map(Gathered::known).orElse(known.kubeletVersion());
    return Optional.of(
        new KubeNode(
            name.get(),
            ready,
            known.readyMessage(),
            internal,
            cidrs,
            known.annotations(),
            known.labels(),
            version));
  }

  static Optional<Pod> pod(Map<String, String> cells, String namespace) {
    Optional<String> name = name(cells);
    boolean counted = !cells.containsKey("READY") || isFraction(cells.getOrDefault("READY", ""));
    if (name.isEmpty() || !counted) {
      return Optional.empty();
    }
    return Optional.of(
        new Pod(
            cell(cells, "NAMESPACE").orElse(namespace),
            name.get(),
            cell(cells, "NODE").filter(ClusterRows::isName),
            addresses(cells.getOrDefault("IP", "")),
            Optional.empty(),
            cell(cells, "STATUS"),
            Gathered.notGathered("kubectl get pods does not print host ports")));
  }

  /** {@code 1/2}: how many containers of how many are ready. */
  static boolean isFraction(String text) {
    int slash = text.indexOf('/');
    return slash > 0 && isNumber(text.substring(0, slash)) && isNumber(text.substring(slash + 1));
  }

  static boolean isNumber(String text) {
    return !text.isEmpty()
        && text.length() < 10
        && text.chars().allMatch(c -> c >= '0' && c <= '9');
  }

  static boolean isServiceType(String text) {
    return SERVICE_TYPES.contains(text);
  }

  static Optional<Service> service(Map<String, String> cells, String namespace) {
    Optional<String> name = name(cells);
    String type = cells.getOrDefault("TYPE", "");
    if (name.isEmpty() || !isServiceType(type)) {
      return Optional.empty();
    }
    List<Service.ServicePort> ports = new ArrayList<>();
    for (String port : cell(cells, "PORT(S)").orElse("").split(",", -1)) {
      servicePort(port).ifPresent(ports::add);
    }
    return Optional.of(
        new Service(
            cell(cells, "NAMESPACE").orElse(namespace),
            name.get(),
            type,
            addresses(cells.getOrDefault("CLUSTER-IP", "")),
            addresses(cells.getOrDefault("EXTERNAL-IP", "")),
            List.of(),
            ports,
            ServiceTraffic.UNTOLD));
  }

  /** {@code 80:31811/TCP}. */
  private static Optional<Service.ServicePort> servicePort(String text) {
    int slash = text.indexOf('/');
    int colon = text.indexOf(':');
    if (slash < 0) {
      return Optional.empty();
    }
    Optional<IpProtocol> protocol = IpProtocol.parse(text.substring(slash + 1));
    Optional<Port> port = port(text.substring(0, colon > 0 && colon < slash ? colon : slash));
    Optional<Port> nodePort =
        colon > 0 && colon < slash ? port(text.substring(colon + 1, slash)) : Optional.empty();
    return protocol.isEmpty() || port.isEmpty()
        ? Optional.empty()
        : Optional.of(
            new Service.ServicePort(
                Optional.empty(), protocol.get(), port.get(), nodePort, Optional.empty()));
  }

  static Optional<Port> port(String text) {
    return isNumber(text) && text.length() < 6 && Integer.parseInt(text) < 65536
        ? Optional.of(new Port(Integer.parseInt(text)))
        : Optional.empty();
  }

  /** Whether kubectl left endpoints out ({@code + 3 more...}). */
  static boolean isShortened(Map<String, String> cells) {
    return cells.getOrDefault("ENDPOINTS", "").contains("more...")
        || cells.values().stream().anyMatch(c -> c.endsWith("more..."));
  }

  /**
   * The older Endpoints, which list only what is ready. The table names no protocols: port 53
   * counts for both, others for TCP.
   */
  static Optional<EndpointSlice> endpoints(Map<String, String> cells, String namespace) {
    Optional<String> name = name(cells);
    if (name.isEmpty() || !cells.containsKey("ENDPOINTS")) {
      return Optional.empty();
    }
    Set<IpAddress> addresses = new LinkedHashSet<>();
    Set<Port> ports = new LinkedHashSet<>();
    for (String endpoint : cell(cells, "ENDPOINTS").orElse("").split(",", -1)) {
      int colon = endpoint.lastIndexOf(':');
      if (colon > 0) {
        IpAddress.parse(endpoint.substring(0, colon).replace("[", "").replace("]", ""))
            .ifPresent(addresses::add);
        port(endpoint.substring(colon + 1)).ifPresent(ports::add);
      }
    }
    List<EndpointSlice.EndpointPort> endpointPorts = new ArrayList<>();
    for (Port port : ports) {
      if (port.number() == 53) {
        endpointPorts.add(new EndpointSlice.EndpointPort(Optional.empty(), IpProtocol.UDP, port));
      }
      endpointPorts.add(new EndpointSlice.EndpointPort(Optional.empty(), IpProtocol.TCP, port));
    }
    return Optional.of(
        new EndpointSlice(
            cell(cells, "NAMESPACE").orElse(namespace),
            name.get(),
            name.get(),
            addresses.stream()
                .map(a -> new EndpointSlice.Endpoint(a, true, Optional.empty()))
                .toList(),
            endpointPorts));
  }

  /**
   * An EndpointSlice, whose service is known by its name only: generateName puts five letters
   * behind it.
   */
  static Optional<EndpointSlice> endpointSlice(Map<String, String> cells, String namespace) {
    Optional<String> name = name(cells);
    if (name.isEmpty() || !cells.containsKey("ADDRESSTYPE")) {
      return Optional.empty();
    }
    String service = name.get();
    int dash = service.lastIndexOf('-');
    if (dash > 0 && service.length() - dash == 6) {
      service = service.substring(0, dash);
    }
    List<EndpointSlice.EndpointPort> ports = new ArrayList<>();
    for (String text : cell(cells, "PORTS").orElse("").split(",", -1)) {
      port(text)
          .ifPresent(p ->
              ports.add(
                  new EndpointSlice.EndpointPort(
                      Optional.empty(), p.number() == 53 ? IpProtocol.UDP : IpProtocol.TCP, p)));
    }
    return Optional.of(
        new EndpointSlice(
            cell(cells, "NAMESPACE").orElse(namespace),
            name.get(),
            service,
            addresses(cells.getOrDefault("ENDPOINTS", "")).stream()
                .map(a -> new EndpointSlice.Endpoint(a, true, Optional.empty()))
                .toList(),
            ports.stream().distinct().toList()));
  }

  static Optional<KubeEvent> event(Map<String, String> cells, Optional<String> namespace) {
    Optional<String> reason = cell(cells, "REASON");
    Optional<String> message = cell(cells, "MESSAGE");
    Optional<String> object =
        cell(cells, "OBJECT")
            .or(() ->
                cell(cells, "NAME")
                    .map(n ->
                        cell(cells, "KIND")
                                .map(k -> k.toLowerCase(java.util.Locale.ROOT) + "/")
                                .orElse("")
                            + n));
    String type = cells.getOrDefault("TYPE", "");
    if (reason.isEmpty()
        || message.isEmpty()
        || object.isEmpty()
        || !type.equals("Normal") && !type.equals("Warning")) {
      return Optional.empty();
    }
    return Optional.of(
        new KubeEvent(
            cell(cells, "NAMESPACE").or(() -> namespace),
            type,
            reason.get(),
            object.get(),
            message.get()));
  }

  /** Addresses of a list between commas; other words are passed over. */
  static List<IpAddress> addresses(@org.jspecify.annotations.Nullable String text) {
    return text == null
        ? List.of()
        : Arrays.stream(text.split(",", -1))
            .flatMap(t -> IpAddress.parse(t.strip()).stream())
            .distinct()
            .toList();
  }

  /** Prefixes of a list between commas, blanks or brackets. */
  static List<IpPrefix> prefixes(@org.jspecify.annotations.Nullable String text) {
    return text == null
        ? List.of()
        : Arrays.stream(
                text.replace('[', ' ')
                    .replace(']', ' ')
                    .replace('"', ' ')
                    .replace(',', ' ')
                    .strip()
                    .split("\\s+", -1))
            .filter(t -> t.indexOf('/') > 0)
            .flatMap(t -> IpPrefix.parse(t).stream())
            .toList();
  }
}
