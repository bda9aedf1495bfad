package io.podpath.probes.parse;

import com.google.auto.service.AutoService;
import io.podpath.core.cni.DirectoryEntry;
import io.podpath.core.snapshot.Section;
import io.podpath.core.snapshot.Source;
import java.util.List;
import java.util.Optional;

/**
 * {@code ls} of {@code /etc/cni/net.d}, short or long. The table counts as whole only for that
 * directory: what {@code /opt/cni/bin} holds is shown too, but says nothing of the other.
 */
@AutoService(OutputParser.class)
public final class DirectoryListingParser implements OutputParser {

  private static final int RANK = 20;

  @Override
  public String name() {
    return "ls";
  }

  @Override
  public boolean reads(ShellCommand command) {
    return directory(command).isPresent();
  }

  /** The one directory of CNI that is listed. */
  private static Optional<String> directory(ShellCommand command) {
    if (!command.program().equals("ls")
        && !command.program().equals("ll")
        && !command.program().equals("dir")) {
      return Optional.empty();
    }
    List<String> operands = command.operands();
    if (operands.size() != 1) {
      return Optional.empty();
    }
    String path = operands.getFirst();
    while (path.length() > 1 && path.endsWith("/")) {
      path = path.substring(0, path.length() - 1);
    }
    return path.endsWith("cni/net.d") || path.endsWith("cni/bin")
        ? Optional.of(path)
        : Optional.empty();
  }

  @Override
  public int likeness(String fileName, String text) {
    return 0;
  }

  @Override
  public Reading parse(Source source) {
    ReadingBuilder reading = new ReadingBuilder(source);
    Optional<ShellCommand> command = source.command().map(ShellCommand::parse);
    Optional<String> directory = command.flatMap(DirectoryListingParser::directory);
    if (directory.isEmpty()) {
      return Reading.NOTHING;
    }
    String path = directory.get();
    boolean recursive = command.filter(c -> c.hasOption("-R")).isPresent();
    if (path.endsWith("net.d") && !recursive && command.flatMap(ShellCommand::filter).isEmpty()) {
      reading.whole(Section.DIRECTORY, RANK);
    } else {
      reading.part(Section.DIRECTORY, RANK, "not a listing of all of /etc/cni/net.d");
    }
    for (Lines.Line line : Lines.of(source)) {
      List<String> words = line.words();
      String text = line.text().strip();
      if (words.isEmpty() || isTotal(words) || text.endsWith("No such file or directory")) {
        continue;
      }
      if (TextTable.isGap(text) || text.startsWith("ls:") || text.endsWith(":") && recursive) {
        reading.unread(Section.DIRECTORY, line.number(), "not a name");
        continue;
      }
      if (isMode(words.getFirst())) {
        longName(line.text(), words)
            .ifPresentOrElse(
                name -> add(reading, path, name, line.number()),
                () -> reading.unread(Section.DIRECTORY, line.number(), "no line of ls -l"));
      } else {
        words.forEach(name -> add(reading, path, name, line.number()));
      }
    }
    return reading.build();
  }

  private static void add(ReadingBuilder reading, String path, String name, int line) {
    if (!name.equals(".") && !name.equals("..")) {
      reading.add(Section.DIRECTORY, new DirectoryEntry(path, name), line);
    }
  }

  /** {@code total 12K}, in any language: two words, the second a size. */
  private static boolean isTotal(List<String> words) {
    return words.size() == 2
        && Character.isDigit(words.get(1).charAt(0))
        && words.getFirst().indexOf('.') < 0;
  }

  private static boolean isMode(String word) {
    return word.length() >= 10
        && "-dlbcps".indexOf(word.charAt(0)) >= 0
        && word.substring(1, 10).chars().allMatch(c -> "rwxsStT-".indexOf(c) >= 0);
  }

  /**
   * The name behind mode, links, owner, group, size and time. The time is three words ({@code Dec
   * 23 09:39}), or two in ISO style; a name may hold blanks.
   */
  private static Optional<String> longName(String line, List<String> words) {
    int time = words.size() > 6 && words.get(5).indexOf('-') > 0 ? 2 : 3;
    int index = 5 + time;
    if (words.size() > index + 1 && words.get(5).indexOf('-') > 0 && words.get(7).startsWith("+")) {
      index++;
    }
    if (words.size() <= index) {
      return Optional.empty();
    }
    int at = 0;
    for (int i = 0; i < index; i++) {
      at = line.indexOf(words.get(i), at) + words.get(i).length();
    }
    String name = line.substring(at).strip();
    int link = name.indexOf(" -> ");
    return Optional.of(link > 0 ? name.substring(0, link) : name);
  }
}
