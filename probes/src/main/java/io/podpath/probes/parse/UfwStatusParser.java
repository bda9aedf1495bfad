package io.podpath.probes.parse;

import com.google.auto.service.AutoService;
import io.podpath.core.cni.UfwStatus;
import io.podpath.core.snapshot.Section;
import io.podpath.core.snapshot.Source;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * {@code ufw status [verbose|numbered]}. The rows of its table are kept as they are: what they do
 * shows in iptables.
 */
@AutoService(OutputParser.class)
public final class UfwStatusParser implements OutputParser {

  private static final int RANK = 20;
  private static final int RANK_VERBOSE = 25;
  private static final int MOST_RULES = 10_000;

  @Override
  public String name() {
    return "ufw status";
  }

  @Override
  public boolean reads(ShellCommand command) {
    return command.program().equals("ufw")
        && !command.operands().isEmpty()
        && command.operands().getFirst().equals("status");
  }

  @Override
  public int likeness(String fileName, String text) {
    boolean status = false;
    boolean table = false;
    for (String line : text.lines().limit(50).toList()) {
      status |= active(line.strip()).isPresent();
      List<String> words = Lines.words(line);
      table |=
          words.size() == 3 && words.stream().allMatch(w -> w.startsWith("--"))
              || line.contains("(routed)");
    }
    int named = fileName.contains("ufw") ? 10 : 0;
    return status ? (table ? 90 : 50) + named : 0;
  }

  @Override
  public Reading parse(Source source) {
    ReadingBuilder builder = new ReadingBuilder(source);
    Optional<Boolean> active = Optional.empty();
    Optional<String> incoming = Optional.empty();
    Optional<String> routed = Optional.empty();
    List<String> rules = new ArrayList<>();
    boolean table = false;
    int at = source.firstLine();
    for (Lines.Line line : Lines.of(source)) {
      String text = line.text().strip();
      if (active.isEmpty() && active(text).isPresent()) {
        active = active(text);
        at = line.number();
      }
      if (table && !text.isEmpty() && rules.size() < MOST_RULES) {
        rules.add(String.join(" ", Lines.words(text)));
      }
      table |= text.startsWith("--");
      incoming = incoming.or(() -> policy(text, "(incoming)"));
      routed = routed.or(() -> policy(text, "(routed)"));
    }
    if (active.isEmpty()) {
      builder.unread(Section.UFW, at, "no line that says whether ufw is active");
      return builder.build();
    }
    builder.whole(Section.UFW, routed.isPresent() ? RANK_VERBOSE : RANK);
    builder.add(Section.UFW, new UfwStatus(active.get(), incoming, routed, rules), at);
    return builder.build();
  }

  /**
   * ufw speaks its user's language; these are the words of its Chinese and German catalogues
   * besides English.
   */
  private static Optional<Boolean> active(String line) {
    String value = "";
    for (String label : List.of("Status:", "状态:", "状态：", "狀態:", "狀態：")) {
      if (line.startsWith(label)) {
        value = line.substring(label.length()).strip();
      }
    }
    return switch (value) {
      case "active", "激活", "活动", "啟用", "启用", "Aktiv", "aktiv" -> Optional.of(true);
      case "inactive", "不活动", "未激活", "停用", "Inaktiv", "inaktiv" -> Optional.of(false);
      default -> Optional.empty();
    };
  }

  /**
   * The word before {@code (routed)} in {@code Default: deny (incoming), allow (outgoing), disabled
   * (routed)}.
   */
  private static Optional<String> policy(String line, String direction) {
    int at = line.indexOf(direction);
    if (at < 0) {
      return Optional.empty();
    }
    List<String> words = Lines.words(line.substring(0, at));
    return words.size() < 2 ? Optional.empty() : Optional.of(words.getLast());
  }
}
