package io.podpath.probes.parse;

import io.podpath.core.snapshot.Source;

/**
 * Reads the output of one tool. Implementations are found by ServiceLoader and keep no state.
 *
 * <p>A parser never throws and never guesses: a line it cannot read is reported and makes that
 * section partly gathered; the rest of the output still counts. Text of several formats (plain,
 * {@code -d}, {@code -j}, old and new releases) goes through the same parser.
 */
public interface OutputParser {

  /** The tool and its subcommand, as {@code ip route}. */
  String name();

  /** Whether the output of this command is for this parser. */
  boolean reads(ShellCommand command);

  /**
   * How much a text whose command is not known looks like this tool's output: 0 not at all, 100
   * beyond doubt. File names are only hints (at most 10 points); content decides. Called with the
   * first 64 KiB of the text.
   *
   * @param fileName last element of the path, lower case; may be empty
   */
  int likeness(String fileName, String text);

  Reading parse(Source source);
}
