package io.podpath.core.rule;

import io.podpath.core.net.Gathered;
import io.podpath.core.net.IpFamily;
import io.podpath.core.snapshot.ClusterView;
import io.podpath.core.snapshot.Coverage;
import io.podpath.core.snapshot.NodeState;
import io.podpath.core.snapshot.Section;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/**
 * Something without which nothing can be said of a node.
 *
 * @param what in words that stand in "not gathered" lists
 * @param ofCluster whether it is there once, and not on each node
 */
public record Need(String what, boolean ofCluster, Look look) {

  /** Looks whether it was gathered. */
  @FunctionalInterface
  public interface Look {
    /** Why it was not; empty when it was. */
    Optional<String> gap(ClusterView view, NodeState node);
  }

  public static final Need ADDRESSES = whole("addresses", Section.ADDRESSES);
  public static final Need ROUTES =
      whole("routes", Section.routes(IpFamily.INET, Section.RouteScope.MAIN));
  public static final Need IP_FORWARD = sysctl("net.ipv4.ip_forward");

  /** Chain FORWARD of iptables to its end and with its policy, in one back end at least. */
  public static final Need FORWARD =
      new Need("iptables FORWARD", false, (view, node) -> forwardGap(node, true));

  /** Chain FORWARD of iptables, at least in part. */
  public static final Need SOME_FORWARD =
      new Need("iptables FORWARD", false, (view, node) -> forwardGap(node, false));

  /** One of these tables, at least in part. */
  public static Need any(String what, Section<?>... sections) {
    List<Section<?>> tables = List.of(sections);
    boolean ofCluster = tables.stream().allMatch(Need::ofCluster);
    return new Need(
        what,
        ofCluster,
        (view, node) -> {
          List<Coverage> read = tables.stream().map(s -> coverage(view, node, s)).toList();
          return read.stream().allMatch(c -> c instanceof Coverage.NotGathered)
              ? Optional.of(read.getFirst().gap())
              : Optional.empty();
        });
  }

  /** All rows of a table. */
  public static Need whole(String what, Section<?> section) {
    return new Need(
        what,
        ofCluster(section),
        (view, node) -> {
          Coverage read = coverage(view, node, section);
          return read.isComplete() ? Optional.empty() : Optional.of(read.gap());
        });
  }

  /** A setting, or that there is none of this name. */
  public static Need sysctl(String key) {
    return new Need(
        "sysctl " + key,
        false,
        (view, node) ->
            switch (node.get(Section.SYSCTLS).find(s -> s.key().equals(key))) {
              case Gathered.Known<?>(var value) -> Optional.empty();
              case Gathered.Absent<?>() -> Optional.of("not among the settings");
              case Gathered.NotGathered<?>(var reason) -> Optional.of(reason);
            });
  }

  /** Any one of several needs; the gap is the first one's. */
  public static Need either(String what, Need... needs) {
    return new Need(
        what,
        Arrays.stream(needs).allMatch(Need::ofCluster),
        (view, node) -> {
          List<Optional<String>> gaps = Arrays.stream(needs).map(n -> n.gap(view, node)).toList();
          return gaps.stream().allMatch(Optional::isPresent) ? gaps.getFirst() : Optional.empty();
        });
  }

  /** Why it is not there; empty when it is. */
  public Optional<String> gap(ClusterView view, NodeState node) {
    return look.gap(view, node);
  }

  private static boolean ofCluster(Section<?> section) {
    return section.scope() == Section.Scope.CLUSTER;
  }

  private static Coverage coverage(ClusterView view, NodeState node, Section<?> section) {
    return ofCluster(section) ? view.get(section).coverage() : node.get(section).coverage();
  }

  private static Optional<String> forwardGap(NodeState node, boolean wanted) {
    if (node.get(Section.NFT_CHAINS).isComplete()) {
      return Optional.empty();
    }
    Optional<String> best = Optional.of("not recorded");
    for (ClusterView.Listing listing : ClusterView.iptables(node.host(), IpFamily.INET)) {
      boolean whole =
          listing.chains().isComplete()
              || listing.chain("filter", "FORWARD").optional().isPresent();
      boolean some = !listing.rulesOf("filter", "FORWARD").isEmpty();
      if (whole || some && !wanted) {
        return Optional.empty();
      }
      best = some ? Optional.of("rules of it were read, its policy was not") : best;
    }
    return best;
  }
}
