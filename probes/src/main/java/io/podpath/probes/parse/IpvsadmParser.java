package io.podpath.probes.parse;

import com.google.auto.service.AutoService;
import io.podpath.core.snapshot.Source;
import java.util.List;

/**
 * {@code ipvsadm -Ln}, also with {@code --stats} or {@code --rate}, and {@code ipvsadm-save -n}.
 */
@AutoService(OutputParser.class)
public final class IpvsadmParser implements OutputParser {

  @Override
  public String name() {
    return "ipvsadm";
  }

  @Override
  public boolean reads(ShellCommand command) {
    String program = command.program();
    if (program.equals("ipvsadm-save")) {
      return true;
    }
    // without any option ipvsadm lists; -c shows connections instead of services
    boolean lists =
        command.arguments().isEmpty()
            || command.hasOption("-L")
            || command.hasOption("-l")
            || command.hasOption("--list")
            || command.hasOption("-S")
            || command.hasOption("--save");
    boolean other =
        command.hasOption("-c")
            || command.hasOption("--connection")
            || command.hasOption("--timeout")
            || command.hasOption("--daemon");
    return program.equals("ipvsadm") && lists && !other;
  }

  @Override
  public int likeness(String fileName, String text) {
    int rows = 0;
    int all = 0;
    for (String line : text.lines().toList()) {
      List<String> words = Lines.words(line);
      if (words.isEmpty()) {
        continue;
      }
      all++;
      if (line.startsWith("IP Virtual Server version")
          || words.size() > 1 && words.get(1).equals("LocalAddress:Port")) {
        return 100;
      }
      boolean saved =
          words.size() >= 4
              && (words.getFirst().equals("-A") || words.getFirst().equals("-a"))
              && List.of("-t", "-u", "-f", "--sctp-service").contains(words.get(1));
      boolean listed =
          words.size() >= 3 && IpvsReading.isService(words)
              || words.size() >= 4
                  && words.getFirst().equals("->")
                  && IpvsReading.endpoint(words.get(1)).isPresent();
      rows += saved || listed ? 1 : 0;
    }
    int named = fileName.contains("ipvsadm") ? 5 : 0;
    return rows > 0 && rows * 2 >= all ? 80 + named : 0;
  }

  @Override
  public Reading parse(Source source) {
    return new IpvsReading(source).read();
  }
}
