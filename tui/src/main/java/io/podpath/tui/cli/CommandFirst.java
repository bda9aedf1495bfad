package io.podpath.tui.cli;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Set;

/** Options may stand before the command, as with kubectl: they are moved behind it. */
final class CommandFirst {

  private static final Set<String> WITH_VALUE =
      Set.of("-o", "--output", "-O", "--output-file", "--color", "--debug");

  private CommandFirst() {}

  static String[] of(String[] args) {
    int command = 0;
    while (command < args.length && args[command].startsWith("-") && !args[command].equals("-")) {
      command += WITH_VALUE.contains(args[command]) ? 2 : 1;
    }
    if (command == 0 || command >= args.length) {
      return args;
    }
    List<String> words = new ArrayList<>(Arrays.asList(args));
    words.addFirst(words.remove(command));
    return words.toArray(String[]::new);
  }
}
