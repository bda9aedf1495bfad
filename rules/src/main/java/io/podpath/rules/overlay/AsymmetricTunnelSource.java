package io.podpath.rules.overlay;

import com.google.auto.service.AutoService;
import io.podpath.core.fix.Change;
import io.podpath.core.fix.Fix;
import io.podpath.core.fix.FixSafety;
import io.podpath.core.fix.ShellWord;
import io.podpath.core.net.IpAddress;
import io.podpath.core.net.IpFamily;
import io.podpath.core.net.IpPrefix;
import io.podpath.core.node.NextHop;
import io.podpath.core.node.Route;
import io.podpath.core.rule.Certainty;
import io.podpath.core.rule.Culprit;
import io.podpath.core.rule.EntryKind;
import io.podpath.core.rule.Evidence;
import io.podpath.core.rule.Finding;
import io.podpath.core.rule.FindingBuilder;
import io.podpath.core.rule.Need;
import io.podpath.core.rule.Needs;
import io.podpath.core.rule.Outcome;
import io.podpath.core.rule.Rule;
import io.podpath.core.rule.Severity;
import io.podpath.core.snapshot.ClusterView;
import io.podpath.core.snapshot.FabricKind;
import io.podpath.core.snapshot.Section;
import io.podpath.core.walk.Disposition;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/** A node sends IPIP packets from another address than the one the receiver knows it by. */
@AutoService(Rule.class)
public final class AsymmetricTunnelSource implements Rule {

  @Override
  public String id() {
    return "asymmetric-tunnel-source";
  }

  @Override
  public Severity severity() {
    return Severity.ERROR;
  }

  @Override
  public String title() {
    return "Tunnel packets come from an address the receiver does not know as a node's";
  }

  @Override
  public Needs needs() {
    return Needs.of(Need.any("routes", Section.routes(IpFamily.INET, Section.RouteScope.MAIN)))
        .on(FabricKind.CALICO_IPIP);
  }

  @Override
  public Outcome check(ClusterView view) {
    Outcome.Collector out = new Outcome.Collector(this);
    if (view.fabric() != FabricKind.CALICO_IPIP) {
      return out.done();
    }
    List<OuterSources.Stranger> strangers = new OuterSources(view).strangers(out);
    grouped(strangers).forEach(group -> out.found(finding(view, group)));
    if (strangers.isEmpty()) {
      OddPeer.find(view).ifPresent(odd -> out.found(odd.finding(this)));
    }
    return out.done();
  }

  /**
   * By the receiver when several nodes are strangers to one, else by the sender: that is where the
   * odd address is.
   */
  private static List<List<OuterSources.Stranger>> grouped(List<OuterSources.Stranger> all) {
    Map<String, Long> senders =
        all.stream()
            .collect(
                Collectors.groupingBy(
                    OuterSources.Stranger::receiver, LinkedHashMap::new, Collectors.counting()));
    Map<String, List<OuterSources.Stranger>> groups = new LinkedHashMap<>();
    for (OuterSources.Stranger stranger : all) {
      boolean many = senders.getOrDefault(stranger.receiver(), 0L) > 1;
      String key = many ? "to " + stranger.receiver() : "from " + stranger.sender().name();
      groups.computeIfAbsent(key, k -> new ArrayList<>()).add(stranger);
    }
    return List.copyOf(groups.values());
  }

