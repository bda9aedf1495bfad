package io.podpath.core.walk;

import io.podpath.core.net.IpAddress;
import io.podpath.core.net.IpPrefix;
import io.podpath.core.net.IpProtocol;
import io.podpath.core.net.Port;
import io.podpath.core.netfilter.IpSet;
import io.podpath.core.netfilter.IpSetMember;
import io.podpath.core.snapshot.Coverage;
import io.podpath.core.snapshot.Entries;
import io.podpath.core.snapshot.Facts;
import io.podpath.core.snapshot.Section;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * The ipsets of a namespace, asked as {@code -m set} asks them. Members are found by the prefix in
 * their first part; a longer one decides before a shorter one, which matters for {@code nomatch}
 * (ip_set_hash_gen.h: mtype_test_cidrs).
 */
final class IpSets {

  private static final int MOST_NESTED = 4;

  private record Member(List<String> parts, boolean exception, Optional<IpPrefix> prefix) {}

  private record Members(
      Optional<String> type, PrefixTable<Member> byPrefix, List<Member> others) {}

  private final Map<String, Members> sets = new HashMap<>();
  private final Coverage coverage;

  private IpSets(Facts facts) {
    Entries<IpSet> known = facts.get(Section.IPSETS);
    Entries<IpSetMember> members = facts.get(Section.IPSET_MEMBERS);
    this.coverage = members.coverage();
    Map<String, List<Member>> bySet = new HashMap<>();
    members
        .values()
        .forEach(m -> bySet.computeIfAbsent(m.set(), s -> new ArrayList<>()).add(member(m)));
    Map<String, String> types = new HashMap<>();
    known
        .values()
        .forEach(s -> {
          types.put(s.name(), s.type());
          bySet.computeIfAbsent(s.name(), n -> new ArrayList<>());
        });
    bySet.forEach((name, rows) ->
        sets.put(
            name,
            new Members(
                Optional.ofNullable(types.get(name)),
                PrefixTable.of(
                    rows.stream().filter(r -> r.prefix().isPresent()).toList(),
                    r -> r.prefix().orElseThrow()),
                rows.stream().filter(r -> r.prefix().isEmpty()).toList())));
  }

  static IpSets of(Facts facts) {
    return new IpSets(facts);
  }

  private static Member member(IpSetMember member) {
    List<String> parts = List.of(member.element().split(",", -1));
    return new Member(
        parts, member.options().contains("nomatch"), IpPrefix.parse(parts.getFirst()));
  }

  Fit contains(String set, List<String> directions, Look look) {
    return contains(set, directions, look, 0);
  }

  private Fit contains(String set, List<String> directions, Look look, int depth) {
    Members members = sets.get(set);
    if (members == null || directions.isEmpty() || depth > MOST_NESTED) {
      return Fit.UNKNOWN;
    }
    Fit found =
        members.type().filter("list:set"::equals).isPresent()
            ? inOneOf(members, directions, look, depth)
            : among(members, directions, look);
    return found == Fit.NO && !coverage.isComplete() ? Fit.UNKNOWN : found;
  }

  private Fit inOneOf(Members members, List<String> directions, Look look, int depth) {
    Fit any = Fit.NO;
    for (Member member : members.others()) {
      Fit fit = contains(member.parts().getFirst(), directions, look, depth + 1);
      any = any.compareTo(fit) >= 0 ? any : fit;
    }
    return any;
  }

  private static Fit among(Members members, List<String> directions, Look look) {
    boolean source = directions.getFirst().equals("src");
    IpAddress address = source ? look.packet().source() : look.packet().destination();
    for (List<Member> rows : members.byPrefix().containing(address)) {
      for (Member member : rows) {
        Fit rest = rest(member, 1, directions, look);
        if (rest != Fit.NO) {
          return member.exception() ? rest.negated(true) : rest;
        }
      }
    }
    for (Member member : members.others()) {
      Fit fit = rest(member, 0, directions, look);
      if (fit != Fit.NO) {
        return fit;
      }
    }
    return Fit.NO;
  }

  /** The parts of a member from {@code first} on. */
  private static Fit rest(Member member, int first, List<String> directions, Look look) {
    if (member.parts().size() > directions.size()) {
      return Fit.UNKNOWN;
    }
    Fit all = Fit.YES;
    for (int i = first; i < member.parts().size(); i++) {
      all = all.and(part(member.parts().get(i), directions.get(i).equals("src"), look));
    }
    return all;
  }

  private static Fit part(String text, boolean source, Look look) {
    Packet packet = look.packet();
    Optional<IpPrefix> prefix =
        text.indexOf('.') > 0 || text.indexOf("::") >= 0 ? IpPrefix.parse(text) : Optional.empty();
    if (prefix.isPresent()) {
      return Fit.of(prefix.get().contains(source ? packet.source() : packet.destination()));
    }
    int colon = text.indexOf(':');
    String port = text.substring(colon + 1);
    if (!port.isEmpty() && port.length() <= 5 && port.chars().allMatch(c -> c >= '0' && c <= '9')) {
      Optional<Port> own = source ? packet.sourcePort() : packet.destinationPort();
      boolean protocol =
          colon < 0
              || IpProtocol.parse(text.substring(0, colon))
                  .filter(packet.protocol()::equals)
                  .isPresent();
      return Fit.of(
          protocol && own.filter(p -> Integer.toString(p.number()).equals(port)).isPresent());
    }
    if (colon >= 0) {
      return Fit.UNKNOWN;
    }
    // hash:net,iface
    return ChainMatch.device(text, source ? look.in() : look.out());
  }
}
