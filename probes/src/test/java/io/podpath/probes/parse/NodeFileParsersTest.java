package io.podpath.probes.parse;

import static org.assertj.core.api.Assertions.assertThat;

import io.podpath.core.cluster.Host;
import io.podpath.core.cni.CniConfig;
import io.podpath.core.cni.DirectoryEntry;
import io.podpath.core.cni.InterfaceStanza;
import io.podpath.core.cni.SubnetEnv;
import io.podpath.core.net.IpAddress;
import io.podpath.core.net.IpPrefix;
import io.podpath.core.net.Mtu;
import io.podpath.core.snapshot.Section;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** subnet.env, docker's options, CNI configurations, directories, interfaces and hosts. */
class NodeFileParsersTest {

  private final SubnetEnvParser subnets = new SubnetEnvParser();
  private final CniConfigParser cni = new CniConfigParser();
  private final DirectoryListingParser directories = new DirectoryListingParser();
  private final InterfacesFileParser interfaces = new InterfacesFileParser();
  private final HostListParser hosts = new HostListParser();
  private final FlannelNetworkParser networks = new FlannelNetworkParser();

  private static final String SUBNET_ENV =
      "FLANNEL_NETWORK=10.244.0.0/16\nFLANNEL_SUBNET=10.244.1.1/24\nFLANNEL_MTU=1500 # the default of routes\nFLANNEL_IPMASQ=true\n";

  @Test
  void readsSubnetEnv() {
    Told told = Told.by(subnets, "cat /run/flannel/subnet.env", SUBNET_ENV);
    assertThat(told.only(Section.SUBNET_ENV))
        .isEqualTo(
            new SubnetEnv(
                Optional.of(IpPrefix.of("10.244.0.0/16")),
                IpAddress.of("10.244.1.1"),
                IpPrefix.of("10.244.1.0/24"),
                Optional.of(new Mtu(1500)),
                Optional.of(true)));
    assertThat(told.table(Section.SUBNET_ENV).isComplete()).isTrue();
    assertThat(told.table(Section.SUBNET_ENV).facts().getFirst().from().line()).isEqualTo(2);
  }

