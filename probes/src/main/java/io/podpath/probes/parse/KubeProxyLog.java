package io.podpath.probes.parse;

import io.podpath.core.cni.ConfigProblem;
import io.podpath.core.cni.LogEvent;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/**
 * What kube-proxy says of its configuration, its rules and its work; strict decoding speaks alike
 * in other programs.
 */
final class KubeProxyLog {

  private static final String KUBE_PROXY = "kube-proxy";
  private static final String STRUCT = "KubeProxyConfiguration";

  private KubeProxyLog() {}

  static List<LogEvent> read(LogLine line, String component) {
    List<LogEvent> events = new ArrayList<>();
    String speaker = line.says(STRUCT) || line.says("KubeProxyIP") ? KUBE_PROXY : component;
    for (ConfigProblem problem : problems(line, speaker)) {
      events.add(new LogEvent.ConfigRejected(speaker, problem));
    }
    for (String sign :
        List.of(
            "Caches are synced for",
            "Adding new service port",
            "SyncProxyRules complete",
            "Successfully retrieved node IP")) {
      boolean everybodys = sign.startsWith("Caches");
      if (line.says(sign)
          && (!everybodys
              || component.equals(KUBE_PROXY)
              || line.says("service config")
              || line.says("endpoint slice config"))) {
        events.add(new LogEvent.Working(KUBE_PROXY, everybodys ? line.shortMessage() : sign));
      }
    }
    return events;
  }

  private static List<ConfigProblem> problems(LogLine line, String speaker) {
    if (line.says("found unknown field: ")) {
      return unknownOfOld(line).map(List::of).orElse(List.of());
    }
    if (line.says(": Read") && line.says("expect") && line.says("found")) {
      return typeOfOld(line).map(List::of).orElse(List.of());
    }
    if (line.says("cannot unmarshal ") && line.says("Go struct field ")) {
      return typeOfJson(line).map(List::of).orElse(List.of());
    }
    if (line.says("Invalid value: ") && line.says(STRUCT + ".")) {
      return invalidValue(line).map(List::of).orElse(List.of());
    }
    boolean strict = line.says("strict decod") || speaker.equals(KUBE_PROXY);
    return strict ? unknownFields(line) : List.of();
  }

  /**
   * json-iterator up to Kubernetes 1.22: "v1alpha1.KubeProxyConfiguration.IPTables:
   * v1alpha1.KubeProxyIPTablesConfiguration.MasqueradeBit: ReadObject: found unknown field:
   * masqueradeAl, error found in …". The fields it names are those it came to next, so the piece of
   * the configuration behind "bigger context" tells the structure better.
   */
  private static Optional<ConfigProblem> unknownOfOld(LogLine line) {
    String rest = line.behind("found unknown field: ").orElse("");
    int end = rest.indexOf(',');
    String name = LogLine.firstWord(end > 0 ? rest.substring(0, end) : rest);
    return name.isEmpty()
        ? Optional.empty()
        : Optional.of(unknown(enclosing(line, name).orElseGet(() -> structure(line)), name, line));
  }

  private static ConfigProblem unknown(String section, String name, LogLine line) {
    boolean ours = line.says(STRUCT) || !line.says("Kubelet");
    Optional<String> meant = ours ? KubeProxyFields.meant(section, name) : Optional.empty();
    return new ConfigProblem(
        ConfigProblem.Kind.UNKNOWN_FIELD,
        KubeProxyFields.path(section, name),
        "found unknown field: " + name,
        meant.flatMap(KubeProxyFields::typeOf),
        meant,
        line.number());
  }

  /**
   * The structure that holds the field in the piece of JSON the decoder shows; empty if that begins
   * inside it.
   */
  private static Optional<String> enclosing(LogLine line, String name) {
    String context = line.behind("bigger context").orElse("").replace("\\\"", "\"");
    int at = context.indexOf("\"" + name + "\"");
    int depth = 0;
    for (int i = at - 1; i >= 0; i--) {
      char c = context.charAt(i);
      depth += c == '}' ? 1 : 0;
      if (c == '{' && depth-- == 0) {
        int key = context.lastIndexOf('"', i);
        int start = key < 0 ? -1 : context.lastIndexOf('"', key - 1);
        return Optional.of(start < 0 ? "" : context.substring(start + 1, key));
      }
    }
    return Optional.empty();
  }

