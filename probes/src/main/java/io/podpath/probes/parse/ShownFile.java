package io.podpath.probes.parse;

import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;

/**
 * A file whose content a command prints.
 *
 * @param path as typed
 * @param gap why lines may be missing; empty for the whole file
 */
record ShownFile(String path, Optional<String> gap) {

  private static final Set<String> PRINT_ALL =
      Set.of("cat", "more", "less", "bat", "batcat", "nl", "tac", "zcat", "jq", "yq");
  private static final Set<String> PRINT_SOME =
      Set.of("head", "tail", "grep", "egrep", "fgrep", "zgrep", "sed", "awk");
  private static final Set<String> EDITORS = Set.of("vi", "vim", "nvim", "view", "nano", "emacs");

  /** The file that this command shows; empty when it shows none or several. */
  static Optional<ShownFile> of(ShellCommand command) {
    Optional<String> written = command.writtenHere();
    if (written.isPresent()) {
      return Optional.of(new ShownFile(written.get(), Optional.empty()));
    }
    String program = command.program();
    List<String> operands =
        command.operands().stream().filter(o -> !o.startsWith("<") && !o.startsWith(">")).toList();
    if (operands.isEmpty()) {
      return Optional.empty();
    }
    String last = operands.getLast();
    if (PRINT_ALL.contains(program) && (operands.size() == 1 || program.endsWith("q"))) {
      return Optional.of(new ShownFile(last, command.filter()));
    }
    if (EDITORS.contains(program) && operands.size() == 1) {
      return Optional.of(
          new ShownFile(
              last, Optional.of("shown in an editor, perhaps not from its beginning to its end")));
    }
    if (PRINT_SOME.contains(program) && last.indexOf('/') >= 0) {
      return Optional.of(new ShownFile(last, Optional.of("only what " + program + " picks")));
    }
    return Optional.empty();
  }

  static Optional<ShownFile> of(Optional<String> commandLine) {
    return commandLine.flatMap(c -> of(ShellCommand.parse(c)));
  }

  /** Last element of the path, in lower case. */
  String baseName() {
    return baseName(path);
  }

  static String baseName(String path) {
    return path.substring(path.lastIndexOf('/') + 1).toLowerCase(Locale.ROOT);
  }

  /** The path without its last element; empty text when it has none. */
  static String directory(String path) {
    int slash = path.lastIndexOf('/');
    return slash < 0 ? "" : path.substring(0, slash);
  }
}
