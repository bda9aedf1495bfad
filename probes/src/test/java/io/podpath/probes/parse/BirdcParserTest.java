package io.podpath.probes.parse;

import static org.assertj.core.api.Assertions.assertThat;

import io.podpath.core.cni.BgpSession;
import io.podpath.core.cni.BirdRoute;
import io.podpath.core.net.IpAddress;
import io.podpath.core.snapshot.Section;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/**
 * Texts of BIRD 2 are those of BIRD 2.0.12 in two network namespaces; those of 1.6 are of Calico's
 * BIRD.
 */
class BirdcParserTest {

  private final BirdcParser parser = new BirdcParser();

  private Told read(String command, String text) {
    return Told.by(parser, command, text);
  }

  private static final String PROTOCOLS_2 =
      """
      BIRD 2.0.12 ready.
      Name       Proto      Table      State  Since         Info
      device1    Device     ---        up     03:24:29.550 \s
      kernel1    Kernel     master4    up     03:24:29.550 \s
      Mesh_10_0_0_2 BGP        ---        up     03:24:33.979  Established  \s
      Node_10_0_0_9_port_8179 BGP        ---        start  03:24:29.550  Connect       Socket: No route to host
      """;

  @Test
  void readsSessionsOfBird2() {
    Told told = read("birdc show protocols", PROTOCOLS_2);
    assertThat(told.rows(Section.BGP_SESSIONS))
        .containsExactly(
            new BgpSession(
                Optional.of(IpAddress.of("10.0.0.2")), "Mesh_10_0_0_2", "up", "Established"),
            new BgpSession(
                Optional.of(IpAddress.of("10.0.0.9")),
                "Node_10_0_0_9_port_8179",
                "start",
                "Connect Socket: No route to host"));
    assertThat(told.table(Section.BGP_SESSIONS).isComplete()).isTrue();
  }

  @Test
  void readsSessionsOfBird1() {
    Told told =
        read(
            "birdcl -s /var/run/calico/bird.ctl show protocols",
            """
            BIRD v0.3.3+birdv1.6.8 ready.
            name     proto    table    state  since       info
            static1  Static   master   up     2020-04-08 \s
            Mesh_172_31_209_240 BGP      master   up     2020-04-08  Established  \s
            """);
    assertThat(told.only(Section.BGP_SESSIONS))
        .hasToString("172.31.209.240 Mesh_172_31_209_240 up Established");
  }

  @Test
  void aNeighbourIsBetterThanAName() {
    Told told =
        read(
            "birdc show protocols all",
            """
            BIRD 2.0.12 ready.
            Name       Proto      Table      State  Since         Info
            uplink     BGP        ---        start  2024-05-01 03:24:33.979  Active        Received: Bad peer AS
              BGP state:          Active
                Neighbor address: 10.0.0.2
                Neighbor AS:      64512
            """);
    assertThat(told.only(Section.BGP_SESSIONS))
        .hasToString("10.0.0.2 uplink start Active Received: Bad peer AS");
  }

  @Test
  void noBgpProtocolIsNoSession() {
    Told told =
        read(
            "birdc show protocols",
            PROTOCOLS_2.lines().limit(4).reduce("", (a, b) -> a + b + "\n"));
    assertThat(told.rows(Section.BGP_SESSIONS)).isEmpty();
    assertThat(told.table(Section.BGP_SESSIONS).isComplete()).isTrue();
    assertThat(
            read("birdc show protocols Mesh_10_0_0_2", PROTOCOLS_2)
                .table(Section.BGP_SESSIONS)
                .isComplete())
        .isFalse();
  }

