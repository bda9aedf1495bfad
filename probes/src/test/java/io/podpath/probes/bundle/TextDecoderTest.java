package io.podpath.probes.bundle;

import static org.assertj.core.api.Assertions.assertThat;

import io.podpath.probes.bundle.TextDecoder.Decoded;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class TextDecoderTest {

  private static final String ROUTE = "default via 10.0.1.254 dev eth0";

  @Test
  void lineEndsBecomeLineFeeds() {
    assertThat(text(bytes("a\r\nb\rc\n"))).isEqualTo("a\nb\nc\n");
  }

  @Test
  void byteOrderMarkIsDropped() {
    assertThat(text(bytes("\ufeff" + ROUTE))).isEqualTo(ROUTE);
  }

  @Test
  void utf16WithMarkIsDecoded() {
    for (Charset charset : new Charset[] {StandardCharsets.UTF_16LE, StandardCharsets.UTF_16BE}) {
      Optional<Decoded> decoded = TextDecoder.decode(("\ufeff" + ROUTE + "\r\n").getBytes(charset));
      assertThat(decoded).isPresent();
      assertThat(decoded.get().text()).isEqualTo(ROUTE + "\n");
      assertThat(decoded.get().remark()).contains("read as " + charset.name());
    }
  }

  @Test
  void invalidBytesAreReplacedAndSaid() {
    byte[] bytes = bytes("node 节点 a\n");
    bytes[6] = (byte) 0xff;
    Decoded decoded = TextDecoder.decode(bytes).orElseThrow();
    assertThat(decoded.text()).startsWith("node ").contains("\ufffd").endsWith("点 a\n");
    assertThat(decoded.remark()).contains("some bytes are not UTF-8 and were replaced");
  }

  @Test
  void coloursAreText() {
    assertThat(text(bytes("\u001b[32mlo\u001b[0m UP\n"))).contains("\u001b[32m");
  }

  @Test
  void otherBytesAreNoText() {
    assertThat(TextDecoder.decode(bytes("default\0via"))).isEmpty();
    assertThat(TextDecoder.decode(bytes("\u0001\u0002\u0003\u0004 abc"))).isEmpty();
    // begins as UTF-16 does, and holds zeros all the same
    assertThat(TextDecoder.decode(new byte[] {(byte) 0xff, (byte) 0xfe, 0, 0, 1, 0})).isEmpty();
  }

  private static String text(byte[] bytes) {
    return TextDecoder.decode(bytes).orElseThrow().text();
  }

  private static byte[] bytes(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }
}
