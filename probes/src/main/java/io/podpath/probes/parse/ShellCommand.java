package io.podpath.probes.parse;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A command line as somebody typed it, taken apart as far as needed to know whose output follows:
 * who runs it (sudo, ssh, kubectl exec, docker exec, nsenter, ip netns exec), the program with its
 * arguments, and what its output was piped into.
 *
 * @param wrappers from the outside in
 * @param words program (without directory) and arguments
 * @param pipes the commands behind each {@code |}
 * @param text the command as typed
 */
public record ShellCommand(
    List<Wrapper> wrappers, List<String> words, List<String> pipes, String text) {

  private static final Pattern WRITTEN = Pattern.compile(">{1,2}\\s*([\\w./-]{1,200})");

  public ShellCommand {
    wrappers = List.copyOf(wrappers);
    words = List.copyOf(words);
    pipes = List.copyOf(pipes);
  }

  /** Something that runs the rest elsewhere. */
  public sealed interface Wrapper {
    record Ssh(String host) implements Wrapper {}

    record KubectlExec(Optional<String> namespace, String pod) implements Wrapper {}

    record ContainerExec(String container) implements Wrapper {}

    record Netns(String name) implements Wrapper {}

    /** {@code nsenter}: another namespace, of a process that is not named in the text. */
    record Nsenter(String target) implements Wrapper {}
  }

  /**
   * Takes one command line apart; lists of commands ({@code ;}, {@code &&}) must be split before,
   * see {@link #split}.
   */
  public static ShellCommand parse(String line) {
    List<String> stages = split(line, "|");
    List<String> words = new ArrayList<>(tokens(stages.isEmpty() ? "" : stages.getFirst()));
    List<Wrapper> wrappers = new ArrayList<>();
    boolean more = true;
    while (more) {
      more = unwrap(words, wrappers);
    }
    dropRedirections(words);
    if (!words.isEmpty()) {
      String program = words.getFirst();
      words.set(0, program.substring(program.lastIndexOf('/') + 1));
    }
    List<String> pipes =
        stages.size() > 1
            ? stages.subList(1, stages.size()).stream().map(String::strip).toList()
            : List.of();
    return new ShellCommand(wrappers, words, pipes, line.strip());
  }

  /**
   * Splits at an operator outside quotes: {@code ";"} also splits at {@code &&} and {@code ||},
   * {@code "|"} only at pipes.
   */
  public static List<String> split(String line, String operator) {
    List<String> parts = new ArrayList<>();
    StringBuilder part = new StringBuilder();
    char quote = 0;
    for (int i = 0; i < line.length(); i++) {
      char c = line.charAt(i);
      if (quote != 0) {
        quote = c == quote ? 0 : quote;
        part.append(c);
        continue;
      }
      if (c == '\'' || c == '"') {
        quote = c;
        part.append(c);
        continue;
      }
      boolean doubled = i + 1 < line.length() && line.charAt(i + 1) == c && (c == '|' || c == '&');
      if (operator.equals(";") && (c == ';' || doubled)) {
        parts.add(part.toString());
        part.setLength(0);
        i += doubled ? 1 : 0;
      } else if (operator.equals("|") && c == '|' && !doubled) {
        parts.add(part.toString());
        part.setLength(0);
      } else {
        part.append(c);
      }
    }
    parts.add(part.toString());
    return parts.stream().filter(p -> !p.isBlank()).toList();
  }

  /** Words with quotes removed; an unfinished quote runs to the end. */
  static List<String> tokens(String text) {
    List<String> words = new ArrayList<>();
    StringBuilder word = new StringBuilder();
    boolean inWord = false;
    char quote = 0;
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      if (quote != 0) {
        if (c == quote) {
          quote = 0;
        } else {
          word.append(c);
        }
      } else if (c == '\'' || c == '"') {
        quote = c;
        inWord = true;
      } else if (Character.isWhitespace(c)) {
        if (inWord) {
          words.add(word.toString());
          word.setLength(0);
          inWord = false;
        }
      } else {
        word.append(c);
        inWord = true;
      }
    }
    if (inWord) {
      words.add(word.toString());
    }
    return words;
  }

  private static boolean unwrap(List<String> words, List<Wrapper> wrappers) {
    if (words.isEmpty()) {
      return false;
    }
    String program = words.getFirst().substring(words.getFirst().lastIndexOf('/') + 1);
    if (program.equals("sudo")
        || program.equals("time")
        || program.equals("watch")
        || program.equals("nohup")) {
      words.removeFirst();
      dropOptions(words, program.equals("sudo") ? "ugpC" : "n");
      return true;
    }
    if (program.indexOf('=') > 0
        && Character.isLetter(program.charAt(0))
        && words.size() > 1
        && !program.contains("-")) {
      words.removeFirst();
      return true;
    }
    if (program.equals("ssh")) {
      List<String> rest = new ArrayList<>(words.subList(1, words.size()));
      dropOptions(rest, "piloFJLRDW");
      if (rest.size() < 2) {
        return false;
      }
      String host = rest.removeFirst();
      wrappers.add(new Wrapper.Ssh(host.substring(host.indexOf('@') + 1)));
      replace(words, rest.size() == 1 ? tokens(rest.getFirst()) : rest);
      return true;
    }
    if (program.equals("ip")
        && words.size() > 4
        && words.get(1).equals("netns")
        && words.get(2).equals("exec")) {
      wrappers.add(new Wrapper.Netns(words.get(3)));
      replace(words, words.subList(4, words.size()));
      return true;
    }
    if (program.equals("ip")
        && words.size() > 3
        && (words.get(1).equals("-n") || words.get(1).equals("-netns"))) {
      wrappers.add(new Wrapper.Netns(words.get(2)));
      List<String> rest = new ArrayList<>(List.of("ip"));
      rest.addAll(words.subList(3, words.size()));
      replace(words, rest);
      return true;
    }
    if (program.equals("nsenter")) {
      List<String> rest = new ArrayList<>(words.subList(1, words.size()));
      String target = "";
      while (!rest.isEmpty() && rest.getFirst().startsWith("-")) {
        String option = rest.removeFirst();
        if ((option.equals("-t") || option.equals("--target")) && !rest.isEmpty()) {
          target = rest.removeFirst();
        } else if (option.startsWith("--target=")) {
          target = option.substring(9);
        } else if (option.equals("--")) {
          break;
        }
      }
      wrappers.add(new Wrapper.Nsenter(target));
      replace(words, rest);
      return !rest.isEmpty();
    }
    if (program.equals("kubectl") && words.contains("exec")) {
      return unwrapKubectlExec(words, wrappers);
    }
    if ((program.equals("docker")
            || program.equals("crictl")
            || program.equals("podman")
            || program.equals("nerdctl"))
        && words.size() > 3
        && words.get(1).equals("exec")) {
      List<String> rest = new ArrayList<>(words.subList(2, words.size()));
      dropOptions(rest, "euw");
      if (rest.size() < 2) {
        return false;
      }
      wrappers.add(new Wrapper.ContainerExec(rest.removeFirst()));
      replace(words, rest);
      return true;
    }
    return false;
  }

  private static boolean unwrapKubectlExec(List<String> words, List<Wrapper> wrappers) {
    Optional<String> namespace = Optional.empty();
    Optional<String> pod = Optional.empty();
    int i = 1;
    for (; i < words.size(); i++) {
      String word = words.get(i);
      if (word.equals("--")) {
        i++;
        break;
      }
      if ((word.equals("-n") || word.equals("--namespace")) && i + 1 < words.size()) {
        namespace = Optional.of(words.get(++i));
      } else if (word.startsWith("--namespace=")) {
        namespace = Optional.of(word.substring(12));
      } else if ((word.equals("-c") || word.equals("--container")) && i + 1 < words.size()) {
        i++;
      } else if (!word.startsWith("-") && !word.equals("exec")) {
        if (pod.isPresent()) {
          break;
        }
        pod = Optional.of(word.substring(word.indexOf('/') + 1));
      }
    }
    if (pod.isEmpty() || i >= words.size()) {
      return false;
    }
    wrappers.add(new Wrapper.KubectlExec(namespace, pod.get()));
    replace(words, words.subList(i, words.size()));
    return true;
  }

  private static void replace(List<String> words, List<String> rest) {
    List<String> copy = List.copyOf(rest);
    words.clear();
    words.addAll(copy);
  }

  /**
   * Drops leading options; those whose last letter is in {@code withValue} take the next word with
   * them.
   */
  private static void dropOptions(List<String> words, String withValue) {
    while (!words.isEmpty() && words.getFirst().startsWith("-") && words.getFirst().length() > 1) {
      String option = words.removeFirst();
      boolean takesNext =
          !option.startsWith("--") && withValue.indexOf(option.charAt(option.length() - 1)) >= 0;
      if (takesNext && option.length() == 2 && !words.isEmpty()) {
        words.removeFirst();
      }
    }
  }

  private static void dropRedirections(List<String> words) {
    for (int i = 0; i < words.size(); i++) {
      String word = words.get(i);
      boolean redirection = word.matches("[012&]?>>?(&?[012])?") || word.equals("<");
      if (redirection) {
        words.remove(i);
        if (i < words.size() && !word.matches(".*&[012]")) {
          words.remove(i);
        }
        i--;
      } else if (word.matches("[012&]?>>?.+")) {
        words.remove(i--);
      }
    }
  }

  /** The program, without its directory; empty when there is none. */
  public String program() {
    return words.isEmpty() ? "" : words.getFirst();
  }

  /** Arguments behind the program. */
  public List<String> arguments() {
    return words.isEmpty() ? List.of() : words.subList(1, words.size());
  }

  /** Arguments that are no options. */
  public List<String> operands() {
    return arguments().stream().filter(a -> !a.startsWith("-")).toList();
  }

  /**
   * Whether an option stands alone or inside a bundle of short ones ({@code -nv} has {@code -n}).
   */
  public boolean hasOption(String option) {
    for (String word : arguments()) {
      if (word.equals(option)) {
        return true;
      }
      boolean isShort = option.length() == 2 && option.charAt(0) == '-' && option.charAt(1) != '-';
      if (isShort
          && word.length() > 2
          && word.charAt(0) == '-'
          && word.charAt(1) != '-'
          && word.indexOf(option.charAt(1)) > 0) {
        return true;
      }
    }
    return false;
  }

  /** Value of an option given as {@code --table nat}, {@code --table=nat}. */
  public Optional<String> optionValue(String option) {
    List<String> all = arguments();
    for (int i = 0; i < all.size(); i++) {
      if (all.get(i).equals(option) && i + 1 < all.size()) {
        return Optional.of(all.get(i + 1));
      }
      if (all.get(i).startsWith(option + "=")) {
        return Optional.of(all.get(i).substring(option.length() + 1));
      }
    }
    return Optional.empty();
  }

  /**
   * Whether this is {@code ip OBJECT}, in any abbreviation ip takes ({@code ip r}, {@code ip ro});
   * options before the object are passed over.
   *
   * @param object such as route; {@code shortest} its shortest abbreviation
   */
  public boolean isIp(String object, String shortest) {
    if (!program().equals("ip")) {
      return false;
    }
    List<String> operands = operands();
    // -f FAMILY and -l N have values that are no operands
    int first = hasOption("-f") || hasOption("-family") ? 1 : 0;
    return operands.size() > first
        && object.startsWith(operands.get(first))
        && operands.get(first).startsWith(shortest);
  }

  /** The file a here-document is written to: {@code cat <<EOF > FILE}. */
  public Optional<String> writtenHere() {
    Matcher m = WRITTEN.matcher(text);
    return text.contains("<<") && m.find() ? Optional.of(m.group(1)) : Optional.empty();
  }

  /** The files its output is redirected to, and those a {@code tee} behind a pipe writes. */
  public List<String> written() {
    List<String> files = new ArrayList<>();
    Matcher redirected = WRITTEN.matcher(text);
    while (redirected.find()) {
      files.add(redirected.group(1));
    }
    for (String pipe : pipes) {
      ShellCommand stage = parse(pipe);
      if (stage.program().equals("tee")) {
        files.addAll(stage.operands());
      }
    }
    return files;
  }

  /** Why lines may be missing: it was piped through something that picks lines. */
  public Optional<String> filter() {
    for (String pipe : pipes) {
      List<String> words = tokens(pipe);
      if (words.isEmpty()) {
        continue;
      }
      String program = words.getFirst().substring(words.getFirst().lastIndexOf('/') + 1);
      boolean keepsAll =
          program.equals("cat")
              || program.equals("tee")
              || program.equals("less")
              || program.equals("more")
              || program.equals("sort")
              || program.equals("column")
              || program.equals("nl")
              || pipe.contains("json.tool")
              || program.equals("jq") && words.size() == 2 && words.get(1).equals(".");
      if (!keepsAll) {
        return Optional.of("piped into " + pipe);
      }
    }
    return Optional.empty();
  }
}
