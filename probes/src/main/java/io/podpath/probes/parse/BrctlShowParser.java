package io.podpath.probes.parse;

import com.google.auto.service.AutoService;
import io.podpath.core.node.BridgePort;
import io.podpath.core.snapshot.Section;
import io.podpath.core.snapshot.Source;
import java.util.List;
import java.util.Optional;
import java.util.TreeMap;

/** {@code brctl show}: each bridge with its ports, further ports one to a line. */
@AutoService(OutputParser.class)
public final class BrctlShowParser implements OutputParser {

  @Override
  public String name() {
    return "brctl show";
  }

  @Override
  public boolean reads(ShellCommand command) {
    return command.program().equals("brctl")
        && !command.operands().isEmpty()
        && command.operands().getFirst().equals("show");
  }

  @Override
  public int likeness(String fileName, String text) {
    int hint = fileName.contains("brctl") ? 10 : 0;
    boolean shown = false;
    for (Lines.Line line : Lines.of(Source.ofFile("", text))) {
      shown |= isHeading(line.words()) || isBridge(line.words());
    }
    return shown ? 85 + hint : 0;
  }

  private static boolean isHeading(List<String> words) {
    return words.size() > 4
        && words.getFirst().equals("bridge")
        && words.get(1).equals("name")
        && words.contains("STP");
  }

  /** {@code cni0 8000.e2ee89678398 no veth28b04daf}. */
  private static boolean isBridge(List<String> words) {
    return (words.size() == 3 || words.size() == 4)
        && isBridgeId(words.get(1))
        && (words.get(2).equals("yes") || words.get(2).equals("no"));
  }

  private static boolean isBridgeId(String word) {
    if (word.length() != 17 || word.charAt(4) != '.') {
      return false;
    }
    for (int i = 0; i < word.length(); i++) {
      if (i != 4 && Character.digit(word.charAt(i), 16) < 0) {
        return false;
      }
    }
    return true;
  }

  @Override
  public Reading parse(Source source) {
    ReadingBuilder builder = new ReadingBuilder(source);
    Optional<ShellCommand> command = source.command().map(ShellCommand::parse);
    boolean headed =
        Lines.of(source).stream().map(Lines.Line::words).anyMatch(BrctlShowParser::isHeading);
    if (command.isPresent() ? command.get().operands().size() == 1 : headed) {
      builder.whole(Section.BRIDGE_PORTS, 10);
    } else {
      builder.part(Section.BRIDGE_PORTS, 10, "only some bridges were shown");
    }
    Optional<String> bridge = Optional.empty();
    for (Lines.Line line : Lines.of(source)) {
      List<String> words = Lines.words(Remark.without(line.text()));
      if (words.isEmpty() || isHeading(words)) {
        continue;
      }
      if (isBridge(words)) {
        bridge = Optional.of(words.getFirst());
        if (words.size() == 4) {
          add(words.get(3), bridge.get(), line.number(), builder);
        }
      } else if (words.size() == 1 && bridge.isPresent() && isInterface(words.getFirst())) {
        add(words.getFirst(), bridge.get(), line.number(), builder);
      } else {
        builder.unread(
            Section.BRIDGE_PORTS,
            line.number(),
            Remark.isCut(line.text()) ? "lines were left out here" : "no line of brctl show");
      }
    }
    return builder.build();
  }

  /** What the kernel accepts as a name ({@code dev.c: dev_valid_name}). */
  private static boolean isInterface(String word) {
    return word.length() < 16
        && !Remark.isCut(word)
        && word.chars().allMatch(c -> c > 0x20 && c < 0x7f && c != '/' && c != ':');
  }

  private static void add(String port, String bridge, int line, ReadingBuilder builder) {
    builder.add(
        Section.BRIDGE_PORTS,
        new BridgePort(port, bridge, Optional.empty(), new TreeMap<>()),
        line);
  }
}
