package io.podpath.core.compare;

import static org.assertj.core.api.Assertions.assertThat;

import io.podpath.core.blueprint.BgpFacts;
import io.podpath.core.blueprint.Blueprint;
import io.podpath.core.blueprint.Card;
import io.podpath.core.blueprint.ClusterFacts;
import io.podpath.core.blueprint.FlannelVxlan;
import io.podpath.core.blueprint.Hardware;
import io.podpath.core.blueprint.KnownCluster;
import io.podpath.core.blueprint.KubeProxyIptables;
import io.podpath.core.blueprint.NodeFacts;
import io.podpath.core.blueprint.PodFacts;
import io.podpath.core.blueprint.Segment;
import io.podpath.core.cluster.BlockAffinity;
import io.podpath.core.cluster.HostPort;
import io.podpath.core.cluster.IpPool;
import io.podpath.core.cluster.KubeNode;
import io.podpath.core.cluster.NetworkPlan;
import io.podpath.core.cluster.Pod;
import io.podpath.core.cluster.Service;
import io.podpath.core.cluster.ServiceTraffic;
import io.podpath.core.net.Gathered;
import io.podpath.core.net.IpAddress;
import io.podpath.core.net.IpFamily;
import io.podpath.core.net.IpPrefix;
import io.podpath.core.net.IpProtocol;
import io.podpath.core.net.MacAddress;
import io.podpath.core.net.Port;
import io.podpath.core.netfilter.Backend;
import io.podpath.core.netfilter.Chain;
import io.podpath.core.netfilter.ChainRule;
import io.podpath.core.netfilter.Match;
import io.podpath.core.netfilter.Target;
import io.podpath.core.node.Neighbour;
import io.podpath.core.node.NextHop;
import io.podpath.core.node.Route;
import io.podpath.core.node.Sysctl;
import io.podpath.core.snapshot.Entries;
import io.podpath.core.snapshot.Fact;
import io.podpath.core.snapshot.Facts;
import io.podpath.core.snapshot.NodeState;
import io.podpath.core.snapshot.Provenance;
import io.podpath.core.snapshot.Section;
import io.podpath.core.snapshot.Source;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** A node of a blueprint, changed by hand, held against the blueprint. */
class ComparerTest {

  private static final Section<Chain> CHAINS = Section.chains(IpFamily.INET, Backend.UNSTATED);
  private static final Section<ChainRule> RULES =
      Section.chainRules(IpFamily.INET, Backend.UNSTATED);
  private static final Provenance HERE = new Provenance(Source.ofFile("a.txt", "x\n"), 1);

  private static final ClusterFacts CLUSTER =
      new ClusterFacts(
          IpPrefix.of("10.244.0.0/16"),
          List.of(),
          IpPrefix.of("10.96.0.0/12"),
          List.of(
              new Segment("lan", IpPrefix.of("192.168.80.0/24"), IpAddress.of("192.168.80.254"))),
          List.of(node(1), node(2)),
          List.of(),
          BgpFacts.FULL_MESH);
  private static final Blueprint BLUEPRINT =
      Blueprint.of(CLUSTER, new FlannelVxlan(false), new KubeProxyIptables());

  private static NodeFacts node(int number) {
    IpAddress address = IpAddress.of("192.168.80.10" + number);
    IpPrefix subnet = IpPrefix.of("10.244." + number + ".0/24");
    return new NodeFacts(
        "node" + number,
        List.of(
            new Card("eth0", "lan", address, 24, Hardware.mac("node" + number), Optional.empty())),
        address,
        List.of(subnet),
        List.of(new PodFacts("default", "web-" + number, subnet.address().plus(2))),
        Optional.empty(),
        Optional.empty(),
        Optional.empty());
  }

  private static List<String> compared(UnaryOperator<Facts> change) {
    NodeState expected = BLUEPRINT.snapshot().node("node1").orElseThrow();
    NodeState actual = expected.withHost(change.apply(expected.host()));
    return said(new Comparer(yardstick()).nodes(actual, expected));
  }

