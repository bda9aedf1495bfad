package io.podpath.core.blueprint;

import io.podpath.core.cni.OvsPort;
import io.podpath.core.snapshot.ClusterView;
import io.podpath.core.snapshot.NodeState;
import io.podpath.core.snapshot.Section;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * Which nodes Open vSwitch joins by tunnels, as their ports say: a star, a mesh, or anything
 * between. Where one of two ends has a port to the other, both are meant to.
 */
final class OvsReader {

  private final ClusterView view;

  /** The port of a node to another one. */
  private final Map<String, Map<String, String>> ports = new LinkedHashMap<>();

  private OvsReader(ClusterView view) {
    this.view = view;
    for (NodeState node : view.nodes()) {
      Map<String, String> own = new LinkedHashMap<>();
      for (OvsPort port : tunnels(node)) {
        owner(port)
            .filter(other -> !other.equals(node.name()))
            .ifPresent(other -> own.putIfAbsent(other, port.port()));
      }
      ports.put(node.name(), own);
    }
  }

  /** A star around the first node where the ports do not join all nodes that were read. */
  static OvsGre read(ClusterView view) {
    OvsReader reader = new OvsReader(view);
    return reader.joinsAll() ? new OvsGre(reader.ends()) : new OvsGre();
  }

  private static List<OvsPort> tunnels(NodeState node) {
    return node.get(Section.OVS_PORTS).values().filter(OvsPort::isTunnel).toList();
  }

  private Optional<String> owner(OvsPort port) {
    return port.remoteIp().flatMap(view.plan()::ownerOf);
  }

  private boolean isJoined(String one, String other) {
    return ports.getOrDefault(one, Map.of()).containsKey(other)
        || ports.getOrDefault(other, Map.of()).containsKey(one);
  }

  private boolean joinsAll() {
    List<String> nodes = List.copyOf(ports.keySet());
    Set<String> reached = new HashSet<>();
    List<String> open = new ArrayList<>(nodes.subList(0, Math.min(1, nodes.size())));
    while (!open.isEmpty()) {
      String node = open.removeLast();
      if (reached.add(node)) {
        nodes.stream().filter(other -> isJoined(node, other)).forEach(open::add);
      }
    }
    return reached.size() == nodes.size() && nodes.size() > 1;
  }

  private List<OvsGre.End> ends() {
    List<OvsGre.End> ends = new ArrayList<>();
    for (NodeState node : view.nodes()) {
      List<String> free = new ArrayList<>(free(node));
      for (String other : ports.keySet()) {
        if (!other.equals(node.name()) && isJoined(node.name(), other)) {
          Optional<String> port =
              Optional.ofNullable(ports.getOrDefault(node.name(), Map.of()).get(other));
          ends.add(new OvsGre.End(node.name(), port.orElseGet(free::removeFirst), other));
        }
      }
    }
    return ends;
  }

  /** Names for ports that are missing: first those of ports that lead to no node. */
  private List<String> free(NodeState node) {
    List<OvsPort> own = tunnels(node);
    Set<String> taken = new HashSet<>(ports.getOrDefault(node.name(), Map.of()).values());
    List<String> free =
        new ArrayList<>(own.stream().filter(p -> owner(p).isEmpty()).map(OvsPort::port).toList());
    for (int number = 1; free.size() < ports.size() + own.size(); number++) {
      String name = "gre" + number;
      if (!taken.contains(name) && own.stream().noneMatch(p -> p.port().equals(name))) {
        free.add(name);
      }
    }
    return free;
  }
}
