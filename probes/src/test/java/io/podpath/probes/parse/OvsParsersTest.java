package io.podpath.probes.parse;

import static org.assertj.core.api.Assertions.assertThat;

import io.podpath.core.cni.OvsFlow;
import io.podpath.core.cni.OvsPort;
import io.podpath.core.net.IpAddress;
import io.podpath.core.snapshot.Section;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class OvsParsersTest {

  private final OvsVsctlShowParser show = new OvsVsctlShowParser();
  private final OvsOfctlDumpFlowsParser flows = new OvsOfctlDumpFlowsParser();

  private static final String SHOW =
      """
      9c0f78d8-ef1c-4b06-8d77-509986d01e87
          Bridge "br0"
              Port "gre1"
                  tag: 10
                  Interface "gre1"
                      type: gre
                      options: {key="1,2", remote_ip="192.168.18.131"}
              Port br0
                  Interface br0
                      type: internal
              Port gone
                  Interface gone
                      error: "could not open network device gone (No such device)"
              Port bond0
                  Interface eth1
                  Interface eth2
          ovs_version: "2.17.9"
      """;

  @Test
  void readsPortsWithTheirInterfaces() {
    Told told = Told.by(show, "ovs-vsctl show", SHOW);
    assertThat(told.rows(Section.OVS_PORTS))
        .extracting(OvsPort::interfaceName)
        .containsExactly("gre1", "br0", "gone", "eth1", "eth2");
    OvsPort gre = told.rows(Section.OVS_PORTS).getFirst();
    assertThat(gre.bridge()).isEqualTo("br0");
    assertThat(gre.isTunnel()).isTrue();
    assertThat(gre.remoteIp()).contains(IpAddress.of("192.168.18.131"));
    assertThat(gre.options()).containsEntry("key", "1,2");
    assertThat(gre.tag()).contains("10");
    assertThat(told.rows(Section.OVS_PORTS).get(2).error().orElseThrow())
        .contains("No such device");
    assertThat(told.rows(Section.OVS_PORTS).get(4).port()).isEqualTo("bond0");
    assertThat(told.table(Section.OVS_PORTS).isComplete()).isTrue();
    assertThat(told.table(Section.OVS_PORTS).facts().getFirst().from().line()).isEqualTo(5);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "Bridge br0\nPort gre0\nInterface gre0\ntype: gre\noptions: {remote_ip=\"10.0.0.9\"}\n",
        "Bridge br0\n Port gre0\n  Interface gre0 type: gre options: {remote_ip=\"10.0.0.9\"}\n",
        "Bridge br0\n Port gre0\n  Interface gre0 # the tunnel\n   type: gre\n   options: {remote_ip=10.0.0.9}\n"
      })
  void readsItWithoutItsShape(String text) {
    assertThat(Told.by(show, "ovs-vsctl show", text).only(Section.OVS_PORTS))
        .hasToString("Port gre0 Interface gre0 type: gre options: {remote_ip=10.0.0.9}");
  }

  @Test
  void anEmptyDatabaseHasNoPorts() {
    Told told =
        Told.by(
            show,
            "ovs-vsctl show",
            "9c0f78d8-ef1c-4b06-8d77-509986d01e87\n    ovs_version: \"2.17.9\"\n");
    assertThat(told.table(Section.OVS_PORTS).isComplete()).isTrue();
    assertThat(told.rows(Section.OVS_PORTS)).isEmpty();
  }

  @Test
  void aFailureIsNoEmptyDatabase() {
    Told told =
        Told.by(
            show,
            "ovs-vsctl show",
            "ovs-vsctl: unix:/var/run/openvswitch/db.sock: database connection failed (No such file or directory)\n");
    assertThat(told.table(Section.OVS_PORTS).isComplete()).isFalse();
  }

  @Test
  void readsFlows() {
    Told told =
        Told.by(
            flows,
            "ovs-ofctl dump-flows br0",
            """
            NXST_FLOW reply (xid=0x4):
             cookie=0x0, duration=39.489s, table=0, n_packets=601, n_bytes=47870, idle_age=8, priority=0 actions=NORMAL
             cookie=0x0, duration=1.1s, table=2, n_packets=0, n_bytes=0, priority=100,ip,in_port=2,nw_dst=10.244.1.0/24 actions=mod_dl_dst:aa:bb:cc:dd:ee:ff,output:1
             cookie=0x0, duration=1.1s, table=0, n_packets=3, n_bytes=0, arp actions=drop
            """);
    assertThat(told.rows(Section.OVS_FLOWS))
        .containsExactly(
            new OvsFlow(0, 0, "", "NORMAL", 601),
            new OvsFlow(
                2,
                100,
                "ip,in_port=2,nw_dst=10.244.1.0/24",
                "mod_dl_dst:aa:bb:cc:dd:ee:ff,output:1",
                0),
            new OvsFlow(0, 32768, "arp", "drop", 3));
    assertThat(told.table(Section.OVS_FLOWS).isComplete()).isTrue();
  }

  @Test
  void someFlowsAreNotAllFlows() {
    assertThat(
            Told.by(flows, "ovs-ofctl dump-flows br0 table=0", "")
                .table(Section.OVS_FLOWS)
                .isComplete())
        .isFalse();
    assertThat(Told.by(flows, "ovs-ofctl -O OpenFlow13 dump-flows br0", "").unread()).isZero();
    assertThat(
            Told.by(
                    flows,
                    "ovs-ofctl dump-flows br9",
                    "ovs-ofctl: br9 is not a bridge or a socket\n")
                .table(Section.OVS_FLOWS)
                .isComplete())
        .isFalse();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "name                : br0\nfail_mode           : []\ncontroller          : []\n",
        "system@ovs-system:\n  lookups: hit:483 missed:168 lost:0\n  port 1: br0 (internal)\n  port 2: gre_sys (gre: packet_type=ptap)\n",
        " port  VLAN  MAC                Age\n    1     0  02:42:ac:11:2a:03   30\n",
        "OFPST_PORT reply (xid=0x2): 3 ports\n  port LOCAL: rx pkts=225, bytes=14232\n",
        " 1(gre1): addr:6e:b4:79:e1:35:cd\n     config:     0\n"
      })
  void othersOutputsOfOpenVswitchAreNotTheirs(String text) {
    assertThat(show.likeness("ovs.txt", text)).isZero();
    assertThat(flows.likeness("ovs.txt", text)).isZero();
  }
}
