package io.podpath.probes.parse;

import com.google.auto.service.AutoService;
import io.podpath.core.net.MacAddress;
import io.podpath.core.node.FdbEntry;
import io.podpath.core.snapshot.Section;
import io.podpath.core.snapshot.Source;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;

/** {@code brctl showmacs BRIDGE}: tells the number of the port, not its name. */
@AutoService(OutputParser.class)
public final class BrctlShowmacsParser implements OutputParser {

  @Override
  public String name() {
    return "brctl showmacs";
  }

  @Override
  public boolean reads(ShellCommand command) {
    return command.program().equals("brctl")
        && !command.operands().isEmpty()
        && command.operands().getFirst().equals("showmacs");
  }

  @Override
  public int likeness(String fileName, String text) {
    for (Lines.Line line : Lines.of(Source.ofFile("", text))) {
      if (isHeading(line.words())) {
        return 90;
      }
    }
    return 0;
  }

  private static boolean isHeading(List<String> words) {
    return words.size() > 3
        && words.getFirst().equals("port")
        && words.get(1).equals("no")
        && words.get(2).equals("mac");
  }

  @Override
  public Reading parse(Source source) {
    ReadingBuilder builder = new ReadingBuilder(source);
    builder.part(Section.FDB, 10, "brctl shows one bridge, and ports by number only");
    List<String> operands =
        source.command().map(ShellCommand::parse).map(ShellCommand::operands).orElse(List.of());
    Optional<String> bridge = operands.size() > 1 ? Optional.of(operands.get(1)) : Optional.empty();
    for (Lines.Line line : Lines.of(source)) {
      List<String> words = Lines.words(Remark.without(line.text()));
      if (words.isEmpty() || isHeading(words)) {
        continue;
      }
      Optional<MacAddress> mac =
          words.size() > 2 ? MacAddress.parse(words.get(1)) : Optional.empty();
      if (mac.isEmpty() || !WordCursor.isNumber(words.getFirst())) {
        builder.unread(
            Section.FDB,
            line.number(),
            Remark.isCut(line.text()) ? "lines were left out here" : "no line of brctl showmacs");
        continue;
      }
      Set<String> flags = words.get(2).equals("yes") ? Set.of("permanent") : Set.of();
      builder.add(
          Section.FDB,
          new FdbEntry(
              mac.get(),
              Optional.empty(),
              Optional.empty(),
              Optional.empty(),
              Optional.empty(),
              OptionalInt.empty(),
              bridge,
              flags),
          line.number());
    }
    return builder.build();
  }
}
