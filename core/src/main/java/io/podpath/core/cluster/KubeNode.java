package io.podpath.core.cluster;

import io.podpath.core.net.Gathered;
import io.podpath.core.net.IpAddress;
import io.podpath.core.net.IpPrefix;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * A Node object. A table of {@code kubectl get nodes} tells less than its YAML; what it does not
 * tell is not gathered.
 *
 * @param internalIps status.addresses of type InternalIP
 * @param podCidrs spec.podCIDRs; absent when the object was read and has none
 * @param readyMessage message of the Ready condition when it is not true
 */
public record KubeNode(
    String name,
    Gathered<Boolean> ready,
    Gathered<String> readyMessage,
    Gathered<List<IpAddress>> internalIps,
    Gathered<List<IpPrefix>> podCidrs,
    Gathered<SortedMap<String, String>> annotations,
    Gathered<SortedMap<String, String>> labels,
    Gathered<String> kubeletVersion) {

  public KubeNode {
    internalIps = internalIps.map(List::copyOf);
    podCidrs = podCidrs.map(List::copyOf);
    annotations = annotations.map(m -> Collections.unmodifiableSortedMap(new TreeMap<>(m)));
    labels = labels.map(m -> Collections.unmodifiableSortedMap(new TreeMap<>(m)));
  }

  /** A node of which only the name is known. */
  public static KubeNode named(String name) {
    String why = "not in the output";
    return new KubeNode(
        name,
        Gathered.notGathered(why),
        Gathered.notGathered(why),
        Gathered.notGathered(why),
        Gathered.notGathered(why),
        Gathered.notGathered(why),
        Gathered.notGathered(why),
        Gathered.notGathered(why));
  }

  /** Value of an annotation; three-valued. */
  public Gathered<String> annotation(String key) {
    return switch (annotations) {
      case Gathered.Known<SortedMap<String, String>>(var map) -> {
        String value = map.get(key);
        yield value == null ? Gathered.absent() : Gathered.known(value);
      }
      case Gathered.Absent<SortedMap<String, String>>() -> Gathered.absent();
      case Gathered.NotGathered<SortedMap<String, String>>(var reason) ->
          Gathered.notGathered(reason);
    };
  }

  /** All internal addresses that are known. */
  public List<IpAddress> knownInternalIps() {
    return internalIps.optional().orElse(List.of());
  }

  /** All pod CIDRs that are known. */
  public List<IpPrefix> knownPodCidrs() {
    return podCidrs.optional().orElse(List.of());
  }

  /** This node, completed from another reading of the same object. */
  public KubeNode or(KubeNode other) {
    return new KubeNode(
        name,
        first(ready, other.ready),
        first(readyMessage, other.readyMessage),
        first(internalIps, other.internalIps),
        first(podCidrs, other.podCidrs),
        first(annotations, other.annotations),
        first(labels, other.labels),
        first(kubeletVersion, other.kubeletVersion));
  }

  private static <T> Gathered<T> first(Gathered<T> a, Gathered<T> b) {
    return a.isNotGathered() ? b : a;
  }

  @Override
  public String toString() {
    Optional<List<IpPrefix>> cidrs = podCidrs.optional();
    return "Node/" + name + cidrs.map(c -> " podCIDRs " + c).orElse("");
  }
}
