package io.podpath.tui.cli;

import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.ParseResult;

/**
 * Options for gathering from live sources. They belong to the grammar, so whoever uses one is told
 * that this version has no live sources yet, and not that there is no such option.
 */
final class LiveOptions {

  private static final List<String> FLAGS = List.of("--cluster", "-A", "--all-namespaces");

  private static final List<String> WITH_VALUE =
      List.of(
          "--ssh",
          "--kubeconfig",
          "--context",
          "-n",
          "--namespace",
          "--as",
          "--request-timeout",
          "-l",
          "--selector",
          "--node-timeout",
          "--timeout",
          "--parallel",
          "--cni");

  private LiveOptions() {}

  static void addTo(CommandSpec command) {
    FLAGS.forEach(
        name -> command.addOption(OptionSpec.builder(name).arity("0").hidden(true).build()));
    WITH_VALUE.forEach(name ->
        command.addOption(
            OptionSpec.builder(name).arity("1").type(List.class).hidden(true).build()));
  }

  /** One of them that was given. */
  static Optional<String> given(ParseResult parsed) {
    return Stream.of(FLAGS.stream(), WITH_VALUE.stream())
        .flatMap(names -> names)
        .filter(parsed::hasMatchedOption)
        .findFirst();
  }
}
