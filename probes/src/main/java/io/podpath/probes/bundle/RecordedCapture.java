package io.podpath.probes.bundle;

import java.util.Optional;

/**
 * A packet capture among the files of an input. It is remembered, not read.
 *
 * @param input the directory, archive or file as the user gave it
 * @param path inside that input; empty text when the input is the capture
 * @param node on whose device it was taken, where the layout tells
 * @param device file name without its ending
 */
public record RecordedCapture(String input, String path, Optional<String> node, String device) {}
