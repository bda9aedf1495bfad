package io.podpath.tui.report;

import static org.assertj.core.api.Assertions.assertThat;

import io.podpath.core.rule.Needs;
import io.podpath.core.rule.Outcome;
import io.podpath.core.rule.Rule;
import io.podpath.core.rule.Severity;
import io.podpath.core.snapshot.ClusterView;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class RulePageTest {

  /** A rule with nothing but its names. */
  record Named(String id, Severity severity, String title) implements Rule {
    @Override
    public Needs needs() {
      return Needs.of();
    }

    @Override
    public Outcome check(ClusterView view) {
      return new Outcome(List.of(), List.of());
    }
  }

  private static final Rule RULE =
      new Named(
          "stale-fdb-entry", Severity.ERROR, "A forwarding entry names an address no node owns");

  @Test
  void proseIsBrokenAndCodeStands() {
    String page =
        """
        # stale-fdb-entry

        ## Why it breaks traffic
        The device wraps each packet into UDP to the address
        its forwarding entry names, and nobody answers there.

        - first look at the entry that the device has for the other node's hardware address
        - then the node

        ```
        bridge fdb show dev flannel.1 | grep -i 5e:21:0c:9d:44:07 # a line longer than the terminal
        ```
        \u001b[31mred
        """;
    assertThat(RulePage.text(RULE, Optional.of(page), 60, Paint.PLAIN))
        .isEqualTo(
            """
            stale-fdb-entry (error)
            stale-fdb-entry

            Why it breaks traffic
            The device wraps each packet into UDP to the address its
            forwarding entry names, and nobody answers there.

            - first look at the entry that the device has for the other
              node's hardware address
            - then the node

                bridge fdb show dev flannel.1 | grep -i 5e:21:0c:9d:44:07 # a line longer than the terminal
            \\x1b[31mred
            """);
  }

  @Test
  void withoutAPageTheTitleMustDo() {
    assertThat(RulePage.text(RULE, Optional.empty(), 60, Paint.PLAIN))
        .isEqualTo("stale-fdb-entry (error)\nA forwarding entry names an address no node owns\n");
  }

  @Test
  void theListIsAlignedAndBroken() {
    Rule other =
        new Named(
            "mtu-too-big",
            Severity.WARNING,
            "A device lets packets through that are larger than the path carries");
    assertThat(RulesReport.text(List.of(other, RULE), 80, Paint.PLAIN))
        .isEqualTo(
            """
            warning mtu-too-big      A device lets packets through that are larger than the
                                     path carries
            error   stale-fdb-entry  A forwarding entry names an address no node owns
            """);
    assertThat(RulesReport.json(List.of(RULE)))
        .isEqualTo(
            """
            {
              "schema": "podpath.io/rules/v1",
              "rules": [
                {
                  "id": "stale-fdb-entry",
                  "severity": "error",
                  "title": "A forwarding entry names an address no node owns"
                }
              ]
            }
            """);
  }
}
