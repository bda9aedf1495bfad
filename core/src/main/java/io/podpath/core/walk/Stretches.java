package io.podpath.core.walk;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Of packets that are alike to every machine on their way and back one is walked. A way is cut into
 * stretches: from the wire, or from where a packet is sent, through one machine to the next wire or
 * to the end. What becomes of a packet there follows from its {@link PacketForm}, from what the
 * machine holds, and from what it knows of the other machine's addresses: their {@link Likeness}.
 * Only what arrives and is answered is told, and only between two machines.
 */
final class Stretches {

  private static final int MOST_MOVES = 64;
  private static final int MOST_STRETCHES = 8;

  /** More of the other machine are not compared. */
  private static final int MOST_ADDRESSES = 32;

  /** Machines to which no packet is like another one are not to fill the memory. */
  private static final int MOST_KNOWN = 200_000;

  private static final Stretch UNTOLD = new Stretch.Untold();
  private static final Stretch ANSWERED = new Stretch.Answered();

  private final Wiring wiring;
  private final Owners owners;
  private final Constants constants;
  private final Constants forms;

  /** Shared with the same cluster after changes. */
  private final Map<String, Optional<KnownMachine>> machines;

  /** Those that have changed since. */
  private final Map<String, Map<String, Optional<KnownMachine>>> changed;

  private final AtomicInteger count = new AtomicInteger();

  private Stretches(
      Wiring wiring,
      Owners owners,
      Constants constants,
      Constants forms,
      Map<String, Optional<KnownMachine>> machines,
      Map<String, Map<String, Optional<KnownMachine>>> changed) {
    this.wiring = wiring;
    this.owners = owners;
    this.constants = constants;
    this.forms = forms;
    this.machines = machines;
    this.changed = changed;
  }

  static Stretches of(Wiring wiring) {
    return new Stretches(
        wiring,
        Owners.of(wiring),
        new Constants(),
        new Constants(),
        new ConcurrentHashMap<>(),
        Map.of());
  }

  /** The same but for one machine, of which is forgotten all that is known. */
  Stretches changed(Wiring other, String node) {
    Map<String, Map<String, Optional<KnownMachine>>> now = new HashMap<>(changed);
    now.put(node, new ConcurrentHashMap<>());
    return new Stretches(other, owners, constants, forms, machines, Map.copyOf(now));
  }

  /**
   * Nodes with whose addresses rows have to do that are not the same in both; empty where there are
   * other rows, or such as concern others than nodes.
   */
  Optional<Set<String>> touched(Stack before, Stack now) {
    return new Touched(owners, constants).nodes(before, now);
  }

  /**
   * Whether the packet arrives where it is meant to, and the answer comes back.
   *
   * @return false also where that is not known before it is walked
   */
  boolean deliver(Question question, Walker walker) {
    Optional<Owners.Owned> to = owners.owner(question.to());
    if (to.isEmpty() || question.from().node().equals(node(to.get())) || wiring.hasProxies()) {
      return false;
    }
    Optional<KnownMachine> asking = machine(question.from().node());
    Optional<KnownMachine> answering = machine(node(to.get()));
    return asking.isPresent()
        && answering.isPresent()
        && new Exchange(question, asking.get(), answering.get()).isAnswered(walker);
  }

  private String node(Owners.Owned address) {
    return owners.node(address.machine());
  }

  private Optional<KnownMachine> machine(String node) {
    Map<String, Optional<KnownMachine>> among =
        changed.isEmpty() ? machines : changed.getOrDefault(node, machines);
    Optional<KnownMachine> known = among.get(node);
    return known != null
        ? known
        : among.computeIfAbsent(
            node,
            n ->
                wiring
                    .stack(Netns.host(n))
                    .flatMap(h -> KnownMachine.of(wiring, owners, h, constants)));
  }

  /** One question. */
  private final class Exchange {
    private final Question question;
    private final KnownMachine asking;
    private final KnownMachine answering;

    Exchange(Question question, KnownMachine asking, KnownMachine answering) {
      this.question = question;
      this.asking = asking;
      this.answering = answering;
    }

    boolean isAnswered(Walker walker) {
      Optional<Stretch.Left> begin = form().number(forms);
      KnownMachine at = asking;
      for (int i = 0; i < MOST_STRETCHES && begin.isPresent(); i++) {
        Optional<Arrival> arrival = arrival(at, begin.get());
        Stretch stretch = arrival.isEmpty() ? UNTOLD : at.known().get(arrival.get().key());
        if (stretch == null) {
          return walk(walker);
        }
        switch (stretch) {
          case Stretch.Answered _ -> {
            return true;
          }
          case Stretch.Untold _ -> {
            return false;
          }
          case Stretch.Left left -> begin = Optional.of(left);
        }
        at = other(at);
      }
      return false;
    }

    private boolean isAsking(KnownMachine machine) {
      return machine.number() == asking.number();
    }

    private KnownMachine other(KnownMachine machine) {
      return isAsking(machine) ? answering : asking;
    }

    private PacketForm form() {
      return new PacketForm(wiring, owners, constants, asking.number(), answering.number())
          .add(question);
    }