  /** The structure the decoder was in: empty text at the top. */
  private static String structure(LogLine line) {
    Optional<String> field =
        line.behind(STRUCT + ".")
            .map(r -> r.split("[^A-Za-z0-9]", 2)[0])
            .flatMap(KubeProxyFields::byGoName);
    boolean inside = line.message().indexOf("v1alpha1.") != line.message().lastIndexOf("v1alpha1.");
    return field.filter(f -> inside && KubeProxyFields.section(f).isPresent()).orElse("");
  }

  /** "v1alpha1.KubeProxyConfiguration: FeatureGates: ReadMapCB: expect { or n, but found "". */
  private static Optional<ConfigProblem> typeOfOld(LogLine line) {
    String text = line.message();
    int reader = text.indexOf(": Read");
    int start = reader;
    while (start > 0 && Character.isLetterOrDigit(text.charAt(start - 1))) {
      start--;
    }
    String goName = text.substring(start, reader);
    if (goName.isEmpty() || !line.says(STRUCT)) {
      return Optional.empty();
    }
    String section = structure(line);
    Map<String, FieldType> fields =
        section.isEmpty()
            ? KubeProxyFields.ALL.fields()
            : KubeProxyFields.section(section).map(FieldType.Section::fields).orElse(Map.of());
    Optional<String> name =
        fields.keySet().stream()
            .filter(f -> f.toLowerCase(Locale.ROOT).equals(goName.toLowerCase(Locale.ROOT)))
            .findFirst();
    int end = text.indexOf(", error found", reader);
    String found = LogLine.shortened(text.substring(reader + 2, end > 0 ? end : text.length()));
    return Optional.of(
        new ConfigProblem(
            ConfigProblem.Kind.WRONG_TYPE,
            KubeProxyFields.path(section, name.orElse(goName)),
            found,
            name.map(fields::get).map(FieldType::words),
            Optional.empty(),
            line.number()));
  }

  /**
   * encoding/json: "json: cannot unmarshal string into Go struct field
   * KubeProxyIPTablesConfiguration.iptables.masqueradeAll of type bool".
   */
  private static Optional<ConfigProblem> typeOfJson(LogLine line) {
    Optional<String> found = line.between("cannot unmarshal ", " into");
    Optional<String> field =
        line.behind("Go struct field ")
            .map(LogLine::firstWord)
            .filter(f -> f.indexOf('.') > 0)
            .map(f -> f.substring(f.indexOf('.') + 1));
    Optional<String> type = line.behind(" of type ").map(LogLine::firstWord);
    return field.map(f ->
        new ConfigProblem(
            ConfigProblem.Kind.WRONG_TYPE,
            f,
            found.orElse(""),
            type,
            Optional.empty(),
            line.number()));
  }

  private static Optional<ConfigProblem> invalidValue(LogLine line) {
    Optional<String> path =
        line.between(STRUCT + ".", ": Invalid value")
            .map(p -> p.isEmpty() ? p : Character.toLowerCase(p.charAt(0)) + p.substring(1));
    Optional<String> value = line.behind("Invalid value: ").map(LogLine::firstWord);
    return path.flatMap(p ->
        value.map(v ->
            new ConfigProblem(
                ConfigProblem.Kind.UNKNOWN_VALUE,
                p,
                v,
                Optional.empty(),
                Optional.empty(),
                line.number())));
  }

  /**
   * Since 1.22: "strict decoding error: unknown field "iptables.masqueradeAl", unknown field
   * "mod"".
   */
  private static List<ConfigProblem> unknownFields(LogLine line) {
    List<ConfigProblem> problems = new ArrayList<>();
    String mark = "unknown field \"";
    String text = line.message().replace("\\\"", "\"");
    int at = text.indexOf(mark);
    while (at >= 0 && problems.size() < 32) {
      int end = text.indexOf('"', at + mark.length());
      if (end < 0) {
        break;
      }
      String path = text.substring(at + mark.length(), end);
      int dot = path.lastIndexOf('.');
      problems.add(unknown(dot < 0 ? "" : path.substring(0, dot), path.substring(dot + 1), line));
      at = text.indexOf(mark, end);
    }
    return problems;
  }
}