  private static Yardstick yardstick() {
    KnownCluster known =
        new KnownCluster(
            CLUSTER, new FlannelVxlan(false), new KubeProxyIptables(), true, true, List.of());
    return Yardstick.blueprint(known, BLUEPRINT.node("node1").orElseThrow());
  }

  private static List<String> said(Comparison comparison) {
    return comparison.tables().stream()
        .flatMap(t -> t.differences().stream().map(d -> said(t, d)))
        .toList();
  }

  private static String said(TableComparison table, Difference difference) {
    return switch (difference) {
      case Difference.Missing(var row) -> "- " + table.table() + " " + row.key();
      case Difference.Extra(var row) -> "+ " + table.table() + " " + row.key();
      case Difference.Differs(var row, var expected, var changes) ->
          "~ " + table.table() + " " + row.key() + " " + changes.getFirst().field();
    };
  }

  private static Facts policy(Facts facts, String policy) {
    return facts.changing(
        CHAINS,
        rows ->
            rows.stream()
                .map(f ->
                    f.value().table().equals("filter") && f.value().name().equals("FORWARD")
                        ? new Fact<>(
                            new Chain("filter", "FORWARD", Optional.of(policy), Optional.empty()),
                            f.from())
                        : f)
                .toList());
  }

  private static Facts withoutForwardRules(Facts facts) {
    return facts.changing(
        RULES, rows -> rows.stream().filter(f -> !f.value().chain().equals("FORWARD")).toList());
  }

  private static Facts plus(Facts facts, ChainRule... rules) {
    return facts.changing(
        RULES,
        rows -> {
          List<Fact<ChainRule>> all = new ArrayList<>(rows);
          List.of(rules).forEach(r -> all.add(new Fact<>(r, HERE)));
          return all;
        });
  }

  private static ChainRule forward(Target target, Match... matches) {
    return new ChainRule("filter", "FORWARD", List.of(matches), target, Optional.empty());
  }

  @Test
  void theBlueprintIsAsItself() {
    assertThat(compared(f -> f)).isEmpty();
  }

  @Test
  void acceptIsTheSameByRuleByWiderRuleAndByPolicy() {
    Match from = new Match.Source(false, IpPrefix.of("10.0.0.0/8"));
    Match to = new Match.Destination(false, IpPrefix.of("10.0.0.0/8"));
    assertThat(compared(ComparerTest::withoutForwardRules)).as("policy ACCEPT").isEmpty();
    assertThat(
            compared(f ->
                plus(
                    policy(withoutForwardRules(f), "DROP"),
                    forward(new Target.Accept(), from),
                    forward(new Target.Accept(), to))))
        .as("wider rules under policy DROP")
        .isEmpty();
  }

  @Test
  void dropIsNot() {
    assertThat(compared(f -> policy(withoutForwardRules(f), "DROP")))
        .contains("~ policy filter FORWARD policy")
        .anyMatch(d -> d.startsWith("- iptables -A FORWARD"));
    assertThat(compared(f -> plus(f, forward(new Target.Drop()))))
        .as("a drop behind the accepts is met by nothing")
        .isEmpty();
  }

  @Test
  void whatIsNotModelledIsNeverTheSame() {
    ChainRule strange = forward(new Target.Drop(), new Match.Unmodelled("-m u32 --u32 \"0\""));
    assertThat(
            compared(f ->
                f.changing(
                    RULES,
                    rows -> {
                      List<Fact<ChainRule>> all = new ArrayList<>();
                      all.add(new Fact<>(strange, HERE));
                      all.addAll(rows);
                      return all;
                    })))
        .containsExactly("+ iptables -A FORWARD -m u32 --u32 \"0\" -j DROP");
  }

