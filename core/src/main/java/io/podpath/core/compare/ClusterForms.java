package io.podpath.core.compare;

import io.podpath.core.cluster.BgpConfiguration;
import io.podpath.core.cluster.BgpPeer;
import io.podpath.core.cluster.BlockAffinity;
import io.podpath.core.cluster.CalicoNode;
import io.podpath.core.cluster.EndpointSlice;
import io.podpath.core.cluster.FlannelNetwork;
import io.podpath.core.cluster.IpPool;
import io.podpath.core.cluster.KubeNode;
import io.podpath.core.cluster.NetworkPlan;
import io.podpath.core.cluster.Pod;
import io.podpath.core.cluster.Service;
import io.podpath.core.cluster.ServiceTraffic;
import io.podpath.core.net.Gathered;
import io.podpath.core.snapshot.Fact;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.function.Function;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** Objects of the cluster, field by field. */
final class ClusterForms {

  private static final Pattern FLAT_OBJECT = Pattern.compile("\\s*\\{[^{}\\[\\]]*\\}\\s*");

  private ClusterForms() {}

  static Row node(Fact<KubeNode> fact) {
    KubeNode node = fact.value();
    List<Field> fields = new ArrayList<>();
    add(fields, "ready", node.ready(), Object::toString);
    add(fields, "internalIP", node.internalIps(), ClusterForms::list);
    add(fields, "podCIDRs", node.podCidrs(), ClusterForms::list);
    add(fields, "annotations", node.annotations(), ClusterForms::ofNetwork);
    return row(fact, "Node/" + node.name(), fields);
  }

  /** Others write annotations too, which no packet meets. */
  private static String ofNetwork(SortedMap<String, String> annotations) {
    return pairs(
        annotations.entrySet().stream()
            .filter(a ->
                a.getKey().startsWith("flannel.alpha.coreos.com/")
                    || a.getKey().startsWith("projectcalico.org/"))
            .map(a -> Map.entry(a.getKey(), inOrder(a.getValue()))));
  }

  /** The members of a JSON object without objects inside, as flannel's backend-data is. */
  private static String inOrder(String value) {
    return FLAT_OBJECT.matcher(value).matches()
        ? Stream.of(value.strip().substring(1, value.strip().length() - 1).split(",(?=\\s*\")"))
            .map(String::strip)
            .sorted()
            .collect(Collectors.joining(",", "{", "}"))
        : value;
  }

  static Row service(Fact<Service> fact) {
    Service service = fact.value();
    List<Field> fields =
        new ArrayList<>(
            List.of(
                Field.of("type", service.type()),
                Field.of("clusterIPs", list(service.clusterIps())),
                Field.of("externalIPs", list(service.externalIps())),
                Field.of("load balancer", list(service.loadBalancerIps())),
                Field.of(
                    "ports",
                    service.ports().stream()
                        .map(p -> p + p.target().map(t -> " to " + t).orElse(""))
                        .collect(Collectors.joining(" ")))));
    ServiceTraffic traffic = service.traffic();
    if (traffic.isTold()) {
      fields.add(Field.of("internalTrafficPolicy", text(traffic.internal())));
      fields.add(Field.of("externalTrafficPolicy", text(traffic.external())));
      fields.add(
          Field.of(
              "sessionAffinity",
              traffic.affinity().isEmpty()
                  ? "None"
                  : "ClientIP " + traffic.affinity().getAsInt() + " s"));
      fields.add(Field.of("loadBalancerSourceRanges", list(traffic.sourceRanges())));
      fields.add(Field.of("healthCheckNodePort", text(traffic.healthCheck())));
    }
    return row(fact, "Service/" + service.namespace() + "/" + service.name(), fields);
  }

  static Row pod(Fact<Pod> fact) {
    Pod pod = fact.value();
    List<Field> fields =
        new ArrayList<>(
            List.of(
                Field.of("node", pod.node().orElse("")),
                Field.of("ip", list(pod.ips())),
                Field.of("status", pod.status().orElse(""))));
    add(fields, "hostPort", pod.hostPorts(), ClusterForms::list);
    return row(fact, pod.namespace() + "/" + pod.name(), fields);
  }

  static Row slice(Fact<EndpointSlice> fact) {
    EndpointSlice slice = fact.value();
    return row(
        fact,
        slice.namespace() + "/" + slice.service() + " (" + slice.name() + ")",
        List.of(
            Field.of(
                "ready",
                slice.endpoints().stream()
                    .filter(EndpointSlice.Endpoint::ready)
                    .map(e -> e.address().toString())
                    .sorted()
                    .collect(Collectors.joining(" "))),
            Field.of(
                "ports",
                slice.ports().stream()
                    .map(p -> p.port() + "/" + p.protocol())
                    .sorted()
                    .collect(Collectors.joining(" ")))));
  }

