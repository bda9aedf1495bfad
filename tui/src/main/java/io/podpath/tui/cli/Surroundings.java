package io.podpath.tui.cli;

import io.podpath.core.fix.ShellWord;
import io.podpath.rules.RuleLibrary;
import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.OutputStreamWriter;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;

/**
 * All a command knows of the process it runs in.
 *
 * @param out the answer; nothing else goes there
 * @param err progress, questions and complaints
 * @param rules loaded by the commands that need them
 */
record Surroundings(
    InputStream in,
    OutputStream out,
    OutputStream err,
    Map<String, String> environment,
    TerminalFacts terminal,
    Inputs inputs,
    Supplier<RuleLibrary> rules) {

  Surroundings {
    environment = Map.copyOf(environment);
  }

  /** Those of this process. */
  static Surroundings ofProcess() {
    Map<String, String> environment = System.getenv();
    return new Surroundings(
        System.in,
        // System.out would hide that a disk is full.
        new FileOutputStream(FileDescriptor.out),
        new FileOutputStream(FileDescriptor.err),
        environment,
        TerminalFacts.ofProcess(environment),
        new RecordedInputs(),
        RuleLibrary::load);
  }

  PrintWriter errors() {
    return new PrintWriter(new OutputStreamWriter(err, StandardCharsets.UTF_8), true);
  }

  Optional<String> variable(String name) {
    return Optional.ofNullable(environment.get(name));
  }

  /**
   * What users type: as a kubectl plugin podpath is a word of kubectl, and outside of the PATH it
   * needs its directory.
   */
  String program() {
    String typed = variable("PODPATH_INVOKED_AS").orElse("");
    return typed.equals("kubectl-podpath")
        ? "kubectl podpath"
        : typed.contains("/") ? ShellWord.quoted(typed) : "podpath";
  }
}
