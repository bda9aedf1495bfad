package io.podpath.core.walk;

import io.podpath.core.net.IpFamily;
import io.podpath.core.net.IpPrefix;
import io.podpath.core.node.FdbEntry;
import io.podpath.core.node.Neighbour;
import io.podpath.core.node.Route;
import io.podpath.core.node.RouteType;
import io.podpath.core.snapshot.Entries;
import io.podpath.core.snapshot.Section;
import io.podpath.core.snapshot.Section.RouteScope;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** Whose packets a change of a node's rows may lead another way: {@link Likeness}. */
final class Touched {

  private static final Section<Route> MAIN = Section.routes(IpFamily.INET, RouteScope.MAIN);
  private static final Section<Route> OTHER = Section.routes(IpFamily.INET, RouteScope.OTHER);

  /** After more than these everything is asked anew. */
  private static final int MOST_ROWS = 100;

  /** What is told of packets without walking them is told of IPv4 only. */
  private static final Set<Section<?>> SIX =
      Set.of(
          Section.neighbours(IpFamily.INET6),
          Section.routes(IpFamily.INET6, RouteScope.MAIN),
          Section.routes(IpFamily.INET6, RouteScope.LOCAL),
          Section.routes(IpFamily.INET6, RouteScope.OTHER));

  private final Owners owners;
  private final Constants constants;
  private final Set<String> nodes = new LinkedHashSet<>();
  private boolean whole = true;

  Touched(Owners owners, Constants constants) {
    this.owners = owners;
    this.constants = constants;
  }

  Optional<Set<String>> nodes(Stack before, Stack now) {
    for (Section<?> section : now.facts().differing(before.facts())) {
      if (section.equals(Section.neighbours(IpFamily.INET))) {
        changed(before, now, Section.neighbours(IpFamily.INET)).stream()
            .map(Neighbour::address)
            .forEach(a -> touch(now, a));
      } else if (section.equals(Section.FDB)) {
        changed(before, now, Section.FDB).stream().map(FdbEntry::mac).forEach(m -> touch(now, m));
      } else if (section.equals(MAIN)) {
        changed(before, now, MAIN).forEach(r -> touch(now, r));
      } else if (section.equals(OTHER)) {
        changed(before, now, OTHER).forEach(r -> touch(now, r));
      } else {
        whole &= SIX.contains(section);
      }
    }
    return whole ? Optional.of(nodes) : Optional.empty();
  }

  /** Rows between those with which both begin and those with which both end. */
  private <T> List<T> changed(Stack before, Stack now, Section<T> section) {
    Entries<T> was = before.facts().get(section);
    Entries<T> is = now.facts().get(section);
    whole &= was.coverage().equals(is.coverage());
    int most = Math.min(was.facts().size(), is.facts().size());
    int first = 0;
    while (first < most && was.facts().get(first).equals(is.facts().get(first))) {
      first++;
    }
    int last = 0;
    while (last < most - first
        && was.facts().reversed().get(last).equals(is.facts().reversed().get(last))) {
      last++;
    }
    List<T> rows = new ArrayList<>();
    was.facts().subList(first, was.facts().size() - last).forEach(f -> rows.add(f.value()));
    is.facts().subList(first, is.facts().size() - last).forEach(f -> rows.add(f.value()));
    whole &= rows.size() <= MOST_ROWS;
    return whole ? rows : List.of();
  }

  private void touch(Stack stack, Object address) {
    Optional<String> owner = owners.owner(address).map(o -> owners.node(o.machine()));
    whole &= owner.isPresent() && !owner.get().equals(stack.place().node());
    owner.ifPresent(nodes::add);
  }

  private void touch(Stack stack, Route route) {
    IpPrefix prefix = route.destination();
    // of those it counts whether there are any (fib_has_custom_local_routes)
    whole &= route.type() != RouteType.LOCAL;
    owners.owned(prefix).forEach(a -> touch(stack, a));
    whole &= constants.in(prefix).allMatch(c -> owners.owner(c).isPresent());
  }
}