  private Finding finding(ClusterView view, List<OuterSources.Stranger> group) {
    OuterSources.Stranger first = group.getFirst();
    Certainty certainty =
        group.stream()
            .map(OuterSources.Stranger::certainty)
            .min(Certainty::compareTo)
            .orElse(Certainty.LIKELY);
    FindingBuilder builder =
        new FindingBuilder(this, severity())
            .certainty(certainty)
            .title(headline(group))
            .why(
                "The outer source of a tunnel packet is chosen by the route to the outer destination, here by "
                    + first.taken().route().value()
                    + ". The ipip module would take any source, but Felix' rule in cali-INPUT accepts protocol 4 only from the addresses in"
                    + " cali40all-hosts-net, under which Calico knows the nodes, and drops the rest"
                    + (certainty == Certainty.PROVEN ? "." : " (that rule was not recorded here)."))
            .disposition(Disposition.FILTERED)
            .explainedBy("node-address-claimed-twice");
    Optional<MissingAddress> missing = MissingAddress.of(view, first.receiver(), group);
    missing.ifPresent(m ->
        builder.culprit(
            Culprit.missing(
                first.receiver(),
                EntryKind.ADDRESS,
                m.entry(),
                m.table(),
                "so " + first.receiver() + " is known as " + first.address())));
    List<Change> changes = new ArrayList<>();
    Set<String> shown = new LinkedHashSet<>();
    for (OuterSources.Stranger stranger : group) {
      String sender = stranger.sender().name();
      IpAddress source = stranger.taken().source();
      builder.culprit(
          Culprit.wrong(
              sender,
              EntryKind.ROUTE,
              stranger.taken().route(),
              stranger
                  .taken()
                  .route()
                  .value()
                  .preferredSource()
                  .map(s -> "src " + s)
                  .orElse("dev " + stranger.taken().route().value().device().orElse("")),
              "tunnel packets to "
                  + stranger.address()
                  + " leave with source "
                  + source
                  + "; the others know "
                  + sender
                  + " as "
                  + names(stranger.known())));
      boolean reaches = stranger.tunnel().value().gateway().equals(Optional.of(stranger.address()));
      builder.evidence(
          Evidence.of(
              stranger.tunnel(),
              sender
                  + (reaches ? " reaches " : " should reach ")
                  + stranger.receiver()
                  + " as "
                  + stranger.address()));
      stranger
          .felix()
          .filter(f -> shown.add(stranger.receiver()))
          .ifPresent(f -> {
            builder.evidence(
                Evidence.raw(f.drop().from(), "drops IPIP whose source is not in " + f.set()));
            f.hosts()
                .forEach(h ->
                    builder.evidence(
                        Evidence.of(h, "a node as " + stranger.receiver() + " knows it")));
          });
      builder.affectsBothWays(sender, stranger.receiver());
      change(stranger).ifPresent(changes::add);
    }
    return builder
        .expected(SourceAdvice.expected(view, missing, group))
        .seeByHand(
            "ip route get "
                + first.address()
                + "    # on "
                + ShellWord.quoted(first.sender().name())
                + ": src is the outer source",
            "ipset list cali40all-hosts-net    # on " + first.receiver(),
            "iptables -L cali-INPUT -v -n    # on "
                + ShellWord.quoted(first.receiver())
                + ": the drop counter of protocol 4 grows")
        .fix(
            changes.isEmpty()
                ? Fix.advice(
                    "the kernel chooses the source; no daemon sets it",
                    SourceAdvice.lasting(view, missing, group))
                : new Fix(
                    FixSafety.SAFE,
                    changes,
                    "nobody else writes these routes; they are gone after a reboot",
                    SourceAdvice.lasting(view, missing, group)))
        .build();
  }

  /**
   * A host route that keeps the way and names the right source. One that is there already is
   * replaced: the kernel refuses a second one.
   */
  private static Optional<Change> change(OuterSources.Stranger stranger) {
    Route route = stranger.taken().route().value();
    if (stranger.known().size() != 1 || route.device().isEmpty()) {
      return Optional.empty();
    }
    boolean there = route.destination().equals(stranger.address().toPrefix());
    Route host =
        there
            ? route
            : Route.unicast(
                stranger.address().toPrefix(),
                route
                    .gateway()
                    .map(g -> NextHop.via(g, route.device().get()))
                    .orElseGet(() -> NextHop.dev(route.device().get())));
    Route sourced =
        new Route(
            host.type(),
            host.destination(),
            host.table(),
            host.protocol(),
            host.scope(),
            stranger.known().stream().findFirst(),
            host.metric(),
            host.nextHops(),
            host.metrics(),
            host.attributes());
    String sender = stranger.sender().name();
    return Optional.of(
        there
            ? new Change.ReplaceRoute(sender, route, sourced)
            : new Change.AddRoute(sender, sourced));
  }

  private static String headline(List<OuterSources.Stranger> group) {
    OuterSources.Stranger first = group.getFirst();
    boolean oneReceiver =
        group.stream().map(OuterSources.Stranger::receiver).distinct().count() == 1;
    if (group.size() == 1) {
      return first.sender().name()
          + " sends tunnel packets to "
          + first.receiver()
          + " from "
          + first.taken().source()
          + ", but is known as "
          + names(first.known());
    }
    if (oneReceiver) {
      return first.receiver()
          + " is known as "
          + first.address()
          + ", "
          + group.size()
          + " other nodes as addresses like "
          + names(first.known())
          + ": they send it tunnel packets from addresses like "
          + first.taken().source()
          + ", which it drops";
    }
    return first.sender().name()
        + " sends tunnel packets from "
        + first.taken().source()
        + " to "
        + group.size()
        + " nodes, but is known as "
        + names(first.known());
  }

  private static String names(Set<IpAddress> addresses) {
    return addresses.isEmpty()
        ? "another address"
        : addresses.stream().map(IpAddress::toString).collect(Collectors.joining(" or "));
  }

  /** The longest network of a node's own that contains the address. */
  static Optional<IpPrefix> network(ClusterView view, IpAddress address) {
    return MissingAddress.networks(view).stream()
        .filter(n -> n.contains(address))
        .max((a, b) -> Integer.compare(a.length(), b.length()));
  }
}
