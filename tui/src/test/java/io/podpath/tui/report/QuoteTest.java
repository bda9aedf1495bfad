package io.podpath.tui.report;

import static org.assertj.core.api.Assertions.assertThat;

import io.podpath.core.rule.Culprit;
import io.podpath.core.rule.EntryKind;
import io.podpath.core.rule.EntryState;
import io.podpath.core.snapshot.Provenance;
import io.podpath.core.snapshot.Source;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class QuoteTest {

  @Test
  void marksTheWordAndNotALongerOneThatBeginsLikeIt() {
    Quote quote = quote("10.0.1.13 dst 10.0.1.1 self", "10.0.1.13 dst 10.0.1.1 self", "10.0.1.1");
    assertThat(marked(quote)).isEqualTo("10.0.1.1");
    assertThat(quote.markFrom()).isEqualTo(14);
  }

  @Test
  void theWordBeforeTellsWhichOfTwoEqualAddressesIsMeant() {
    Quote quote =
        quote(
            "10.244.1.0 via 10.244.1.0 dev flannel.1",
            "10.244.1.0/24 via 10.244.1.0 dev flannel.1",
            "10.244.1.0");
    assertThat(quote.markFrom()).isZero();
    Quote gateway =
        quote(
            "10.244.1.0/24 via 10.244.1.0 dev flannel.1",
            "10.244.1.0/24 via 10.244.1.0 dev flannel.1",
            "via 10.244.1.0");
    assertThat(gateway.markFrom()).isEqualTo(14);
  }

  @Test
  void oldToolsHaveTheAddressButNotTheWordsAroundIt() {
    String line = "10.244.2.0      192.168.3.114   255.255.255.0   UG    0      0        0 ens33";
    Quote quote = quote(line, "10.244.2.0/24 via 192.168.3.114 dev ens33", "via 192.168.3.114");
    assertThat(quote.asRead()).isFalse();
    assertThat(marked(quote)).isEqualTo("192.168.3.114");
  }

  @Test
  void aWholeDocumentOnOneLineIsShownAsItsEntry() {
    String json = "[{\"dst\":\"10.0.1.71\"}," + "{\"dst\":\"10.0.1.13\"},".repeat(40) + "]";
    Quote quote = quote(json, "5e:21 dev flannel.1 dst 10.0.1.71", "dst 10.0.1.71");
    assertThat(quote.asRead()).isTrue();
    assertThat(quote.text()).isEqualTo("5e:21 dev flannel.1 dst 10.0.1.71");
    assertThat(marked(quote)).isEqualTo("dst 10.0.1.71");
  }

  @Test
  void theLineAboveIsShownWithTheirCommonIndentTakenAway() {
    Source source = source("    link/ether 5e:21\n      inet 10.244.1.1/24\n");
    Quote quote =
        Quote.of(
            culprit(
                Optional.of(new Provenance(source, 2)),
                "10.244.1.1/24 dev cni0",
                EntryState.WRONG,
                "10.244.1.1/24"));
    assertThat(quote.before()).contains("link/ether 5e:21");
    assertThat(quote.text()).isEqualTo("  inet 10.244.1.1/24");
    assertThat(marked(quote)).isEqualTo("10.244.1.1/24");
  }

  @Test
  void aMissingEntryHasNoLine() {
    Quote quote =
        Quote.of(
            culprit(
                Optional.of(new Provenance(source("x\n"), 1)),
                "10.0.0.0/24 via 10.0.0.1",
                EntryState.MISSING,
                ""));
    assertThat(quote.line()).isEmpty();
    assertThat(marked(quote)).isEqualTo("10.0.0.0/24 via 10.0.0.1");
  }

  @Test
  void aMarkThatIsNowhereMarksNothing() {
    Quote quote =
        quote(
            "unreachable default metric 4278198272",
            "unreachable default metric 4278198272",
            "via 10.0.0.1");
    assertThat(marked(quote)).isEmpty();
  }

  private static Quote quote(String line, String entry, String mark) {
    return Quote.of(
        culprit(
            Optional.of(new Provenance(source(line + "\n"), 1)), entry, EntryState.WRONG, mark));
  }

  private static String marked(Quote quote) {
    return quote.text().substring(quote.markFrom(), quote.markTo());
  }

  private static Source source(String text) {
    return Source.ofFile("a.txt", text);
  }

  private static Culprit culprit(
      Optional<Provenance> from, String entry, EntryState state, String mark) {
    return new Culprit(
        Optional.of("n"), Source.HOST, EntryKind.ROUTE, entry, state, from, mark, "label");
  }
}
