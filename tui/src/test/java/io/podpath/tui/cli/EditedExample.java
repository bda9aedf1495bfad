package io.podpath.tui.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.podpath.fixtures.example.Examples;
import io.podpath.probes.bundle.NamedText;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** A recorded cluster laid out in a directory, and what somebody has changed in it. */
record EditedExample(Path directory) {

  /** The lines that name a difference. */
  static List<String> differences(Session session) {
    return session.out().lines().filter(l -> l.matches("[-+~] .*")).toList();
  }

  static EditedExample laid(Path directory, String example) throws IOException {
    for (NamedText text : Examples.texts(example)) {
      Path target = directory.resolve(text.path());
      Files.createDirectories(target.getParent());
      Files.writeString(target, text.text());
    }
    return new EditedExample(directory);
  }

  Path file(String name) {
    return directory.resolve(name);
  }

  /** The first place where a file has this gets the other text. */
  void edit(String name, String from, String to) throws IOException {
    String text = Files.readString(file(name));
    assertThat(text).contains(from);
    int at = text.indexOf(from);
    Files.writeString(file(name), text.substring(0, at) + to + text.substring(at + from.length()));
  }

  void delete(String name) throws IOException {
    Files.delete(file(name));
  }

  @Override
  public String toString() {
    return directory.toString();
  }
}
