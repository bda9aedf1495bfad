package io.podpath.tui.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code --why}: rows that were considered, and why they lost. */
class TraceWhyTest {

  private static final String STATE =
      """
      [root@node-1 ~]# ip addr
      1: lo: <LOOPBACK,UP,LOWER_UP> mtu 65536 qdisc noqueue state UNKNOWN group default qlen 1000
          link/loopback 00:00:00:00:00:00 brd 00:00:00:00:00:00
          inet 127.0.0.1/8 scope host lo
      2: eth0: <BROADCAST,MULTICAST,UP,LOWER_UP> mtu 1500 qdisc fq_codel state UP group default qlen 1000
          link/ether 52:54:00:00:00:01 brd ff:ff:ff:ff:ff:ff
          inet 192.0.2.1/24 brd 192.0.2.255 scope global eth0
      [root@node-1 ~]# ip rule
      0:	from all lookup local
      100:	from 10.99.0.0/16 lookup 100
      200:	from all fwmark 0x1 lookup 200
      32766:	from all lookup main
      32767:	from all lookup default
      [root@node-1 ~]# ip route show table all
      default via 192.0.2.254 dev eth0
      10.0.0.0/8 via 192.0.2.8 dev eth0 metric 100
      10.0.0.0/8 via 192.0.2.9 dev eth0 metric 200
      10.1.0.0/16 via 192.0.2.16 dev eth0 dead linkdown
      10.1.2.0/24 via 192.0.2.100 dev eth0 table 100
      10.1.2.0/24 via 192.0.2.200 dev eth0 table 200
      192.0.2.0/24 dev eth0 proto kernel scope link src 192.0.2.1
      local 127.0.0.0/8 dev lo table local proto kernel scope host src 127.0.0.1
      local 192.0.2.1 dev eth0 table local proto kernel scope host src 192.0.2.1
      broadcast 192.0.2.255 dev eth0 table local proto kernel scope link src 192.0.2.1
      [root@node-1 ~]# iptables-save
      *filter
      :INPUT ACCEPT [0:0]
      :FORWARD ACCEPT [0:0]
      :OUTPUT ACCEPT [0:0]
      :GUARD - [0:0]
      -A OUTPUT -d 10.7.0.0/16 -j DROP
      -A OUTPUT -o eth1 -j DROP
      -A OUTPUT -p tcp -m tcp --dport 443 -j DROP
      -A OUTPUT -p icmp -j DROP
      -A OUTPUT -j GUARD
      -A OUTPUT -j ACCEPT
      -A GUARD -m mark --mark 0x1 -j RETURN
      -A GUARD -m conntrack --ctstate RELATED,ESTABLISHED -j ACCEPT
      -A GUARD -s 192.0.2.0/24 -p tcp -m tcp --dport 80 -j REJECT --reject-with icmp-port-unreachable
      -A GUARD -j DROP
      COMMIT
      """;

  @TempDir private Path directory;

  private JsonNode why(int step) throws IOException, JsonProcessingException {
    Path file = Files.writeString(directory.resolve("notes.txt"), STATE);
    Session session =
        Session.real(
            "trace",
            "node/node-1",
            "10.1.2.3",
            "--port",
            "80",
            "--why",
            String.valueOf(step),
            "-o",
            "json",
            file.toString());
    assertThat(session.err()).isEmpty();
    return new ObjectMapper().readTree(session.out()).at("/why");
  }

  private static Map<String, String> reasons(JsonNode why) {
    Map<String, String> reasons = new LinkedHashMap<>();
    why.at("/rows")
        .forEach(r ->
            reasons.put(
                (r.at("/chosen").asBoolean() ? "> " : "") + r.at("/row").asText(),
                r.at("/reason").asText()));
    return reasons;
  }

  @Test
  void everyRouteAndRuleThatLostHasItsReason() throws IOException {
    assertThat(reasons(why(1)))
        .containsOnly(
            Map.entry("0:\tfrom all lookup local", "table local has no route that can be used"),
            Map.entry("100:\tfrom 10.99.0.0/16 lookup 100", "is not for this packet"),
            Map.entry("200:\tfrom all fwmark 0x1 lookup 200", "is not for this packet"),
            Map.entry("> 32766:\tfrom all lookup main", "decides"),
            Map.entry("32767:\tfrom all lookup default", "comes after the one that decides"),
            Map.entry("10.1.0.0/16 via 192.0.2.16 dev eth0 dead linkdown", "dead next hop"),
            Map.entry(
                "> 10.0.0.0/8 via 192.0.2.8 dev eth0 metric 100",
                "the longest prefix that can be used"),
            Map.entry("10.0.0.0/8 via 192.0.2.9 dev eth0 metric 200", "higher metric 200"),
            Map.entry("default via 192.0.2.254 dev eth0", "shorter prefix"),
            Map.entry(
                "10.1.2.0/24 via 192.0.2.100 dev eth0 table 100",
                "no rule leads this packet to table 100"),
            Map.entry(
                "10.1.2.0/24 via 192.0.2.200 dev eth0 table 200",
                "no rule leads this packet to table 200"));
  }