  @Test
  void orderCountsOnlyBetweenRulesThatDoDifferentThings() {
    ChainRule one = rule("10.1.0.0/16", new Target.Accept());
    ChainRule two = rule("10.2.0.0/16", new Target.Accept());
    ChainRule drop = rule("10.2.3.0/24", new Target.Drop());
    assertThat(ordered(List.of(one, two, drop), List.of(two, one, drop))).isEmpty();
    assertThat(ordered(List.of(one, two, drop), List.of(drop, one, two)))
        .containsExactly("~ iptables -A INPUT -s 10.2.3.0/24 -j DROP position");
    ChainRule others = rule("10.3.0.0/16", new Target.Drop());
    assertThat(ordered(List.of(one, two, others), List.of(others, one, two)))
        .as("of other packets")
        .isEmpty();
  }

  private static ChainRule rule(String source, Target target) {
    return new ChainRule(
        "filter",
        "INPUT",
        List.of(new Match.Source(false, IpPrefix.of(source))),
        target,
        Optional.empty());
  }

  private static List<String> ordered(List<ChainRule> before, List<ChainRule> after) {
    return said(
        new Comparer(Yardstick.sameMachine())
            .nodes(
                NodeState.empty("n").withHost(rules(after)),
                NodeState.empty("n").withHost(rules(before))));
  }

  private static Facts rules(List<ChainRule> rules) {
    return Facts.NONE.with(
        RULES, Entries.complete(rules.stream().map(r -> new Fact<>(r, HERE)).toList()));
  }

  @Test
  void whatWentWithALinkIsFoldedIntoIt() {
    List<String> differences =
        compared(f ->
            f.changing(
                    Section.LINKS,
                    rows ->
                        rows.stream().filter(l -> !l.value().name().equals("flannel.1")).toList())
                .changing(
                    Section.ADDRESSES,
                    rows ->
                        rows.stream().filter(a -> !a.value().device().equals("flannel.1")).toList())
                .changing(Section.FDB, rows -> List.of())
                .changing(Section.NEIGHBOURS, rows -> List.of())
                .changing(
                    Section.routes(IpFamily.INET, Section.RouteScope.MAIN),
                    rows ->
                        rows.stream()
                            .filter(r -> r.value().device().filter("flannel.1"::equals).isEmpty())
                            .toList()));
    assertThat(differences).containsExactly("- link flannel.1");
  }

  @Test
  void forwardingOfEachInterfaceIsFoldedIntoThatOfTheNode() {
    Facts healthy = settings("1", "1");
    assertThat(sinceThen(settings("0", "0"), healthy))
        .containsExactly("~ sysctl net.ipv4.ip_forward value");
    assertThat(sinceThen(settings("1", "0"), healthy))
        .as("of one interface alone")
        .containsExactly("~ sysctl net.ipv4.conf.eth0.forwarding value");
  }

  private static Facts settings(String all, String one) {
    return Facts.NONE.with(
        Section.SYSCTLS,
        Entries.complete(
            List.of(
                new Fact<>(new Sysctl("net.ipv4.ip_forward", all), HERE),
                new Fact<>(new Sysctl("net.ipv4.conf.eth0.forwarding", one), HERE))));
  }

  private static List<String> sinceThen(Facts now, Facts then) {
    return said(
        new Comparer(Yardstick.sameMachine())
            .nodes(NodeState.empty("n").withHost(now), NodeState.empty("n").withHost(then)));
  }

  @Test
  void ofTwoClaimsToOneSubnetEitherMayBeFollowed() {
    NodeState both =
        BLUEPRINT
            .snapshot()
            .node("node1")
            .map(n -> n.withHost(routed(n.host(), "10.244.2.0", "10.244.3.0")))
            .orElseThrow();
    for (String gateway : List.of("10.244.2.0", "10.244.3.0")) {
      NodeState one = both.withHost(routed(both.host(), gateway));
      assertThat(said(new Comparer(yardstick()).nodes(one, both))).as(gateway).isEmpty();
      assertThat(said(new Comparer(Yardstick.sameMachine()).nodes(one, both)))
          .as("between two times")
          .containsExactly("- route 10.244.2.0/24");
    }
    NodeState none = both.withHost(routed(both.host()));
    assertThat(said(new Comparer(yardstick()).nodes(none, both)))
        .containsExactly("- route 10.244.2.0/24", "- route 10.244.2.0/24");
  }

