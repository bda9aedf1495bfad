package io.podpath.probes.bundle;

import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.Charset;
import java.nio.charset.CodingErrorAction;
import java.nio.charset.StandardCharsets;
import java.util.Optional;

/** Bytes to text: UTF-8, or UTF-16 where a byte order mark says so; line ends become {@code \n}. */
final class TextDecoder {

  private static final int SAMPLE = 64 * 1024;

  /**
   * @param remark what was changed beyond line ends
   */
  record Decoded(String text, Optional<String> remark) {}

  private TextDecoder() {}

  /** Empty when the bytes are no text. */
  static Optional<Decoded> decode(byte[] bytes) {
    if (starts(bytes, 0xff, 0xfe)) {
      return Optional.of(decode(bytes, 2, StandardCharsets.UTF_16LE))
          .filter(d -> d.text().indexOf('\0') < 0);
    }
    if (starts(bytes, 0xfe, 0xff)) {
      return Optional.of(decode(bytes, 2, StandardCharsets.UTF_16BE))
          .filter(d -> d.text().indexOf('\0') < 0);
    }
    if (isBinary(bytes, bytes.length)) {
      return Optional.empty();
    }
    return Optional.of(
        decode(bytes, starts(bytes, 0xef, 0xbb, 0xbf) ? 3 : 0, StandardCharsets.UTF_8));
  }

  private static boolean starts(byte[] bytes, int... mark) {
    if (bytes.length < mark.length) {
      return false;
    }
    for (int i = 0; i < mark.length; i++) {
      if ((bytes[i] & 0xff) != mark[i]) {
        return false;
      }
    }
    return true;
  }

  /** Text has no NUL bytes, and few bytes that are no character in its beginning. */
  static boolean isBinary(byte[] bytes, int length) {
    if (starts(bytes, 0xff, 0xfe) || starts(bytes, 0xfe, 0xff)) {
      return false;
    }
    for (int i = 0; i < length; i++) {
      if (bytes[i] == 0) {
        return true;
      }
    }
    int sample = Math.min(length, SAMPLE);
    int odd = 0;
    for (int i = 0; i < sample; i++) {
      int b = bytes[i] & 0xff;
      // escape begins a colour; tab, line feed, form feed, carriage return, backspace and bell
      // occur in terminal output
      boolean control = b < 0x20 && b != 0x1b && (b < 7 || b > 13);
      odd += control ? 1 : 0;
    }
    return odd > sample / 10;
  }

  private static Decoded decode(byte[] bytes, int from, Charset charset) {
    ByteBuffer buffer = ByteBuffer.wrap(bytes, from, bytes.length - from);
    try {
      String text =
          charset
              .newDecoder()
              .onMalformedInput(CodingErrorAction.REPORT)
              .onUnmappableCharacter(CodingErrorAction.REPORT)
              .decode(buffer)
              .toString();
      return new Decoded(
          unixLines(text),
          charset.equals(StandardCharsets.UTF_8)
              ? Optional.empty()
              : Optional.of("read as " + charset.name()));
    } catch (CharacterCodingException e) {
      String text = new String(bytes, from, bytes.length - from, charset);
      return new Decoded(
          unixLines(text),
          Optional.of("some bytes are not " + charset.name() + " and were replaced"));
    }
  }

  /** CR LF (Windows) and a lone CR (old terminals' logs) end a line. */
  private static String unixLines(String text) {
    if (text.indexOf('\r') < 0) {
      return text;
    }
    return text.replace("\r\n", "\n").replace('\r', '\n');
  }
}
