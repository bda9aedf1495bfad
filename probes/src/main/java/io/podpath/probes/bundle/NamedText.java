package io.podpath.probes.bundle;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * One text of an input.
 *
 * @param input the directory, archive or file as the user gave it; empty for none
 * @param path inside that input, with {@code /}; empty when the input is this text itself
 * @param text line ends as {@code \n}
 */
public record NamedText(String input, String path, String text) {

  /** Path inside the input, in its parts. */
  List<String> inside() {
    return parts(path);
  }

  /** Parts of the input's own path as it was typed, without {@code .} and {@code ..}. */
  List<String> outside() {
    List<String> parts = parts(input);
    if (!path.isEmpty() || parts.isEmpty()) {
      return parts;
    }
    // a single text may be packed
    String name = parts.getLast().replaceFirst("\\.(gz|zst)$", "");
    List<String> plain = new ArrayList<>(parts.subList(0, parts.size() - 1));
    plain.add(name);
    return plain;
  }

  /** How to name the text to its giver. */
  String shown() {
    return path.isEmpty() ? input : path;
  }

  static List<String> parts(String path) {
    return Arrays.stream(path.split("/", -1))
        .filter(p -> !p.isEmpty() && !p.equals(".") && !p.equals(".."))
        .toList();
  }
}
