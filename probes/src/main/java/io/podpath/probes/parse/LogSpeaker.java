package io.podpath.probes.parse;

import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/**
 * Which program a log is of: by the command that showed it, by its file's name, and by what its
 * lines say.
 */
final class LogSpeaker {

  /** Nobody knows. */
  static final String AGENT = "agent";

  /** Parts of pod, container, unit and file names; the first that fits. */
  private static final List<Map.Entry<String, String>> NAMES =
      List.of(
          Map.entry("kube-proxy", "kube-proxy"),
          Map.entry("kubeproxy", "kube-proxy"),
          Map.entry("flannel", "flanneld"),
          Map.entry("calico-node", "calico-node"),
          Map.entry("calico-kube-controllers", "calico-kube-controllers"),
          Map.entry("calico", "calico-node"),
          Map.entry("canal", "calico-node"),
          Map.entry("bird", "bird"),
          Map.entry("weave", "weave"),
          Map.entry("kubelet", "kubelet"),
          Map.entry("k3s", "k3s"),
          Map.entry("rke2", "rke2"),
          Map.entry("coredns", "coredns"),
          Map.entry("containerd", "containerd"),
          Map.entry("dockerd", "dockerd"),
          Map.entry("cilium", "cilium"),
          Map.entry("ovs-vswitchd", "ovs-vswitchd"));

  /** What only one program says. */
  private static final List<Map.Entry<String, String>> WORDS =
      List.of(
          Map.entry("SubnetManager", "flanneld"),
          Map.entry("vxlan_network.go", "flanneld"),
          Map.entry("route_network.go", "flanneld"),
          Map.entry("Determining IP address of default interface", "flanneld"),
          Map.entry("Backend type:", "flanneld"),
          Map.entry("proxier.go", "kube-proxy"),
          Map.entry("KubeProxyConfiguration", "kube-proxy"),
          Map.entry("server_others.go", "kube-proxy"),
          Map.entry("Failed to retrieve node info", "kube-proxy"),
          Map.entry("Successfully retrieved node IP", "kube-proxy"),
          Map.entry("startup/startup.go", "calico-node"),
          Map.entry("startup.go", "calico-node"),
          Map.entry("felix/", "calico-node"),
          Map.entry("int_dataplane.go", "calico-node"),
          Map.entry("[kube-peers]", "weave"),
          Map.entry("kubelet.go", "kubelet"));

  private LogSpeaker() {}

  /** The program the whole text is of. */
  static String ofText(Optional<String> command, String file, List<LogLine> lines) {
    Optional<String> asked =
        command.flatMap(LogSpeaker::ofCommand).or(() -> ofName(ShownFile.baseName(file)));
    if (asked.isPresent()) {
      return asked.get();
    }
    return lines.stream().flatMap(l -> ofLine(l).stream()).findFirst().orElse(AGENT);
  }

  /** The program that speaks in one line; empty when the line could be anybody's. */
  static Optional<String> ofLine(LogLine line) {
    if (line.text().startsWith("bird: ") || line.text().startsWith("bird6: ")) {
      return Optional.of("bird");
    }
    return line.program()
        .flatMap(LogSpeaker::ofName)
        .or(() ->
            WORDS.stream()
                .filter(w -> line.text().contains(w.getKey()))
                .findFirst()
                .map(Map.Entry::getValue));
  }

  /** By the name of a pod, container, unit or file. */
  static Optional<String> ofName(String name) {
    String lower = name.toLowerCase(Locale.ROOT);
    return NAMES.stream()
        .filter(n -> lower.contains(n.getKey()))
        .findFirst()
        .map(Map.Entry::getValue);
  }

  private static Optional<String> ofCommand(String commandLine) {
    ShellCommand command = ShellCommand.parse(commandLine);
    Optional<ApiCommand> api = ApiCommand.of(command);
    Optional<String> container = api.flatMap(ApiCommand::container).flatMap(LogSpeaker::ofName);
    if (container.isPresent()) {
      return container;
    }
    Optional<ShownFile> shown = ShownFile.of(command);
    return shown.isPresent()
        ? ofName(shown.get().path())
        : ofName(String.join(" ", command.arguments()));
  }
}
