package io.podpath.tui.cli;

import io.podpath.core.cluster.KubeNode;
import io.podpath.core.cluster.Pod;
import io.podpath.core.cluster.Service;
import io.podpath.core.net.IpAddress;
import io.podpath.core.snapshot.ClusterView;
import io.podpath.core.snapshot.NodeState;
import io.podpath.core.snapshot.Section;
import io.podpath.core.walk.Netns;
import io.podpath.core.walk.PodEnds;
import io.podpath.core.walk.WalkEnd;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** What the words FROM and TO of a trace mean in a cluster. */
final class EndNames {

  private static final String POD = "pod/";
  private static final String NODE = "node/";
  private static final String SERVICE = "svc/";

  private final ClusterView view;
  private final List<WalkEnd> pods;

  EndNames(ClusterView view) {
    this.view = view;
    this.pods = PodEnds.of(view);
  }

  /**
   * @param what FROM or TO, for the complaint
   */
  WalkEnd end(String what, String word) throws Refusal {
    Optional<IpAddress> address = IpAddress.parse(word);
    if (address.isPresent()) {
      return address(address.get());
    }
    if (word.startsWith(NODE)) {
      return node(what, word);
    }
    if (word.startsWith(SERVICE)) {
      Service service = service(word).orElseThrow(() -> unknown(what, word, "service", services()));
      return new WalkEnd(word, Optional.empty(), service.clusterIps());
    }
    if (word.indexOf('/') >= 0) {
      return pod(what, word);
    }
    int colon = word.indexOf(':');
    if (colon > 0) {
      return namespace(what, word, Netns.pod(word.substring(0, colon), word.substring(colon + 1)));
    }
    throw unknown(what, word, "pod, node or service", all());
  }

  /** The service of that name, or with that address. */
  Optional<Service> service(String word) {
    Optional<IpAddress> address = IpAddress.parse(word);
    return view.get(Section.SERVICES)
        .values()
        .filter(s ->
            (SERVICE + s.namespace() + "/" + s.name()).equals(word)
                || address.filter(s.clusterIps()::contains).isPresent())
        .findFirst();
  }

  private WalkEnd pod(String what, String word) throws Refusal {
    String name = word.startsWith(POD) ? word.substring(POD.length()) : word;
    Optional<Pod> object =
        view.get(Section.PODS)
            .values()
            .filter(p -> (p.namespace() + "/" + p.name()).equals(name))
            .findFirst();
    if (object.isPresent()) {
      if (object.get().node().isEmpty()) {
        throw new Refusal(what + " " + word + ": the input does not tell on which node it is");
      }
      return PodEnds.of(object.get(), view);
    }
    String netns = name.replace('/', '_');
    for (NodeState node : view.nodes()) {
      if (node.pods().containsKey(netns)) {
        WalkEnd end = PodEnds.of(Netns.pod(node.name(), netns), view);
        return new WalkEnd(name, end.place(), end.addresses());
      }
    }
    List<String> names = new ArrayList<>();
    for (String known : podNames()) {
      names.add(word.startsWith(POD) ? POD + known : known);
    }
    throw unknown(what, word, "pod", names);
  }

  private WalkEnd node(String what, String word) throws Refusal {
    String name = word.substring(NODE.length());
    Optional<KubeNode> object =
        view.get(Section.NODES).values().filter(n -> n.name().equals(name)).findFirst();
    if (object.isEmpty() && view.snapshot().node(name).isEmpty()) {
      throw unknown(what, word, "node", nodes());
    }
    Set<IpAddress> addresses = new LinkedHashSet<>();
    object.ifPresent(n -> addresses.addAll(n.knownInternalIps()));
    view.plan().addressesOf(name).forEach(c -> addresses.add(c.address()));
    return new WalkEnd(word, Optional.of(Netns.host(name)), List.copyOf(addresses));
  }

  private WalkEnd namespace(String what, String word, Netns place) throws Refusal {
    Optional<NodeState> node = view.snapshot().node(place.node());
    if (place.netns().equals("host") && node.isPresent()) {
      return node(what, NODE + place.node());
    }
    boolean known = node.filter(n -> n.pods().containsKey(place.netns())).isPresent();
    if (!known) {
      throw unknown(what, word, "namespace", namespaces());
    }
    return PodEnds.of(place, view);
  }

  /** Whose address it is; nobody's in particular where several claim it. */
  private WalkEnd address(IpAddress address) {
    List<Netns> owners =
        pods.stream()
            .filter(p -> p.addresses().contains(address))
            .flatMap(p -> p.place().stream())
            .distinct()
            .toList();
    List<Netns> all = new ArrayList<>(owners);
    if (all.isEmpty()) {
      view.plan().ownersOf(address).forEach(n -> all.add(Netns.host(n)));
    }
    Optional<Netns> place = all.size() == 1 ? Optional.of(all.getFirst()) : Optional.empty();
    return new WalkEnd(address.toString(), place, List.of(address));
  }

  private static Refusal unknown(String what, String word, String kind, List<String> names) {
    String hint = Nearest.hint(word, names);
    int most = 8;
    String some =
        names.isEmpty()
            ? "; the input names none"
            : "; there are "
                + String.join(", ", names.subList(0, Math.min(most, names.size())))
                + (names.size() > most ? " and " + (names.size() - most) + " more" : "");
    return new Refusal(
        what + " " + word + ": there is no such " + kind + (hint.isEmpty() ? some : hint));
  }

  private List<String> podNames() {
    return pods.stream().map(WalkEnd::name).filter(n -> n.indexOf(':') < 0).toList();
  }

  private List<String> nodes() {
    Set<String> names = new LinkedHashSet<>();
    view.nodes().forEach(n -> names.add(NODE + n.name()));
    view.get(Section.NODES).values().forEach(n -> names.add(NODE + n.name()));
    return List.copyOf(names);
  }

  private List<String> services() {
    return view.get(Section.SERVICES)
        .values()
        .map(s -> SERVICE + s.namespace() + "/" + s.name())
        .distinct()
        .toList();
  }

  private List<String> namespaces() {
    return view.nodes().stream()
        .flatMap(n -> n.pods().keySet().stream().map(p -> n.name() + ":" + p))
        .toList();
  }

  private List<String> all() {
    List<String> names = new ArrayList<>(podNames());
    names.addAll(nodes());
    names.addAll(services());
    return names;
  }
}
