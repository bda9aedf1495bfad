package io.podpath.probes.bundle;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class CommandNamesTest {

  @ParameterizedTest
  @CsvSource({
    "ip-route, ip route",
    "ip_route, ip route",
    "ip-6-route, ip -6 route",
    "ip-route-table-all, ip route show table all",
    "ip-route-table-local, ip route show table local",
    "ip-j-route-table-all, ip -j route show table all",
    "ip-6-route-table-all, ip -6 route show table all",
    "ip-route-show-table-100, ip route show table 100",
    "ip-route-get, ip route get",
    "ip-d-j-link, ip -d -j link",
    "ip-s-link, ip -s link",
    "ip-j-addr, ip -j addr",
    "ip-rule, ip rule",
    "ip-neigh, ip neigh",
    "bridge-fdb, bridge fdb show",
    "fdb, bridge fdb show",
    "bridge-j-fdb, bridge -j fdb",
    "bridge-link, bridge link",
    "iptables-save, iptables-save",
    "iptables-legacy-save, iptables-legacy-save",
    "iptables-legacy-save-c, iptables-legacy-save -c",
    "ip6tables-nft-save, ip6tables-nft-save",
    "iptables-L-v, iptables -L -v",
    "iptables-L-v-nat, iptables -L -v -t nat",
    "iptables-L-FORWARD-v, iptables -L FORWARD -v",
    "ipset-save, ipset save",
    "ipvsadm-Ln, ipvsadm -Ln",
    "ipvsadm-Lnc, ipvsadm -Lnc",
    "ipvsadm-Ln-stats, ipvsadm -Ln --stats",
    "ipvsadm-save-n, ipvsadm-save -n",
    "route-n, route -n",
    "netstat-rn, netstat -rn",
    "arp-an, arp -an",
    "ss-natu, ss -natu",
    "conntrack-L, conntrack -L",
    "sysctl, sysctl",
    "sysctl-a, sysctl -a",
    "brctl-show, brctl show",
    "ifconfig, ifconfig",
    "nft-list-ruleset, nft list ruleset",
    "birdc-show-route-all, birdc show route all",
    "birdc-show-protocols, birdc show protocols",
    "calicoctl-node-status, calicoctl node status",
    "ovs-vsctl-show, ovs-vsctl show",
    "ovs-vsctl-list-interface, ovs-vsctl list interface",
    "ovs-ofctl-dump-flows-br0, ovs-ofctl dump-flows br0",
    "ovs-appctl-fdb-show-br0, ovs-appctl fdb/show br0",
    "kubectl-get-nodes, kubectl get nodes",
    "kubectl-get-pods, kubectl get pods",
    "ufw-status, ufw status",
    "tcpdump-ens160, tcpdump -i ens160"
  })
  void fileNamesStandForCommands(String stem, String command) {
    assertThat(CommandNames.guess(stem)).contains(command);
  }

  @Test
  void otherNamesStandForNothing() {
    assertThat(CommandNames.guess("notes")).isEmpty();
    assertThat(CommandNames.guess("iproute2")).isEmpty();
    assertThat(CommandNames.guess("")).isEmpty();
    assertThat(CommandNames.guess("---")).isEmpty();
  }
}
