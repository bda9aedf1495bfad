package io.podpath.core.blueprint;

import io.podpath.core.net.IpPrefix;
import io.podpath.core.node.LinkKind;
import java.util.HashSet;
import java.util.Optional;
import java.util.Set;

/** What every machine has before any fabric is laid: its cards, its default route, forwarding. */
final class Machine {

  private Machine() {}

  static void lay(ClusterFacts cluster, NodeFacts node, NodeDraft draft) {
    NamespaceDraft host = draft.host();
    Set<String> devices = new HashSet<>();
    for (Card card : node.cards()) {
      String because = "the card in network " + card.segment();
      // a card may have addresses of several networks
      if (devices.add(card.device())) {
        host.link(card.device(), new LinkKind.Veth(), card.mtu(), Optional.of(card.mac()), because);
      }
      host.address(card.device(), card.address(), card.prefixLength(), because);
      card.gateway()
          .ifPresent(g ->
              host.via(
                  IpPrefix.of(g.isV4() ? "0.0.0.0/0" : "::/0"),
                  g,
                  card.device(),
                  "the way out of the cluster"));
    }
    host.sysctl("net.ipv4.ip_forward", "1", "a node routes packets between pods and its cards");
    host.sysctl(
        "net.bridge.bridge-nf-call-iptables",
        "1",
        "answers between pods of one bridge must pass connection tracking");
    for (ServiceFacts service : cluster.services()) {
      service.endpoints().stream()
          .filter(e -> e.address().equals(node.address()))
          .forEach(e -> draft.daemon(new Daemon.HostServer(service.name(), e.port().number())));
    }
  }
}
