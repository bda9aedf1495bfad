package io.podpath.probes.transcript;

import java.util.Optional;

/**
 * One thing that happened in a transcript: a command with its output, or a block of text that
 * stands without a command.
 *
 * @param host named by the prompt, by a {@code node:} line, or by the text just above; empty where
 *     nothing names it
 * @param certainHost whether the prompt itself or a {@code node:} line names it, not only the text
 *     around
 * @param segment number of the part of the text between headings
 * @param command what was typed; empty for a loose block
 * @param commandLine line of the command, or the first line of a loose block
 * @param outputLine first line of the output
 * @param output what came out
 */
record Scene(
    Optional<String> host,
    boolean certainHost,
    int segment,
    Optional<String> command,
    int commandLine,
    int outputLine,
    String output) {

  /** The same place with another text. */
  Scene showing(String text, int line) {
    return new Scene(host, certainHost, segment, command, commandLine, line, text);
  }
}
