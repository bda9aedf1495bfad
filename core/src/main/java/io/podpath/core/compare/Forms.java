package io.podpath.core.compare;

import io.podpath.core.cni.BgpSession;
import io.podpath.core.cni.CniConfig;
import io.podpath.core.cni.KubeProxyConfig;
import io.podpath.core.cni.OvsPort;
import io.podpath.core.cni.SubnetEnv;
import io.podpath.core.net.IpFamily;
import io.podpath.core.netfilter.Backend;
import io.podpath.core.netfilter.Chain;
import io.podpath.core.netfilter.ChainRule;
import io.podpath.core.netfilter.IpSet;
import io.podpath.core.netfilter.IpSetMember;
import io.podpath.core.netfilter.Match;
import io.podpath.core.netfilter.VirtualServer;
import io.podpath.core.node.Address;
import io.podpath.core.node.BridgePort;
import io.podpath.core.node.FdbEntry;
import io.podpath.core.node.IpRule;
import io.podpath.core.node.Link;
import io.podpath.core.node.Neighbour;
import io.podpath.core.node.Route;
import io.podpath.core.node.Sysctl;
import io.podpath.core.snapshot.Devices;
import io.podpath.core.snapshot.Fact;
import io.podpath.core.snapshot.Section;
import io.podpath.core.snapshot.Section.RouteScope;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.BiFunction;
import java.util.function.Function;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** All kinds of tables that are compared, in the order in which they are shown. */
final class Forms {

  private static final Pattern PROBABILITY = Pattern.compile("(--probability 0\\.\\d{1,5})\\d*");

  /** Settings that nobody sets. */
  private static final Set<String> COUNTERS =
      Set.of("net.netfilter.nf_conntrack_count", "net.nf_conntrack_count");

  private Forms() {}

  private static final TableForm<Link> LINKS =
      form("link", Reach.CLOSED, Section.LINKS, LinkForms::link).onEveryMachine();
  private static final TableForm<Address> ADDRESSES =
      form("address", Reach.OPEN, Section.ADDRESSES, LinkForms::address).onEveryMachine();
  private static final TableForm<Route> ROUTES =
      new TableForm<>(
              "route",
              Reach.OPEN,
              perFamily(f ->
                  Stream.of(RouteScope.MAIN, RouteScope.OTHER, RouteScope.LOCAL)
                      .map(s -> Section.routes(f, s))),
              RouteForms::route)
          .onEveryMachine();
  private static final TableForm<Neighbour> NEIGHBOURS =
      new TableForm<>(
              "neigh",
              Reach.OPEN,
              perFamily(f -> Stream.of(Section.neighbours(f))),
              RouteForms::neighbour)
          .onEveryMachine();

  /** Of a pod's network namespace. */
  static final List<TableForm<?>> OF_PODS =
      List.of(
          form("link", Reach.CLOSED, Section.LINKS, LinkForms::podLink).onEveryMachine(),
          ADDRESSES,
          new TableForm<>(
                  "route",
                  Reach.OPEN,
                  perFamily(f -> Stream.of(Section.routes(f, RouteScope.MAIN))),
                  RouteForms::podRoute)
              .onEveryMachine());

  /** Of a node's own network namespace, with its files and daemons. */
  static final List<TableForm<?>> OF_NODES =
      List.of(
          LINKS,
          ADDRESSES,
          new TableForm<>(
                  "rule",
                  Reach.OPEN,
                  perFamily(f -> Stream.of(Section.ipRules(f))),
                  f -> plain(f, Forms::ipRule))
              .onEveryMachine(),
          ROUTES,
          NEIGHBOURS,
          form("fdb", Reach.OPEN, Section.FDB, Forms::fdb),
          form("bridge", Reach.CLOSED, Section.BRIDGE_PORTS, Forms::port),
          new TableForm<>("policy", Reach.CLOSED, perBackend(Section::chains), Forms::policy),
          new TableForm<>("iptables", Reach.OPEN, perBackend(Section::chainRules), Forms::chainRule)
              .onEveryMachine(),
          form("ipset", Reach.CLOSED, Section.IPSETS, Forms::set),
          form("ipset member", Reach.OPEN, Section.IPSET_MEMBERS, Forms::member),
          form("ipvs", Reach.OPEN, Section.IPVS, Forms::virtualServer),
          form("sysctl", Reach.CLOSED, Section.SYSCTLS, Forms::sysctl).onEveryMachine(),
          form("ovs", Reach.OPEN, Section.OVS_PORTS, Forms::ovsPort),
          form("bgp", Reach.OPEN, Section.BGP_SESSIONS, Forms::session),
          form("cni file", Reach.TOLD, Section.CNI_CONFIGS, Forms::cniConfig),
          form("subnet.env", Reach.TOLD, Section.SUBNET_ENV, Forms::subnetEnv),
          form("kube-proxy file", Reach.TOLD, Section.KUBE_PROXY_CONFIG, Forms::kubeProxy));

