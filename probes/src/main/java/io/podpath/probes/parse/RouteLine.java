package io.podpath.probes.parse;

import io.podpath.core.net.IpAddress;
import io.podpath.core.net.IpFamily;
import io.podpath.core.net.IpPrefix;
import io.podpath.core.node.RouteTable;
import io.podpath.core.node.RouteType;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.Set;

/**
 * One route as {@code ip route} prints it (iproute2 {@code iproute.c: print_route}); any order of
 * the words is taken.
 */
final class RouteLine {

  private static final Set<String> FLAGS =
      Set.of(
          "onlink",
          "linkdown",
          "dead",
          "pervasive",
          "offload",
          "trap",
          "notify",
          "unresolved",
          "rt_notify",
          "rt_offload",
          "rt_trap",
          "rt_offload_failed",
          "offload_failed");

  static final Set<String> METRICS =
      Set.of(
          "mtu",
          "window",
          "rtt",
          "rttvar",
          "ssthresh",
          "cwnd",
          "advmss",
          "reordering",
          "hoplimit",
          "initcwnd",
          "features",
          "rto_min",
          "initrwnd",
          "quickack",
          "congctl",
          "fastopen_no_cookie");

  /** Words with one value that podpath keeps without using them. */
  private static final Set<String> VALUED =
      Set.of(
          "from",
          "tos",
          "dsfield",
          "nhid",
          "pref",
          "expires",
          "error",
          "realm",
          "realms",
          "flow",
          "mark",
          "iif",
          "oif",
          "uid",
          "users",
          "used",
          "age",
          "ttl-propagate",
          "ipid",
          "ts",
          "tsage");

  private static final Set<String> BEHIND_ENCAP =
      Set.of("via", "dev", "table", "proto", "nhid", "scope", "metric", "weight");

  private RouteLine() {}

  /** Whether this line goes on with the next hops of the route before it. */
  static boolean continues(List<String> words) {
    return !words.isEmpty() && words.getFirst().equals("nexthop");
  }

  static RouteDraft read(List<String> words, int line) throws BadLine {
    RouteDraft draft = new RouteDraft(line);
    WordCursor cursor = new WordCursor(words);
    Optional<RouteType> type = RouteType.parse(cursor.peek());
    if (type.isPresent()) {
      draft.type = type.get();
      cursor.take("type");
    }
    String destination = cursor.peek();
    if (destination.startsWith("0/") && WordCursor.isNumber(destination.substring(2))) {
      // iproute2 prints 0/LENGTH for a prefix without an address of its own; its family is IPv4 in
      // every release that does so
      draft.destination = IpPrefix.parse("0.0.0.0" + destination.substring(1));
      cursor.take("destination");
    } else if (!cursor.takeIf("default")) {
      draft.destination = Optional.of(cursor.prefix("destination"));
    }
    attributes(draft, draft.own, cursor);
    return draft;
  }

  /** Adds a line that {@link #continues}. */
  static void extend(RouteDraft draft, List<String> words) throws BadLine {
    if (draft.own.isStated()) {
      throw new BadLine("a next hop of another route");
    }
    attributes(draft, draft.own, new WordCursor(words));
  }

  private static void attributes(RouteDraft draft, RouteDraft.Hop first, WordCursor cursor)
      throws BadLine {
    RouteDraft.Hop hop = first;
    while (cursor.more()) {
      String word = cursor.take("word");
      switch (word) {
        case "nexthop" -> {
          hop = new RouteDraft.Hop();
          draft.further.add(hop);
        }
        case "via" -> via(draft, hop, cursor);
        case "dev" -> {
          refuseSecond(hop.device, "dev");
          hop.device = Optional.of(cursor.take("device"));
        }
        case "encap" -> hop.encap = Optional.of(encap(cursor));
        case "weight" -> hop.weight = OptionalInt.of(cursor.small("weight"));
        case "table" -> draft.table = Optional.of(new RouteTable(cursor.take("table")));
        case "proto", "protocol" -> draft.protocol = Optional.of(cursor.take("protocol"));
        case "scope" -> draft.scope = Optional.of(cursor.take("scope"));
        case "src" -> draft.source = Optional.of(cursor.address("src"));
        case "metric", "priority" -> draft.metric = OptionalLong.of(cursor.number("metric"));
        case "\\" -> {}
        default -> other(draft, hop, word, cursor);
      }
    }
  }

  private static void via(RouteDraft draft, RouteDraft.Hop hop, WordCursor cursor) throws BadLine {
    refuseSecond(hop.gateway, "via");
    boolean named = cursor.takeIf("inet") || cursor.takeIf("inet6");
    IpAddress gateway = cursor.address("via");
    boolean otherFamily =
        draft.destination.isPresent() && draft.destination.get().family() != gateway.family();
    if (otherFamily && !named) {
      throw new BadLine("destination and via are of two families");
    }
    hop.gateway = Optional.of(gateway);
    // "via inet6" marks a gateway of the other family (RFC 5549), so the route itself is IPv4
    hop.foreignGateway = named;
    if (named && draft.destination.isEmpty() && gateway.family() == IpFamily.INET6) {
      draft.destination = Optional.of(new IpPrefix(IpAddress.ofV4(0), 0));
    }
  }

  private static void refuseSecond(Optional<?> known, String word) throws BadLine {
    if (known.isPresent()) {
      throw new BadLine("two " + word + " in one route");
    }
  }

  private static String encap(WordCursor cursor) throws BadLine {
    StringBuilder text = new StringBuilder(cursor.take("encap"));
    while (cursor.more() && !BEHIND_ENCAP.contains(cursor.peek())) {
      text.append(' ').append(cursor.take("encap"));
    }
    return text.toString();
  }

  private static void other(RouteDraft draft, RouteDraft.Hop hop, String word, WordCursor cursor)
      throws BadLine {
    if (FLAGS.contains(word)) {
      hop.flags.add(word);
    } else if (METRICS.contains(word)) {
      String lock = cursor.takeIf("lock") ? "lock " : "";
      draft.metrics.put(word, lock + cursor.take(word));
    } else if (VALUED.contains(word)) {
      draft.attributes.put(word, cursor.take(word));
    } else if (word.equals("as")) {
      cursor.takeIf("to");
      draft.attributes.put("as to", cursor.take("as to"));
    } else if (RouteType.parse(word).isPresent()
        || IpPrefix.parse(word).isPresent()
        || word.equals("default")) {
      // two rows on one line: which words belong to which cannot be told
      throw new BadLine("a second destination in one line");
    } else {
      draft.attributes.put(word, "");
    }
  }
}
