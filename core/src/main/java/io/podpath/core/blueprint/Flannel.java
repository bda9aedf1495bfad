package io.podpath.core.blueprint;

import io.podpath.core.cni.SubnetEnv;
import io.podpath.core.net.FwMark;
import io.podpath.core.net.IpPrefix;
import io.podpath.core.net.Mtu;
import io.podpath.core.netfilter.Match;
import io.podpath.core.snapshot.Section;
import java.util.Optional;

/** What flannel leaves on a node whatever its backend: files, bridge and masquerade rules. */
final class Flannel {

  private static final String FORWARD = "FLANNEL-FWD";
  private static final String POSTROUTING = "FLANNEL-POSTRTG";

  /** {@code KUBE_MARK_MASQ_BIT}: packets with it are masqueraded by kube-proxy. */
  private static final FwMark MASQUERADE_MARK = new FwMark(0x4000, 0x4000);

  private Flannel() {}

  static void lay(
      ClusterFacts cluster, NodeFacts node, int mtu, BridgePods bridge, NodeDraft draft) {
    bridge.lay(node, Optional.of(cluster.podNetwork()), draft);
    node.podSubnet()
        .ifPresent(subnet -> {
          files(cluster.podNetwork(), subnet, mtu, draft);
          rules(cluster.podNetwork(), subnet, draft);
        });
  }

  private static void files(IpPrefix network, IpPrefix subnet, int mtu, NodeDraft draft) {
    SubnetEnv env =
        new SubnetEnv(
            Optional.of(network),
            BridgePods.gateway(subnet),
            subnet,
            Optional.of(new Mtu(mtu)),
            Optional.of(true));
    draft.row(Section.SUBNET_ENV, env, "flanneld's lease, for the CNI plug-in");
    draft.file(
        "/run/flannel/subnet.env",
        "FLANNEL_NETWORK="
            + network
            + "\n"
            + env
            + "\nFLANNEL_MTU="
            + mtu
            + "\nFLANNEL_IPMASQ=true\n");
    draft.file(
        "/etc/cni/net.d/10-flannel.conflist",
        """
        {
          "name": "cbr0",
          "cniVersion": "0.3.1",
          "plugins": [
            {
              "type": "flannel",
              "delegate": {
                "hairpinMode": true,
                "isDefaultGateway": true
              }
            },
            {
              "type": "portmap",
              "capabilities": {
                "portMappings": true
              }
            }
          ]
        }
        """);
  }

  /** flannel, pkg/trafficmngr/iptables/iptables.go: masqRules and forwardRules, since v0.20. */
  private static void rules(IpPrefix network, IpPrefix subnet, NodeDraft draft) {
    String forward = "flanneld forward";
    String masquerade = "flanneld masq";
    IpPrefix multicast = IpPrefix.of("224.0.0.0/4");
    draft.chain("filter", FORWARD, forward);
    draft.append(ChainDraft.in("filter", "FORWARD").comment(forward).jump(FORWARD), forward);
    draft.append(
        ChainDraft.in("filter", FORWARD).source(network).comment(forward).accept(), forward);
    draft.append(
        ChainDraft.in("filter", FORWARD).destination(network).comment(forward).accept(), forward);
    draft.chain("nat", POSTROUTING, masquerade);
    draft.append(
        ChainDraft.in("nat", "POSTROUTING").comment(masquerade).jump(POSTROUTING), masquerade);
    draft.append(
        ChainDraft.in("nat", POSTROUTING)
            .match(new Match.Mark(false, MASQUERADE_MARK))
            .comment(masquerade)
            .giveBack(),
        "kube-proxy masquerades these");
    draft.append(
        ChainDraft.in("nat", POSTROUTING)
            .source(subnet)
            .destination(network)
            .comment(masquerade)
            .giveBack(),
        "pods keep their addresses among themselves");
    draft.append(
        ChainDraft.in("nat", POSTROUTING)
            .source(network)
            .destination(subnet)
            .comment(masquerade)
            .giveBack(),
        "pods keep their addresses among themselves");
    draft.append(
        ChainDraft.in("nat", POSTROUTING)
            .notSource(network)
            .destination(subnet)
            .comment(masquerade)
            .giveBack(),
        "who calls a pod here from outside keeps its address");
    draft.append(
        ChainDraft.in("nat", POSTROUTING)
            .source(network)
            .notDestination(multicast)
            .comment(masquerade)
            .masquerade(),
        "pods speak to the outside with the node's address");
    draft.append(
        ChainDraft.in("nat", POSTROUTING)
            .notSource(network)
            .destination(network)
            .comment(masquerade)
            .masquerade(),
        "the node speaks to other nodes' pods with an address they can answer");
  }
}
