package io.podpath.core.snapshot;

import java.util.Optional;

/**
 * A text that facts were read from: a file of a bundle, or one command's output inside a
 * transcript. Facts share it, so that a million routes do not keep a million copies of where they
 * came from.
 *
 * @param file name as the user gave it, or its path inside the bundle
 * @param firstLine line of {@code file} on which {@code text} begins, from 1
 * @param node who was asked; empty for cluster-wide files
 * @param netns {@code host} or a pod's {@code namespace_name}
 * @param command what was run, as far as known
 * @param text the output, line ends as {@code \n}
 * @param filtered why lines may be missing (piped into grep, cut by the author); empty for a whole
 *     output
 */
public record Source(
    String file,
    int firstLine,
    Optional<String> node,
    String netns,
    Optional<String> command,
    String text,
    Optional<String> filtered) {

  public static final String HOST = "host";

  /** A file that stands for itself. */
  public static Source ofFile(String file, String text) {
    return new Source(file, 1, Optional.empty(), HOST, Optional.empty(), text, Optional.empty());
  }

  public Source onNode(String name, String namespace) {
    return new Source(file, firstLine, Optional.of(name), namespace, command, text, filtered);
  }

  public Source byCommand(String commandLine) {
    return new Source(file, firstLine, node, netns, Optional.of(commandLine), text, filtered);
  }

  public Source filteredBy(String reason) {
    return new Source(file, firstLine, node, netns, command, text, Optional.of(reason));
  }

  /** Line {@code line} of the file, or empty text when it lies outside this source. */
  public String line(int line) {
    int wanted = line - firstLine;
    int start = 0;
    for (int i = 0; i < wanted; i++) {
      int end = text.indexOf('\n', start);
      if (end < 0) {
        return "";
      }
      start = end + 1;
    }
    if (wanted < 0 || start > text.length()) {
      return "";
    }
    int end = text.indexOf('\n', start);
    String found = end < 0 ? text.substring(start) : text.substring(start, end);
    return found.endsWith("\r") ? found.substring(0, found.length() - 1) : found;
  }

  /** Equal when it is the same place; the text itself is not compared. */
  @Override
  public boolean equals(Object other) {
    return other instanceof Source source
        && source.file.equals(file)
        && source.firstLine == firstLine
        && source.node.equals(node)
        && source.netns.equals(netns)
        && source.command.equals(command);
  }

  @Override
  public int hashCode() {
    return file.hashCode() * 31 + firstLine;
  }

  @Override
  public String toString() {
    return file + ":" + firstLine;
  }
}
