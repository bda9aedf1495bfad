package io.podpath.core.walk;

import io.podpath.core.net.IpAddress;
import io.podpath.core.net.IpFamily;
import io.podpath.core.snapshot.ClusterView;
import io.podpath.core.snapshot.Facts;
import io.podpath.core.snapshot.FibTable;
import io.podpath.core.snapshot.NodeState;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * An end of a packet's way, by its name.
 *
 * @param name {@code NAMESPACE/NAME} of a pod, {@code node/NAME}, {@code svc/NAMESPACE/NAME}, a
 *     namespace as {@code NODE:NETNS}, or an address
 * @param place the namespace behind the name; empty for services, and for addresses of which the
 *     input does not tell whose they are
 * @param addresses by which others reach it
 */
public record WalkEnd(String name, Optional<Netns> place, List<IpAddress> addresses) {

  public WalkEnd {
    addresses = List.copyOf(addresses);
  }

  /**
   * Where the packets of an end begin.
   *
   * @param source empty where the namespace chooses it
   * @param in the device by which the packets come in, where they were not seen leaving
   */
  public record Start(Netns from, Optional<IpAddress> source, Optional<String> in) {}

  /**
   * A pod whose own namespace was not recorded begins where its node takes its packets in. Empty
   * where nothing was recorded of its node, or the node has no route to it.
   */
  public Optional<Start> start(ClusterView view) {
    Optional<NodeState> node = place.flatMap(p -> view.snapshot().node(p.node()));
    if (place.isEmpty() || node.isEmpty()) {
      return Optional.empty();
    }
    if (isRecorded(place.get(), node.get())) {
      return Optional.of(new Start(place.get(), Optional.empty(), Optional.empty()));
    }
    return addresses.stream()
        .flatMap(a ->
            FibTable.main(node.get().host(), a.family())
                .bestSeen(a)
                .flatMap(r -> r.value().device())
                .map(d -> new Start(Netns.host(node.get().name()), Optional.of(a), Optional.of(d)))
                .stream())
        .findFirst();
  }

  private static boolean isRecorded(Netns place, NodeState node) {
    if (place.pod().isEmpty()) {
      return true;
    }
    Facts facts = node.pods().getOrDefault(place.pod().get(), Facts.NONE);
    return Stream.of(IpFamily.values()).anyMatch(f -> !facts.mainRoutes(f).isNotGathered());
  }

  /** The place whose packets these are: of a pod that was not recorded, its node. */
  public Optional<Netns> meant(ClusterView view) {
    return place.map(p ->
        view.snapshot().node(p.node()).filter(n -> !isRecorded(p, n)).isPresent()
            ? Netns.host(p.node())
            : p);
  }

  /** The address of the other end that this one would send to: of a family it has itself. */
  public Optional<IpAddress> addressOf(WalkEnd other) {
    return other.addresses.stream()
        .filter(a -> addresses.stream().anyMatch(own -> own.family() == a.family()))
        .findFirst()
        .or(() -> other.addresses.stream().findFirst());
  }

  /** {@code NAME ADDRESS on NODE}, as far as known. */
  @Override
  public String toString() {
    String address =
        addresses.isEmpty() || addresses.getFirst().toString().equals(name)
            ? ""
            : " " + addresses.getFirst();
    boolean told = name.equals(place.map(p -> "node/" + p.node()).orElse("")) || name.contains(":");
    return name + address + place.filter(p -> !told).map(p -> " on " + p.node()).orElse("");
  }
}
