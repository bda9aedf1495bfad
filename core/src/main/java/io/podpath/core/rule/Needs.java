package io.podpath.core.rule;

import io.podpath.core.snapshot.ClusterView;
import io.podpath.core.snapshot.FabricKind;
import io.podpath.core.snapshot.NodeState;
import io.podpath.core.snapshot.ServiceProxyKind;
import java.util.List;
import java.util.function.Predicate;

/**
 * Where a known failure can be, and what must be gathered there before its absence says anything.
 *
 * @param fabric whether it can be in such a pod network; never asked of an unknown one
 * @param proxy whether it can be with such a service proxy; never asked of an unknown one
 * @param all every one of them must be there
 */
public record Needs(
    Predicate<FabricKind> fabric, Predicate<ServiceProxyKind> proxy, List<Need> all) {

  public Needs {
    all = List.copyOf(all);
  }

  public static Needs of(Need... needs) {
    return new Needs(f -> true, p -> true, List.of(needs));
  }

  public Needs on(Predicate<FabricKind> wanted) {
    return new Needs(wanted, proxy, all);
  }

  public Needs on(FabricKind... wanted) {
    return on(List.of(wanted)::contains);
  }

  public Needs with(ServiceProxyKind wanted) {
    return new Needs(fabric, wanted::equals, all);
  }

  /** What is unknown may be it. */
  boolean concern(ClusterView view) {
    return (view.fabric() == FabricKind.UNKNOWN || fabric.test(view.fabric()))
        && (view.serviceProxy() == ServiceProxyKind.UNKNOWN || proxy.test(view.serviceProxy()));
  }

  boolean met(ClusterView view, NodeState node) {
    return all.stream().allMatch(n -> n.gap(view, node).isEmpty());
  }
}
