package io.podpath.probes.parse;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * What a command line of kubectl or calicoctl asks for.
 *
 * @param program kubectl or calicoctl, whatever it was called as
 * @param verb get, describe, logs …
 * @param kinds plural names in lower case, without API group
 * @param names objects asked for by name; empty for whole lists
 * @param selected whether a label or field selector leaves objects out
 */
record ApiCommand(
    String program,
    String verb,
    List<String> kinds,
    List<String> names,
    Optional<String> namespace,
    boolean allNamespaces,
    Optional<String> output,
    Optional<String> container,
    boolean selected) {

  private static final Set<String> CALLED_KUBECTL =
      Set.of("kubectl", "k", "oc", "kubectl.exe", "kubecolor", "microk8s.kubectl");
  private static final Set<String> CARRIES_KUBECTL =
      Set.of("k3s", "microk8s", "minikube", "rke2", "k0s");

  private static final Set<String> WITH_VALUE =
      Set.of(
          "-n",
          "--namespace",
          "-o",
          "--output",
          "--out",
          "-l",
          "--selector",
          "--field-selector",
          "-f",
          "--filename",
          "-c",
          "--container",
          "--context",
          "--kubeconfig",
          "--cluster",
          "--user",
          "-s",
          "--server",
          "--token",
          "--sort-by",
          "--template",
          "-L",
          "--label-columns",
          "--request-timeout",
          "--chunk-size",
          "--as",
          "--as-group",
          "-v",
          "--tail",
          "--since",
          "--since-time",
          "--config");

  private static final Map<String, String> KINDS =
      Map.ofEntries(
          Map.entry("no", "nodes"),
          Map.entry("node", "nodes"),
          Map.entry("po", "pods"),
          Map.entry("pod", "pods"),
          Map.entry("svc", "services"),
          Map.entry("service", "services"),
          Map.entry("ep", "endpoints"),
          Map.entry("endpoint", "endpoints"),
          Map.entry("endpointslice", "endpointslices"),
          Map.entry("ev", "events"),
          Map.entry("event", "events"),
          Map.entry("cm", "configmaps"),
          Map.entry("configmap", "configmaps"),
          Map.entry("ippool", "ippools"),
          Map.entry("bgppeer", "bgppeers"),
          Map.entry("bgpconfig", "bgpconfigurations"),
          Map.entry("bgpconfigs", "bgpconfigurations"),
          Map.entry("bgpconfiguration", "bgpconfigurations"),
          Map.entry("blockaffinity", "blockaffinities"));

  ApiCommand {
    kinds = List.copyOf(kinds);
    names = List.copyOf(names);
  }

  static Optional<ApiCommand> of(Optional<String> commandLine) {
    return commandLine.flatMap(c -> of(ShellCommand.parse(c)));
  }

  static Optional<ApiCommand> of(ShellCommand command) {
    List<String> words = new ArrayList<>(command.words());
    if (words.size() > 1
        && CARRIES_KUBECTL.contains(words.get(0))
        && CALLED_KUBECTL.contains(words.get(1))) {
      words.removeFirst();
      words.removeIf(w -> w.equals("--"));
    }
    if (words.isEmpty()) {
      return Optional.empty();
    }
    String called = words.removeFirst();
    if (called.startsWith("calicoctl")) {
      return Optional.of(read("calicoctl", words));
    }
    return CALLED_KUBECTL.contains(called) ? Optional.of(read("kubectl", words)) : Optional.empty();
  }

  private static ApiCommand read(String program, List<String> words) {
    List<String> operands = new ArrayList<>();
    Optional<String> namespace = Optional.empty();
    Optional<String> output = Optional.empty();
    Optional<String> container = Optional.empty();
    boolean allNamespaces = false;
    boolean selected = false;
    for (int i = 0; i < words.size(); i++) {
      String word = words.get(i);
      if (!word.startsWith("-") || word.length() == 1) {
        operands.add(word);
        continue;
      }
      String option = word;
      Optional<String> value = Optional.empty();
      int equals = word.indexOf('=');
      if (equals > 0) {
        option = word.substring(0, equals);
        value = Optional.of(word.substring(equals + 1));
      } else if (WITH_VALUE.contains(word) && i + 1 < words.size() && !follows(word, operands)) {
        value = Optional.of(words.get(++i));
      } else if (word.length() > 2
          && (word.startsWith("-o") || word.startsWith("-n") || word.startsWith("-l"))) {
        option = word.substring(0, 2);
        value = Optional.of(word.substring(2));
      }
      switch (option) {
        case "-n", "--namespace" -> namespace = value;
        case "-o", "--output", "--out" -> output = value;
        case "-c", "--container" -> container = value;
        case "-l", "--selector", "--field-selector", "-f", "--filename" -> selected = true;
        case "-A", "--all-namespaces" ->
            allNamespaces |= value.isEmpty() || value.get().equals("true");
        default -> {}
      }
    }
    String verb = operands.isEmpty() ? "" : operands.removeFirst();
    List<String> kinds = new ArrayList<>();
    List<String> names = new ArrayList<>();
    boolean kindsKnown = !verb.equals("get") && !verb.equals("describe");
    for (String operand : operands) {
      int slash = operand.indexOf('/');
      if (slash > 0 && !kindsKnown || slash > 0 && kinds.isEmpty()) {
        kinds.add(plural(operand.substring(0, slash)));
        names.add(operand.substring(slash + 1));
      } else if (!kindsKnown) {
        for (String kind : operand.split(",", -1)) {
          kinds.add(plural(kind));
        }
        kindsKnown = true;
      } else {
        names.add(operand);
      }
    }
    return new ApiCommand(
        program, verb, kinds, names, namespace, allNamespaces, output, container, selected);
  }

  /** {@code kubectl logs -f POD}: there -f is no file. */
  private static boolean follows(String option, List<String> operands) {
    return option.equals("-f") && !operands.isEmpty() && operands.getFirst().startsWith("log");
  }

  private static String plural(String kind) {
    String name = kind.toLowerCase(Locale.ROOT);
    int group = name.indexOf('.');
    String bare = group > 0 ? name.substring(0, group) : name;
    return KINDS.getOrDefault(bare, bare);
  }

  boolean isGet() {
    return verb.equals("get");
  }

  boolean isDescribe() {
    return verb.equals("describe") || verb.equals("desc");
  }

  /** Whether the answer is YAML or JSON. */
  boolean wantsObjects() {
    return output.filter(o -> o.equals("yaml") || o.equals("json")).isPresent();
  }

  /** Whether the answer is a table with the columns kubectl chooses. */
  boolean wantsTable() {
    return output.isEmpty() || output.get().equals("wide");
  }

  /** Why the answer may lack objects of this kind; empty for a whole list. */
  Optional<String> gap(String kind, boolean namespaced) {
    if (!isGet() && !isDescribe() || !kinds.contains(kind)) {
      return Optional.of("not a list of all " + kind);
    }
    if (!names.isEmpty()) {
      return Optional.of("only " + String.join(", ", names) + " was asked for");
    }
    if (selected) {
      return Optional.of("only what a selector picks was asked for");
    }
    if (namespaced && program.equals("kubectl") && !allNamespaces) {
      return Optional.of("only namespace " + namespace.orElse("default") + " was asked for");
    }
    return Optional.empty();
  }
}
