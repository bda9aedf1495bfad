package io.podpath.probes.parse;

import static org.assertj.core.api.Assertions.assertThat;

import io.podpath.core.net.IpFamily;
import io.podpath.core.node.IpRule;
import io.podpath.core.snapshot.Section;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class IpRuleParserTest {

  private final IpRuleParser parser = new IpRuleParser();

  private static final Section<IpRule> RULES = Section.ipRules(IpFamily.INET);
  private static final Section<IpRule> RULES6 = Section.ipRules(IpFamily.INET6);

  private static final String TEXT =
      """
      0:\tfrom all lookup local
      100:\tfrom 10.1.0.0/16 lookup 100
      200:\tnot from all to 10.2.0.0/16 fwmark 0x1/0xff iif e0 lookup 200
      300:\tfrom all uidrange 0-100 ipproto tcp sport 5 dport 80-90 lookup 300
      400:\tfrom 10.9.0.1 unreachable
      500:\tfrom all goto 32766
      600:\tfrom all fwmark 0x20000/0x20000 lookup main suppress_prefixlength 0
      700:\tfrom all tos 0x10 oif e0 lookup 7
      800:\tfrom all nop
      900:\tfrom 10.3.0.0/16 lookup 9 realms 3
      1000:\tfrom all lookup [l3mdev-table]
      32766:\tfrom all lookup main
      32767:\tfrom all lookup default
      """;

  private static final String JSON =
      """
      [{"priority":0,"src":"all","table":"local"},{"priority":100,"src":"10.1.0.0","srclen":16,"table":"100"},
      {"priority":200,"not":null,"src":"all","dst":"10.2.0.0","dstlen":16,"fwmark":"0x1","fwmask":"0xff","iif":"e0","table":"200"},
      {"priority":300,"src":"all","uid_start":0,"uid_end":100,"ipproto":"tcp","sport":5,"dport_start":80,"dport_end":90,"table":"300"},
      {"priority":400,"src":"10.9.0.1","action":"unreachable"},{"priority":500,"src":"all","goto":32766},
      {"priority":600,"src":"all","fwmark":"0x20000","fwmask":"0x20000","table":"main","suppress_prefixlen":0},
      {"priority":700,"src":"all","tos":"0x10","oif":"e0","table":"7"},{"priority":800,"src":"all","nop":null},
      {"priority":900,"src":"10.3.0.0","srclen":16,"table":"9","flow_to":"3"},{"priority":1000,"src":"all","l3mdev":null},
      {"priority":32766,"src":"all","table":"main"},{"priority":32767,"src":"all","table":"default"}]
      """;

  @Test
  void printsWhatItRead() {
    Parsed parsed = Parsed.by(parser, "ip rule", TEXT);

    assertThat(parsed.unread()).isEmpty();
    assertThat(parsed.isWhole(RULES)).isTrue();
    assertThat(String.join("\n", parsed.printed(RULES)) + "\n").isEqualTo(TEXT);
  }

  @Test
  void jsonGivesTheSame() {
    assertThat(Parsed.by(parser, "ip -j rule", JSON).rows(RULES))
        .isEqualTo(Parsed.by(parser, "ip rule", TEXT).rows(RULES));
  }

  @Test
  void knowsWhatIsNegatedAndWhichTableIsAsked() {
    IpRule rule = Parsed.by(parser, "ip rule", TEXT).rows(RULES).get(2);
    IpRule suppressed = Parsed.by(parser, "ip rule", TEXT).rows(RULES).get(6);

    assertThat(rule.not()).isTrue();
    assertThat(rule.fwmark()).hasToString("Optional[0x1/0xff]");
    assertThat(suppressed.table()).hasToString("Optional[main]");
  }

  @Test
  void detailsNameWhoMadeARuleWhichIsNoSelector() {
    Parsed parsed = Parsed.by(parser, "ip -d rule", "0:\tfrom all lookup local proto kernel\n");

    assertThat(parsed.printed(RULES)).containsExactly("0:\tfrom all lookup local");
  }

  @ParameterizedTest
  @CsvSource({
    "ip rule, true, false",
    "ip ru ls, true, false",
    "ip -6 rule, false, true",
    "ip rule show pref 100, false, false",
    "ip rule list table 100, false, false"
  })
  void theCommandTellsFamilyAndWhole(String command, boolean four, boolean six) {
    Parsed parsed = Parsed.by(parser, command, "32766:\tfrom all lookup main\n");

    assertThat(parsed.isWhole(RULES)).isEqualTo(four);
    assertThat(parsed.isWhole(RULES6)).isEqualTo(six);
    assertThat(parsed.rows(command.contains("-6") ? RULES6 : RULES)).hasSize(1);
  }

  @Test
  void withoutCommandFirstAndLastRuleMakeAWhole() {
    String six =
        "0:\tfrom all lookup local\n50:\tfrom 2001:db8::/32 lookup 100\n32766:\tfrom all lookup main\n";

    assertThat(Parsed.ofFile(parser, "x", TEXT).isWhole(RULES)).isTrue();
    assertThat(Parsed.ofFile(parser, "x", TEXT.substring(TEXT.indexOf("100:"))).isWhole(RULES))
        .isFalse();
    assertThat(Parsed.ofFile(parser, "x", six).rows(RULES6)).hasSize(3);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "...",
        "100:\tfrom 10.x.0.0/16 lookup 5",
        "100:\tfrom all",
        "from all lookup main",
        "100:\tfrom all fwmark abc lookup 5",
        "100:\tfrom"
      })
  void aLineItCannotReadMakesTheRulesPartial(String line) {
    Parsed parsed = Parsed.by(parser, "ip rule", TEXT + line + "\n");

    assertThat(parsed.unread()).hasSize(1);
    assertThat(parsed.isWhole(RULES)).isFalse();
    assertThat(parsed.rows(RULES)).hasSize(13);
  }

  @Test
  void survivesNonsenseAndEmptyInput() {
    for (String text :
        List.of(
            "",
            ":",
            "9999999999999999999: from all",
            "[{\"priority\":\"x\"}]",
            "[{\"priority\":1,\"src\":7}]",
            "[1]")) {
      assertThat(Parsed.by(parser, "ip rule", text).rows(RULES)).as(text).isEmpty();
    }
    assertThat(Parsed.by(parser, "ip rule", "").isWhole(RULES)).isTrue();
  }

  @Test
  void readsAndPrintsEveryRecordedListing() {
    List<Path> files = new ArrayList<>(RealOutputs.examples(n -> n.equals("ip-rule.txt")));
    files.addAll(RealOutputs.shared("recorded", n -> n.equals("ip-rule.txt")));
    for (Path file : files) {
      String text = RealOutputs.read(file).text();
      assertThat(String.join("\n", Parsed.by(parser, "ip rule", text).printed(RULES)) + "\n")
          .as(file.toString())
          .isEqualTo(text);
    }
    assertThat(files).isNotEmpty();
  }
}
