package io.podpath.probes.parse;

import com.google.auto.service.AutoService;
import io.podpath.core.node.BridgeVlan;
import io.podpath.core.snapshot.Section;
import io.podpath.core.snapshot.Source;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;

/**
 * {@code bridge vlan}, as text of old and new releases or JSON; a line that begins with a number
 * belongs to the port above.
 */
@AutoService(OutputParser.class)
public final class BridgeVlanParser implements OutputParser {

  @Override
  public String name() {
    return "bridge vlan";
  }

  @Override
  public boolean reads(ShellCommand command) {
    return IpCommand.of(command, "bridge")
        .filter(c -> c.isAbout("vlan", "v") && c.lists())
        .isPresent();
  }

  @Override
  public int likeness(String fileName, String text) {
    int hint = fileName.contains("vlan") ? 10 : 0;
    if (JsonText.is(text)) {
      return JsonText.has(text, "vlans") && JsonText.has(text, "ifname") ? 85 + hint : 0;
    }
    return Lines.of(Source.ofFile("", text)).stream()
            .map(Lines.Line::words)
            .anyMatch(BridgeVlanParser::isHeading)
        ? 85 + hint
        : 0;
  }

  private static boolean isHeading(List<String> words) {
    return words.size() > 1
        && words.getFirst().equals("port")
        && (words.get(1).equals("vlan-id")
            || words.size() > 2 && words.get(1).equals("vlan") && words.get(2).equals("ids"));
  }

  @Override
  public Reading parse(Source source) {
    Optional<IpCommand> command = IpCommand.of(source, "bridge");
    ReadingBuilder builder = new ReadingBuilder(source);
    boolean json = JsonText.is(source.text());
    if (command.filter(c -> c.selectors().isEmpty()).isPresent()) {
      builder.whole(Section.BRIDGE_VLANS, json ? 30 : 20);
    } else {
      builder.part(Section.BRIDGE_VLANS, json ? 30 : 20, "only some ports were shown");
    }
    if (json) {
      readObjects(source, builder);
    } else {
      readLines(source, builder);
    }
    return builder.build();
  }

  private static void readLines(Source source, ReadingBuilder builder) {
    Optional<String> port = Optional.empty();
    for (Lines.Line line : Lines.of(source)) {
      List<String> words = Lines.words(Remark.without(line.text()));
      if (words.isEmpty()
          || isHeading(words)
          || words.getFirst().equals("RX:")
          || words.getFirst().equals("state")) {
        continue;
      }
      if (Remark.isCut(line.text())) {
        builder.unread(Section.BRIDGE_VLANS, line.number(), "lines were left out here");
        continue;
      }
      List<String> vlan = words;
      if (!isRange(words.getFirst())) {
        port = Optional.of(words.getFirst());
        vlan = words.subList(1, words.size());
      }
      if (vlan.isEmpty() || vlan.getFirst().equals("None")) {
        continue;
      }
      if (port.isEmpty()
          || !isRange(vlan.getFirst())
          || !add(port.get(), vlan, line.number(), builder)) {
        builder.unread(Section.BRIDGE_VLANS, line.number(), "no line of bridge vlan");
      }
    }
  }

  private static boolean isRange(String word) {
    int dash = word.indexOf('-');
    return dash < 0
        ? WordCursor.isNumber(word)
        : WordCursor.isNumber(word.substring(0, dash))
            && WordCursor.isNumber(word.substring(dash + 1));
  }

  private static boolean add(String port, List<String> words, int line, ReadingBuilder builder) {
    String range = words.getFirst();
    int dash = range.indexOf('-');
    int first = id(dash < 0 ? range : range.substring(0, dash));
    int last = id(dash < 0 ? range : range.substring(dash + 1));
    if (first < 0 || last < first) {
      return false;
    }
    Set<String> flags = new TreeSet<>();
    if (words.contains("PVID")) {
      flags.add("PVID");
    }
    if (words.contains("Untagged")) {
      flags.add("Egress Untagged");
    }
    builder.add(Section.BRIDGE_VLANS, new BridgeVlan(port, first, last, flags), line);
    return true;
  }

  /** -1 when it is no VLAN. */
  private static int id(String text) {
    return WordCursor.isNumber(text) && text.length() < 5 && Integer.parseInt(text) < 4096
        ? Integer.parseInt(text)
        : -1;
  }

  private static void readObjects(Source source, ReadingBuilder builder) {
    JsonText.Rows rows = JsonText.rows(source);
    for (Tree row : rows.rows()) {
      String port = row.text("ifname").orElse("");
      for (Tree item : row.items("vlans")) {
        int first = id(item.text("vlan").orElse(""));
        int last = item.text("vlanEnd").map(BridgeVlanParser::id).orElse(first);
        if (port.isEmpty() || first < 0 || last < first) {
          builder.unread(Section.BRIDGE_VLANS, item.line(), "no VLAN of a port");
          continue;
        }
        Set<String> flags = new TreeSet<>();
        for (Tree flag : item.items("flags")) {
          if (flag instanceof Tree.Scalar(var text, var kind, var line)) {
            flags.add(text);
          }
        }
        builder.add(Section.BRIDGE_VLANS, new BridgeVlan(port, first, last, flags), item.line());
      }
    }
    rows.broken().ifPresent(b -> builder.unread(Section.BRIDGE_VLANS, b));
  }
}
