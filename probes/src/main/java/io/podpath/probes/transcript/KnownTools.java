package io.podpath.probes.transcript;

import io.podpath.probes.parse.ShellCommand;
import java.util.Set;

/**
 * Programs people run while they look for a network fault; a line that begins with one may be a
 * command even without a prompt.
 */
final class KnownTools {

  private static final Set<String> TOOLS =
      Set.of(
          "ip",
          "bridge",
          "iptables",
          "ip6tables",
          "iptables-save",
          "ip6tables-save",
          "iptables-legacy",
          "iptables-nft",
          "iptables-legacy-save",
          "iptables-nft-save",
          "nft",
          "ipset",
          "ipvsadm",
          "conntrack",
          "sysctl",
          "ss",
          "netstat",
          "tcpdump",
          "route",
          "arp",
          "ifconfig",
          "brctl",
          "ethtool",
          "ping",
          "ping6",
          "traceroute",
          "tracepath",
          "mtr",
          "arping",
          "curl",
          "wget",
          "telnet",
          "nc",
          "nslookup",
          "dig",
          "kubectl",
          "calicoctl",
          "birdc",
          "birdcl",
          "vtysh",
          "ovs-vsctl",
          "ovs-ofctl",
          "ovs-appctl",
          "ovs-dpctl",
          "docker",
          "crictl",
          "ctr",
          "nerdctl",
          "systemctl",
          "service",
          "journalctl",
          "cat",
          "vi",
          "vim",
          "nano",
          "less",
          "more",
          "head",
          "tail",
          "ls",
          "grep",
          "egrep",
          "echo",
          "modprobe",
          "lsmod",
          "hostname",
          "uname",
          "ps",
          "nsenter",
          "ssh",
          "scp",
          "sudo",
          "kubeadm",
          "etcdctl",
          "ufw",
          "firewall-cmd",
          "nmcli",
          "networkctl",
          "rm",
          "mv",
          "cp",
          "mkdir",
          "chmod",
          "sed",
          "awk",
          "dmesg",
          "lsof",
          "helm",
          "kubelet",
          "yum",
          "apt",
          "apt-get",
          "tee",
          "watch",
          "k3s",
          "cilium");

  /**
   * Programs whose bare line (no prompt at all) counts as a command; ordinary words such as "route"
   * and "service" do not.
   */
  private static final Set<String> WITHOUT_PROMPT =
      Set.of(
          "iptables",
          "ip6tables",
          "kubectl",
          "calicoctl",
          "ipvsadm",
          "sysctl",
          "systemctl",
          "vi",
          "vim",
          "cat",
          "bridge",
          "brctl",
          "ovs-vsctl",
          "kubeadm",
          "modprobe",
          "tcpdump");

  private KnownTools() {}

  static boolean isCommand(String text) {
    ShellCommand command = ShellCommand.parse(text);
    String program = command.program();
    return TOOLS.contains(program)
        || !command.wrappers().isEmpty()
        || program.startsWith("./")
        || text.startsWith("/usr/")
        || text.startsWith("/opt/");
  }

  /** Whether a line without any prompt is a command all the same. */
  static boolean isBareCommand(String line) {
    if (line.length() > 2000 || Wording.hasCjk(Wording.withoutRemark(line))) {
      return false;
    }
    ShellCommand command = ShellCommand.parse(Wording.withoutRemark(line));
    String program = command.program();
    if (line.startsWith("sudo ") || line.startsWith("ssh ") && !command.wrappers().isEmpty()) {
      return isCommand(line);
    }
    if (program.equals("ip") && command.arguments().size() >= 1) {
      return Set.of(
              "route", "addr", "address", "link", "rule", "neigh", "netns", "a", "r", "n", "ro",
              "-d", "-s", "-6", "-4", "-j", "-br", "-n", "-o")
          .contains(command.arguments().getFirst());
    }
    return WITHOUT_PROMPT.contains(program) && command.words().size() >= 2;
  }
}