  static Row pool(Fact<IpPool> fact) {
    IpPool pool = fact.value();
    List<Field> fields = new ArrayList<>(List.of(Field.of("cidr", pool.cidr())));
    add(fields, "ipipMode", pool.ipipMode(), Object::toString);
    add(fields, "vxlanMode", pool.vxlanMode(), Object::toString);
    add(fields, "natOutgoing", pool.natOutgoing(), Object::toString);
    add(fields, "disabled", pool.disabled(), Object::toString);
    return row(fact, "IPPool/" + pool.name(), fields);
  }

  static Row bgp(Fact<BgpConfiguration> fact) {
    BgpConfiguration bgp = fact.value();
    List<Field> fields = new ArrayList<>();
    add(fields, "nodeToNodeMeshEnabled", bgp.nodeToNodeMesh(), Object::toString);
    add(fields, "asNumber", bgp.asNumber(), Object::toString);
    return row(fact, "BGPConfiguration/" + bgp.name(), fields);
  }

  static Row peer(Fact<BgpPeer> fact) {
    BgpPeer peer = fact.value();
    return row(
        fact,
        "BGPPeer/" + peer.name(),
        List.of(
            Field.of("node", text(peer.node())),
            Field.of("nodeSelector", text(peer.nodeSelector())),
            Field.of("peerIP", text(peer.peerIp())),
            Field.of("peerSelector", text(peer.peerSelector())),
            Field.of("asNumber", text(peer.asNumber()))));
  }

  static Row calicoNode(Fact<CalicoNode> fact) {
    CalicoNode node = fact.value();
    List<Field> fields = new ArrayList<>();
    add(fields, "address", node.bgpAddress(), Object::toString);
    add(fields, "network", node.bgpNetwork(), Object::toString);
    add(fields, "tunnel", node.tunnelAddress(), Object::toString);
    add(fields, "routeReflectorClusterID", node.routeReflectorClusterId(), Object::toString);
    add(fields, "asNumber", node.asNumber(), Object::toString);
    add(fields, "labels", node.labels(), l -> pairs(l.entrySet().stream()));
    return row(fact, "CalicoNode/" + node.name(), fields);
  }

  static Row affinity(Fact<BlockAffinity> fact) {
    BlockAffinity affinity = fact.value();
    return row(
        fact,
        "BlockAffinity/" + affinity.node() + " " + affinity.cidr(),
        List.of(
            Field.of("state", text(affinity.state())),
            Field.of("deleted", affinity.deleted() ? "yes" : "no")));
  }

  static Row network(Fact<FlannelNetwork> fact) {
    FlannelNetwork network = fact.value();
    return row(
        fact,
        "net-conf.json",
        List.of(
            Field.of("Network", text(network.network())),
            Field.of("Backend", text(network.backend())),
            Field.of("DirectRouting", network.directRouting() ? "true" : "false")));
  }

  static Row plan(Fact<NetworkPlan> fact) {
    NetworkPlan plan = fact.value();
    return row(
        fact,
        plan.origin(),
        List.of(
            Field.of("podSubnet", list(plan.podSubnets())),
            Field.of("serviceSubnet", list(plan.serviceSubnets())),
            Field.of(
                "node-cidr-mask-size",
                plan.nodeCidrMaskSize().stream()
                    .mapToObj(Integer::toString)
                    .collect(Collectors.joining()))));
  }

  private static <T> Row row(Fact<T> fact, String key, List<Field> fields) {
    return Row.of(fact, key, Weight.MEANING, fields);
  }

  /** Where nobody looked there is no field. */
  private static <T> void add(
      List<Field> fields, String name, Gathered<T> value, Function<T, String> text) {
    if (!value.isNotGathered()) {
      fields.add(Field.of(name, value.optional().map(text).orElse("")));
    }
  }

  private static String text(Optional<?> value) {
    return value.map(Object::toString).orElse("");
  }

  private static String list(Collection<?> values) {
    return values.stream().map(Object::toString).collect(Collectors.joining(" "));
  }

  private static String pairs(Stream<Map.Entry<String, String>> pairs) {
    return pairs.map(p -> p.getKey() + "=" + p.getValue()).collect(Collectors.joining(" "));
  }
}
