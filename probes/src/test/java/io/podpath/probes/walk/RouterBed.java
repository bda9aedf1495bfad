package io.podpath.probes.walk;

import io.podpath.core.net.IpAddress;
import io.podpath.core.net.IpProtocol;
import io.podpath.core.net.Port;
import io.podpath.core.snapshot.ClusterView;
import io.podpath.core.walk.Netns;
import io.podpath.core.walk.Question;
import io.podpath.core.walk.Trace;
import io.podpath.core.walk.Walker;
import io.podpath.probes.bundle.InputException;
import io.podpath.probes.bundle.InputReader;
import io.podpath.probes.bundle.Limits;
import io.podpath.probes.bundle.NamedText;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Two machines as text: {@code router} between 10.1.0.0/24 on eth0 and 10.2.0.0/24 on eth1, and
 * {@code server} 10.2.0.2 behind it. A packet from 10.1.0.9 comes in by the router's eth0.
 */
record RouterBed(String iptables, String sets, String nft) {

  static final IpAddress CLIENT = IpAddress.of("10.1.0.9");
  static final IpAddress SERVER = IpAddress.of("10.2.0.2");

  private static final String OPEN =
      """
      *filter
      :INPUT ACCEPT [0:0]
      :FORWARD ACCEPT [0:0]
      :OUTPUT ACCEPT [0:0]
      COMMIT
      """;

  private static final String SYSCTLS =
      """
      net.ipv4.ip_forward = 1
      net.ipv4.conf.all.rp_filter = 0
      net.ipv4.conf.all.accept_local = 0
      net.ipv4.conf.eth0.forwarding = 1
      net.ipv4.conf.eth0.rp_filter = 0
      net.ipv4.conf.eth0.accept_local = 0
      net.ipv4.conf.eth1.forwarding = 1
      net.ipv4.conf.eth1.rp_filter = 0
      net.ipv4.conf.eth1.accept_local = 0
      """;

  static RouterBed with(String iptables) {
    return new RouterBed(iptables, "", "");
  }

  /** Rules of table filter, chain by chain; every chain that is named exists. */
  static RouterBed filter(String... rules) {
    StringBuilder text = new StringBuilder("*filter\n:INPUT ACCEPT [0:0]\n");
    text.append(":FORWARD ACCEPT [0:0]\n:OUTPUT ACCEPT [0:0]\n");
    for (String rule : rules) {
      if (rule.startsWith(":")) {
        text.append(rule).append(" - [0:0]\n");
      }
    }
    for (String rule : rules) {
      if (!rule.startsWith(":")) {
        text.append(rule).append('\n');
      }
    }
    return with(text.append("COMMIT\n").toString());
  }

  RouterBed withSets(String text) {
    return new RouterBed(iptables, text, nft);
  }

  /** As {@code nft list ruleset} prints it. */
  RouterBed withNft(String text) {
    return new RouterBed(iptables, sets, text);
  }

  Trace tcp(int port) {
    return ask(IpProtocol.TCP, port, CLIENT);
  }

  Trace ask(IpProtocol protocol, int port, IpAddress from) {
    return ask(protocol, port, from, SERVER);
  }

  Trace ask(IpProtocol protocol, int port, IpAddress from, IpAddress to) {
    Question question =
        Question.ping(Netns.host("router"), to)
            .with(protocol, new Port(port))
            .comingIn(from, "eth0");
    return Walker.of(view()).walk(question);
  }

  private ClusterView view() {
    List<NamedText> texts = new ArrayList<>();
    add(texts, "router/ip-addr.txt", addresses("10.1.0.1/24", "10.2.0.1/24"));
    add(
        texts,
        "router/ip-route-table-all.txt",
        """
        10.1.0.0/24 dev eth0 proto kernel scope link src 10.1.0.1
        10.2.0.0/24 dev eth1 proto kernel scope link src 10.2.0.1
        local 10.1.0.1 dev eth0 table local proto kernel scope host src 10.1.0.1
        local 10.2.0.1 dev eth1 table local proto kernel scope host src 10.2.0.1
        """);
    if (!iptables.isEmpty()) {
      add(texts, "router/iptables-save.txt", iptables);
    }
    if (!nft.isEmpty()) {
      add(texts, "router/nft-list-ruleset.txt", nft);
    }
    if (!sets.isEmpty()) {
      add(texts, "router/ipset-save.txt", sets);
    }
    add(texts, "router/sysctl.txt", SYSCTLS);
    add(texts, "server/ip-addr.txt", addresses("10.2.0.2/24"));
    add(
        texts,
        "server/ip-route-table-all.txt",
        """
        default via 10.2.0.1 dev eth0
        10.2.0.0/24 dev eth0 proto kernel scope link src 10.2.0.2
        local 10.2.0.2 dev eth0 table local proto kernel scope host src 10.2.0.2
        """);
    add(texts, "server/iptables-save.txt", OPEN);
    add(texts, "server/sysctl.txt", SYSCTLS);
    try {
      return ClusterView.of(
          new InputReader(Limits.standard(), InputStream.nullInputStream())
              .readTexts(texts)
              .history()
              .latest());
    } catch (InputException e) {
      throw new AssertionError(e);
    }
  }

  private static void add(List<NamedText> texts, String path, String text) {
    texts.add(new NamedText("", "nodes/" + path, text));
  }

  private static String addresses(String... addresses) {
    StringBuilder text =
        new StringBuilder(
            """
            1: lo: <LOOPBACK,UP,LOWER_UP> mtu 65536 qdisc noqueue state UNKNOWN group default qlen 1000
                link/loopback 00:00:00:00:00:00 brd 00:00:00:00:00:00
                inet 127.0.0.1/8 scope host lo
                   valid_lft forever preferred_lft forever
            """);
    int number = 0;
    for (String address : addresses) {
      String mac = "02:00:0a:0" + address.charAt(3) + ":00:0" + address.split("[./]", -1)[3];
      text.append(
          """
          %d: eth%d: <BROADCAST,MULTICAST,UP,LOWER_UP> mtu 1500 qdisc noqueue state UP group default qlen 1000
              link/ether %s brd ff:ff:ff:ff:ff:ff
              inet %s scope global eth%d
                 valid_lft forever preferred_lft forever
          """
              .formatted(number + 2, number, mac, address, number));
      number++;
    }
    return text.toString();
  }

  /** The rule or policy that dropped the packet; empty where it was delivered. */
  static Optional<String> droppedBy(Trace trace) {
    return trace.worstForward().isDelivered()
        ? Optional.empty()
        : Optional.of(trace.worstForward().steps().getLast().entry());
  }
}
