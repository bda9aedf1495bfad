package io.podpath.core.blueprint;

import io.podpath.core.cluster.HostPort;
import io.podpath.core.net.IpAddress;
import io.podpath.core.net.IpPrefix;
import io.podpath.core.net.IpProtocol;
import io.podpath.core.netfilter.Match;
import io.podpath.core.netfilter.Target;
import io.podpath.core.snapshot.FabricKind;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Comparator;
import java.util.HexFormat;
import java.util.List;

/**
 * Host ports of pods, as the CNI plug-in portmap writes them for each container that has some
 * (containernetworking/plugins, plugins/meta/portmap/portmap_iptables.go).
 */
final class Portmap {

  static final String ENTRY = "CNI-HOSTPORT-DNAT";
  private static final String MARK = "CNI-HOSTPORT-SETMARK";
  private static final String MASQUERADE = "CNI-HOSTPORT-MASQ";

  /** markMasqBit 13. */
  private static final long MASQUERADED = 0x2000;

  /** Letters of a chain's name (pkg/utils/utils.go: maxChainLength). */
  private static final int NAME = 28;

  /** Ports that one rule of multiport takes. */
  private static final int PORTS = 15;

  private static final IpPrefix LOCALHOST = IpPrefix.of("127.0.0.1/32");

  private Portmap() {}

  /** After the service proxy, which is there before the first pod. */
  static void lay(FabricKind fabric, NodeFacts node, NodeDraft draft) {
    List<PodFacts> pods = node.pods().stream().filter(p -> !p.hostPorts().isEmpty()).toList();
    // Docker has rules of its own
    if (pods.isEmpty() || !fabric.isFlannel() && !fabric.isCalico()) {
      return;
    }
    masquerade(draft);
    String because = "host ports of pods";
    draft.chain("nat", ENTRY, because);
    for (String hook : List.of("PREROUTING", "OUTPUT")) {
      draft.append(ChainDraft.in("nat", hook).toLocal().jump(ENTRY), because);
    }
    for (PodFacts pod : pods) {
      pod(fabric, node, pod, draft);
    }
  }

  /** Of a pod that calls itself, and of the node by its own 127.0.0.1. */
  private static void masquerade(NodeDraft draft) {
    String because = "host ports that are reached from where they lead to";
    draft.chain("nat", MARK, because);
    draft.append(
        ChainDraft.in("nat", MARK).comment("CNI portfwd masquerade mark").setMark(MASQUERADED),
        because);
    draft.chain("nat", MASQUERADE, because);
    draft.insert(
        1,
        ChainDraft.in("nat", "POSTROUTING")
            .comment("CNI portfwd requiring masquerade")
            .jump(MASQUERADE),
        because);
    draft.append(
        ChainDraft.in("nat", MASQUERADE).mark(MASQUERADED).target(new Target.Masquerade("")),
        because);
  }

  private static void pod(FabricKind fabric, NodeFacts node, PodFacts pod, NodeDraft draft) {
    String because = "host ports of " + pod.namespace() + "/" + pod.name();
    CniAttachment attachment = pod.attachment().orElseGet(() -> usual(fabric, pod));
    String network = attachment.network();
    String container = attachment.container();
    String chain = chain(network, container);
    draft.chain("nat", chain, because);
    for (IpProtocol protocol :
        pod.hostPorts().stream()
            .map(HostPort::protocol)
            .distinct()
            .sorted(Comparator.comparing(IpProtocol::toString))
            .toList()) {
      List<String> ports =
          pod.hostPorts().stream()
              .filter(p -> p.protocol().equals(protocol))
              .map(p -> p.port().toString())
              .toList();
      for (int from = 0; from < ports.size(); from += PORTS) {
        draft.append(
            ChainDraft.in("nat", ENTRY)
                .protocol(protocol)
                .comment("dnat name: \"" + network + "\" id: \"" + container + "\"")
                .match(
                    new Match.MultiPort(
                        false, "dports", ports.subList(from, Math.min(ports.size(), from + PORTS))))
                .jump(chain),
            because);
      }
    }
    boolean bridged = fabric.isFlannel();
    IpPrefix itself =
        bridged
            ? node.podSubnet().orElseGet(() -> pod.address().toPrefix())
            : pod.address().toPrefix();
    for (HostPort port : pod.hostPorts().stream().filter(Portmap::isV4).toList()) {
      for (IpPrefix source : List.of(itself, LOCALHOST)) {
        draft.append(to(port, ChainDraft.in("nat", chain).source(source)).jump(MARK), because);
      }
      draft.append(
          to(port, ChainDraft.in("nat", chain))
              .target(new Target.Dnat(pod.address() + ":" + port.containerPort(), "")),
          because);
    }
    draft.host().sysctl("net.ipv4.conf." + deviceTo(fabric, pod) + ".route_localnet", "1", because);
  }

  /** Of the same family as the pod's address; the entry rule names the others all the same. */
  private static boolean isV4(HostPort port) {
    return port.hostIp().map(IpAddress::isV4).orElse(true);
  }

  private static ChainDraft to(HostPort port, ChainDraft draft) {
    port.hostIp().map(IpAddress::toPrefix).ifPresent(draft::destination);
    return draft.protocol(port.protocol()).destinationPort(port.protocol(), port.port().number());
  }

  /** As flannel's and Calico's manifests name the network; the id is as good as any. */
  private static CniAttachment usual(FabricKind fabric, PodFacts pod) {
    return new CniAttachment(
        fabric.isFlannel() ? "cbr0" : "k8s-pod-network", digest("SHA-256", pod.netns()));
  }

  /** Which has the route to the pod (portmap.go: getRoutableHostIF). */
  private static String deviceTo(FabricKind fabric, PodFacts pod) {
    if (!fabric.isFlannel()) {
      return Hardware.caliDevice(pod);
    }
    return fabric == FabricKind.FLANNEL_UDP ? "docker0" : "cni0";
  }

  static String chain(String network, String container) {
    return ("CNI-DN-" + digest("SHA-512", network + container)).substring(0, NAME);
  }

  private static String digest(String algorithm, String text) {
    try {
      return HexFormat.of()
          .formatHex(
              MessageDigest.getInstance(algorithm).digest(text.getBytes(StandardCharsets.UTF_8)));
    } catch (NoSuchAlgorithmException e) {
      // the JDK has both (sun.security.provider.Sun)
      throw new IllegalStateException(e);
    }
  }
}
