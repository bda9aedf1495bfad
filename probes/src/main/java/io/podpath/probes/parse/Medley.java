package io.podpath.probes.parse;

import io.podpath.core.snapshot.Fact;
import io.podpath.core.snapshot.Source;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * A text that holds the outputs of several commands one after the other, without the commands: what
 * {@code (ip addr; ip route; iptables-save) > node1.txt} writes. It is taken apart only where every
 * line of it is beyond doubt some tool's.
 */
public final class Medley {

  /** As sure as a block that a transcript quotes without its command. */
  private static final int SURE = 50;

  private static final int SAMPLE = 64 * 1024;
  private static final int MOST_BLOCKS = 64;

  /** After so many lines that begin nothing, no more is tried. */
  private static final int MOST_MISSES = 6;

  /** Every parser is asked for every block; a longer text is not worth that. */
  private static final int LONGEST = 1024 * 1024;

  /** Characters that all parsers together may be given for one text. */
  private static final long MOST_WORK = 48L * 1024 * 1024;

  /** Fewer lines may look like a tool's by chance. */
  private static final int SEVERAL_LINES = 3;

  /** Titles that scripts echo: {@code === ip addr ===}, {@code --- routes}. */
  private static final Pattern TITLE = Pattern.compile("^\\s*([=*#+~-])\\1{2,}.{0,100}$");

  /** One tool's output. */
  public record Block(OutputParser parser, Source source) {}

  /**
   * @param blocks in the order of the text
   * @param whole whether every line is in a block; if not, the blocks tell only that the text holds
   *     several outputs
   */
  public record Split(List<Block> blocks, boolean whole) {

    public static final Split NONE = new Split(List.of(), false);

    public Split {
      blocks = List.copyOf(blocks);
    }

    /** Whether the text is the outputs of several tools and nothing else. */
    public boolean isCertain() {
      return whole && tools(1) > 1;
    }

    /** Whether outputs of several tools are among the lines of the text. */
    public boolean isLikely() {
      return tools(SEVERAL_LINES) > 1;
    }

    private long tools(int lines) {
      return blocks.stream()
          .filter(b -> b.source().text().lines().limit(lines).count() == lines)
          .map(b -> b.parser().name())
          .distinct()
          .count();
    }

    /** What all blocks tell. */
    public Reading reading() {
      List<Reading.Part<?>> parts = new ArrayList<>();
      for (Block block : blocks) {
        parts.addAll(block.parser().parse(block.source()).parts());
      }
      return new Reading(parts, List.of());
    }
  }

  private final Parsers parsers;
  private final Source source;
  private final List<Lines.Line> lines;
  private long work;

  private Medley(Parsers parsers, Source source) {
    this.parsers = parsers;
    this.source = source;
    this.lines = Lines.of(source);
  }

  public static Split split(Parsers parsers, Source source) {
    return source.text().length() > LONGEST ? Split.NONE : new Medley(parsers, source).split();
  }

  private Split split() {
    List<Block> blocks = new ArrayList<>();
    boolean whole = true;
    int at = 0;
    int misses = 0;
    // every miss asks all parsers about the rest of the text
    while (at < lines.size()
        && blocks.size() < MOST_BLOCKS
        && misses < MOST_MISSES
        && work < MOST_WORK) {
      if (isBetween(at)) {
        at++;
        continue;
      }
      int end = endOfBlock(at);
      Optional<Found> found = longest(at, end);
      if (found.isEmpty()) {
        whole = false;
        misses++;
        at++;
        continue;
      }
      blocks.add(new Block(found.get().parser(), piece(at, found.get().end())));
      at = found.get().end();
    }
    return new Split(blocks, whole && at >= lines.size());
  }

  private boolean isBetween(int at) {
    String text = lines.get(at).text();
    return text.isBlank() || TITLE.matcher(text).matches();
  }

  /** A title ends a block whatever a parser makes of it. */
  private int endOfBlock(int from) {
    int end = from + 1;
    while (end < lines.size() && !TITLE.matcher(lines.get(end).text()).matches()) {
      end++;
    }
    return end;
  }

  /** A parser, and how far it reads without a line it does not know. */
  private record Found(OutputParser parser, int end, int likeness) {}

  /**
   * The parser that reads furthest from here on. Two tools that both read the same lines are told
   * apart by likeness; when that does not help, the block is no certain one.
   */
  private Optional<Found> longest(int from, int to) {
    Source rest = piece(from, to);
    work += (long) rest.text().length() * parsers.all().size();
    List<Found> found = new ArrayList<>();
    for (OutputParser parser : parsers.all()) {
      found(parser, from, to, rest).ifPresent(found::add);
    }
    int furthest = found.stream().mapToInt(Found::end).max().orElse(from);
    int likest =
        found.stream().filter(f -> f.end() == furthest).mapToInt(Found::likeness).max().orElse(0);
    List<Found> best =
        found.stream().filter(f -> f.end() == furthest && f.likeness() == likest).toList();
    return best.size() == 1 ? Optional.of(best.getFirst()) : Optional.empty();
  }

  private Optional<Found> found(OutputParser parser, int from, int to, Source rest) {
    Reading reading = parser.parse(rest);
    int end =
        reading.unread().stream()
            .mapToInt(u -> u.from().line() - source.firstLine())
            .min()
            .orElse(to);
    if (end <= from || end > to) {
      return Optional.empty();
    }
    Source piece = piece(from, end);
    Reading read = end == to ? reading : parser.parse(piece);
    boolean beginsHere =
        read.parts().stream().anyMatch(p -> !p.entries().isEmpty()) && read.unread().isEmpty();
    String sample =
        piece.text().length() > SAMPLE ? piece.text().substring(0, SAMPLE) : piece.text();
    int likeness = beginsHere ? parser.likeness("", sample) : 0;
    return likeness >= SURE && !leavesMuchOut(read, from, end)
        ? Optional.of(new Found(parser, end, likeness))
        : Optional.empty();
  }

  /** A parser that passes over lines in silence would swallow the next tool's output. */
  private boolean leavesMuchOut(Reading read, int from, int end) {
    int last = source.firstLine() + from;
    for (Reading.Part<?> part : read.parts()) {
      for (Fact<?> fact : part.entries().facts()) {
        last = Math.max(last, fact.from().line());
      }
    }
    return end + source.firstLine() - last > 40;
  }

  private Source piece(int from, int to) {
    StringBuilder text = new StringBuilder();
    for (int i = from; i < to; i++) {
      text.append(lines.get(i).text()).append('\n');
    }
    return new Source(
        source.file(),
        source.firstLine() + from,
        source.node(),
        source.netns(),
        source.command(),
        text.toString(),
        source.filtered());
  }
}
