package io.podpath.probes.walk;

import static io.podpath.probes.walk.RouterBed.droppedBy;
import static org.assertj.core.api.Assertions.assertThat;

import io.podpath.core.walk.Disposition;
import io.podpath.core.walk.Trace;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What is not known of the rules leaves a walk open; it never throws and never decides. */
class UnknownRulesTest {

  private static void assertOpen(Trace trace, String named) {
    assertThat(trace.disposition()).isEqualTo(Disposition.INSUFFICIENT_INFO);
    assertThat(trace.worstForward().doubts()).anyMatch(d -> d.contains(named));
  }

  @Test
  void rulesThatWereNotGathered() {
    assertOpen(RouterBed.with("").tcp(80), "iptables on router");
  }

  @Test
  void chainsOfNftablesItself() {
    String filters =
        """
        table inet firewalld {
          chain filter_FORWARD {
            type filter hook forward priority filter + 10; policy accept;
            reject with icmpx type admin-prohibited
          }
        }
        """;
    assertOpen(RouterBed.filter().withNft(filters).tcp(80), "firewalld filter_FORWARD");
    String translates =
        """
        table ip kube-proxy {
          chain nat-prerouting {
            type nat hook prerouting priority dstnat; policy accept;
            jump services
          }
        }
        """;
    assertOpen(RouterBed.filter().withNft(translates).tcp(80), "kube-proxy nat-prerouting");
    String idle = filters.replace("reject with icmpx type admin-prohibited", "");
    assertThat(droppedBy(RouterBed.filter().withNft(idle).tcp(80))).isEmpty();
  }

  @Test
  void logLinesWithALimitDoNotMultiplyTheWays() {
    List<String> rules =
        new ArrayList<>(
            Collections.nCopies(40, "-A FORWARD -m limit --limit 3/min -j LOG --log-prefix x"));
    String drop = "-A FORWARD -p tcp -m tcp --dport 80 -j DROP";
    rules.add(drop);
    Trace trace = RouterBed.filter(rules.toArray(String[]::new)).tcp(80);
    assertThat(trace.forward()).hasSize(1);
    assertThat(droppedBy(trace)).contains("filter " + drop);
  }

  @Test
  void chanceIsBothWays() {
    String accept = "-A FORWARD -m limit --limit 3/min -j ACCEPT";
    Trace trace = RouterBed.filter(accept, "-A FORWARD -j DROP").tcp(80);
    assertThat(trace.forward()).hasSize(2);
    assertThat(trace.disposition()).isEqualTo(Disposition.FILTERED);
  }

  @Test
  void namesOfPorts() {
    assertOpen(
        RouterBed.filter("-A FORWARD -p tcp -m multiport --dports 1:2,biff -j DROP").tcp(80),
        "multiport");
  }

  @Test
  void rangeOfAddressesFromHighToLow() {
    String nat = "-A PREROUTING -p tcp -j DNAT --to-destination 10.2.0.9-10.2.0.2";
    assertOpen(
        RouterBed.with("*nat\n:PREROUTING ACCEPT [0:0]\n" + nat + "\nCOMMIT\n").tcp(80),
        "a range without addresses");
  }
}
