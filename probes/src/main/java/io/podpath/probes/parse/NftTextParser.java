package io.podpath.probes.parse;

import com.google.auto.service.AutoService;
import io.podpath.core.snapshot.Source;
import java.util.List;

/**
 * {@code nft list ruleset}, {@code nft list table} and {@code nft list chain} in nft's own
 * language.
 */
@AutoService(OutputParser.class)
public final class NftTextParser implements OutputParser {

  @Override
  public String name() {
    return "nft list";
  }

  @Override
  public boolean reads(ShellCommand command) {
    return lists(command) && !asJson(command);
  }

  static boolean lists(ShellCommand command) {
    List<String> operands = command.operands();
    return command.program().equals("nft")
        && operands.size() >= 2
        && operands.getFirst().equals("list")
        && List.of("ruleset", "table", "chain").contains(operands.get(1));
  }

  static boolean asJson(ShellCommand command) {
    return command.hasOption("-j") || command.hasOption("--json");
  }

  @Override
  public int likeness(String fileName, String text) {
    boolean table = false;
    boolean chain = false;
    for (String line : text.lines().limit(2000).toList()) {
      List<String> words = Lines.words(line);
      table |=
          words.size() >= 4
              && words.getFirst().equals("table")
              && NftReading.FAMILIES.contains(words.get(1))
              && line.contains("{");
      chain |=
          words.size() >= 3 && words.getFirst().equals("chain") && words.get(2).equals("{")
              || words.size() >= 4 && words.getFirst().equals("type") && words.contains("hook");
    }
    int named = fileName.contains("nft") ? 5 : 0;
    return table ? (chain ? 95 : 80) + named : 0;
  }

  @Override
  public Reading parse(Source source) {
    return new NftReading(source).read();
  }
}
