package io.podpath.probes.parse;

import static org.assertj.core.api.Assertions.assertThat;

import io.podpath.core.snapshot.Section;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class SsParserTest {

  private final SsParser parser = new SsParser();

  @Test
  void readsAllColumns() {
    String text =
        """
        Netid State      Recv-Q Send-Q Local Address:Port   Peer Address:PortProcess
        udp   UNCONN     0      0            0.0.0.0:8472        0.0.0.0:*    users:(("flanneld",pid=7,fd=3))
        tcp   TIME-WAIT  0      0      192.168.3.114:42518 192.168.3.113:6443
        tcp   LISTEN     0      128                *:10250             *:*
        tcp   LISTEN     0      128             [::]:22             [::]:*
        tcp   LISTEN     0      128    127.0.0.53%lo:53          0.0.0.0:*
        u_str ESTAB      0      0                  * 12345             * 12346
        """;

    Parsed parsed = Parsed.by(parser, "ss -natup", text);

    assertThat(parsed.unread()).isEmpty();
    assertThat(parsed.printed(Section.SOCKETS))
        .containsExactly(
            "udp UNCONN 0.0.0.0:8472 0.0.0.0:*",
            "tcp TIME-WAIT 192.168.3.114:42518 192.168.3.113:6443",
            "tcp LISTEN *:10250 *:*",
            "tcp LISTEN :::22 :::*",
            "tcp LISTEN 127.0.0.53:53 0.0.0.0:*");
    assertThat(parsed.isWhole(Section.SOCKETS)).isTrue();
  }

  @Test
  void theCommandTellsColumnsThatAreLeftOut() {
    Parsed tcp =
        Parsed.by(
            parser,
            "ss -ltn",
            "State  Recv-Q Send-Q Local Address:Port  Peer Address:PortProcess\nLISTEN 0      5            0.0.0.0:10250      0.0.0.0:*          \n");
    Parsed state =
        Parsed.by(
            parser,
            "ss -un state established",
            "Recv-Q Send-Q Local Address:Port Peer Address:Port\n0      0      10.0.0.1:8472 10.0.0.2:8472\n");
    Parsed filtered =
        Parsed.by(
            parser,
            "ss -lnt",
            "LISTEN     0      128          *:22                       *:*                  \nLISTEN     0      128         :::179                     :::*\n");

    assertThat(tcp.printed(Section.SOCKETS)).containsExactly("tcp LISTEN 0.0.0.0:10250 0.0.0.0:*");
    assertThat(state.printed(Section.SOCKETS))
        .containsExactly("udp ESTAB 10.0.0.1:8472 10.0.0.2:8472");
    assertThat(filtered.printed(Section.SOCKETS))
        .containsExactly("tcp LISTEN *:22 *:*", "tcp LISTEN :::179 :::*");
    assertThat(tcp.isWhole(Section.SOCKETS)).isFalse();
  }

  @ParameterizedTest
  @CsvSource({
    "ss -natu, true",
    "ss -tuan, true",
    "ss -lntup, false",
    "ss -nat, false",
    "ss -natu4, false",
    "ss -natu state listening, false"
  })
  void onlyAllOfTcpAndUdpIsWhole(String command, boolean whole) {
    assertThat(Parsed.by(parser, command, "").isWhole(Section.SOCKETS)).isEqualTo(whole);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "tcp LISTEN 0 128 *:ssh *:*",
        "tcp LISTEN x 128 *:22 *:*",
        "tcp LISTEN 0 128 a.b.c.d:22 *:*",
        "tcp LISTEN 0 128 *:22",
        "...",
        "tcp LISTEN 0 128 *:99999 *:*"
      })
  void reportsWhatItCannotRead(String line) {
    Parsed parsed = Parsed.by(parser, "ss -natu", line + "\n");

    assertThat(parsed.unread()).hasSize(1);
    assertThat(parsed.rows(Section.SOCKETS)).isEmpty();
  }

  @Test
  void isNotNetstat() {
    assertThat(
            parser.likeness(
                "x", "Proto Recv-Q Send-Q Local Address           Foreign Address         State\n"))
        .isZero();
    assertThat(parser.reads(ShellCommand.parse("ss -s"))).isFalse();
    assertThat(parser.reads(ShellCommand.parse("netstat -lntp"))).isFalse();
  }

  @Test
  void readsEveryRecordedListing() {
    List<Path> files = new ArrayList<>(RealOutputs.examples(n -> n.equals("ss-ltn.txt")));
    files.addAll(RealOutputs.shared("recorded", n -> n.equals("ss-natu.txt")));
    for (Path file : files) {
      String text = RealOutputs.read(file).text();
      Parsed parsed =
          Parsed.by(parser, file.toString().contains("ltn") ? "ss -ltn" : "ss -natu", text);
      assertThat(parsed.unread()).as(file.toString()).isEmpty();
      assertThat(parsed.rows(Section.SOCKETS))
          .as(file.toString())
          .hasSize((int) text.lines().skip(1).count());
    }
    assertThat(files).isNotEmpty();
  }
}
