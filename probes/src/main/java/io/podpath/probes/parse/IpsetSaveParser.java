package io.podpath.probes.parse;

import com.google.auto.service.AutoService;
import io.podpath.core.netfilter.IpSet;
import io.podpath.core.netfilter.IpSetMember;
import io.podpath.core.snapshot.Section;
import io.podpath.core.snapshot.Source;
import java.util.List;
import java.util.Optional;

/** {@code ipset save} and {@code ipset list}, whole or for one set. */
@AutoService(OutputParser.class)
public final class IpsetSaveParser implements OutputParser {

  private static final int RANK = 20;

  @Override
  public String name() {
    return "ipset";
  }

  @Override
  public boolean reads(ShellCommand command) {
    return command.program().equals("ipset")
        && verb(command).isPresent()
        && !command.hasOption("-n")
        && !command.hasOption("-name");
  }

  /** save or list, also in the old form {@code -S} and {@code -L}; empty for other verbs. */
  private static Optional<String> verb(ShellCommand command) {
    List<String> operands = command.operands();
    if (command.arguments().contains("-S") || command.arguments().contains("--save")) {
      return Optional.of("save");
    }
    if (command.arguments().contains("-L") || command.arguments().contains("--list")) {
      return Optional.of("list");
    }
    return operands.isEmpty()
        ? Optional.empty()
        : Optional.of(operands.getFirst()).filter(v -> v.equals("save") || v.equals("list"));
  }

  @Override
  public int likeness(String fileName, String text) {
    int all = 0;
    int rows = 0;
    boolean listed = false;
    for (String line : text.lines().toList()) {
      List<String> words = Lines.words(line);
      if (words.isEmpty()) {
        continue;
      }
      all++;
      rows += isCreate(words) || isAdd(words) ? 1 : 0;
      listed |= words.size() == 2 && words.getFirst().equals("Type:") && isType(words.get(1));
    }
    int named = fileName.contains("ipset") ? 5 : 0;
    return listed || rows > 0 && rows * 2 >= all ? 90 + named : 0;
  }

  private static boolean isCreate(List<String> words) {
    return words.size() >= 3 && words.getFirst().equals("create") && isType(words.get(2));
  }

  private static boolean isAdd(List<String> words) {
    return words.size() >= 3 && words.getFirst().equals("add");
  }

  private static boolean isType(String word) {
    return word.startsWith("hash:") || word.startsWith("bitmap:") || word.startsWith("list:");
  }

  @Override
  public Reading parse(Source source) {
    return new Rows(source).read();
  }

  private static final class Rows {
    private final Source source;
    private final ReadingBuilder builder;
    private String name = "";
    private String type = "";
    private int nameLine;
    private boolean members;
    private boolean anyMembers;
    private long expected;
    private long seen;

    Rows(Source source) {
      this.source = source;
      this.builder = new ReadingBuilder(source);
    }

    Reading read() {
      List<Lines.Line> lines = Lines.of(source);
      state(lines);
      for (Lines.Line line : lines) {
        List<String> words = line.words();
        if (words.isEmpty()) {
          members = false;
        } else {
          line(words, line.number());
        }
      }
      closeSet();
      return builder.build();
    }

    private void state(List<Lines.Line> lines) {
      Optional<ShellCommand> command = source.command().map(ShellCommand::parse);
      boolean terse = command.map(c -> c.hasOption("-t") || c.hasOption("-terse")).orElse(false);
      // one set's name behind the verb
      boolean one =
          command
              .map(c ->
                  c.operands().stream().filter(o -> !o.equals("save") && !o.equals("list")).count()
                      > 0)
              .orElse(false);
      boolean whole =
          command.isPresent()
              ? !one
              : lines.stream()
                  .anyMatch(l -> l.text().startsWith("create ") || l.text().startsWith("Name:"));
      if (whole) {
        builder.whole(Section.IPSETS, RANK);
      } else {
        builder.part(Section.IPSETS, RANK, "only some sets were listed");
      }
      if (terse) {
        return;
      }
      if (whole) {
        builder.whole(Section.IPSET_MEMBERS, RANK);
      } else {
        builder.part(Section.IPSET_MEMBERS, RANK, "only some sets were listed");
      }
    }

    private void line(List<String> words, int number) {
      String first = words.getFirst();
      if (isCreate(words)) {
        builder.add(Section.IPSETS, new IpSet(words.get(1), words.get(2), join(words, 3)), number);
      } else if (isAdd(words)) {
        builder.add(
            Section.IPSET_MEMBERS,
            new IpSetMember(words.get(1), words.get(2), join(words, 3)),
            number);
      } else if (first.equals("Name:") && words.size() == 2) {
        closeSet();
        name = words.get(1);
        nameLine = number;
      } else if (first.equals("Type:") && words.size() == 2) {
        type = words.get(1);
      } else if (first.equals("Header:")) {
        builder.add(Section.IPSETS, new IpSet(name, type, join(words, 1)), nameLine);
      } else if (first.equals("Number") && words.size() == 4) {
        expected = Amounts.plain(words.get(3)).orElse(0L);
      } else if (first.equals("Members:")) {
        members = true;
        anyMembers = true;
      } else if (first.equals("Revision:") || first.equals("References:") || first.equals("Size")) {
        // bookkeeping of the kernel
      } else if (members && !first.startsWith("...") && !first.startsWith("\u2026")) {
        builder.add(Section.IPSET_MEMBERS, new IpSetMember(name, first, join(words, 1)), number);
        seen++;
      } else {
        builder.unread(
            Section.IPSET_MEMBERS,
            number,
            first.startsWith("...") ? "lines were left out" : "not a line of ipset");
        builder.unread(Section.IPSETS, number, "not a line of ipset");
      }
    }

    private void closeSet() {
      if (!name.isEmpty() && anyMembers && seen < expected) {
        builder.unread(
            Section.IPSET_MEMBERS,
            nameLine,
            "the set has " + expected + " members, " + seen + " are listed");
      }
      name = "";
      type = "";
      members = false;
      anyMembers = false;
      expected = 0;
      seen = 0;
    }

    private static String join(List<String> words, int from) {
      return words.size() <= from ? "" : String.join(" ", words.subList(from, words.size()));
    }
  }
}
