package io.podpath.tui.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What {@code podpath doctor} prints of real inputs. */
class DoctorTextTest {

  private static final String PASTED =
      """
      [root@node-1 ~]# ip route
      default via 192.0.2.254 dev eth0
      192.0.2.0/24 dev eth0 proto kernel scope link src 192.0.2.1
      """;

  /** A number, or the first and the last of some, between a node's name and a kind of step. */
  private static final Pattern NUMBERS =
      Pattern.compile(" +(?:[a-z][-a-z0-9]* +)?([0-9]+)(?:-([0-9]+))?  .*");

  @ParameterizedTest
  @ValueSource(strings = {"wrong-tunnel-next-hop", "stale-fdb-entry", "ip-forward-off"})
  void noStepIsLeftOutWhereItBreaks(String example) {
    List<Integer> numbers = new ArrayList<>();
    Session.real("doctor", "--example", example)
        .out()
        .lines()
        .dropWhile(l -> !l.startsWith("  where it breaks: "))
        .takeWhile(l -> !l.isEmpty())
        .map(NUMBERS::matcher)
        .filter(Matcher::matches)
        .forEach(m -> {
          int first = Integer.parseInt(m.group(1));
          int last = m.group(2) == null ? first : Integer.parseInt(m.group(2));
          for (int n = first; n <= last; n++) {
            numbers.add(n);
          }
        });
    assertThat(numbers).hasSizeGreaterThan(2);
    for (int i = 1; i < numbers.size(); i++) {
      assertThat(numbers.get(i)).as("%s", numbers).isEqualTo(numbers.get(i - 1) + 1);
    }
  }

  @Test
  void whatToDoNextIsPossibleAfterStandardInput() {
    String doctor = new Session().reading(PASTED).runReal("doctor", "-").out();
    assertThat(doctor)
        .contains("podpath doctor FILE --full", "FILE is what came from standard input, saved")
        .doesNotContain("doctor -");
    String trace =
        new Session().reading(PASTED).runReal("trace", "node/node-1", "192.0.2.9", "-").out();
    assertThat(trace)
        .contains("podpath trace node/node-1 192.0.2.9 FILE", "FILE is what came")
        .doesNotContain("192.0.2.9 - ");
    String named = Session.real("doctor", "--example", "flannel-vxlan").out();
    assertThat(named).doesNotContain("FILE");
  }

  @Test
  void whatIsNotCheckedIsToldBesideWhatIsComplete() {
    String text = Session.real("doctor", "--example", "stale-fdb-entry").out();
    assertThat(text).contains("\nnot checked for want of data: ");
    assertThat(text.replaceAll("\\s+", " "))
        .containsPattern(
            "nodes complete for following packets; [0-9]+ known failures? needs? more \\(listed below\\)");
  }
}
