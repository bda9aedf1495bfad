package io.podpath.probes.parse;

import io.podpath.core.net.IpAddress;
import io.podpath.core.net.IpPrefix;
import io.podpath.core.node.RouteTable;
import io.podpath.core.node.RouteType;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;

/** One route as {@code ip -j route} prints it, brought to the same values as its text. */
final class RouteObject {

  /**
   * Encapsulations whose members do not overwrite the route's own: ip, ip6 and mpls print a second
   * {@code dst} into the same object.
   */
  private static final Set<String> PLAIN_ENCAPS =
      Set.of("seg6", "seg6local", "bpf", "ioam6", "rpl", "xfrm");

  private RouteObject() {}

  static RouteDraft read(Tree object) throws BadLine {
    RouteDraft draft = new RouteDraft(object.line());
    Optional<String> type = object.text("type");
    if (type.isPresent()) {
      draft.type =
          RouteType.parse(type.get())
              .orElseThrow(() -> new BadLine("unknown route type " + WordCursor.shown(type.get())));
    }
    String destination = object.text("dst").orElseThrow(() -> new BadLine("a route without dst"));
    if (!destination.equals("default")) {
      draft.destination =
          Optional.of(
              IpPrefix.parse(destination)
                  .orElseThrow(
                      () -> new BadLine("dst is no prefix: " + WordCursor.shown(destination))));
    }
    draft.table = object.text("table").map(RouteTable::new);
    draft.protocol = object.text("protocol");
    draft.scope = object.text("scope");
    draft.source = address(object, "prefsrc");
    draft.metric = object.number("metric");
    hop(object, draft.own);
    for (Tree item : object.items("nexthops")) {
      RouteDraft.Hop hop = new RouteDraft.Hop();
      hop(item, hop);
      draft.further.add(hop);
    }
    metrics(object, draft);
    attributes(object, draft);
    return draft;
  }

  private static void hop(Tree object, RouteDraft.Hop hop) throws BadLine {
    hop.gateway = address(object, "gateway");
    Optional<String> foreign = object.text("via", "host");
    if (foreign.isPresent()) {
      hop.gateway = Optional.of(parse(foreign.get(), "via"));
      hop.foreignGateway = true;
    }
    hop.device = object.text("dev");
    long weight = object.number("weight").orElse(-1);
    hop.weight =
        weight >= 0 && weight <= Integer.MAX_VALUE
            ? OptionalInt.of((int) weight)
            : OptionalInt.empty();
    for (Tree flag : object.items("flags")) {
      if (flag instanceof Tree.Scalar(var text, var kind, var line) && !text.isEmpty()) {
        hop.flags.add(text);
      }
    }
    Optional<String> encap = object.text("encap");
    if (encap.isPresent()) {
      if (!PLAIN_ENCAPS.contains(encap.get())) {
        throw new BadLine(
            "encap " + WordCursor.shown(encap.get()) + " hides the destination in JSON");
      }
      hop.encap = Optional.of(encapText(object, encap.get()));
    }
  }

  private static String encapText(Tree object, String encap) {
    StringBuilder text = new StringBuilder(encap);
    object.text("mode").ifPresent(m -> text.append(" mode ").append(m));
    object.text("action").ifPresent(a -> text.append(" action ").append(a));
    List<Tree> segments = object.items("segs");
    if (!segments.isEmpty()) {
      text.append(" segs ").append(segments.size()).append(" [ ");
      for (Tree segment : segments) {
        text.append(segment instanceof Tree.Scalar(var value, var kind, var line) ? value : "?")
            .append(' ');
      }
      text.append(']');
    }
    return text.toString();
  }

  private static void metrics(Tree object, RouteDraft draft) {
    for (Tree item : object.items("metrics")) {
      for (Map.Entry<String, Tree> metric : item.members().entrySet()) {
        if (metric.getValue() instanceof Tree.Scalar(var text, var kind, var line)) {
          draft.metrics.put(metric.getKey(), text);
        }
      }
    }
  }

  private static void attributes(Tree object, RouteDraft draft) {
    for (String word :
        List.of("from", "tos", "nhid", "mark", "error", "iif", "pref", "ttl-propagate", "uid")) {
      object.text(word).ifPresent(value -> draft.attributes.put(word, value));
    }
    // the text says "299sec"
    object
        .text("expires")
        .ifPresent(value ->
            draft.attributes.put("expires", value.endsWith("sec") ? value : value + "sec"));
    Optional<String> to = object.text("flow", "to");
    Optional<String> from = object.text("flow", "from");
    if (to.isPresent()) {
      draft.attributes.put(
          from.isPresent() ? "realms" : "realm", from.map(f -> f + "/").orElse("") + to.get());
    }
  }

  private static Optional<IpAddress> address(Tree object, String member) throws BadLine {
    Optional<String> text = object.text(member);
    return text.isEmpty() ? Optional.empty() : Optional.of(parse(text.get(), member));
  }

  private static IpAddress parse(String text, String member) throws BadLine {
    return IpAddress.parse(text)
        .orElseThrow(() -> new BadLine(member + " is no address: " + WordCursor.shown(text)));
  }
}