  @Test
  void everyChainRuleBeforeTheOneThatDecidedHasItsReason() throws IOException {
    assertThat(reasons(why(2)))
        .containsExactly(
            Map.entry(
                "filter -A OUTPUT -d 10.7.0.0/16 -j DROP",
                "\"-d 10.7.0.0/16\" does not hold: the destination is 10.1.2.3"),
            Map.entry(
                "filter -A OUTPUT -o eth1 -j DROP",
                "\"-o eth1\" does not hold: it goes out by eth0"),
            Map.entry(
                "filter -A OUTPUT -p tcp -m tcp --dport 443 -j DROP",
                "\"-m tcp --dport 443\" does not hold: the port is 80"),
            Map.entry(
                "filter -A OUTPUT -p icmp -j DROP",
                "\"-p icmp\" does not hold: the protocol is tcp"),
            Map.entry("filter -A OUTPUT -j GUARD", "is for this packet: on to chain GUARD"),
            Map.entry(
                "filter -A GUARD -m mark --mark 0x1 -j RETURN",
                "\"-m mark --mark 0x1\" does not hold: its mark is 0x0"),
            Map.entry(
                "filter -A GUARD -m conntrack --ctstate RELATED,ESTABLISHED -j ACCEPT",
                "\"-m conntrack --ctstate RELATED,ESTABLISHED\" does not hold: its state is NEW"),
            Map.entry(
                "> filter -A GUARD -s 192.0.2.0/24 -p tcp -m tcp --dport 80 -j REJECT --reject-with icmp-port-unreachable",
                "is for this packet"));
  }

  @Test
  void everyOtherRowOfTheTablesOfLayer2HasItsReason() throws JsonProcessingException {
    Session session = Session.real("reach", "--pods", "--example", "stale-fdb-entry", "-o", "json");
    JsonNode pairs = new ObjectMapper().readTree(session.out()).at("/pairs");
    JsonNode pair = pairs.get(0);
    for (JsonNode other : pairs) {
      if (other.at("/disposition").asText().equals("wrong-tunnel-endpoint")) {
        pair = other;
        break;
      }
    }
    JsonNode trace = trace(pair, "1");
    for (JsonNode step : trace.at("/forward/steps")) {
      String kind = step.at("/step").asText();
      if (step.has("number") && (kind.equals("fdb") || kind.equals("neigh"))) {
        JsonNode rows = trace(pair, step.at("/number").asText()).at("/why/rows");
        for (JsonNode row : rows) {
          boolean same = row.at("/row").asText().equals(step.at("/entry").asText());
          assertThat(row.at("/chosen").asBoolean()).isEqualTo(same);
          assertThat(row.at("/reason").asText())
              .matches(
                  same
                      ? kind.equals("fdb") ? "the frame is for .*" : "the next hop is .*"
                      : "another (MAC )?address");
        }
        assertThat(rows.findValuesAsText("chosen")).containsOnlyOnce("true");
      }
    }
  }

  private static JsonNode trace(JsonNode pair, String step) throws JsonProcessingException {
    return new ObjectMapper()
        .readTree(
            Session.real(
                    "trace",
                    pair.at("/from").asText(),
                    pair.at("/to").asText(),
                    "--example",
                    "stale-fdb-entry",
                    "--why",
                    step,
                    "-o",
                    "json")
                .out());
  }

  @Test
  void textShowsTheSame() throws IOException {
    Path file = Files.writeString(directory.resolve("notes.txt"), STATE);
    Session session =
        Session.real(
            "trace", "node/node-1", "10.1.2.3", "--port", "80", "--why", "1", file.toString());
    assertThat(session.exitCode()).isEqualTo(1);
    assertThat(session.out())
        .contains("why step 1:", "  > 10.0.0.0/8 via 192.0.2.8 dev eth0 metric 100  (")
        .contains("        higher metric 200\n")
        .contains("✗ filtered: the request is dropped at step 2 on node-1 by a chain rule");
  }
}
