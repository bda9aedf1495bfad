package io.podpath.probes.parse;

import static io.podpath.probes.parse.FieldType.Plain.ANYTHING;
import static io.podpath.probes.parse.FieldType.Plain.DURATION;
import static io.podpath.probes.parse.FieldType.Plain.FLAG;
import static io.podpath.probes.parse.FieldType.Plain.FLAGS;
import static io.podpath.probes.parse.FieldType.Plain.FRACTION;
import static io.podpath.probes.parse.FieldType.Plain.INTEGER;
import static io.podpath.probes.parse.FieldType.Plain.TEXT;
import static io.podpath.probes.parse.FieldType.Plain.TEXTS;

import io.podpath.core.cni.ConfigProblem;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/**
 * KubeProxyConfiguration of kubeproxy.config.k8s.io/v1alpha1, field by field
 * (staging/src/k8s.io/kube-proxy/config/v1alpha1/types.go), with the fields that older releases
 * had.
 */
final class KubeProxyFields {

  private KubeProxyFields() {}

  static final FieldType.Section ALL = all();

  static final List<String> MODES =
      List.of("", "iptables", "ipvs", "nftables", "userspace", "kernelspace");

  /** Schedulers of net/netfilter/ipvs in Linux. */
  private static final List<String> SCHEDULERS =
      List.of(
          "", "rr", "wrr", "lc", "wlc", "fo", "ovf", "lblc", "lblcr", "dh", "sh", "mh", "sed", "nq",
          "twos");

  private static final List<String> LOCAL_MODES =
      List.of("", "ClusterCIDR", "NodeCIDR", "BridgeInterface", "InterfaceNamePrefix");

  private static FieldType.Section all() {
    Map<String, FieldType> fields = new LinkedHashMap<>();
    put(
        fields,
        TEXT,
        "apiVersion",
        "kind",
        "hostnameOverride",
        "bindAddress",
        "healthzBindAddress",
        "metricsBindAddress");
    put(
        fields,
        TEXT,
        "showHiddenMetricsForVersion",
        "mode",
        "detectLocalMode",
        "clusterCIDR",
        "portRange");
    put(fields, FLAG, "bindAddressHardFail", "enableProfiling", "windowsRunAsService");
    put(fields, FLAGS, "featureGates");
    put(fields, TEXTS, "nodePortAddresses");
    put(fields, INTEGER, "oomScoreAdj");
    put(fields, DURATION, "configSyncPeriod");
    put(fields, ANYTHING, "metadata");
    // gone since 1.17 and 1.26, and still in the ConfigMaps of clusters made before
    put(fields, TEXT, "resourceContainer");
    put(fields, DURATION, "udpIdleTimeout");

    Map<String, FieldType> client = new LinkedHashMap<>();
    put(client, TEXT, "kubeconfig", "acceptContentTypes", "contentType");
    put(client, FRACTION, "qps");
    put(client, INTEGER, "burst");
    fields.put("clientConnection", new FieldType.Section(client));

    Map<String, FieldType> logging = new LinkedHashMap<>();
    put(logging, TEXT, "format");
    put(logging, ANYTHING, "flushFrequency", "vmodule", "options", "sanitization");
    put(logging, INTEGER, "verbosity");
    fields.put("logging", new FieldType.Section(logging));

    Map<String, FieldType> iptables = new LinkedHashMap<>();
    put(iptables, INTEGER, "masqueradeBit");
    put(iptables, FLAG, "masqueradeAll", "localhostNodePorts", "snatNodeInternalIP");
    put(iptables, DURATION, "syncPeriod", "minSyncPeriod");
    fields.put("iptables", new FieldType.Section(iptables));

    Map<String, FieldType> ipvs = new LinkedHashMap<>();
    put(ipvs, TEXT, "scheduler");
    put(ipvs, TEXTS, "excludeCIDRs");
    put(ipvs, FLAG, "strictARP");
    put(ipvs, DURATION, "syncPeriod", "minSyncPeriod", "tcpTimeout", "tcpFinTimeout", "udpTimeout");
    fields.put("ipvs", new FieldType.Section(ipvs));

    Map<String, FieldType> nftables = new LinkedHashMap<>();
    put(nftables, INTEGER, "masqueradeBit");
    put(nftables, FLAG, "masqueradeAll");
    put(nftables, DURATION, "syncPeriod", "minSyncPeriod");
    fields.put("nftables", new FieldType.Section(nftables));

    Map<String, FieldType> winkernel = new LinkedHashMap<>();
    put(winkernel, TEXT, "networkName", "sourceVip", "rootHnsEndpointName");
    put(winkernel, FLAG, "enableDSR", "forwardHealthCheckVip");
    fields.put("winkernel", new FieldType.Section(winkernel));

    Map<String, FieldType> conntrack = new LinkedHashMap<>();
    put(conntrack, INTEGER, "maxPerCore", "min", "max");
    put(conntrack, FLAG, "tcpBeLiberal");
    put(
        conntrack,
        DURATION,
        "tcpEstablishedTimeout",
        "tcpCloseWaitTimeout",
        "udpTimeout",
        "udpStreamTimeout");
    fields.put("conntrack", new FieldType.Section(conntrack));

    Map<String, FieldType> local = new LinkedHashMap<>();
    put(local, TEXT, "bridgeInterface", "interfaceNamePrefix");
    fields.put("detectLocal", new FieldType.Section(local));
    return new FieldType.Section(fields);
  }

