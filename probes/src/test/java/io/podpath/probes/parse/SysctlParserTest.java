package io.podpath.probes.parse;

import static org.assertj.core.api.Assertions.assertThat;

import io.podpath.core.snapshot.Section;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class SysctlParserTest {

  private final SysctlParser parser = new SysctlParser();

  @Test
  void readsSettings() {
    String text =
        "net.ipv4.ip_forward = 1\nnet.ipv4.conf.eth0/10.rp_filter = 2\nnet.ipv4.tcp_rmem = 4096\t131072\t6291456\nkernel.domainname = (none)\nnet.ipv4.conf.all.rp_filter=0 # loose\n";

    Parsed parsed = Parsed.by(parser, "sysctl -a", text);

    assertThat(parsed.unread()).isEmpty();
    assertThat(parsed.printed(Section.SYSCTLS))
        .containsExactly(
            "net.ipv4.ip_forward = 1",
            "net.ipv4.conf.eth0/10.rp_filter = 2",
            "net.ipv4.tcp_rmem = 4096\t131072\t6291456",
            "kernel.domainname = (none)",
            "net.ipv4.conf.all.rp_filter = 0");
    assertThat(parsed.isWhole(Section.SYSCTLS)).isTrue();
  }

  @ParameterizedTest
  @CsvSource({
    "sysctl -a, true",
    "sysctl -A, true",
    "sysctl -a -r net, false",
    "sysctl -a --pattern=net, false",
    "sysctl net.ipv4, false",
    "sysctl -p, false",
    "sysctl -w net.ipv4.ip_forward=1, false"
  })
  void onlyAllIsWhole(String command, boolean whole) {
    assertThat(Parsed.by(parser, command, "net.ipv4.ip_forward = 1\n").isWhole(Section.SYSCTLS))
        .isEqualTo(whole);
  }

  @Test
  void takesKeysFromTheCommandWhereTheOutputHasNone() {
    assertThat(
            Parsed.by(parser, "cat /proc/sys/net/ipv4/ip_forward", "0\n").printed(Section.SYSCTLS))
        .containsExactly("net.ipv4.ip_forward = 0");
    assertThat(
            Parsed.by(parser, "cat /proc/sys/net/ipv4/conf/eth0.10/rp_filter", "2\n")
                .printed(Section.SYSCTLS))
        .containsExactly("net.ipv4.conf.eth0/10.rp_filter = 2");
    assertThat(
            Parsed.by(parser, "sysctl -n net.ipv4.ip_forward net.ipv4.conf.all.rp_filter", "1\n0\n")
                .printed(Section.SYSCTLS))
        .containsExactly("net.ipv4.ip_forward = 1", "net.ipv4.conf.all.rp_filter = 0");
    assertThat(Parsed.by(parser, "sysctl -n net/ipv4/ip_forward", "1\n").printed(Section.SYSCTLS))
        .containsExactly("net.ipv4.ip_forward = 1");
  }

  @Test
  void doesNotGuessWhichValueBelongsToWhichKey() {
    String text =
        "cat: /proc/sys/net/bridge/bridge-nf-call-iptables: No such file or directory\n1\n";

    Parsed parsed =
        Parsed.by(
            parser,
            "cat /proc/sys/net/bridge/bridge-nf-call-iptables /proc/sys/net/ipv4/ip_forward",
            text);

    assertThat(parsed.rows(Section.SYSCTLS)).isEmpty();
    assertThat(parsed.unread()).hasSize(1);
  }

  @Test
  void aKeyThatIsNotThereIsNoUnreadLineButADeniedOneIs() {
    Parsed missing =
        Parsed.by(
            parser,
            "sysctl -a",
            "sysctl: cannot stat /proc/sys/net/bridge/bridge-nf-call-iptables: No such file or directory\n");
    Parsed denied =
        Parsed.by(parser, "sysctl -a", "sysctl: permission denied on key 'net.ipv4.ip_forward'\n");

    assertThat(missing.unread()).isEmpty();
    assertThat(missing.isWhole(Section.SYSCTLS)).isTrue();
    assertThat(denied.isWhole(Section.SYSCTLS)).isFalse();
  }

  @Test
  void reportsWhatIsNoSetting() {
    Parsed parsed = Parsed.by(parser, "sysctl -a", "net.ipv4.ip_forward = 1\n...\nsome = prose\n");

    assertThat(parsed.unread()).hasSize(2);
    assertThat(parsed.isWhole(Section.SYSCTLS)).isFalse();
    assertThat(Parsed.by(parser, "sysctl -a", "").isWhole(Section.SYSCTLS)).isTrue();
    assertThat(Parsed.ofFile(parser, "sysctl.txt", "").isWhole(Section.SYSCTLS)).isFalse();
  }

  @Test
  void readsItsCommandsOnly() {
    assertThat(parser.reads(ShellCommand.parse("cat /proc/sys/net/ipv4/ip_forward"))).isTrue();
    assertThat(parser.reads(ShellCommand.parse("cat /etc/sysctl.conf"))).isFalse();
    assertThat(parser.likeness("sysctl.conf", "# comment\nFLANNEL_MTU=1450\n")).isZero();
  }

  @Test
  void readsEveryRecordedListing() {
    List<Path> files = new ArrayList<>(RealOutputs.examples(n -> n.equals("sysctl.txt")));
    files.addAll(RealOutputs.shared("recorded", n -> n.equals("sysctl.txt")));
    for (Path file : files) {
      String text = RealOutputs.read(file).text();
      Parsed parsed = Parsed.by(parser, "sysctl -a", text);
      assertThat(parsed.unread()).as(file.toString()).isEmpty();
      assertThat(String.join("\n", parsed.printed(Section.SYSCTLS)) + "\n")
          .as(file.toString())
          .isEqualTo(text);
    }
    assertThat(files).isNotEmpty();
  }
}
