package io.podpath.probes.parse;

import static org.assertj.core.api.Assertions.assertThat;

import io.podpath.core.net.IpFamily;
import io.podpath.core.node.Link;
import io.podpath.core.node.Route;
import io.podpath.core.node.RouteType;
import io.podpath.core.snapshot.Section;
import io.podpath.core.snapshot.Section.RouteScope;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** {@code ifconfig}, {@code route -n}, {@code netstat -rn}, {@code arp}. */
class NetToolsParserTest {

  private final IfconfigParser ifconfig = new IfconfigParser();
  private final RouteNParser route = new RouteNParser();
  private final ArpParser arp = new ArpParser();

  private static final Section<Route> MAIN = Section.routes(IpFamily.INET, RouteScope.MAIN);

  private static final String ROUTE_N =
      """
      Kernel IP routing table
      Destination     Gateway         Genmask         Flags Metric Ref    Use Iface
      0.0.0.0         10.34.7.254     0.0.0.0         UG    100    0        0 eth0
      9.9.9.9         -               255.255.255.255 !H    0      -        0 -
      10.34.7.0       0.0.0.0         255.255.255.0   U     0      0        0 eth0
      10.221.65.64    0.0.0.0         255.255.255.192 U     0      0        0 *
      10.221.65.67    0.0.0.0         255.255.255.255 UH    0      0        0 calic6105d1b464
      10.221.70.0     10.34.9.9       255.255.255.192 UG    0      0        0 tunl0
      """;

  private static final String NEW_FORM =
      """
      docker0: flags=4099<UP,BROADCAST,MULTICAST>  mtu 1500
              inet 172.17.42.1  netmask 255.255.255.0  broadcast 172.17.42.255
              inet6 fe80::8416:5bff:feaf:7f2b  prefixlen 64  scopeid 0x20<link>
              ether 02:42:50:c7:7b:44  txqueuelen 0  (Ethernet)
              RX packets 8  bytes 656 (656.0 B)
              RX errors 0  dropped 0  overruns 0  frame 0
              device interrupt 17

      eth0:1: flags=4163<UP,BROADCAST,RUNNING,MULTICAST>  mtu 1500
              inet 10.0.0.9  netmask 255.255.255.0  broadcast 0.0.0.0
              ether 02:42:50:c7:7b:45  txqueuelen 1000  (Ethernet)

      flannel0: flags=4305<UP,POINTOPOINT,RUNNING,NOARP,MULTICAST>  mtu 1472
              inet 10.244.1.0  netmask 255.255.0.0  destination 10.244.1.0
              unspec 00-00-00-00-00-00-00-00-00-00-00-00-00-00-00-00  txqueuelen 500  (UNSPEC)

      lo: flags=73<UP,LOOPBACK,RUNNING>  mtu 65536
              inet 127.0.0.1  netmask 255.0.0.0
              inet6 ::1  prefixlen 128  scopeid 0x10<host>
              loop  txqueuelen 1000  (Local Loopback)

      tunl0: flags=193<UP,RUNNING,NOARP>  mtu 1440
              inet 10.1.1.1  netmask 255.255.255.255
              tunnel   txqueuelen 1000  (IPIP Tunnel)
      """;

  private static final String OLD_FORM =
      """
      docker0   Link encap:Ethernet  HWaddr 02:42:50:c7:7b:44
                inet addr:172.17.42.1  Bcast:172.17.42.255  Mask:255.255.255.0
                inet6 addr: fe80::8416:5bff:feaf:7f2b/64 Scope:Link
                UP BROADCAST MULTICAST  MTU:1500  Metric:1
                RX packets:8 errors:0 dropped:0 overruns:0 frame:0
                collisions:0 txqueuelen:0
                RX bytes:656 (656.0 B)  TX bytes:1526 (1.4 KiB)
                Interrupt:17 Memory:fb000000-fb020000

      eth0:1    Link encap:Ethernet  HWaddr 02:42:50:c7:7b:45
                inet addr:10.0.0.9  Bcast:0.0.0.0  Mask:255.255.255.0
                UP BROADCAST RUNNING MULTICAST  MTU:1500  Metric:1

      flannel0  Link encap:UNSPEC  HWaddr 00-00-00-00-00-00-00-00-00-00-00-00-00-00-00-00
                inet addr:10.244.1.0  P-t-P:10.244.1.0  Mask:255.255.0.0
                UP POINTOPOINT RUNNING NOARP MULTICAST  MTU:1472  Metric:1

      lo        Link encap:Local Loopback
                inet addr:127.0.0.1  Mask:255.0.0.0
                inet6 addr: ::1/128 Scope:Host
                UP LOOPBACK RUNNING  MTU:65536  Metric:1

      tunl0     Link encap:IPIP Tunnel  HWaddr
                inet addr:10.1.1.1  Mask:255.255.255.255
                UP RUNNING NOARP  MTU:1440  Metric:1
      """;

