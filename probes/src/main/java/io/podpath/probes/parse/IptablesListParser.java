package io.podpath.probes.parse;

import com.google.auto.service.AutoService;
import io.podpath.core.snapshot.Source;
import java.util.List;

/**
 * {@code iptables -L} in all its forms: with and without {@code -v}, {@code -n}, line numbers,
 * whole tables, single chains, single rows.
 */
@AutoService(OutputParser.class)
public final class IptablesListParser implements OutputParser {

  @Override
  public String name() {
    return "iptables -L";
  }

  @Override
  public boolean reads(ShellCommand command) {
    String program = command.program();
    boolean lists = command.hasOption("-L") || command.hasOption("--list");
    return IptablesTool.isIptables(program) && !IptablesSaveParser.isSave(command) && lists;
  }

  @Override
  public int likeness(String fileName, String text) {
    int chains = 0;
    int headers = 0;
    int rows = 0;
    int all = 0;
    for (String line : text.lines().toList()) {
      List<String> words = Lines.words(line);
      if (words.isEmpty()) {
        continue;
      }
      all++;
      if (ListReading.chainHeader(words).isPresent()) {
        chains++;
      } else if (ListColumns.ofHeader(words).isPresent()) {
        headers++;
      } else if (ListColumns.ofRow(words).isPresent()) {
        rows++;
      }
    }
    int named = fileName.contains("tables") ? 5 : 0;
    if (chains > 0 && (headers > 0 || rows > 0 || chains == all)) {
      return 90 + named;
    }
    if (headers > 0 || rows > 0 && rows * 2 >= all) {
      return 70 + named;
    }
    return 0;
  }

  @Override
  public Reading parse(Source source) {
    return new ListReading(source).read();
  }
}
