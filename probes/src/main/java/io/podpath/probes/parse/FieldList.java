package io.podpath.probes.parse;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * The fields that {@code kubectl get -o custom-columns=…} or {@code -o jsonpath='{range
 * .items[*]}…{end}'} was told to print, in the words of the headings that kubectl itself would
 * print.
 */
final class FieldList {

  private FieldList() {}

  /** Headings of the columns; empty when the output is of another form or names no object. */
  static Optional<List<String>> of(String output) {
    Optional<List<String>> paths = Optional.empty();
    if (output.startsWith("custom-columns=")) {
      paths = Optional.of(columns(output.substring("custom-columns=".length())));
    } else if (output.startsWith("jsonpath=") && output.contains("{range")) {
      paths = Optional.of(templates(output.substring("jsonpath=".length())));
    }
    return paths
        .map(list -> list.stream().map(FieldList::heading).toList())
        .filter(h -> h.contains("NAME"));
  }

  /** {@code A:.metadata.name,B:.spec.podCIDR}; commas in brackets are part of a path. */
  private static List<String> columns(String text) {
    List<String> paths = new ArrayList<>();
    int depth = 0;
    int start = 0;
    for (int i = 0; i <= text.length(); i++) {
      char c = i < text.length() ? text.charAt(i) : ',';
      depth += c == '[' || c == '(' ? 1 : c == ']' || c == ')' ? -1 : 0;
      if (c == ',' && (depth <= 0 || i == text.length())) {
        String column = text.substring(start, i);
        paths.add(column.substring(column.indexOf(':') + 1));
        start = i + 1;
      }
    }
    return paths;
  }

  /** Fields between braces; texts in quotes are separators. */
  private static List<String> templates(String text) {
    List<String> paths = new ArrayList<>();
    int open = text.indexOf('{');
    while (open >= 0) {
      int close = text.indexOf('}', open);
      if (close < 0) {
        break;
      }
      String field = text.substring(open + 1, close).strip();
      if (field.startsWith(".") || field.startsWith("@.")) {
        paths.add(field.startsWith("@") ? field.substring(1) : field);
      }
      open = text.indexOf('{', close);
    }
    return paths;
  }

  private static String heading(String path) {
    String plain =
        path.replace("\\", "").replace("'", "").replace("\"", "").replace("{", "").replace("}", "");
    if (plain.endsWith(".metadata.name")) {
      return "NAME";
    }
    if (plain.endsWith(".metadata.namespace")) {
      return "NAMESPACE";
    }
    if (plain.contains(".spec.podCIDR")) {
      return "POD-CIDR";
    }
    if (plain.contains(".status.addresses")
        && (plain.contains("InternalIP") || plain.contains("[0]"))) {
      return "INTERNAL-IP";
    }
    if (plain.contains("projectcalico.org/IPv4Address")) {
      return "CALICO-ADDRESS";
    }
    if (plain.contains("projectcalico.org/IPv4IPIPTunnelAddr")) {
      return "CALICO-TUNNEL";
    }
    if (plain.contains("projectcalico.org/RouteReflectorClusterID")) {
      return "CALICO-REFLECTOR";
    }
    if (plain.endsWith(".spec.nodeName")) {
      return "NODE";
    }
    return plain.contains(".status.podIP")
        ? "IP"
        : plain.endsWith(".status.phase") ? "STATUS" : "-" + plain;
  }
}