  /** What all nodes share. */
  static final List<TableForm<?>> OF_CLUSTERS =
      List.of(
          form("node", Reach.OPEN, Section.NODES, ClusterForms::node),
          form("service", Reach.OPEN, Section.SERVICES, ClusterForms::service),
          form("pod", Reach.OPEN, Section.PODS, ClusterForms::pod),
          form("endpoints", Reach.OPEN, Section.ENDPOINT_SLICES, ClusterForms::slice),
          form("ip pool", Reach.OPEN, Section.IP_POOLS, ClusterForms::pool),
          form("bgp configuration", Reach.OPEN, Section.BGP_CONFIGURATIONS, ClusterForms::bgp),
          form("bgp peer", Reach.OPEN, Section.BGP_PEERS, ClusterForms::peer),
          form("calico node", Reach.OPEN, Section.CALICO_NODES, ClusterForms::calicoNode),
          form("block affinity", Reach.OPEN, Section.BLOCK_AFFINITIES, ClusterForms::affinity),
          form("flannel network", Reach.OPEN, Section.FLANNEL_NETWORKS, ClusterForms::network),
          form("network plan", Reach.TOLD, Section.NETWORK_PLANS, ClusterForms::plan));

  private static <T> TableForm<T> form(
      String label, Reach reach, Section<T> section, Function<Fact<T>, Row> rows) {
    return new TableForm<>(label, reach, List.of(List.of(section)), rows);
  }

  private static <T> List<List<Section<T>>> perFamily(
      Function<IpFamily, Stream<Section<T>>> sections) {
    return Arrays.stream(IpFamily.values()).flatMap(sections).map(List::of).toList();
  }

  private static <T> List<List<Section<T>>> perBackend(
      BiFunction<IpFamily, Backend, Section<T>> section) {
    return Arrays.stream(IpFamily.values())
        .map(f -> Arrays.stream(Backend.values()).map(b -> section.apply(f, b)).toList())
        .toList();
  }

  private static <T> Row row(Fact<T> fact, String key, Weight weight, Field... fields) {
    return Row.of(fact, key, weight, List.of(fields));
  }

  private static <T> Row plain(Fact<T> fact, Function<T, String> key) {
    return row(fact, key.apply(fact.value()), Weight.MEANING);
  }

  private static String ipRule(IpRule rule) {
    return (rule.family() == IpFamily.INET ? "" : "-6 ") + rule.toString().replace("\t", " ");
  }

  /**
   * Only what a VXLAN device or a person was told counts: what a bridge has learnt, and its ports'
   * own addresses, come and go.
   */
  private static Row fdb(Fact<FdbEntry> fact) {
    FdbEntry entry = fact.value();
    boolean tunnel = entry.destination().isPresent();
    // what somebody wrote is used before all that is learnt
    boolean written = entry.flags().contains("static");
    return row(
        fact,
        entry.mac()
            + entry.device().map(d -> " dev " + d).orElse("")
            + (entry.vlan().isPresent() ? " vlan " + entry.vlan().getAsInt() : "")
            // frames that are for all go to each of the destinations
            + (tunnel && entry.mac().toString().equals("00:00:00:00:00:00")
                ? " dst " + entry.destination().orElseThrow()
                : ""),
        tunnel || written ? Weight.MEANING : Weight.OBSERVATION,
        Field.of("dst", entry.destination().map(Object::toString).orElse("")),
        Field.of("port", entry.port().map(Object::toString).orElse("")),
        Field.of("vni", entry.vni().map(Object::toString).orElse("")));
  }

  private static Row port(Fact<BridgePort> fact) {
    BridgePort port = fact.value();
    List<Field> fields = new ArrayList<>();
    fields.add(Field.of("master", port.bridge()));
    port.state().ifPresent(s -> fields.add(Field.of("state", s)));
    for (String option : List.of("hairpin", "isolated")) {
      Optional.ofNullable(port.options().get(option))
          .ifPresent(v -> fields.add(Field.of(option, v)));
    }
    // links of pods have names by chance, but none may hold back what is sent
    Weight weight =
        port.port().startsWith("veth") && !holdsBack(port) ? Weight.IDENTITY : Weight.MEANING;
    return Row.of(fact, port.port(), weight, fields);
  }

  /** net/bridge/br_private.h: br_skb_isolated; br_forward.c: should_deliver. */
  static boolean holdsBack(BridgePort port) {
    return port.state().filter(s -> !s.equals("forwarding")).isPresent()
        || "on".equals(port.options().get("isolated"));
  }

  private static Row policy(Fact<Chain> fact) {
    Chain chain = fact.value();
    return row(
        fact,
        chain.table() + " " + chain.name(),
        // a chain of one's own without rules does nothing, and with rules its rules are compared
        chain.policy().isPresent() ? Weight.MEANING : Weight.DETAIL,
        Field.of("policy", chain.policy().orElse("-")));
  }

  private static Row chainRule(Fact<ChainRule> fact) {
    ChainRule rule = fact.value();
    String table = rule.table().equals("filter") ? "" : "-t " + rule.table() + " ";
    List<Match> matches =
        rule.matches().stream()
            .filter(m -> !(m instanceof Match.Comment) && !m.toString().equals("-m comment"))
            .toList();
    ChainRule bare =
        new ChainRule(rule.table(), rule.chain(), matches, rule.target(), Optional.empty());
    // iptables prints a probability as the 32 bits it keeps, releases round them differently
    String key = PROBABILITY.matcher(table + bare).replaceAll("$1");
    return new Row(key, List.of(), table + rule, rule, fact.from(), Weight.MEANING);
  }