  /** With a route to node2's pods through each of these. */
  private static Facts routed(Facts facts, String... gateways) {
    return facts.changing(
        Section.routes(IpFamily.INET, Section.RouteScope.MAIN),
        rows -> {
          List<Fact<Route>> all =
              new ArrayList<>(rows.stream().filter(r -> r.value().gateway().isEmpty()).toList());
          for (String gateway : gateways) {
            NextHop hop = NextHop.via(IpAddress.of(gateway), "flannel.1");
            all.add(new Fact<>(Route.unicast(IpPrefix.of("10.244.2.0/24"), hop), HERE));
          }
          return all;
        });
  }

  @Test
  void severalNextHopsAreNotOne() {
    NextHop two = NextHop.via(IpAddress.of("192.168.80.102"), "eth0");
    NextHop three = NextHop.via(IpAddress.of("192.168.80.103"), "eth0");
    assertThat(sinceThen(through(two, three), through(two)))
        .containsExactly("~ route 10.9.0.0/16 via");
    assertThat(sinceThen(through(two), through(two, three)))
        .containsExactly("~ route 10.9.0.0/16 via");
    assertThat(sinceThen(through(three, two), through(two, three))).isEmpty();
  }

  private static Facts through(NextHop... hops) {
    Route one = Route.unicast(IpPrefix.of("10.9.0.0/16"), hops[0]);
    Route all =
        new Route(
            one.type(),
            one.destination(),
            one.table(),
            one.protocol(),
            one.scope(),
            one.preferredSource(),
            one.metric(),
            List.of(hops),
            one.metrics(),
            one.attributes());
    return Facts.NONE.with(
        Section.routes(IpFamily.INET, Section.RouteScope.MAIN),
        Entries.complete(List.of(new Fact<>(all, HERE))));
  }

  @Test
  void objectsOfTheClusterDifferByWhateverTheySay() {
    assertThat(objects(Section.SERVICES, service(), service("192.168.80.103")))
        .containsExactly("~ service Service/default/web externalIPs");
    assertThat(objects(Section.SERVICES, service("10.0.0.1"), service("10.0.0.1"))).isEmpty();
    assertThat(objects(Section.IP_POOLS, pool("Always"), pool("CrossSubnet")))
        .containsExactly("~ ip pool IPPool/default ipipMode");
    assertThat(objects(Section.NODES, node("192.168.80.101"), node("192.168.80.102")))
        .containsExactly("~ node Node/node1 annotations");
    assertThat(
            objects(
                Section.BLOCK_AFFINITIES,
                affinity("node1", "confirmed"),
                affinity("node2", "confirmed")))
        .as("another node's block is another one")
        .containsExactlyInAnyOrder(
            "- block affinity BlockAffinity/node1 10.233.64.64/26",
            "+ block affinity BlockAffinity/node2 10.233.64.64/26");
    assertThat(
            objects(
                Section.BLOCK_AFFINITIES,
                affinity("node1", "confirmed"),
                affinity("node1", "pending")))
        .containsExactly("~ block affinity BlockAffinity/node1 10.233.64.64/26 state");
    HostPort web = new HostPort(new Port(8080), IpProtocol.TCP, new Port(80));
    assertThat(
            objects(
                Section.PODS, pod(Gathered.known(List.of())), pod(Gathered.known(List.of(web)))))
        .containsExactly("~ pod default/web hostPort");
    assertThat(
            objects(
                Section.PODS,
                pod(Gathered.notGathered("a table")),
                pod(Gathered.known(List.of(web)))))
        .as("nobody looked before")
        .isEmpty();
    assertThat(objects(Section.NETWORK_PLANS, plan(24), plan(16)))
        .containsExactly("~ network plan kubeadm-config node-cidr-mask-size");
  }

  private static Pod pod(Gathered<List<HostPort>> hostPorts) {
    return new Pod(
        "default",
        "web",
        Optional.empty(),
        List.of(),
        Optional.empty(),
        Optional.empty(),
        hostPorts);
  }

