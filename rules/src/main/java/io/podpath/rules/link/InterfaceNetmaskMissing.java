package io.podpath.rules.link;

import com.google.auto.service.AutoService;
import io.podpath.core.cni.InterfaceStanza;
import io.podpath.core.fix.Fix;
import io.podpath.core.fix.ShellWord;
import io.podpath.core.net.IpAddress;
import io.podpath.core.net.IpFamily;
import io.podpath.core.net.IpPrefix;
import io.podpath.core.node.Route;
import io.podpath.core.rule.Certainty;
import io.podpath.core.rule.Culprit;
import io.podpath.core.rule.EntryKind;
import io.podpath.core.rule.EntryState;
import io.podpath.core.rule.Finding;
import io.podpath.core.rule.FindingBuilder;
import io.podpath.core.rule.Need;
import io.podpath.core.rule.Needs;
import io.podpath.core.rule.Outcome;
import io.podpath.core.rule.Rule;
import io.podpath.core.rule.Severity;
import io.podpath.core.snapshot.ClusterView;
import io.podpath.core.snapshot.Fact;
import io.podpath.core.snapshot.NodeState;
import io.podpath.core.snapshot.Provenance;
import io.podpath.core.snapshot.Section;
import io.podpath.core.walk.Disposition;
import java.util.Optional;

/** An interface is configured without a netmask and got the mask of its address class. */
@AutoService(Rule.class)
public final class InterfaceNetmaskMissing implements Rule {

  @Override
  public String id() {
    return "interface-netmask-missing";
  }

  @Override
  public Severity severity() {
    return Severity.ERROR;
  }

  @Override
  public String title() {
    return "An interface is configured without a netmask and got that of its address class";
  }

  @Override
  public Needs needs() {
    return Needs.of(Need.any("/etc/network/interfaces", Section.INTERFACE_STANZAS));
  }

  @Override
  public Outcome check(ClusterView view) {
    Outcome.Collector out = new Outcome.Collector(this);
    for (NodeState node : view.machines()) {
      for (Fact<InterfaceStanza> stanza : node.get(Section.INTERFACE_STANZAS).facts()) {
        Optional<IpAddress> address = stanza.value().address().filter(IpAddress::isV4);
        if (address.isEmpty()
            || stanza.value().netmask().isPresent()
            || stanza.value().unknownOptions().isEmpty()) {
          continue;
        }
        Optional<Fact<Route>> wide =
            connected(node, stanza.value().device(), classful(address.get()));
        if (wide.isPresent()) {
          out.found(finding(node, stanza, wide.get()));
        } else if (!node.host().mainRoutes(IpFamily.INET).isComplete()) {
          out.notChecked(
              node.name(),
              stanza.value().device() + " has no netmask in its file; its route was not recorded");
        }
      }
    }
    return out.done();
  }

  /** The network of an address before CIDR (RFC 791, 3.2). */
  private static IpPrefix classful(IpAddress address) {
    long first = address.low() >>> 24;
    return new IpPrefix(address, first < 128 ? 8 : first < 192 ? 16 : 24);
  }

  private static Optional<Fact<Route>> connected(NodeState node, String device, IpPrefix network) {
    // a class C mask is what nearly every network has anyway
    return network.length() == 24
        ? Optional.empty()
        : node
            .host()
            .mainRoutes(IpFamily.INET)
            .where(r ->
                r.destination().equals(network)
                    && r.gateway().isEmpty()
                    && r.device().filter(device::equals).isPresent())
            .stream()
            .findFirst();
  }

  private Finding finding(NodeState node, Fact<InterfaceStanza> stanza, Fact<Route> wide) {
    String name = node.name();
    String device = stanza.value().device();
    Provenance place = place(stanza, stanza.value().unknownOptions().getFirst());
    String option =
        place.equals(stanza.from())
            ? stanza.value().unknownOptions().getFirst()
            : place.raw().strip();
    IpPrefix network = wide.value().destination();
    Optional<IpPrefix> meant = meant(stanza.value(), option);
    return new FindingBuilder(this, severity())
        .certainty(meant.isPresent() ? Certainty.PROVEN : Certainty.LIKELY)
        .title(
            device
                + " of "
                + name
                + " has no netmask in its configuration ("
                + option
                + "), so its network became "
                + network)
        .why(
            "ifupdown knows no option of that name and leaves it out; without a netmask the address gets the mask of its class. All of "
                + network
                + " is then on the link: the node asks for pod and service addresses in it, and for hosts behind the gateway, by ARP on "
                + device
                + " where nobody answers, instead of sending them on.")
        .expected(
            meant
                .map(m -> m + " dev " + device + " and netmask in the file")
                .orElse("netmask with the length of the network of " + device))
        .disposition(Disposition.NEIGHBOUR_FAILED)
        .culprit(
            Culprit.of(
                Optional.of(name),
                EntryKind.FILE,
                option,
                EntryState.WRONG,
                place,
                option.split("\\s+", 2)[0],
                "no option of ifupdown; netmask is meant"))
        .culprit(
            Culprit.wrong(
                name, EntryKind.ROUTE, wide, network.toString(), "the mask of the address class"))
        .seeByHand(
            "ifquery " + ShellWord.quoted(device),
            "ip route show dev " + ShellWord.quoted(device),
            "ip route get 10.96.0.1")
        .fix(
            Fix.advice(
                "ifupdown writes address and route when the interface comes up",
                "write netmask instead of "
                    + option.split("\\s+", 2)[0]
                    + " in /etc/network/interfaces, then: ip addr add "
                    + stanza.value().address().orElseThrow()
                    + meant.map(m -> "/" + m.length()).orElse("/<length>")
                    + " dev "
                    + ShellWord.quoted(device)
                    + " && ip addr del "
                    + stanza.value().address().orElseThrow()
                    + "/"
                    + network.length()
                    + " dev "
                    + ShellWord.quoted(device)))
        .build();
  }

  /** The line of the option, where the file shows it; else that of the stanza. */
  private static Provenance place(Fact<InterfaceStanza> stanza, String option) {
    String word = option.split("\\s+", 2)[0];
    int first = stanza.from().line();
    for (int line = first; line < first + 20; line++) {
      if (stanza.from().source().line(line).strip().startsWith(word)) {
        return new Provenance(stanza.from().source(), line);
      }
    }
    return stanza.from();
  }

  /** The network by the mask that stands behind the misspelt word. */
  private static Optional<IpPrefix> meant(InterfaceStanza stanza, String option) {
    return stanza
        .address()
        .flatMap(a -> IpPrefix.fromNetmask(a, option.substring(option.lastIndexOf(' ') + 1)));
  }
}
