package io.podpath.probes.transcript;

import io.podpath.core.snapshot.Source;
import io.podpath.probes.parse.ShellCommand;
import io.podpath.probes.parse.ShellCommand.Wrapper;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;

/** On which machine, and where on it, the commands of a transcript ran. */
final class Whereabouts {

  private static final Set<String> HOST_NETWORK_PODS =
      Set.of(
          "calico-node",
          "kube-flannel",
          "kube-proxy",
          "kube-router",
          "cilium",
          "weave-net",
          "canal",
          "kube-apiserver",
          "etcd");

  private final boolean oneSession;
  private final Map<String, String> podNodes = new HashMap<>();
  private final Map<String, String> kubeNames = new HashMap<>();
  private final Map<Integer, String> unnamed = new LinkedHashMap<>();
  private final List<String> namedNodes = new ArrayList<>();
  private final Map<String, Set<String>> ownAddresses = new HashMap<>();

  /**
   * @param oneSession whether all that no host is named for is one machine
   */
  Whereabouts(boolean oneSession) {
    this.oneSession = oneSession;
  }

  /**
   * Whose state an output shows.
   *
   * @param named whether it is known to be one machine
   */
  record Spot(String node, boolean named, String netns) {}

  void learnPod(String pod, String node) {
    podNodes.put(pod, node);
  }

  void learnNode(String name) {
    kubeNames.put(name.toLowerCase(Locale.ROOT), name);
  }

  /** A host that a prompt or the text names. */
  void learnHost(String host) {
    String name = canonical(host);
    if (!namedNodes.contains(name)) {
      namedNodes.add(name);
    }
  }

  void learnAddress(Spot spot, String address) {
    if (spot.netns().equals(Source.HOST)) {
      ownAddresses.computeIfAbsent(spot.node(), n -> new HashSet<>()).add(address);
    }
  }

  private String canonical(String host) {
    String low = host.toLowerCase(Locale.ROOT);
    return kubeNames.getOrDefault(
        low,
        kubeNames.getOrDefault(low.contains(".") ? low.substring(0, low.indexOf('.')) : low, host));
  }

  /** Where a scene happens, whatever its command does. */
  Spot of(Scene scene) {
    return scene
        .host()
        .map(this::canonical)
        .map(h -> new Spot(h, true, Source.HOST))
        .orElseGet(() -> new Spot(unnamedNode(scene), oneSession, Source.HOST));
  }

  /** Where a command runs; empty when it asks a pod it does not name. */
  Optional<Spot> of(Scene scene, ShellCommand command) {
    if (command.program().equals("kubectl") && command.operands().contains("logs")) {
      return loggingPod(command).map(this::nodeOf);
    }
    Spot spot = of(scene);
    for (Wrapper wrapper : command.wrappers()) {
      spot =
          switch (wrapper) {
            case Wrapper.Ssh(var target) -> new Spot(canonical(target), true, Source.HOST);
            case Wrapper.KubectlExec(var namespace, var pod) ->
                inPod(pod, namespace.orElse("default"));
            case Wrapper.ContainerExec(var container) ->
                new Spot(spot.node(), spot.named(), "container_" + container);
            case Wrapper.Netns(var name) -> new Spot(spot.node(), spot.named(), name);
            case Wrapper.Nsenter(var target) ->
                new Spot(spot.node(), spot.named(), "pid_" + target);
          };
    }
    return Optional.of(spot);
  }

  private static Optional<String> loggingPod(ShellCommand command) {
    Set<String> values = new HashSet<>();
    Stream.of("-n", "--namespace", "-c")
        .forEach(o -> command.optionValue(o).ifPresent(values::add));
    return command.operands().stream()
        .dropWhile(o -> !o.equals("logs"))
        .skip(1)
        .map(o -> o.substring(o.indexOf('/') + 1))
        .filter(name -> !values.contains(name))
        .findFirst();
  }

  private Spot inPod(String pod, String namespace) {
    boolean onHost = HOST_NETWORK_PODS.stream().anyMatch(pod::startsWith);
    Spot node = nodeOf(pod);
    return new Spot(node.node(), node.named(), onHost ? Source.HOST : namespace + "_" + pod);
  }

  /** A pod's node that the text does not tell is a place of its own, but no node of the cluster. */
  private Spot nodeOf(String pod) {
    String node = podNodes.get(pod);
    return node != null
        ? new Spot(canonical(node), true, Source.HOST)
        : new Spot("node of " + pod, false, Source.HOST);
  }

  /** Outputs below one heading, from a prompt that names no machine. */
  private String unnamedNode(Scene scene) {
    if (oneSession) {
      return "node";
    }
    return unnamed.computeIfAbsent(scene.segment(), s -> "unnamed-" + (unnamed.size() + 1));
  }

  /** The nodes on which a command may have run that the text puts on none. */
  List<String> candidates(Scene scene, ShellCommand command) {
    List<String> all = namedNodes.isEmpty() ? List.of(unnamedNode(scene)) : namedNodes;
    return all.stream().filter(n -> !contradicts(n, command)).toList();
  }

  /** A route through a node's own address was not set on that node. */
  boolean contradicts(String node, ShellCommand command) {
    return command
        .optionValue("via")
        .filter(ownAddresses.getOrDefault(node, Set.of())::contains)
        .isPresent();
  }
}
