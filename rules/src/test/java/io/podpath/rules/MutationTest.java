package io.podpath.rules;

import static org.assertj.core.api.Assertions.assertThat;

import io.podpath.core.rule.Culprit;
import io.podpath.core.rule.Diagnosis;
import io.podpath.core.rule.Diagnosis.Ranked;
import io.podpath.core.rule.Diagnostician;
import io.podpath.core.rule.Evidence;
import io.podpath.core.snapshot.Provenance;
import io.podpath.core.snapshot.Source;
import io.podpath.core.snapshot.UnreadLine;
import io.podpath.fixtures.example.Examples;
import io.podpath.probes.bundle.InputReader;
import io.podpath.probes.bundle.Limits;
import io.podpath.probes.bundle.NamedText;
import io.podpath.probes.parse.OutputParser;
import io.podpath.probes.parse.Parsers;
import io.podpath.probes.parse.Reading;
import io.podpath.probes.transcript.TranscriptReader;
import java.io.InputStream;
import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * Recorded texts, cut, doubled, shuffled and bit-flipped: nothing may throw, hang, or find a fault
 * in a line that could not be read.
 */
@Timeout(3600)
class MutationTest {

  private static final int INPUTS = Integer.getInteger("podpath.fuzz.inputs", 2000);
  private static final long SECOND = 1_000_000_000L;
  private static final int LONGEST = 64 * 1024;
  private static final ThreadMXBean CLOCK = ManagementFactory.getThreadMXBean();

  private static final Parsers PARSERS = Parsers.load();
  private static final List<NamedText> ALL = new ArrayList<>();
  private static final Map<String, List<NamedText>> BY_PARSER = new HashMap<>();

  @BeforeAll
  static void collectTexts() {
    for (String name : Examples.names()) {
      for (NamedText text : Examples.texts(name)) {
        if (text.text().isEmpty() || text.text().length() > LONGEST) {
          continue;
        }
        ALL.add(text);
        PARSERS
            .forText(text.path(), text.text())
            .ifPresent(p -> BY_PARSER.computeIfAbsent(p.name(), n -> new ArrayList<>()).add(text));
      }
    }
    assertThat(ALL).hasSizeGreaterThan(100);
    assertThat(BY_PARSER).hasSizeGreaterThan(10);
  }

  @Test
  void noMutatedTextMakesAParserThrowOrHang() {
    List<OutputParser> parsers = PARSERS.all();
    for (int i = 0; i < INPUTS; i++) {
      Random random = new Random(i);
      OutputParser parser = parsers.get(i % parsers.size());
      List<NamedText> own = BY_PARSER.getOrDefault(parser.name(), ALL);
      NamedText text = pick(random.nextInt(10) == 0 ? ALL : own, random);
      String mutated = mutate(text.text(), random);
      String what = "seed " + i + ", " + parser.name() + " on " + text.path();
      long before = CLOCK.getCurrentThreadCpuTime();
      Reading reading = parse(parser, Source.ofFile(text.path(), mutated), what);
      assertThat(CLOCK.getCurrentThreadCpuTime() - before).as(what).isLessThan(SECOND);
      reading.parts().forEach(p -> assertThat(p.entries().facts()).as(what).doesNotContainNull());
    }
  }

  @Test
  void noMutatedTranscriptMakesTheReaderThrowOrHang() {
    for (int i = 0; i < INPUTS / 20; i++) {
      Random random = new Random(1_000_000L + i);
      String transcript = mutate(transcript(random), random);
      long before = CLOCK.getCurrentThreadCpuTime();
      assertThat(
              TranscriptReader.read(Source.ofFile("transcript.txt", transcript), PARSERS).moments())
          .as("seed " + i)
          .isNotEmpty();
      // a transcript asks every parser about every block and may hold many outputs
      assertThat(CLOCK.getCurrentThreadCpuTime() - before).as("seed " + i).isLessThan(10 * SECOND);
    }
  }