    /** A packet that comes to a machine, which asks for these addresses of the other one. */
    private Optional<Arrival> arrival(KnownMachine at, Stretch.Left form) {
      boolean back = isAsking(at);
      int owner = back ? answering.number() : asking.number();
      List<Integer> numbers = new ArrayList<>(back ? form.answering() : form.asking());
      Numbers.Builder words = new Numbers.Builder(12);
      words.add(form.number());
      for (int i = 0; i < numbers.size(); i++) {
        int likeness = i < MOST_ADDRESSES ? at.likeness().of(owner, numbers.get(i)) : Likeness.NONE;
        if (likeness == Likeness.NONE) {
          return Optional.empty();
        }
        words.add(likeness);
        for (Integer named : at.likeness().named(likeness)) {
          if (!numbers.contains(named)) {
            numbers.add(named);
          }
        }
      }
      return Optional.of(new Arrival(words.build(), numbers));
    }

    /** Step by step, remembering each stretch. */
    private boolean walk(Walker walker) {
      Optional<Stretch.Left> begin = form().number(forms);
      Journey journey = walker.begin(question, false);
      KnownMachine at = asking;
      boolean reply = false;
      for (int i = 0; i < MOST_STRETCHES && begin.isPresent(); i++) {
        Optional<Arrival> arrival = arrival(at, begin.get());
        if (arrival.isEmpty()) {
          return false;
        }
        Walked walked =
            walk(journey, at, reply, walker).from(arrival.get().numbers(), isAsking(at));
        remember(at, arrival.get().key(), walked.stretch());
        if (!(walked.stretch() instanceof Stretch.Left left)) {
          return walked.stretch() instanceof Stretch.Answered;
        }
        begin = Optional.of(left);
        journey = walked.journey();
        reply = walked.reply();
        at = other(at);
      }
      return false;
    }

    /** From where a packet begins, or from the wire it comes by, to the next wire or to its end. */
    private Walked walk(Journey begin, KnownMachine at, boolean answer, Walker walker) {
      Journey journey = begin;
      boolean reply = answer;
      for (int i = 0; i < MOST_MOVES; i++) {
        List<Journey> next = walker.move(journey);
        if (next.size() != 1 || !isIn(at, next.getFirst(), journey)) {
          return new Walked(UNTOLD, journey, reply);
        }
        journey = next.getFirst();
        switch (journey.at()) {
          case Situation.Transmitted sent when wiring.isWire(sent.stack(), sent.device()) -> {
            Optional<Stretch.Left> form =
                form().add(sent, journey.trail(), reply, at.number()).number(forms);
            return new Walked(form.<Stretch>map(f -> f).orElse(UNTOLD), journey, reply);
          }
          case Situation.Ended ended -> {
            if (reply) {
              boolean answered = walker.isAnswered(ended, journey.trail(), question);
              return new Walked(answered ? ANSWERED : UNTOLD, journey, true);
            }
            Optional<Journey> back = walker.answer(ended, journey.trail(), question);
            if (back.isEmpty()) {
              return new Walked(UNTOLD, journey, false);
            }
            journey = back.get();
            reply = true;
          }
          case Situation.Transmitted _,
              Situation.Sent _,
              Situation.Arrived _,
              Situation.Received _,
              Situation.Switched _ -> {}
        }
      }
      return new Walked(UNTOLD, journey, reply);
    }

    /** Whether a packet is in this machine, to which it came by its own address if by a wire. */
    private boolean isIn(KnownMachine at, Journey journey, Journey before) {
      Stack stack = journey.at().stack();
      boolean came = !before.at().stack().place().node().equals(stack.place().node());
      boolean named =
          !(journey.at() instanceof Situation.Arrived arrived)
              || arrived.frame().destination().stream()
                  .allMatch(mac -> owners.isNobodys(mac) || at.likeness().isOwn(mac));
      return owners.machineOf(stack.place().node()) == at.number() && (!came || named);
    }
  }

  /**
   * A stretch that was walked.
   *
   * @param journey where it led to
   * @param reply whether that is an answer
   */
  private record Walked(Stretch stretch, Journey journey, boolean reply) {

    /**
     * An address that comes from nowhere of that, such as a tunnel's own other end, is the other
     * machine's in this case only.
     *
     * @param known numbers of the other machine's addresses that the packet had, or that rows name
     * @param asking whether it is the machine that asks which it was walked in
     */
    Walked from(List<Integer> known, boolean asking) {
      boolean told =
          !(stretch instanceof Stretch.Left left)
              || known.containsAll(asking ? left.answering() : left.asking());
      return told ? this : new Walked(UNTOLD, journey, reply);
    }
  }

  /**
   * @param key the form of a packet, and what is known of the addresses
   * @param numbers of the addresses: those it has, and those that rows name
   */
  private record Arrival(Numbers key, List<Integer> numbers) {}

  private void remember(KnownMachine machine, Numbers key, Stretch stretch) {
    if (count.get() < MOST_KNOWN && machine.known().putIfAbsent(key, stretch) == null) {
      count.incrementAndGet();
    }
  }
}
