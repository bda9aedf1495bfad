package io.podpath.probes.parse;

import io.podpath.core.net.IpFamily;
import io.podpath.core.snapshot.Source;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * {@code ip OPTIONS OBJECT VERB SELECTORS}, as {@code ip.c} and the objects' own files take it
 * apart; {@code bridge} works the same way.
 *
 * @param object as typed, perhaps abbreviated
 * @param words what follows the object
 */
record IpCommand(
    Optional<IpFamily> family,
    boolean json,
    boolean details,
    boolean brief,
    boolean oneline,
    String object,
    List<String> words) {

  IpCommand {
    words = List.copyOf(words);
  }

  /** Empty when the command is not {@code program}. */
  static Optional<IpCommand> of(ShellCommand command, String program) {
    if (!command.program().equals(program)) {
      return Optional.empty();
    }
    Optional<IpFamily> family = Optional.empty();
    boolean json = false;
    boolean details = false;
    boolean brief = false;
    boolean oneline = false;
    List<String> rest = new ArrayList<>();
    List<String> arguments = command.arguments();
    for (int i = 0; i < arguments.size(); i++) {
      String word = arguments.get(i);
      if (!word.startsWith("-") || !rest.isEmpty()) {
        rest.add(word);
        continue;
      }
      String option = word.startsWith("--") ? word.substring(1) : word;
      switch (option) {
        case "-4" -> family = Optional.of(IpFamily.INET);
        case "-6" -> family = Optional.of(IpFamily.INET6);
        case "-j", "-js", "-json" -> json = true;
        case "-br", "-brief" -> brief = true;
        case "-o", "-oneline" -> oneline = true;
        case "-f", "-family" -> {
          String name = i + 1 < arguments.size() ? arguments.get(++i) : "";
          family =
              name.equals("inet6")
                  ? Optional.of(IpFamily.INET6)
                  : name.equals("inet") ? Optional.of(IpFamily.INET) : family;
        }
        case "-n", "-netns", "-l", "-loops", "-rc", "-rcvbuf", "-b", "-batch" -> i++;
        default -> details |= option.length() > 1 && "-details".startsWith(option);
      }
    }
    String object = rest.isEmpty() ? "" : rest.getFirst();
    List<String> words = rest.isEmpty() ? List.of() : rest.subList(1, rest.size());
    return Optional.of(new IpCommand(family, json, details, brief, oneline, object, words));
  }

  /** The command a text was printed by; empty when it is not known or another one. */
  static Optional<IpCommand> of(Source source, String program) {
    return source.command().map(ShellCommand::parse).flatMap(c -> of(c, program));
  }

  /** Whether the object is this one, abbreviated to no less than {@code shortest}. */
  boolean isAbout(String name, String shortest) {
    return name.startsWith(object) && object.startsWith(shortest);
  }

  /** Whether it lists: no verb, or an abbreviation of show, list or lst. */
  boolean lists() {
    return words.isEmpty() || isListVerb(words.getFirst());
  }

  private static boolean isListVerb(String word) {
    return !word.isEmpty()
        && ("show".startsWith(word) || "list".startsWith(word) || "lst".startsWith(word));
  }

  /** Whether the verb is this one, abbreviated or not. */
  boolean hasVerb(String verb) {
    return !words.isEmpty() && !words.getFirst().isEmpty() && verb.startsWith(words.getFirst());
  }

  /** What restricts the listing. */
  List<String> selectors() {
    return words.isEmpty() ? List.of() : words.subList(1, words.size());
  }

  /** The word behind a selector. */
  Optional<String> selector(String name) {
    List<String> all = selectors();
    int at = all.indexOf(name);
    return at >= 0 && at + 1 < all.size() ? Optional.of(all.get(at + 1)) : Optional.empty();
  }

  /** How much of each row this form of the output tells. */
  int rank() {
    return json || details ? 30 : brief ? 10 : 20;
  }
}