  @ParameterizedTest
  @ValueSource(strings = {NEW_FORM, OLD_FORM})
  void ifconfigReadsBothForms(String text) {
    Parsed parsed = Parsed.by(ifconfig, "ifconfig -a", text);

    assertThat(parsed.unread()).isEmpty();
    assertThat(parsed.printed(Section.LINKS))
        .containsExactly(
            "docker0: <BROADCAST,MULTICAST,NO-CARRIER,UP> mtu 1500",
            "flannel0: <LOWER_UP,MULTICAST,NOARP,POINTOPOINT,UP> mtu 1472",
            "lo: <LOOPBACK,LOWER_UP,UP> mtu 65536",
            "tunl0: <LOWER_UP,NOARP,UP> mtu 1440");
    assertThat(parsed.printed(Section.ADDRESSES))
        .containsExactly(
            "inet 172.17.42.1/24 brd 172.17.42.255 scope global dev docker0",
            "inet6 fe80::8416:5bff:feaf:7f2b/64 scope link dev docker0",
            "inet 10.0.0.9/24 scope global dev eth0",
            "inet 10.244.1.0/16 scope global dev flannel0",
            "inet 127.0.0.1/8 scope host dev lo",
            "inet6 ::1/128 scope host dev lo",
            "inet 10.1.1.1/32 scope global dev tunl0");
    assertThat(parsed.rows(Section.LINKS).stream().map(Link::linkType))
        .containsExactly("ether", "", "loopback", "ipip");
    assertThat(parsed.rows(Section.LINKS).getFirst().mac())
        .hasToString("Optional[02:42:50:c7:7b:44]");
  }