  @Test
  void noFindingRestsOnAnUnreadLine() throws Exception {
    Diagnostician diagnostician = new Diagnostician(RuleLibrary.load().rules(), Set.of());
    InputReader reader = new InputReader(Limits.standard(), InputStream.nullInputStream());
    List<String> names = Examples.names();
    for (int i = 0; i < Math.max(20, INPUTS / 100); i++) {
      Random random = new Random(2_000_000L + i);
      List<NamedText> texts = new ArrayList<>();
      for (NamedText text : Examples.texts(names.get(i % names.size()))) {
        boolean hit = random.nextInt(4) == 0 && !text.path().endsWith("podpath-bundle.json");
        texts.add(
            hit ? new NamedText(text.input(), text.path(), mutate(text.text(), random)) : text);
      }
      Diagnosis diagnosis = diagnostician.diagnose(reader.readTexts(texts).history());
      Set<Provenance> unread = new HashSet<>();
      diagnosis.unread().stream().map(UnreadLine::from).forEach(unread::add);
      for (Ranked ranked : diagnosis.findings()) {
        Stream<Provenance> cited =
            Stream.concat(
                ranked.finding().culprits().stream()
                    .map(Culprit::from)
                    .flatMap(java.util.Optional::stream),
                ranked.finding().evidence().stream().map(Evidence::from));
        assertThat(cited)
            .as("seed " + i + ": " + ranked.finding().rule())
            .doesNotContainAnyElementsOf(unread.isEmpty() ? List.of(NOWHERE) : unread);
      }
    }
  }

  private static final Provenance NOWHERE = new Provenance(Source.ofFile("nowhere", ""), 0);

  private static Reading parse(OutputParser parser, Source source, String what) {
    try {
      return parser.parse(source);
    } catch (RuntimeException | StackOverflowError e) {
      throw new AssertionError(what + ": " + e, e);
    }
  }

  private static String transcript(Random random) {
    StringBuilder text = new StringBuilder();
    for (int i = 0; i < 4; i++) {
      NamedText output = pick(ALL, random);
      String command =
          List.of(
                  "ip route",
                  "ip addr",
                  "iptables-save",
                  "kubectl get nodes -o wide",
                  "cat /etc/cni/net.d/10-flannel.conflist",
                  "ip route | grep tunl0",
                  "birdc show route")
              .get(random.nextInt(7));
      String sample =
          output.text().length() > 6000 ? output.text().substring(0, 6000) : output.text();
      text.append("[root@node")
          .append(random.nextInt(3))
          .append(" ~]# ")
          .append(command)
          .append('\n')
          .append(sample)
          .append('\n');
    }
    return text.toString();
  }

  private static NamedText pick(List<NamedText> texts, Random random) {
    return texts.get(random.nextInt(texts.size()));
  }

  /**
   * One to three of: cut, a line doubled, lines shuffled, characters flipped, a line dropped, noise
   * put in.
   */
  private static String mutate(String text, Random random) {
    String mutated = text;
    int times = 1 + random.nextInt(3);
    for (int i = 0; i < times && !mutated.isEmpty(); i++) {
      mutated =
          switch (random.nextInt(6)) {
            case 0 -> mutated.substring(0, random.nextInt(mutated.length()));
            case 1 ->
                withLines(
                    mutated,
                    lines ->
                        lines.add(
                            random.nextInt(lines.size()), lines.get(random.nextInt(lines.size()))));
            case 2 -> withLines(mutated, lines -> java.util.Collections.shuffle(lines, random));
            case 3 -> flipped(mutated, random);
            case 4 -> withLines(mutated, lines -> lines.remove(random.nextInt(lines.size())));
            default -> {
              int at = random.nextInt(mutated.length());
              yield mutated.substring(0, at)
                  + NOISE.get(random.nextInt(NOISE.size()))
                  + mutated.substring(at);
            }
          };
    }
    return mutated;
  }

  private static final List<String> NOISE =
      List.of(
          "\u001b[31m",
          "\0",
          "\r",
          "...",
          "999999999999999999999",
          "via",
          "{",
          "]",
          "\"",
          "\\",
          "255.255.255.256",
          "::::",
          "/129",
          "\ufffd",
          " ".repeat(500),
          "[".repeat(300));

  private static String withLines(String text, java.util.function.Consumer<List<String>> change) {
    List<String> lines = new ArrayList<>(List.of(text.split("\n", -1)));
    change.accept(lines);
    return String.join("\n", lines);
  }

  private static String flipped(String text, Random random) {
    char[] chars = text.toCharArray();
    int flips = 1 + random.nextInt(8);
    for (int i = 0; i < flips; i++) {
      int at = random.nextInt(chars.length);
      chars[at] = (char) (chars[at] ^ 1 << random.nextInt(8));
    }
    return new String(chars);
  }
}