  private static Row set(Fact<IpSet> fact) {
    return row(
        fact,
        fact.value().name(),
        Weight.MEANING,
        Field.of("type", fact.value().type()),
        Field.detail("options", fact.value().options()));
  }

  private static Row member(Fact<IpSetMember> fact) {
    return row(
        fact,
        fact.value().set() + " " + fact.value().element(),
        Weight.MEANING,
        Field.of("options", fact.value().options()));
  }

  private static Row virtualServer(Fact<VirtualServer> fact) {
    VirtualServer server = fact.value();
    String real =
        server.realServers().stream()
            .map(r ->
                r
                    + (r.forwarding().isEmpty() ? "" : " " + r.forwarding())
                    + (r.weight().isPresent() ? " weight " + r.weight().getAsInt() : ""))
            .sorted()
            .collect(Collectors.joining(", "));
    List<Field> fields = new ArrayList<>();
    if (!server.scheduler().isEmpty()) {
      fields.add(Field.of("scheduler", server.scheduler()));
    }
    fields.add(
        Field.of(
            "persistent",
            server.persistent().isEmpty() ? "" : String.valueOf(server.persistent().getAsInt())));
    fields.add(Field.of("real servers", real));
    String key = server.toString().replaceFirst("^-A ", "").replaceFirst(" -[sp] .*", "");
    return Row.of(fact, key, Weight.MEANING, fields);
  }

  private static Row sysctl(Fact<Sysctl> fact) {
    String[] parts = fact.value().key().split("\\.", -1);
    boolean ofPod = parts.length > 3 && Devices.isPodLink(parts[3]);
    return row(
        fact,
        fact.value().key(),
        COUNTERS.contains(fact.value().key())
            ? Weight.OBSERVATION
            : ofPod ? Weight.IDENTITY : Weight.MEANING,
        Field.of("value", fact.value().value()));
  }

  private static Row ovsPort(Fact<OvsPort> fact) {
    OvsPort port = fact.value();
    String options =
        port.options().entrySet().stream()
            .map(e -> e.getKey() + "=" + e.getValue())
            .collect(Collectors.joining(" "));
    return row(
        fact,
        port.bridge() + " " + port.interfaceName(),
        Devices.isPodLink(port.interfaceName()) ? Weight.IDENTITY : Weight.MEANING,
        Field.of("type", port.type().orElse("")),
        Field.of("options", options),
        Field.of("tag", port.tag().orElse("")),
        Field.of("error", port.error().orElse("")));
  }

  private static Row session(Fact<BgpSession> fact) {
    BgpSession session = fact.value();
    boolean peers = session.peer().isPresent();
    return row(
        fact,
        session.peer().map(p -> "peer " + p).orElse(session.type()),
        peers ? Weight.MEANING : Weight.OBSERVATION,
        Field.detail("type", session.type()),
        Field.of("established", session.isEstablished() ? "yes" : "no"));
  }

  private static Row cniConfig(Fact<CniConfig> fact) {
    CniConfig config = fact.value();
    List<Field> fields = new ArrayList<>();
    fields.add(Field.of("plugins", String.join(" ", config.plugins())));
    config.bridge().ifPresent(b -> fields.add(Field.of("bridge", b)));
    if (!config.subnets().isEmpty()) {
      fields.add(Field.of("subnets", config.subnets()));
    }
    config.name().ifPresent(n -> fields.add(Field.detail("name", n)));
    config
        .fileName()
        .ifPresent(f -> {
          fields.add(Field.of("read by the runtime", CniConfig.isReadName(f) ? "yes" : "no"));
          fields.add(Field.own("file", f));
        });
    return Row.of(fact, "CNI configuration", Weight.MEANING, fields);
  }

  private static Row subnetEnv(Fact<SubnetEnv> fact) {
    SubnetEnv env = fact.value();
    List<Field> fields = new ArrayList<>();
    env.network().ifPresent(n -> fields.add(Field.of("FLANNEL_NETWORK", n)));
    fields.add(Field.of("FLANNEL_SUBNET", env.gateway() + "/" + env.subnet().length()));
    env.mtu().ifPresent(m -> fields.add(Field.atMost("FLANNEL_MTU", m)));
    env.ipMasq().ifPresent(m -> fields.add(Field.of("FLANNEL_IPMASQ", m)));
    return Row.of(fact, "subnet.env", Weight.MEANING, fields);
  }

  private static Row kubeProxy(Fact<KubeProxyConfig> fact) {
    KubeProxyConfig config = fact.value();
    return row(
        fact,
        "KubeProxyConfiguration",
        Weight.MEANING,
        Field.of("mode", config.mode().orElse("")),
        Field.of(
            "cannot be read",
            config.problems().stream().map(p -> p.path()).collect(Collectors.joining(" "))));
  }
}
