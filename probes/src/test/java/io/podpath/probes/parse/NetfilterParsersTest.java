package io.podpath.probes.parse;

import static org.assertj.core.api.Assertions.assertThat;

import io.podpath.core.snapshot.Source;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** What the parsers of firewall, service and connection tables have in common. */
class NetfilterParsersTest {

  private static final List<OutputParser> OURS =
      List.of(
          new IptablesSaveParser(),
          new IptablesListParser(),
          new NftTextParser(),
          new NftJsonParser(),
          new IpsetSaveParser(),
          new IpvsadmParser(),
          new ConntrackParser(),
          new UfwStatusParser());

  private static Optional<String> expected(String file) {
    String name = file.substring(file.lastIndexOf('/') + 1);
    if (name.contains("tables") && name.contains("save") || name.equals("iptables-rule.txt")) {
      return Optional.of("iptables-save");
    }
    if (name.startsWith("iptables-L")) {
      return Optional.of("iptables -L");
    }
    if (name.startsWith("nft")) {
      return Optional.of(name.endsWith(".json") ? "nft -j list" : "nft list");
    }
    if (name.startsWith("ipset")) {
      return Optional.of("ipset");
    }
    if (name.startsWith("ipvsadm") && !name.contains("Lnc")) {
      return Optional.of("ipvsadm");
    }
    if (name.startsWith("conntrack")) {
      return Optional.of("conntrack");
    }
    return name.startsWith("ufw") ? Optional.of("ufw status") : Optional.empty();
  }

  private static void everyFileGoesToItsParser(String folder) {
    Parsers all = Parsers.load();
    List<Source> sources =
        SharedMaterial.files(
            folder,
            n ->
                n.endsWith(".txt")
                    || n.endsWith(".json")
                    || n.endsWith(".yaml")
                    || n.endsWith(".log"));
    assertThat(sources).isNotEmpty();
    for (Source source : sources) {
      if (source.text().isBlank()) {
        continue;
      }
      Optional<String> expected = expected(source.file());
      if (expected.isPresent()) {
        assertThat(all.forText(source.file(), source.text()).map(OutputParser::name))
            .as(source.file())
            .isEqualTo(expected);
      } else {
        String name =
            source.file().substring(source.file().lastIndexOf('/') + 1).toLowerCase(Locale.ROOT);
        assertThat(OURS).as(source.file()).allMatch(p -> p.likeness(name, source.text()) < 30);
      }
    }
  }

  @Test
  void everyRecordedFileGoesToItsParser() {
    everyFileGoesToItsParser("recorded");
  }

  @Test
  void everyFileOfACaseGoesToItsParser() {
    everyFileGoesToItsParser("cases");
  }

  /** Real outputs with holes, copies and foreign characters in them. */
  @Test
  void noDamageMakesAParserThrow() {
    List<Source> sources = SharedMaterial.files("recorded", n -> expected(n).isPresent());
    Random random = new Random(7);
    for (int i = 0; i < 400; i++) {
      Source source = sources.get(random.nextInt(sources.size()));
      StringBuilder text =
          new StringBuilder(
              source.text().length() > 4000 ? source.text().substring(0, 4000) : source.text());
      for (int damage = 0; damage < 12 && !text.isEmpty(); damage++) {
        int at = random.nextInt(text.length());
        switch (random.nextInt(4)) {
          case 0 -> text.delete(at, Math.min(text.length(), at + random.nextInt(20)));
          case 1 ->
              text.insert(at, text.substring(at, Math.min(text.length(), at + random.nextInt(40))));
          case 2 ->
              text.setCharAt(at, "\n \t\"'!-[]{}:/#*\u0000\u00e9\ud83d".charAt(random.nextInt(18)));
          default -> text.insert(at, "! - -- \" [ 1:2");
        }
      }
      for (OutputParser parser : OURS) {
        List<Source> asked =
            new ArrayList<>(List.of(Source.ofFile(source.file(), text.toString())));
        asked.add(Source.ofFile("x", text.toString()).byCommand(parser.name()));
        for (Source one : asked) {
          assertThat(parser.parse(one)).isNotNull();
        }
        assertThat(parser.likeness("x", text.toString())).isBetween(0, 100);
      }
    }
  }
}
