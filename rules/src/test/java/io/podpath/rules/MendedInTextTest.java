package io.podpath.rules;

import static org.assertj.core.api.Assertions.assertThat;

import io.podpath.core.rule.Diagnosis.Ranked;
import io.podpath.core.rule.Diagnostician;
import io.podpath.core.snapshot.History.RunCommand;
import io.podpath.probes.bundle.InputReader;
import io.podpath.probes.bundle.Limits;
import io.podpath.probes.bundle.NamedText;
import java.io.InputStream;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What somebody typed after they had seen the fault, in the ways people type it. */
class MendedInTextTest {

  private static final String ROUTES =
      """
      [root@n1 ~]# ip route
      default via 192.168.0.1 dev eth0
      10.244.0.0/24 dev cni0 proto kernel scope link src 10.244.0.1
      10.244.1.0/24 via 192.168.0.12 dev eth0
      192.168.0.0/24 dev eth0 proto kernel scope link src 192.168.0.11
      """;

  @ParameterizedTest(name = "{0}: {2}")
  @CsvSource(
      delimiter = ';',
      value = {
        "ip-forward-off; net.ipv4.ip_forward = 0; echo 1 > /proc/sys/net/ipv4/ip_forward; true",
        "ip-forward-off; net.ipv4.ip_forward = 0; echo 1 | sudo tee /proc/sys/net/ipv4/ip_forward; true",
        "ip-forward-off; net.ipv4.ip_forward = 0; sysctl -w net.ipv4.ip_forward=1; true",
        "ip-forward-off; net.ipv4.ip_forward = 0; echo 0 > /proc/sys/net/ipv4/ip_forward; false",
        "ip-forward-off; net.ipv4.ip_forward = 0; echo 1 > /tmp/proc/sys/net/ipv4/ip_forward; false",
        "forward-drop-without-accept; -P FORWARD DROP; iptables -P FORWARD ACCEPT; true",
        "forward-drop-without-accept; -P FORWARD DROP; iptables -t mangle -P FORWARD ACCEPT; false",
        "forward-drop-without-accept; -P FORWARD DROP; iptables -P INPUT ACCEPT; false",
      })
  void aRepairIsSeenWhereItIsOne(String rule, String fault, String repair, boolean mends)
      throws Exception {
    String shown = rule.startsWith("ip-") ? "sysctl net.ipv4.ip_forward" : "iptables -S FORWARD";
    String session =
        ROUTES + "[root@n1 ~]# " + shown + "\n" + fault + "\n[root@n1 ~]# " + repair + "\n";

    List<Ranked> findings =
        new Diagnostician(RuleLibrary.load().rules(), Set.of())
            .diagnose(
                new InputReader(Limits.standard(), InputStream.nullInputStream())
                    .readTexts(List.of(new NamedText("", "session.txt", session)))
                    .history())
            .findings();

    assertThat(findings)
        .filteredOn(f -> f.finding().rule().equals(rule))
        .singleElement()
        .satisfies(f -> {
          List<String> by =
              f.finding().mended().stream()
                  .flatMap(m -> m.by().stream())
                  .map(RunCommand::command)
                  .toList();
          assertThat(by).isEqualTo(mends ? List.of(repair) : List.of());
        });
  }
}
