package io.podpath.probes.parse;

import com.google.auto.service.AutoService;
import io.podpath.core.node.Sysctl;
import io.podpath.core.snapshot.Section;
import io.podpath.core.snapshot.Source;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** {@code sysctl -a}, {@code sysctl KEY}, {@code sysctl -n KEY}, {@code cat /proc/sys/…}. */
@AutoService(OutputParser.class)
public final class SysctlParser implements OutputParser {

  private static final String PROC = "/proc/sys/";
  private static final Set<String> ROOTS =
      Set.of("net", "kernel", "vm", "fs", "dev", "abi", "debug", "user", "crypto", "sunrpc");

  @Override
  public String name() {
    return "sysctl";
  }

  @Override
  public boolean reads(ShellCommand command) {
    return command.program().equals("sysctl")
        || (command.program().equals("cat")
                || command.program().equals("head")
                || command.program().equals("more"))
            && !command.operands().isEmpty()
            && command.operands().stream().allMatch(o -> o.startsWith(PROC));
  }

  @Override
  public int likeness(String fileName, String text) {
    int hint = fileName.contains("sysctl") ? 10 : 0;
    int settings = 0;
    int others = 0;
    for (Lines.Line line : Lines.of(Source.ofFile("", text))) {
      List<String> words = line.words();
      if (words.isEmpty() || isComplaint(words)) {
        continue;
      }
      boolean setting = words.size() > 1 && words.get(1).equals("=") && isKey(words.getFirst());
      settings += setting ? 1 : 0;
      others += setting ? 0 : 1;
    }
    return settings > others ? 85 + hint : 0;
  }

  private static boolean isKey(String word) {
    int dot = word.indexOf('.');
    return dot > 0 && ROOTS.contains(word.substring(0, dot)) && word.length() < 300;
  }

  @Override
  public Reading parse(Source source) {
    Optional<ShellCommand> command = source.command().map(ShellCommand::parse);
    ReadingBuilder builder = new ReadingBuilder(source);
    if (command.filter(SysctlParser::asksForAll).isPresent()) {
      builder.whole(Section.SYSCTLS, 20);
    } else {
      builder.part(Section.SYSCTLS, 20, "only some settings were shown");
    }
    List<String> keys = command.map(SysctlParser::barekeys).orElse(List.of());
    List<Lines.Line> values = new ArrayList<>();
    boolean complained = false;
    for (Lines.Line line : Lines.of(source)) {
      List<String> words = line.words();
      if (words.isEmpty()) {
        continue;
      }
      int equals = line.text().indexOf('=');
      String key = equals > 0 ? line.text().substring(0, equals).strip() : "";
      if (isComplaint(words)) {
        complained = true;
        if (isDenied(line.text())) {
          builder.unread(Section.SYSCTLS, line.number(), "permission denied");
        }
      } else if (isKey(key) && key.indexOf(' ') < 0) {
        builder.add(
            Section.SYSCTLS,
            new Sysctl(key, Remark.without(line.text().substring(equals + 1)).strip()),
            line.number());
      } else if (!keys.isEmpty()) {
        values.add(line);
      } else {
        builder.unread(
            Section.SYSCTLS,
            line.number(),
            Remark.isCut(line.text()) ? "lines were left out here" : "no setting");
      }
    }
    pair(keys, values, complained, builder);
    return builder.build();
  }

  /**
   * Values without keys belong to the keys asked for, in their order, unless one of them gave none.
   */
  private static void pair(
      List<String> keys, List<Lines.Line> values, boolean complained, ReadingBuilder builder) {
    boolean fits = keys.size() == values.size() && !complained;
    for (int i = 0; i < values.size(); i++) {
      Lines.Line line = values.get(i);
      if (fits) {
        builder.add(
            Section.SYSCTLS,
            new Sysctl(keys.get(i), Remark.without(line.text()).strip()),
            line.number());
      } else {
        builder.unread(
            Section.SYSCTLS, line.number(), "which setting this is the value of cannot be told");
      }
    }
  }

  private static boolean asksForAll(ShellCommand command) {
    boolean all =
        command.hasOption("-a")
            || command.hasOption("-A")
            || command.hasOption("-X")
            || command.arguments().contains("--all");
    boolean some =
        command.hasOption("-r")
            || command.arguments().stream().anyMatch(a -> a.startsWith("--pattern"));
    return command.program().equals("sysctl")
        && all
        && !some
        && !command.hasOption("-N")
        && command.operands().isEmpty();
  }

  /** Keys whose values are printed without them. */
  private static List<String> barekeys(ShellCommand command) {
    boolean files = !command.program().equals("sysctl");
    boolean values = command.hasOption("-n") || command.arguments().contains("--values");
    return files || values
        ? command.operands().stream().map(SysctlParser::key).toList()
        : List.of();
  }

  /** Whether a path names a setting. */
  public static boolean isProcFile(String path) {
    return path.startsWith(PROC);
  }

  /**
   * {@code /proc/sys/net/ipv4/conf/eth0.10/rp_filter} is {@code net.ipv4.conf.eth0/10.rp_filter}:
   * sysctl swaps dots and slashes.
   */
  public static String key(String operand) {
    String text = operand.startsWith(PROC) ? operand.substring(PROC.length()) : operand;
    int dot = text.indexOf('.');
    int slash = text.indexOf('/');
    boolean path = operand.startsWith(PROC) || slash >= 0 && (dot < 0 || slash < dot);
    if (!path) {
      return text;
    }
    StringBuilder key = new StringBuilder();
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      key.append(c == '/' ? '.' : c == '.' ? '/' : c);
    }
    return key.toString();
  }

  /**
   * A key that is there but was not shown; those of net.core (BPF) are always denied to users and
   * decide no packet's way.
   */
  private static boolean isDenied(String line) {
    return line.contains("ermission denied")
        && (line.contains("net.ipv") || line.contains("net.bridge") || line.contains("net/"));
  }

  /**
   * {@code sysctl: cannot stat /proc/sys/net/bridge/…: No such file or directory}: that key is not
   * there.
   */
  private static boolean isComplaint(List<String> words) {
    String first = words.getFirst();
    return first.equals("sysctl:")
        || first.equals("cat:")
        || first.equals("head:")
        || first.equals("error:")
        || first.equals("warning:");
  }
}
