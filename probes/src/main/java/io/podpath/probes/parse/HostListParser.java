package io.podpath.probes.parse;

import com.google.auto.service.AutoService;
import io.podpath.core.cluster.Host;
import io.podpath.core.net.IpAddress;
import io.podpath.core.snapshot.Section;
import io.podpath.core.snapshot.Source;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/**
 * Names with addresses: {@code /etc/hosts}, or the list an author wrote down ({@code master
 * 192.168.86.150}).
 */
@AutoService(OutputParser.class)
public final class HostListParser implements OutputParser {

  private static final int RANK = 10;

  @Override
  public String name() {
    return "list of hosts";
  }

  @Override
  public boolean reads(ShellCommand command) {
    return ShownFile.of(command)
            .filter(f -> f.path().equals("/etc/hosts") || f.path().equals("hosts"))
            .isPresent()
        || command.program().equals("getent") && command.operands().contains("hosts");
  }

  /** Low on purpose: many outputs begin their lines with a name and an address. */
  @Override
  public int likeness(String fileName, String text) {
    int hosts = 0;
    int others = 0;
    for (Lines.Line line : Lines.of(Source.ofFile(fileName, text))) {
      if (line.isBlank() || line.text().strip().startsWith("#")) {
        continue;
      }
      if (host(line.text()).isPresent() && Lines.words(bare(line.text())).size() <= 6) {
        hosts++;
      } else {
        others++;
      }
      if (hosts + others > 500) {
        break;
      }
    }
    return hosts > 0 && others * 4 <= hosts ? 31 : 0;
  }

  @Override
  public Reading parse(Source source) {
    ReadingBuilder reading = new ReadingBuilder(source);
    reading.part(Section.HOSTS, RANK, "a list made by hand");
    for (Lines.Line line : Lines.of(source)) {
      host(line.text()).ifPresent(h -> reading.add(Section.HOSTS, h, line.number()));
    }
    return reading.build();
  }

  /** Without remarks. */
  private static String bare(String line) {
    String text = line.strip();
    int end = text.length();
    for (String mark : List.of("#", " (", "//")) {
      int at = text.indexOf(mark);
      end = at >= 0 ? Math.min(end, at) : end;
    }
    return text.substring(0, end);
  }

  /**
   * The first name of a line with one address, whichever comes first; the machine itself and groups
   * of machines do not count.
   */
  private static Optional<Host> host(String line) {
    List<String> words = Lines.words(bare(line));
    if (words.size() < 2) {
      return Optional.empty();
    }
    Optional<IpAddress> first = IpAddress.parse(words.get(0));
    Optional<IpAddress> second = IpAddress.parse(words.get(1).replace(",", ""));
    if (first.isPresent() == second.isPresent()) {
      return Optional.empty();
    }
    String name = first.isPresent() ? words.get(1) : words.get(0);
    IpAddress address = first.or(() -> second).orElseThrow();
    boolean other =
        !address.isLoopback()
            && !address.isMulticast()
            && !address.isUnspecified()
            && !name.startsWith("ip6-")
            && !name.equals("localhost");
    return other && isHostName(name) ? Optional.of(new Host(name, address)) : Optional.empty();
  }

  private static boolean isHostName(String name) {
    String bare = name.endsWith(":") ? name.substring(0, name.length() - 1) : name;
    boolean plain =
        !bare.isEmpty() && bare.length() < 254 && Character.isLetterOrDigit(bare.charAt(0));
    // words that tools print before addresses
    return plain
        && bare.chars()
            .allMatch(c -> Character.isLetterOrDigit(c) || c == '-' || c == '.' || c == '_')
        && !List.of(
                "inet",
                "inet6",
                "via",
                "default",
                "local",
                "broadcast",
                "blackhole",
                "nameserver",
                "unicast",
                "from",
                "src",
                "to",
                "dev",
                "add",
                "create",
                "address",
                "netmask",
                "gateway",
                "reply",
                "ping",
                "trying",
                "link")
            .contains(bare.toLowerCase(Locale.ROOT));
  }
}