  @Test
  void readsRoutesOfBird2() {
    Told told =
        read(
            "birdc show route all",
            """
            BIRD 2.0.12 ready.
            Table master4:
            10.244.1.0/26        blackhole [s1 03:24:29.550] * (200)
            \tType: static univ
            10.244.2.0/26        unicast [Mesh_10_0_0_2 03:24:36.599] * (100) [i]
            \tvia 10.0.0.2 on e0
            \tType: BGP univ
            \tBGP.next_hop: 10.0.0.2
                                 unicast [Mesh_10_0_0_3 03:24:36.599] (100) [i]
            \tvia 10.0.0.3 on e0
            10.11.0.0/16         unreachable [s1 03:24:29.550] * (200)
            10.10.0.0/16         unicast [s1 03:24:29.550] * (200)
            \tvia 10.0.0.2 on e0 weight 1
            \tvia 10.0.0.3 on e0 weight 1
            10.0.0.0/24          unicast [direct1 03:24:29.550] * (240)
            \tdev e0
            """);
    assertThat(told.rows(Section.BIRD_ROUTES))
        .extracting(BirdRoute::toString)
        .containsExactly(
            "10.244.1.0/26 blackhole [s1] *",
            "10.244.2.0/26 via 10.0.0.2 on e0 [Mesh_10_0_0_2] *",
            "10.244.2.0/26 via 10.0.0.3 on e0 [Mesh_10_0_0_3]",
            "10.11.0.0/16 unreachable [s1] *",
            "10.10.0.0/16 via 10.0.0.2 on e0 [s1] *",
            "10.10.0.0/16 via 10.0.0.3 on e0 [s1] *",
            "10.0.0.0/24 on e0 [direct1] *");
    assertThat(told.table(Section.BIRD_ROUTES).isComplete()).isTrue();
    assertThat(told.unread()).isZero();
  }

  @Test
  void readsRoutesOfBird1() {
    Told told =
        read(
            "birdcl show route",
            """
            BIRD v0.3.3+birdv1.6.8 ready.
            0.0.0.0/0          via 192.168.0.253 on eth0 [kernel1 00:35:05] * (10)
            10.122.127.130/32  dev califcc9e097f8c [kernel1 00:35:05] * (10)
            10.122.127.128/26  blackhole [static1 00:35:04] * (200)
            10.122.17.64/26    via 192.168.3.110 on eth1 [Mesh_192_168_3_110 00:35:06] * (100/0) [i]
            """);
    assertThat(told.rows(Section.BIRD_ROUTES))
        .extracting(BirdRoute::toString)
        .containsExactly(
            "0.0.0.0/0 via 192.168.0.253 on eth0 [kernel1] *",
            "10.122.127.130/32 on califcc9e097f8c [kernel1] *",
            "10.122.127.128/26 blackhole [static1] *",
            "10.122.17.64/26 via 192.168.3.110 on eth1 [Mesh_192_168_3_110] *");
  }

  @Test
  void someRoutesAreNotAllRoutes() {
    String text =
        "BIRD 2.0.12 ready.\nTable master4:\n10.9.0.0/16          unicast [s1 03:24:29.550] * (200)\n\tvia 10.0.0.2 on e0\n";
    assertThat(read("birdc show route for 10.9.0.1", text).table(Section.BIRD_ROUTES).isComplete())
        .isFalse();
    assertThat(
            read("birdc show route", "BIRD 2.0.12 ready.\n")
                .table(Section.BIRD_ROUTES)
                .isComplete())
        .isTrue();
  }

  @Test
  void noAnswerIsNoEmptyTable() {
    String text =
        "Unable to connect to server control socket (/var/run/calico/bird.ctl): No such file or directory\n";
    assertThat(read("birdcl show protocols", text).table(Section.BGP_SESSIONS).isComplete())
        .isFalse();
    assertThat(read("birdcl show route", text).unread()).isEqualTo(1);
  }

  @Test
  void statusTellsNothing() {
    String text =
        "BIRD 2.0.8 ready.\nBIRD 2.0.8\nRouter ID is 10.90.36.64\nDaemon is up and running\n";
    assertThat(read("birdcl show status", text).reading().parts()).isEmpty();
    assertThat(parser.likeness("x.txt", text)).isGreaterThan(50);
  }
}