  private static void put(Map<String, FieldType> fields, FieldType type, String... names) {
    for (String name : names) {
      fields.put(name, type);
    }
  }

  /** Whether a field of that name stands anywhere. */
  static boolean isKnown(String name) {
    return ALL.fields().containsKey(name)
        || ALL.fields().values().stream()
            .anyMatch(t -> t instanceof FieldType.Section s && s.fields().containsKey(name));
  }

  /** The structure of that name. */
  static Optional<FieldType.Section> section(String name) {
    return Optional.ofNullable(ALL.fields().get(name))
        .flatMap(t -> t instanceof FieldType.Section s ? Optional.of(s) : Optional.empty());
  }

  /**
   * The field with the Go name that decoders print ({@code IPTables}, {@code FeatureGates}); only
   * letters count.
   */
  static Optional<String> byGoName(String goName) {
    return ALL.fields().keySet().stream()
        .filter(f -> f.toLowerCase(Locale.ROOT).equals(goName.toLowerCase(Locale.ROOT)))
        .findFirst();
  }

  /**
   * The known field that an unknown one means, with its path; first among its neighbours, then by
   * its exact name anywhere.
   */
  static Optional<String> meant(String section, String name) {
    Map<String, FieldType> neighbours =
        section.isEmpty()
            ? ALL.fields()
            : section(section).map(FieldType.Section::fields).orElse(Map.of());
    Optional<String> near = FieldType.nearest(name, neighbours.keySet());
    if (near.isPresent()) {
      return near.map(n -> path(section, n));
    }
    if (ALL.fields().containsKey(name)) {
      return Optional.of(name);
    }
    return ALL.fields().keySet().stream()
        .sorted()
        .filter(s -> section(s).filter(f -> f.fields().containsKey(name)).isPresent())
        .findFirst()
        .map(s -> path(s, name));
  }

  /** The type of a field by its path, in words. */
  static Optional<String> typeOf(String path) {
    int dot = path.indexOf('.');
    Map<String, FieldType> fields =
        dot < 0
            ? ALL.fields()
            : section(path.substring(0, dot)).map(FieldType.Section::fields).orElse(Map.of());
    return Optional.ofNullable(fields.get(path.substring(dot + 1))).map(FieldType::words);
  }

  static String path(String section, String field) {
    return section.isEmpty() ? field : section + "." + field;
  }

  /** What a strict decoder, and the validation behind it, refuse. */
  static List<ConfigProblem> problems(Tree configuration) {
    List<ConfigProblem> problems = new ArrayList<>();
    check("", ALL, configuration, problems);
    oneOf(configuration, MODES, problems, "mode");
    oneOf(configuration, SCHEDULERS, problems, "ipvs", "scheduler");
    oneOf(configuration, LOCAL_MODES, problems, "detectLocalMode");
    return problems;
  }

  private static void check(
      String path, FieldType.Section section, Tree tree, List<ConfigProblem> problems) {
    if (!(tree instanceof Tree.Obj(var members, var at))) {
      return;
    }
    members.forEach((name, value) -> {
      String here = path(path, name);
      FieldType type = section.fields().get(name);
      if (type == null) {
        problems.add(
            new ConfigProblem(
                ConfigProblem.Kind.UNKNOWN_FIELD,
                here,
                shown(value),
                meant(path, name).flatMap(KubeProxyFields::typeOf),
                meant(path, name),
                value.line()));
      } else if (!type.fits(value)) {
        problems.add(
            new ConfigProblem(
                ConfigProblem.Kind.WRONG_TYPE,
                here,
                shown(value),
                Optional.of(type.words()),
                Optional.empty(),
                value.line()));
      } else if (type instanceof FieldType.Section deeper) {
        check(here, deeper, value, problems);
      }
    });
  }

  private static void oneOf(
      Tree configuration, List<String> allowed, List<ConfigProblem> problems, String... path) {
    Optional<String> value = configuration.text(path);
    if (value.isPresent() && !allowed.contains(value.get())) {
      int line = configuration.at(path).map(Tree::line).orElse(configuration.line());
      List<String> values = allowed.stream().filter(a -> !a.isEmpty()).toList();
      problems.add(
          new ConfigProblem(
              ConfigProblem.Kind.UNKNOWN_VALUE,
              String.join(".", path),
              value.get(),
              Optional.of(String.join(", ", values)),
              FieldType.nearest(value.get(), values),
              line));
    }
  }

  private static String shown(Tree value) {
    return switch (value) {
      case Tree.Obj obj -> "{…}";
      case Tree.Arr arr -> "[…]";
      case Tree.Scalar scalar -> {
        String text =
            scalar.text().length() > 80 ? scalar.text().substring(0, 80) + "…" : scalar.text();
        yield scalar.kind() == Tree.Scalar.Kind.STRING
            ? "\"" + text + "\""
            : scalar.kind() == Tree.Scalar.Kind.NULL ? "null" : text;
      }
    };
  }
}
