package io.podpath.core.walk;

import io.podpath.core.net.IpAddress;
import io.podpath.core.net.MacAddress;
import io.podpath.core.node.Neighbour;
import io.podpath.core.snapshot.Fact;
import io.podpath.core.walk.Wiring.End;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * A packet between two machines, with all it has left behind so far. Addresses of the two are named
 * by their numbers, so that packets between any two machines have the same form if nothing but
 * whose they are tells them apart.
 */
final class PacketForm {

  private static final int LITERAL = 0;
  private static final int OF_ASKING = 1;
  private static final int OF_ANSWERING = 2;

  private final Wiring wiring;
  private final Owners owners;
  private final Constants constants;
  private final int asking;
  private final int answering;
  private final Numbers.Builder words = new Numbers.Builder(64);
  private final List<Integer> ofAsking = new ArrayList<>(8);
  private final List<Integer> ofAnswering = new ArrayList<>(8);
  private boolean whole = true;

  /**
   * @param asking the machine that sends the request, by its number
   */
  PacketForm(Wiring wiring, Owners owners, Constants constants, int asking, int answering) {
    this.wiring = wiring;
    this.owners = owners;
    this.constants = constants;
    this.asking = asking;
    this.answering = answering;
  }

  /** Empty for packets that more would have to be told of. */
  Optional<Stretch.Left> number(Constants forms) {
    return whole
        ? Optional.of(new Stretch.Left(forms.number(words.build()), ofAsking, ofAnswering))
        : Optional.empty();
  }

  /** What is asked, which also says what counts as an answer. */
  PacketForm add(Question question) {
    place(question.from());
    optional(question.source());
    constant(question.in());
    address(question.to());
    words.add(question.meant().isPresent() ? 1 : 0);
    question.meant().ifPresent(this::place);
    constant(question.protocol());
    constant(question.port());
    constant(question.sourcePort());
    words.add(question.length());
    return this;
  }

  /**
   * A packet on a wire, with all its machine has to do with who gets it: {@link
   * LinkOutput#transmit}.
   *
   * @param from the number of the machine that sends it
   */
  PacketForm add(Situation.Transmitted at, Trail trail, boolean reply, int from) {
    Stack stack = at.stack();
    int to = from == asking ? answering : asking;
    Packet packet = at.frame().packet();
    IpAddress next = at.hop().address();
    words.add(reply ? 1 : 0);
    place(stack.place());
    constant(at.device());
    add(at.frame());
    address(next);
    whole &= packet.equals(at.skb().packet());
    whole &= isTo(packet.destination(), to) && isToOrNobodys(next, to);
    at.frame().destination().ifPresent(mac -> whole &= isToOrNobodys(mac, to));
    words.add(LinkOutput.isRunning(stack.link(at.device()).orElseThrow().value()) ? 1 : 0);
    words.add(Neighbours.hasNone(stack, at.device()) ? 1 : 0);
    constant(stack.kind(at.device()));
    constant(wiring.networks(new End(stack, at.device())));
    optional(stack.mac(at.device()));
    address(Neighbours.asker(stack, at.device(), next, packet));
    Optional<Neighbour> neighbour = stack.neighbour(at.device(), next).map(Fact::value);
    words.add(neighbour.isPresent() ? 1 : 0);
    neighbour.ifPresent(n -> add(n, to));
    add(trail);
    return this;
  }

  private void add(Neighbour neighbour, int to) {
    optional(neighbour.mac());
    constant(neighbour.states());
    neighbour.mac().ifPresent(mac -> whole &= isToOrNobodys(mac, to));
  }

  private boolean isTo(Object address, int machine) {
    return owners.owner(address).filter(o -> o.machine() == machine).isPresent();
  }

  private boolean isToOrNobodys(Object address, int machine) {
    return isTo(address, machine) || owners.isNobodys(address);
  }

  private void add(Trail trail) {
    // what is open, or in steps, is told
    whole &= trail.doubts().isEmpty() && trail.steps() instanceof Steps.None;
    words.add(trail.connections().size());
    trail.connections().forEach(this::add);
    words.add(trail.heard().size());
    trail.heard().forEach(this::address);
    words.add(trail.learned().met().size());
    for (Trail.Acquaintance known : trail.learned().met()) {
      place(known.place());
      constant(known.device());
      address(known.address());
      address(known.mac());
    }
    words.add(trail.seen().size());
    for (Trail.Passage passage : trail.seen()) {
      place(passage.place());
      constant(passage.device());
      add(passage.packet());
    }
  }

  private void add(Connection connection) {
    place(connection.place());
    add(connection.original());
    add(connection.reply());
    words.add(connection.answered() ? 1 : 0);
    words.add(connection.destinationSet() ? 1 : 0);
    words.add(connection.sourceSet() ? 1 : 0);
    words.add(connection.mark());
    words.add(connection.zone().original());
    words.add(connection.zone().reply());
    whole &= connection.from().isEmpty();
  }

  private void add(Connection.Tuple tuple) {
    words.add(tuple.protocol().number());
    address(tuple.source());
    constant(tuple.sourcePort());
    address(tuple.destination());
    constant(tuple.destinationPort());
  }

  private void add(Frame frame) {
    optional(frame.source());
    optional(frame.destination());
    constant(frame.vlan());
    add(frame.packet());
  }

  private void add(Packet packet) {
    switch (packet.payload()) {
      case Payload.Vxlan(var from, var to, var vni, var inner) -> {
        words.add(0);
        words.add(from.number());
        words.add(to.number());
        constant(vni);
        add(inner);
      }
      case Payload.Encapsulated(var protocol, var inner, var header) -> {
        words.add(1);
        words.add(protocol.number());
        constant(header);
        add(inner);
      }
      case Payload.Tcp _, Payload.Udp _, Payload.Icmp _, Payload.Opaque _ -> {
        words.add(2);
        constant(packet.payload());
      }
      case Payload.GreFrame _, Payload.FlannelUdp _ -> whole = false;
    }
    address(packet.source());
    address(packet.destination());
    words.add(packet.ttl());
    words.add(packet.length());
    words.add(packet.longest());
    words.add(packet.unfragmented() ? 1 : 0);
    words.add(packet.tos());
  }

  private void constant(Object value) {
    words.add(constants.number(value));
  }

  /** A namespace of one of the two. */
  private void place(Netns place) {
    int machine = owners.machineOf(place.node());
    Optional<Integer> number = owners.number(place);
    whole &= number.isPresent() && (machine == asking || machine == answering);
    words.add(machine == asking ? OF_ASKING : OF_ANSWERING);
    words.add(number.orElse(-1));
  }

  private void optional(Optional<?> address) {
    words.add(address.isPresent() ? 1 : 0);
    address.ifPresent(this::address);
  }

  private void address(Object address) {
    // for the source of IPv6 packets bits are counted
    whole &= address instanceof MacAddress || address instanceof IpAddress ip && ip.isV4();
    Optional<Owners.Owned> owned = owners.owner(address);
    if (owned.isEmpty()) {
      words.add(LITERAL);
      constant(address);
      return;
    }
    boolean ofAsked = owned.get().machine() == asking;
    // a third machine has its own say
    whole &= ofAsked || owned.get().machine() == answering;
    int number = owned.get().number();
    words.add(ofAsked ? OF_ASKING : OF_ANSWERING);
    words.add(number);
    List<Integer> numbers = ofAsked ? ofAsking : ofAnswering;
    if (!numbers.contains(number)) {
      numbers.add(number);
    }
  }
}