  @Test
  void aMissingSubnetEnvIsKnownToBeMissing() {
    Told told =
        Told.by(
            subnets,
            "cat /run/flannel/subnet.env",
            "cat: /run/flannel/subnet.env: No such file or directory\n");
    assertThat(told.table(Section.SUBNET_ENV).isComplete()).isTrue();
    assertThat(told.rows(Section.SUBNET_ENV)).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "FLANNEL_SUBNET=10.244.1.1\n",
        "FLANNEL_NETWORK=10.244.0.0/16\n",
        "FLANNEL_SUBNET=x/24\n"
      })
  void aSubnetThatIsNoneIsReported(String text) {
    Told told = Told.by(subnets, "cat /run/flannel/subnet.env", text);
    assertThat(told.unread()).isEqualTo(1);
    assertThat(told.table(Section.SUBNET_ENV).isComplete()).isFalse();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "DOCKER_OPT_BIP=\"--bip=10.102.20.1/24\"\nDOCKER_OPT_MTU=\"--mtu=1450\"\n",
        "DOCKER_NETWORK_OPTIONS=\" --bip=10.102.20.1/24 --ip-masq=false --mtu=1472\"\n",
        "DOCKER_OPTS=\"--bip=10.102.20.1/24\"\n"
      })
  void readsDockersOptions(String text) {
    Told told = Told.byFile(subnets, "run/flannel/docker", text);
    assertThat(told.only(Section.DOCKER_OPTIONS)).hasToString("--bip=10.102.20.1/24");
    assertThat(told.rows(Section.SUBNET_ENV)).isEmpty();
    assertThat(subnets.likeness("docker", text)).isGreaterThan(50);
  }

  private static final String CONFLIST =
      """
      {"name": "cbr0", "cniVersion": "0.3.1", "plugins": [
        {"type": "flannel", "delegate": {"hairpinMode": true, "isDefaultGateway": true}},
        {"type": "portmap", "capabilities": {"portMappings": true}}]}
      """;

  @Test
  void readsAListOfPlugins() {
    CniConfig config =
        Told.by(cni, "cat /etc/cni/net.d/10-flannel.conflist", CONFLIST).only(Section.CNI_CONFIGS);
    assertThat(config)
        .isEqualTo(
            new CniConfig(
                Optional.of("10-flannel.conflist"),
                Optional.of("cbr0"),
                Optional.of("0.3.1"),
                List.of("flannel", "portmap"),
                List.of(),
                Optional.of("cni0")));
    assertThat(
            Told.byFile(cni, "nodes/n/files/etc/cni/net.d/10-flannel.conflist.bak", CONFLIST)
                .only(Section.CNI_CONFIGS)
                .fileName())
        .contains("10-flannel.conflist.bak");
    assertThat(Told.byFile(cni, "note.txt", CONFLIST).only(Section.CNI_CONFIGS).fileName())
        .isEmpty();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "\"subnet\": \"10.244.2.0/24\"",
        "\"ranges\": [[{\"subnet\": \"10.244.2.0/24\"}]]"
      })
  void readsWhatFlannelHandsOn(String subnet) {
    String text =
        "{\"cniVersion\": \"0.3.1\", \"ipam\": {"
            + subnet
            + ", \"type\": \"host-local\"}, \"bridge\": \"br9\", \"name\": \"cbr0\", \"type\": \"bridge\"}\n";
    CniConfig config =
        Told.by(cni, "cat /var/lib/cni/flannel/462cf658ef71 | python3 -m json.tool", text)
            .only(Section.CNI_CONFIGS);
    assertThat(config.fileName()).as("no file of a network directory").isEmpty();
    assertThat(config.subnets()).containsExactly(IpPrefix.of("10.244.2.0/24"));
    assertThat(config.bridge()).contains("br9");
  }

  @Test
  void aConfigurationThatIsNoJsonIsReported() {
    assertThat(Told.by(cni, "cat /etc/cni/net.d/10-x.conf", "{\"name\": \"x\", \n").unread())
        .isPositive();
    assertThat(Told.by(cni, "cat /etc/cni/net.d/10-x.conf", "{\"name\": \"x\"}\n").unread())
        .isEqualTo(1);
  }

  @Test
  void otherJsonIsNoCni() {
    assertThat(cni.likeness("x.json", "[{\"ifindex\":1,\"type\":\"x\",\"name\":\"lo\"}]")).isZero();
    assertThat(cni.likeness("x.json", "{\"kind\":\"IPPool\",\"spec\":{\"type\":1,\"name\":2}}"))
        .isZero();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "-rw-r--r-- 1 root root 292 12月 23 09:47 10-flannel.conflist",
        "-rw-r--r--. 1 root root 292 Dec 23  2023 10-flannel.conflist",
        "-rw-r--r-- 1 root root 292 2024-03-07 09:39 10-flannel.conflist",
        "-rw-r--r-- 1 root root 292 2024-03-07 09:39:11.123456789 +0800 10-flannel.conflist",
        "lrwxrwxrwx 1 root root 9 Dec 23 09:47 10-flannel.conflist -> ../other",
        "10-flannel.conflist"
      })
  void readsADirectory(String line) {
    Told told = Told.by(directories, "ls -lh /etc/cni/net.d/", "总用量 12K\n" + line + "\n");
    assertThat(told.only(Section.DIRECTORY))
        .isEqualTo(new DirectoryEntry("/etc/cni/net.d", "10-flannel.conflist"));
    assertThat(told.table(Section.DIRECTORY).isComplete()).isTrue();
  }

  @Test
  void anEmptyOrMissingDirectoryIsKnownToBeEmpty() {
    assertThat(Told.by(directories, "ls /etc/cni/net.d", "").table(Section.DIRECTORY).isComplete())
        .isTrue();
    assertThat(
            Told.by(
                    directories,
                    "ls /etc/cni/net.d",
                    "ls: cannot access '/etc/cni/net.d': No such file or directory\n")
                .table(Section.DIRECTORY)
                .isComplete())
        .isTrue();
    assertThat(
            Told.by(
                    directories,
                    "ls /etc/cni/net.d",
                    "ls: cannot open directory '/etc/cni/net.d': Permission denied\n")
                .table(Section.DIRECTORY)
                .isComplete())
        .isFalse();
  }

  @Test
  void theDirectoryOfPluginsSaysNothingOfTheOther() {
    Told told = Told.by(directories, "ls -1 /opt/cni/bin", "bridge\nflannel\n");
    assertThat(told.rows(Section.DIRECTORY))
        .extracting(DirectoryEntry::name)
        .containsExactly("bridge", "flannel");
    assertThat(told.table(Section.DIRECTORY).isComplete()).isFalse();
    assertThat(directories.reads(ShellCommand.parse("ls -l /root"))).isFalse();
    assertThat(directories.reads(ShellCommand.parse("ll /etc/cni/net.d"))).isTrue();
  }

  @Test
  void readsInterfaces() {
    Told told =
        Told.by(
            interfaces,
            "cat /etc/network/interfaces",
            """
            # The primary card
            auto enp5s0
            iface enp5s0 inet static
              address 10.0.1.13
              netmark 255.255.255.0
              dns-nameservers 1.1.1.1
            iface eth1 inet dhcp
              foo bar
            iface eth2 inet static
              address 192.168.7.2/24
              up ip route add 10.0.0.0/8 via 192.168.7.1
            """);
    assertThat(told.rows(Section.INTERFACE_STANZAS))
        .containsExactly(
            new InterfaceStanza(
                "enp5s0",
                Optional.of(IpAddress.of("10.0.1.13")),
                Optional.empty(),
                List.of("netmark")),
            new InterfaceStanza(
                "eth2", Optional.of(IpAddress.of("192.168.7.2")), Optional.of("24"), List.of()));
    assertThat(told.table(Section.INTERFACE_STANZAS).isComplete()).isTrue();
  }

  @Test
  void readsHosts() {
    Told told =
        Told.byFile(
            hosts,
            "nodes.txt",
            "master 192.168.86.150\nnode   192.168.86.152\nnfs    192.168.86.160 (not in the cluster)\n");
    assertThat(told.rows(Section.HOSTS))
        .extracting(Host::toString)
        .containsExactly("master 192.168.86.150", "node 192.168.86.152", "nfs 192.168.86.160");
    assertThat(told.table(Section.HOSTS).isComplete()).isFalse();
    Told file =
        Told.by(
            hosts,
            "cat /etc/hosts",
            "127.0.0.1 localhost\n::1 ip6-localhost ip6-loopback\n192.168.80.240 k8s-master master # API\n");
    assertThat(file.only(Section.HOSTS)).hasToString("k8s-master 192.168.80.240");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "default via 10.0.0.1 dev eth0\n",
        "10.0.0.0/8 dev eth0\n",
        "10.0.0.1 dev eth0 lladdr aa:bb:cc:dd:ee:ff REACHABLE\n",
        "From 192.168.96.13 icmp_seq=1 Destination Host Unreachable\n",
        "    inet 10.0.0.1/24 scope global eth0\n",
        "nameserver 10.96.0.10\n",
        "just some words\n"
      })
  void otherLinesAreNoHosts(String text) {
    assertThat(hosts.likeness("x.txt", text)).isZero();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "cat net-conf.json | {\"Network\": \"10.1.0.0/16\", \"Backend\": {\"Type\": \"host-gw\"}}",
        "etcdctl get /coreos.com/network/config | { \"Network\": \"10.1.0.0/16\", \"Backend\": {\"Type\": \"host-gw\"}}",
        "etcdctl get --prefix /coreos.com/network | /coreos.com/network/config {\"Network\":\"10.1.0.0/16\",\"Backend\":{\"Type\":\"host-gw\"}}"
      })
  void readsFlannelsNetwork(String command, String text) {
    Told told = Told.by(networks, command, text + "\n");
    assertThat(told.only(Section.FLANNEL_NETWORKS))
        .hasToString("net-conf.json Network 10.1.0.0/16 Backend host-gw");
    assertThat(networks.reads(ShellCommand.parse(command))).isTrue();
  }
}
