package io.podpath.tui.cli;

import static io.podpath.tui.cli.EditedExample.differences;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Two readings of one cluster: what only one of them has read is neither gone nor the same. */
class DiffEditedTest {

  private static final String NODE = "nodes/k8s-node01/";

  @TempDir private Path directory;
  private EditedExample before = new EditedExample(Path.of(""));
  private EditedExample after = before;

  @BeforeEach
  void readTwice() throws IOException {
    before = EditedExample.laid(directory.resolve("before"), "flannel-vxlan");
    after = EditedExample.laid(directory.resolve("after"), "flannel-vxlan");
  }

  private static Session diff(EditedExample before, EditedExample after) {
    return Session.real("diff", before.toString(), after.toString());
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "ip-rule.txt",
        "ip-j-neigh.json",
        "ip-j-addr.json",
        "ip-d-j-link.json",
        "ip-6-route-table-all.txt",
        "sysctl.txt",
        "ipset-save.txt",
        "iptables-nft-save.txt",
        "bridge-link.txt",
        "files/run/flannel/subnet.env"
      })
  void whatOnlyOneReadingHasIsNotCalledTheSame(String name) throws IOException {
    after.delete(NODE + name);
    for (Session session : new Session[] {diff(before, after), diff(after, before)}) {
      assertThat(differences(session)).isEmpty();
      assertThat(session.out()).contains("k8s-node01: nothing that was read differs");
      assertThat(session.exitCode()).isEqualTo(3);
    }
  }

  /** Of most settings nobody reads all, so those are held against each other that both have. */
  @Test
  void settingsThatOnlyOneReadingHasAreNotCalledTheSame() throws IOException {
    after.edit(NODE + "sysctl.txt", "net.ipv4.ip_forward = 1\n", "");
    assertThat(diff(before, after).exitCode()).isEqualTo(3);
    assertThat(diff(after, before).exitCode()).isEqualTo(3);
  }

  @Test
  void onePieceOfAClusterIsTooLittleToCallItTheSame() throws IOException {
    Path one = Files.createDirectories(directory.resolve("one/nodes/node1"));
    Files.copy(before.file(NODE + "ip-rule.txt"), one.resolve("ip-rule.txt"));
    EditedExample rules = new EditedExample(directory.resolve("one"));
    Session session = diff(rules, rules);
    assertThat(differences(session)).isEmpty();
    assertThat(session.exitCode()).isEqualTo(3);
    assertThat(
            Session.real("diff", rules.toString(), rules.toString(), "--allow-partial").exitCode())
        .isZero();
  }

  @Test
  void newAndGonePodsAreTold() throws IOException {
    // the index would name the one that is gone, as a pod that was not read
    before.delete("podpath-bundle.json");
    after.delete("podpath-bundle.json");
    Path db = after.file(NODE + "pods/shop_db-0");
    Files.move(db, db.resolveSibling("shop_db-1"));
    assertThat(differences(diff(before, after)))
        .hasSize(2)
        .anyMatch(l -> l.startsWith("+ netns  shop_db-1"))
        .anyMatch(l -> l.startsWith("- netns  shop_db-0"));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "\"port\" : 5432 | \"targetPort\" : 5433, \"port\" : 5432 | ports  5432/TCP  ->  5432/TCP to 5433",
        "\"type\" : \"ClusterIP\" | \"sessionAffinity\" : \"ClientIP\", \"type\" : \"ClusterIP\" | sessionAffinity  None  ->  ClientIP 10800 s",
      })
  void whatAServiceDoesWithConnectionsCounts(String from, String to, String told)
      throws IOException {
    after.edit("cluster/services.json", from, to);
    assertThat(differences(diff(before, after)))
        .singleElement()
        .asString()
        .startsWith("~ service")
        .contains(told);
  }

  @Test
  void orderInsideAnAnnotationDoesNotCount() throws IOException {
    String text = Files.readString(after.file("cluster/nodes.json"));
    String swapped =
        text.replaceAll(
            "\\{\\\\\"VNI\\\\\":(\\d+),\\\\\"VtepMAC\\\\\":(\\\\\"[^\"]*\\\\\")\\}",
            "{\\\\\"VtepMAC\\\\\":$2,\\\\\"VNI\\\\\":$1}");
    assertThat(swapped).isNotEqualTo(text);
    Files.writeString(after.file("cluster/nodes.json"), swapped);
    assertThat(diff(before, after).exitCode()).isZero();
  }

  /** A node of which there is but an object was compared with nothing. */
  @Test
  void nodeThatNobodyReadIsNamed() throws IOException {
    for (EditedExample reading : new EditedExample[] {before, after}) {
      reading.delete("podpath-bundle.json");
      try (var files = Files.walk(reading.file("nodes/k8s-node02"))) {
        for (Path file : files.filter(Files::isRegularFile).toList()) {
          Files.delete(file);
        }
      }
    }
    Session session = diff(before, after);
    assertThat(session.out()).contains("not compared: k8s-node02 (nothing of it was read)");
    assertThat(session.exitCode()).isEqualTo(3);
  }

  @Test
  void oneOfTheTwoMayComeFromStandardInput() throws IOException {
    String route = "root@n1:~# ip route\n10.1.20.0/24 via 192.168.1.129 dev eth0\n";
    Path file = Files.writeString(directory.resolve("before.txt"), route);
    Session session =
        new Session().reading(route.replace(".129", ".130")).runReal("diff", file.toString(), "-");
    assertThat(differences(session))
        .singleElement()
        .asString()
        .startsWith("~ route  10.1.20.0/24  via  192.168.1.129  ->  192.168.1.130");
    Session both = new Session().reading(route).runReal("diff", "-", "-");
    assertThat(both.exitCode()).isEqualTo(2);
    assertThat(both.err()).contains("only one of the two");
  }

  @Test
  void reportingJobsExitWithZero() throws IOException {
    after.edit(NODE + "ip-rule.txt", "32766:", "100:");
    assertThat(diff(before, after).exitCode()).isEqualTo(1);
    assertThat(Session.real("diff", before.toString(), after.toString(), "--exit-zero").exitCode())
        .isZero();
  }
}