  @Test
  void ifconfigNeverShowsAllAddressesAndWithoutOptionNotAllInterfaces() {
    Parsed all = Parsed.by(ifconfig, "ifconfig -a", NEW_FORM);
    Parsed up = Parsed.by(ifconfig, "ifconfig", NEW_FORM);

    assertThat(all.isWhole(Section.LINKS)).isTrue();
    assertThat(up.isWhole(Section.LINKS)).isFalse();
    assertThat(all.isWhole(Section.ADDRESSES)).isFalse();
    assertThat(all.rank()).isEqualTo(10);
    assertThat(Parsed.by(ifconfig, "ifconfig -a", "").isWhole(Section.LINKS)).isTrue();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "inet 10.0.0.1  netmask 255.0.255.0",
        "inet x.y.z.1  netmask 255.255.255.0",
        "inet6 fe80::1",
        "inet 10.0.0.1",
        "...",
        "inet"
      })
  void ifconfigReportsWhatItCannotRead(String line) {
    Parsed parsed = Parsed.by(ifconfig, "ifconfig -a", NEW_FORM + "        " + line + "\n");

    assertThat(parsed.unread()).isNotEmpty().allMatch(u -> u.from().line() == 25);
    assertThat(parsed.rows(Section.ADDRESSES)).hasSize(7);
  }

  @Test
  void routeTellsTheMainTable() {
    Parsed parsed = Parsed.by(route, "route -n", ROUTE_N);

    assertThat(parsed.unread()).isEmpty();
    assertThat(parsed.printed(MAIN))
        .containsExactly(
            "default via 10.34.7.254 dev eth0 metric 100",
            "unreachable 9.9.9.9",
            "10.34.7.0/24 dev eth0",
            "blackhole 10.221.65.64/26",
            "10.221.65.67 dev calic6105d1b464",
            "10.221.70.0/26 via 10.34.9.9 dev tunl0");
    assertThat(parsed.rows(MAIN).get(3).protocol()).isEmpty();
    assertThat(parsed.rows(MAIN).get(3).type()).isEqualTo(RouteType.BLACKHOLE);
    assertThat(parsed.isWhole(MAIN)).isTrue();
    assertThat(parsed.rank()).isEqualTo(10);
  }

  @Test
  void routeNeedsNoColumnsAndReadsNamesItKnows() {
    String flat =
        ROUTE_N
            .lines()
            .map(l -> String.join(" ", Lines.words(l)))
            .reduce("", (a, b) -> a + b + "\n");
    String names =
        "Destination     Gateway         Genmask         Flags Metric Ref    Use Iface\ndefault         10.0.0.2        0.0.0.0         UG    0      0        0 e0\nlink-local      *               255.255.0.0     U     1002   0        0 e0\n";

    assertThat(Parsed.by(route, "route -n", flat).rows(MAIN))
        .isEqualTo(Parsed.by(route, "route -n", ROUTE_N).rows(MAIN));
    assertThat(Parsed.by(route, "route", names).printed(MAIN))
        .containsExactly("default via 10.0.0.2 dev e0", "169.254.0.0/16 dev e0 metric 1002");
  }

  @Test
  void netstatHasNoMetric() {
    String text =
        """
        Kernel IP routing table
        Destination     Gateway         Genmask         Flags   MSS Window  irtt Iface
        0.0.0.0         10.0.0.2        0.0.0.0         UG     1400 0          0 e0
        5.0.0.0         -               255.0.0.0       !         - -          - -
        """;

    Parsed parsed = Parsed.by(route, "netstat -rn", text);

    assertThat(parsed.printed(MAIN))
        .containsExactly("default via 10.0.0.2 dev e0", "unreachable 5.0.0.0/8");
    assertThat(parsed.isWhole(MAIN)).isTrue();
    assertThat(Parsed.ofFile(route, "x", text).rows(MAIN)).isEqualTo(parsed.rows(MAIN));
  }

  @Test
  void withoutCommandATitledTableIsWholeIfItCanBe() {
    String rows =
        "0.0.0.0         0.0.0.0         0.0.0.0         U     10233  0        0 cali89835606d4a\n169.254.0.0     0.0.0.0         255.255.0.0     U     233    0        0 cali89835606d4a\n";
    String gatewayNowhere = ROUTE_N.replace("10.34.7.0       0.0.0.0", "10.34.8.0       0.0.0.0");

    assertThat(Parsed.ofFile(route, "route-n.txt", ROUTE_N).isWhole(MAIN)).isTrue();
    assertThat(Parsed.ofFile(route, "route-n.txt", rows).isWhole(MAIN)).isFalse();
    assertThat(Parsed.ofFile(route, "route-n.txt", rows).printed(MAIN))
        .containsExactly(
            "default dev cali89835606d4a metric 10233",
            "169.254.0.0/16 dev cali89835606d4a metric 233");
    assertThat(Parsed.ofFile(route, "route-n.txt", gatewayNowhere).isWhole(MAIN)).isFalse();
    assertThat(Parsed.by(route, "route -n", "").isWhole(MAIN)).isTrue();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "10.0.0.0 x.x.x.x 255.0.0.0 UG 0 0 0 e0",
        "10.0.0.0 10.0.0.1 255.0.255.0 UG 0 0 0 e0",
        "10.0.0.0 0.0.0.0 255.0.0.0 UG 0 0 0 e0",
        "10.0.0.0 10.0.0.1 255.0.0.0 UG abc 0 0 e0",
        "10.0.0.0 10.0.0.1 255.0.0.0 UG",
        "...",
        "server.lan 10.0.0.1 255.255.255.255 UGH 0 0 0 e0"
      })
  void routeReportsWhatItCannotRead(String line) {
    Parsed parsed = Parsed.by(route, "route -n", ROUTE_N + line + "\n");

    assertThat(parsed.unread()).hasSize(1);
    assertThat(parsed.rows(MAIN)).hasSize(6);
    assertThat(parsed.isWhole(MAIN)).isFalse();
  }

  @ParameterizedTest
  @CsvSource({
    "route -n, true",
    "route, true",
    "netstat -rn, true",
    "netstat -nr4, true",
    "netstat --route -n, true",
    "netstat -tlnp, false",
    "route -6 -n, false",
    "route -A inet6 -n, false",
    "route add default gw 10.0.0.1, false",
    "route del -net 10.0.0.0/8, false"
  })
  void routeReadsItsCommands(String command, boolean mine) {
    assertThat(route.reads(ShellCommand.parse(command))).isEqualTo(mine);
  }

  @Test
  void arpTellsIpv4NeighboursInThreeForms() {
    String table =
        """
        Address                  HWtype  HWaddress           Flags Mask            Iface
        10.0.0.2                 ether   00:11:22:33:44:55   CM                    e0
        10.0.0.3                         (incomplete)                              e0
        10.0.0.4                 ether   00:11:22:33:44:56   C                     e0
        10.0.0.7                 *       <from_interface>    MP                    e0
        """;
    String bsd =
        """
        ? (10.0.0.2) at 00:11:22:33:44:55 [ether] PERM on e0
        ? (10.0.0.3) at <incomplete> on e0
        gw.lan (10.0.0.4) at 00:11:22:33:44:56 [ether] on e0
        ? (10.0.0.7) at <from_interface> PERM PUB on e0
        """;
    String proc =
        """
        IP address       HW type     Flags       HW address            Mask     Device
        10.0.0.2         0x1         0x6         00:11:22:33:44:55     *        e0
        10.0.0.3         0x1         0x0         00:00:00:00:00:00     *        e0
        10.0.0.4         0x1         0x2         00:11:22:33:44:56     *        e0
        10.0.0.7         0x1         0xc         00:00:00:00:00:00     *        e0
        """;

    Parsed parsed = Parsed.by(arp, "arp -n", table);

    assertThat(parsed.printed(Section.NEIGHBOURS))
        .containsExactly(
            "10.0.0.2 dev e0 lladdr 00:11:22:33:44:55 PERMANENT",
            "10.0.0.3 dev e0 INCOMPLETE",
            "10.0.0.4 dev e0 lladdr 00:11:22:33:44:56",
            "10.0.0.7 dev e0 proxy");
    assertThat(parsed.unread()).isEmpty();
    assertThat(parsed.isWhole(Section.NEIGHBOURS)).isTrue();
    assertThat(parsed.isWhole(Section.NEIGHBOURS6)).isFalse();
    assertThat(Parsed.by(arp, "arp -an", bsd).rows(Section.NEIGHBOURS))
        .isEqualTo(parsed.rows(Section.NEIGHBOURS));
    assertThat(Parsed.by(arp, "cat /proc/net/arp", proc).printed(Section.NEIGHBOURS).subList(0, 3))
        .isEqualTo(parsed.printed(Section.NEIGHBOURS).subList(0, 3));
    assertThat(Parsed.by(arp, "arp -n -i e0", table).isWhole(Section.NEIGHBOURS)).isFalse();
    assertThat(Parsed.ofFile(arp, "arp.txt", table).isWhole(Section.NEIGHBOURS)).isFalse();
  }

  @Test
  void arpReportsWhatItCannotRead() {
    for (String line :
        List.of(
            "gw.lan ether 00:11:22:33:44:55 C e0",
            "10.0.0.2 ether 00:11:xx:33:44:55 C e0",
            "...",
            "? (10.0.0.2) at 00:11:22:33:44:55 on",
            "x")) {
      Parsed parsed = Parsed.by(arp, "arp", line + "\n");
      assertThat(parsed.unread()).as(line).hasSize(1);
      assertThat(parsed.rows(Section.NEIGHBOURS)).as(line).isEmpty();
    }
  }
}
