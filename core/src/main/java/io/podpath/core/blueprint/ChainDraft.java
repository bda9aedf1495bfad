package io.podpath.core.blueprint;

import io.podpath.core.net.FwMark;
import io.podpath.core.net.IpPrefix;
import io.podpath.core.net.IpProtocol;
import io.podpath.core.netfilter.ChainRule;
import io.podpath.core.netfilter.Match;
import io.podpath.core.netfilter.Target;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.TreeSet;

/** One rule of a chain, match by match in iptables' own order. */
public final class ChainDraft {

  private final String table;
  private final String chain;
  private final List<Match> matches = new ArrayList<>();

  private ChainDraft(String table, String chain) {
    this.table = table;
    this.chain = chain;
  }

  public static ChainDraft in(String table, String chain) {
    return new ChainDraft(table, chain);
  }

  public ChainDraft match(Match match) {
    matches.add(match);
    return this;
  }

  public ChainDraft source(IpPrefix prefix) {
    return match(new Match.Source(false, prefix));
  }

  public ChainDraft notSource(IpPrefix prefix) {
    return match(new Match.Source(true, prefix));
  }

  public ChainDraft destination(IpPrefix prefix) {
    return match(new Match.Destination(false, prefix));
  }

  public ChainDraft notDestination(IpPrefix prefix) {
    return match(new Match.Destination(true, prefix));
  }

  public ChainDraft in(String device) {
    return match(new Match.InInterface(false, device));
  }

  public ChainDraft out(String device) {
    return match(new Match.OutInterface(false, device));
  }

  public ChainDraft notOut(String device) {
    return match(new Match.OutInterface(true, device));
  }

  public ChainDraft protocol(IpProtocol protocol) {
    return match(new Match.Protocol(false, protocol));
  }

  public ChainDraft destinationPort(IpProtocol protocol, int port) {
    return match(new Match.DestinationPort(false, protocol.toString(), port, port));
  }

  public ChainDraft comment(String text) {
    return match(new Match.Comment(text));
  }

  public ChainDraft mark(long bits) {
    return match(new Match.Mark(false, new FwMark(bits, bits)));
  }

  public ChainDraft notMark(long bits) {
    return match(new Match.Mark(true, new FwMark(bits, bits)));
  }

  public ChainDraft inSet(String set, String... directions) {
    return match(new Match.InSet(false, set, List.of(directions)));
  }

  public ChainRule target(Target target) {
    return new ChainRule(table, chain, matches, target, Optional.empty());
  }

  public ChainDraft notInSet(String set, String... directions) {
    return match(new Match.InSet(true, set, List.of(directions)));
  }

  /** States of {@code -m conntrack --ctstate}. */
  public ChainDraft states(String... states) {
    return match(new Match.ConnState(false, "conntrack", new TreeSet<>(List.of(states))));
  }

  public ChainDraft notStates(String... states) {
    return match(new Match.ConnState(true, "conntrack", new TreeSet<>(List.of(states))));
  }

  /** The destination is an address of this node. */
  public ChainDraft toLocal() {
    return match(new Match.AddrType(false, "dst-type", "LOCAL"));
  }

  public ChainRule jump(String to) {
    return target(new Target.Jump(to));
  }

  public ChainRule accept() {
    return target(new Target.Accept());
  }

  public ChainRule drop() {
    return target(new Target.Drop());
  }

  public ChainRule giveBack() {
    return target(new Target.Return());
  }

  public ChainRule masquerade() {
    return target(new Target.Masquerade("--random-fully"));
  }

  /** {@code MARK --set-xmark}. */
  public ChainRule changeMark(long value, long mask) {
    return target(new Target.SetMark("set-xmark", new FwMark(value, mask)));
  }

  public ChainRule setMark(long bits) {
    return target(new Target.SetMark("set-xmark", new FwMark(bits, bits)));
  }
}
