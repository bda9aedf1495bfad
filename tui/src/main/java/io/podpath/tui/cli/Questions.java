package io.podpath.tui.cli;

import io.podpath.core.cluster.Service;
import io.podpath.core.net.IpAddress;
import io.podpath.core.net.IpProtocol;
import io.podpath.core.net.Port;
import io.podpath.core.node.Link;
import io.podpath.core.snapshot.ClusterView;
import io.podpath.core.snapshot.Facts;
import io.podpath.core.snapshot.NodeState;
import io.podpath.core.snapshot.Section;
import io.podpath.core.walk.Netns;
import io.podpath.core.walk.Question;
import io.podpath.core.walk.WalkEnd;
import java.util.List;
import java.util.Optional;

/** Makes questions of words. */
final class Questions {

  private static final int SMALLEST = 28;
  private static final int LARGEST = 65_535;

  private final ClusterView view;
  private final EndNames names;

  Questions(ClusterView view) {
    this.view = view;
    this.names = new EndNames(view);
  }

  /** A question, and whom it is about. */
  record Named(WalkEnd from, WalkEnd to, Question question) {}

  Named of(String fromWord, String toWord, QuestionWords words) throws Refusal {
    int at = fromWord.lastIndexOf('@');
    String sender = at < 0 ? fromWord : fromWord.substring(0, at);
    Optional<IpAddress> given =
        at < 0 ? Optional.empty() : Optional.of(source(fromWord, fromWord.substring(at + 1)));
    WalkEnd from = names.end("FROM", sender);
    WalkEnd to = names.end("TO", toWord);
    WalkEnd.Start start = start(sender, from);
    Optional<String> in = in(words, start, given);
    Optional<Service> service = names.service(toWord);
    IpProtocol protocol = protocol(words, service);
    IpAddress destination = destination(toWord, from, to, given);
    boolean six = !destination.isV4() && protocol.equals(IpProtocol.ICMP);
    Question question =
        new Question(
            start.from(),
            given.or(start::source),
            in.or(start::in),
            destination,
            to.meant(view),
            six ? IpProtocol.ICMPV6 : protocol,
            port(words, protocol, service),
            words.sourcePort().isPresent()
                ? port("--sport", words.sourcePort().get())
                : Question.SOME_SOURCE_PORT,
            size(words));
    return new Named(from, to, question);
  }

  private static IpAddress source(String word, String address) throws Refusal {
    return IpAddress.parse(address)
        .orElseThrow(() ->
            new Refusal("FROM " + word + ": behind @ stands the source address, not " + address));
  }

  private WalkEnd.Start start(String word, WalkEnd from) throws Refusal {
    if (word.startsWith("svc/") || from.place().isEmpty() && names.service(word).isPresent()) {
      throw new Refusal("FROM " + word + ": a service sends nothing; name one of its pods");
    }
    if (from.place().isEmpty()) {
      throw new Refusal(
          "FROM "
              + word
              + ": the input does not tell whose address that is; name a pod or a node, with @"
              + word
              + " behind it");
    }
    return from.start(view)
        .orElseThrow(() ->
            new Refusal(
                "FROM "
                    + word
                    + ": nothing was recorded of its namespace"
                    + from.place()
                        .flatMap(p -> p.pod().map(n -> ", nor a way to it on node " + p.node()))
                        .orElse("")));
  }

  private Optional<String> in(QuestionWords words, WalkEnd.Start start, Optional<IpAddress> source)
      throws Refusal {
    if (words.in().isEmpty()) {
      return Optional.empty();
    }
    String device = words.in().get();
    if (source.isEmpty()) {
      throw new Refusal("--in " + device + ": say whose packet comes in, by FROM@SOURCE-ADDRESS");
    }
    List<String> devices = facts(start.from()).get(Section.LINKS).values().map(Link::name).toList();
    if (!devices.contains(device)) {
      String hint = Nearest.hint(device, devices);
      throw new Refusal(
          "--in "
              + device
              + ": "
              + start.from()
              + " has no such device"
              + (hint.isEmpty() ? "; it has " + String.join(", ", devices) : hint));
    }
    return words.in();
  }

  private Facts facts(Netns place) {
    Optional<NodeState> node = view.snapshot().node(place.node());
    return node.map(
            n -> place.pod().map(p -> n.pods().getOrDefault(p, Facts.NONE)).orElse(n.host()))
        .orElse(Facts.NONE);
  }

  private static IpAddress destination(
      String word, WalkEnd from, WalkEnd to, Optional<IpAddress> source) throws Refusal {
    Optional<IpAddress> sameFamily =
        source.flatMap(
            s -> to.addresses().stream().filter(a -> a.family() == s.family()).findFirst());
    return sameFamily
        .or(() -> from.addressOf(to))
        .orElseThrow(() ->
            new Refusal(
                "TO "
                    + word
                    + (word.startsWith("svc/")
                        ? ": it has no cluster IP; name one of its pods"
                        : ": the input does not tell its address")));
  }

  private static IpProtocol protocol(QuestionWords words, Optional<Service> service)
      throws Refusal {
    if (words.protocol().isPresent()) {
      return switch (words.protocol().get()) {
        case "icmp" -> IpProtocol.ICMP;
        case "tcp" -> IpProtocol.TCP;
        case "udp" -> IpProtocol.UDP;
        default ->
            throw new Refusal("--proto " + words.protocol().get() + ": one of icmp, tcp, udp");
      };
    }
    Optional<IpProtocol> served =
        service.flatMap(s ->
            s.ports().stream()
                .filter(p -> words.port().isEmpty() || words.port().get() == p.port().number())
                .map(Service.ServicePort::protocol)
                .findFirst());
    boolean ports = words.port().isPresent() || words.sourcePort().isPresent();
    return served.orElse(ports || service.isPresent() ? IpProtocol.TCP : IpProtocol.ICMP);
  }

  private static Port port(QuestionWords words, IpProtocol protocol, Optional<Service> service)
      throws Refusal {
    boolean icmp = protocol.equals(IpProtocol.ICMP);
    if (icmp && words.port().isPresent()) {
      throw new Refusal("--port " + words.port().get() + ": icmp has no ports; add --proto tcp");
    }
    if (words.port().isPresent()) {
      return port("--port", words.port().get());
    }
    return service
        .flatMap(s ->
            s.ports().stream()
                .filter(p -> p.protocol().equals(protocol))
                .map(Service.ServicePort::port)
                .findFirst())
        .orElse(Question.SOME_PORT);
  }

  private static Port port(String option, int number) throws Refusal {
    if (number < 0 || number > 65_535) {
      throw new Refusal(option + " " + number + ": a port is a number up to 65535");
    }
    return new Port(number);
  }

  private static int size(QuestionWords words) throws Refusal {
    int size = words.size().orElse(Question.PING_LENGTH);
    if (size < SMALLEST || size > LARGEST) {
      throw new Refusal(
          "--size " + size + ": an IP packet has " + SMALLEST + " to " + LARGEST + " bytes");
    }
    return size;
  }
}
