package io.podpath.rules;

import static org.assertj.core.api.Assertions.assertThat;

import io.podpath.core.rule.Evidence;
import io.podpath.core.snapshot.ClusterView;
import io.podpath.fixtures.example.Examples;
import io.podpath.rules.netfilter.UfwDeniesRouted;
import java.util.List;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/** What a finding quotes stands on the line it names. */
class QuotedLineTest {

  private static final Pattern ANNOTATION =
      Pattern.compile("^(flannel\\.alpha\\.coreos\\.com|projectcalico\\.org)/[\\w-]+(?=:)");

  private static List<Evidence> annotations(String example) {
    ClusterView view = ClusterView.of(Examples.load(example).history().latest());
    return RuleLibrary.load().rules().stream()
        .flatMap(r -> r.check(view).findings().stream())
        .flatMap(f -> f.evidence().stream())
        .filter(e -> ANNOTATION.matcher(e.text()).find())
        .toList();
  }

  @Test
  void annotationsAreQuotedFromTheirOwnLine() {
    for (String example : List.of("stale-fdb-entry", "vtep-mac-mismatch")) {
      assertThat(annotations(example))
          .as(example)
          .isNotEmpty()
          .allMatch(e -> e.from().raw().contains(e.text().substring(0, e.text().indexOf(':'))));
    }
  }

  @Test
  void addressesOfCalicoAreQuotedFromTheAnnotation() {
    ClusterView view =
        ClusterView.of(Examples.load("node-address-claimed-twice").history().latest());
    assertThat(
            view.plan().addresses().stream()
                .filter(c -> c.text().startsWith("BGP address"))
                .map(c -> c.from().raw()))
        .isNotEmpty()
        .allMatch(line -> line.contains("IPv4Address"));
  }

  @Test
  void rowsOfUfwAreQuotedFromTheirOwnLine() {
    List<Evidence> rows =
        SnapshotFixture.example("ufw-denies-routed").findings(new UfwDeniesRouted()).stream()
            .flatMap(f -> f.evidence().stream())
            .filter(e -> e.says().contains("row of ufw"))
            .toList();
    assertThat(rows).allMatch(e -> e.from().raw().strip().replaceAll("\\s+", " ").equals(e.text()));
  }
}
