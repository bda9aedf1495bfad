package io.podpath.tui.cli;

import io.podpath.tui.report.SafeText;
import java.io.PrintWriter;
import java.util.List;

/** What is said on stderr, with the name of the program before it. */
record Complaint(List<String> lines) {

  static Complaint of(String text) {
    return new Complaint(text.lines().map(SafeText::of).toList());
  }

  void to(Surroundings surroundings) {
    PrintWriter errors = surroundings.errors();
    String start = "podpath: ";
    for (String line : lines) {
      errors.println(start + line);
      start = "";
    }
    errors.flush();
  }
}