  private static NetworkPlan plan(int mask) {
    return new NetworkPlan(
        "kubeadm-config",
        List.of(IpPrefix.of("10.244.0.0/16")),
        List.of(IpPrefix.of("10.96.0.0/12")),
        OptionalInt.of(mask));
  }

  private static <T> List<String> objects(Section<T> section, T before, T after) {
    return said(
        new Comparer(Yardstick.sameMachine())
            .clusters(
                Facts.NONE.with(section, Entries.complete(List.of(new Fact<>(after, HERE)))),
                Facts.NONE.with(section, Entries.complete(List.of(new Fact<>(before, HERE))))));
  }

  private static Service service(String... externalIps) {
    return new Service(
        "default",
        "web",
        "ClusterIP",
        List.of(IpAddress.of("10.96.50.50")),
        Stream.of(externalIps).map(IpAddress::of).toList(),
        List.of(),
        List.of(),
        ServiceTraffic.CLUSTER);
  }

  private static IpPool pool(String mode) {
    return new IpPool(
        "default",
        IpPrefix.of("10.233.64.0/18"),
        Gathered.known(mode),
        Gathered.known("Never"),
        Gathered.known(true),
        Gathered.absent());
  }

  private static KubeNode node(String address) {
    SortedMap<String, String> annotations = new TreeMap<>();
    annotations.put("projectcalico.org/IPv4Address", address + "/24");
    annotations.put("example.org/seen", address);
    return new KubeNode(
        "node1",
        Gathered.known(true),
        Gathered.absent(),
        Gathered.absent(),
        Gathered.absent(),
        Gathered.known(annotations),
        Gathered.absent(),
        Gathered.absent());
  }

  private static BlockAffinity affinity(String node, String state) {
    return new BlockAffinity(IpPrefix.of("10.233.64.64/26"), node, Optional.of(state), false);
  }

  @Test
  void aQuestionNobodyAnsweredIsNoNeighbour() {
    assertThat(sinceThen(neighbour("FAILED", Optional.empty()), neighbours())).isEmpty();
    assertThat(sinceThen(neighbour("STALE", Optional.of(Hardware.mac("far"))), neighbours()))
        .containsExactly("+ neigh 10.244.2.9 dev flannel.1");
  }

  private static Facts neighbour(String state, Optional<MacAddress> mac) {
    return neighbours(
        new Neighbour(
            IpAddress.of("10.244.2.9"), Optional.of("flannel.1"), mac, Set.of(state), Set.of()));
  }

  private static Facts neighbours(Neighbour... all) {
    return Facts.NONE.with(
        Section.NEIGHBOURS,
        Entries.complete(Stream.of(all).map(n -> new Fact<>(n, HERE)).toList()));
  }

  @Test
  void nothingIsMissingInATableThatWasNotReadWhole() {
    Section<Route> routes = Section.routes(IpFamily.INET, Section.RouteScope.MAIN);
    UnaryOperator<Facts> gone =
        f ->
            f.changing(
                routes, rows -> rows.stream().filter(r -> r.value().gateway().isEmpty()).toList());
    assertThat(compared(gone)).containsExactly("- route 10.244.2.0/24");
    assertThat(
            compared(f ->
                f.with(
                    routes, Entries.partial(gone.apply(f).get(routes).facts(), "piped into grep"))))
        .isEmpty();
  }

  @Test
  void ownValuesOfTwoNodesChangePlaces() {
    UnaryOperator<String> names = SwappedNames.swapping(CLUSTER, "node1", "node2");
    assertThat(names.apply("10.244.2.0/24 via 192.168.80.102 dev eth0 src 10.244.1.7"))
        .isEqualTo("10.244.1.0/24 via 192.168.80.101 dev eth0 src 10.244.2.7");
    assertThat(names.apply("110.244.2.0 10.244.2.0.1 192.168.80.103"))
        .isEqualTo("110.244.2.0 10.244.2.0.1 192.168.80.103");
  }
}
