package io.podpath.probes.parse;

import com.google.auto.service.AutoService;
import io.podpath.core.cni.OvsPort;
import io.podpath.core.snapshot.Section;
import io.podpath.core.snapshot.Source;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * {@code ovs-vsctl show}: bridges, their ports, the ports' interfaces; read by its words, not by
 * its indentation.
 */
@AutoService(OutputParser.class)
public final class OvsVsctlShowParser implements OutputParser {

  private static final int RANK = 20;

  @Override
  public String name() {
    return "ovs-vsctl show";
  }

  @Override
  public boolean reads(ShellCommand command) {
    return command.program().equals("ovs-vsctl") && command.operands().equals(List.of("show"));
  }

  @Override
  public int likeness(String fileName, String text) {
    boolean bridge = false;
    boolean port = false;
    for (Lines.Line line : Lines.of(Source.ofFile(fileName, text))) {
      List<String> words = line.words();
      if (words.size() == 2 && words.getFirst().equals("Bridge")) {
        bridge = true;
      } else if (words.size() == 2 && words.getFirst().equals("Port") && bridge) {
        port = true;
      } else if (words.size() >= 2 && words.getFirst().equals("Interface") && port) {
        return 95;
      } else if (words.size() == 2 && words.getFirst().equals("ovs_version:")) {
        return 95;
      }
    }
    return bridge && port ? 60 : 0;
  }

  @Override
  public Reading parse(Source source) {
    ReadingBuilder reading = new ReadingBuilder(source);
    reading.whole(Section.OVS_PORTS, RANK);
    Reader reader = new Reader(reading);
    for (Lines.Line line : Lines.of(source)) {
      if (TextTable.isGap(line.text())) {
        reading.unread(Section.OVS_PORTS, line.number(), "lines were left out");
      } else if (line.text().strip().startsWith("ovs-vsctl:")) {
        reading.unread(Section.OVS_PORTS, line.number(), "ovs-vsctl failed");
      } else {
        reader.read(TextTable.withoutRemark(line.text()).strip(), line.number());
      }
    }
    reader.close();
    return reading.build();
  }

  /** The place in the tree. */
  private static final class Reader {
    private final ReadingBuilder reading;
    private String bridge = "";
    private String port = "";
    private Optional<String> tag = Optional.empty();
    private Optional<String> netInterface = Optional.empty();
    private Optional<String> type = Optional.empty();
    private Optional<String> error = Optional.empty();
    private SortedMap<String, String> options = new TreeMap<>();
    private int line;

    Reader(ReadingBuilder reading) {
      this.reading = reading;
    }

    void read(String text, int number) {
      List<String> words = Lines.words(text);
      if (words.isEmpty()) {
        return;
      }
      String name = words.size() > 1 ? unquoted(words.get(1)) : "";
      switch (words.getFirst()) {
        case "Bridge" -> {
          close();
          bridge = name;
          port = "";
        }
        case "Port" -> {
          close();
          port = name;
          tag = Optional.empty();
        }
        case "Interface" -> {
          close();
          netInterface = Optional.of(name);
          line = number;
          // some copies have the rest of the interface on this line
          if (words.size() > 1) {
            int rest =
                text.indexOf(words.get(1), words.getFirst().length()) + words.get(1).length();
            attributes(text.substring(rest).strip());
          }
        }
        default -> attributes(text);
      }
    }

    private void attributes(String text) {
      if (text.startsWith("tag:")) {
        tag = Optional.of(text.substring("tag:".length()).strip());
        return;
      }
      int at = text.indexOf("type:");
      if (at >= 0 && netInterface.isPresent()) {
        type =
            Lines.words(text.substring(at + "type:".length())).stream()
                .findFirst()
                .map(Reader::unquoted);
      }
      int open = text.indexOf('{');
      if (text.contains("options:") && open >= 0) {
        options = new TreeMap<>(map(text.substring(open + 1)));
      }
      int failed = text.indexOf("error:");
      if (failed >= 0 && netInterface.isPresent()) {
        error = Optional.of(unquoted(text.substring(failed + "error:".length()).strip()));
      }
    }

    /**
     * {@code key="1", remote_ip="10.0.0.2"}; commas and braces inside quotes belong to the value.
     */
    private static SortedMap<String, String> map(String text) {
      SortedMap<String, String> map = new TreeMap<>();
      StringBuilder key = new StringBuilder();
      StringBuilder value = new StringBuilder();
      boolean quoted = false;
      boolean inValue = false;
      for (int i = 0; i < text.length(); i++) {
        char c = text.charAt(i);
        if (c == '"') {
          quoted = !quoted;
        } else if (!quoted && (c == ',' || c == '}')) {
          if (inValue) {
            map.put(key.toString().strip(), value.toString().strip());
          }
          key.setLength(0);
          value.setLength(0);
          inValue = false;
          if (c == '}') {
            break;
          }
        } else if (!quoted && c == '=' && !inValue) {
          inValue = true;
        } else {
          (inValue ? value : key).append(c);
        }
      }
      return map;
    }

    private static String unquoted(String text) {
      return text.length() > 1 && text.startsWith("\"") && text.endsWith("\"")
          ? text.substring(1, text.length() - 1)
          : text;
    }

    void close() {
      netInterface.ifPresent(name ->
          reading.add(
              Section.OVS_PORTS,
              new OvsPort(bridge, port.isEmpty() ? name : port, name, type, options, tag, error),
              line));
      netInterface = Optional.empty();
      type = Optional.empty();
      error = Optional.empty();
      options = new TreeMap<>();
    }
  }
}
