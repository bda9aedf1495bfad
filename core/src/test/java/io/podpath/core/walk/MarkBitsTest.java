package io.podpath.core.walk;

import static org.assertj.core.api.Assertions.assertThat;

import io.podpath.core.net.FwMark;
import io.podpath.core.netfilter.Target;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class MarkBitsTest {

  /**
   * What the kernel's xt_mark does: {@code mark = (mark & ~mask) ^ value}, with the options' own
   * masks.
   */
  @ParameterizedTest
  @CsvSource({
    "set-xmark, 0x1, 0xf, 0xf0, 0xf1",
    "set-xmark, 0x4000, 0x0, 0x4000, 0x0",
    "set-mark, 0x3, 0x1, 0x4, 0x7",
    "or-mark, 0x2, 0xffffffff, 0x1, 0x3",
    "and-mark, 0xfffffffe, 0xffffffff, 0x3, 0x2",
    "xor-mark, 0x3, 0xffffffff, 0x1, 0x2",
  })
  void optionsDoWhatTheKernelDoes(
      String option, String value, String mask, String before, String after) {
    MarkBits bits = new MarkBits(number(before), FwMark.FULL_MASK);
    MarkBits changed =
        bits.after(new Target.SetMark(option, new FwMark(number(value), number(mask))));
    assertThat(changed.value()).isEqualTo(number(after));
    assertThat(changed.known()).isEqualTo(FwMark.FULL_MASK);
  }

  @ParameterizedTest
  @CsvSource({"0x4000, 0x4000, NO", "0x0, 0x4000, YES", "0x0, 0xffffffff, YES"})
  void packetsComeWithoutMark(String value, String mask, Truth truth) {
    assertThat(MarkBits.ZERO.matches(new FwMark(number(value), number(mask)))).isEqualTo(truth);
  }

  @ParameterizedTest
  @CsvSource({"0x4, 0x4, MAYBE", "0x8, 0x8, NO", "0xc, 0xc, NO", "0x4, 0xc, MAYBE"})
  void bitThatMayBeSetDecidesNothing(String value, String mask, Truth truth) {
    MarkBits bits = MarkBits.ZERO.perhapsAfter(new Target.SetMark("set-xmark", new FwMark(4, 4)));
    assertThat(bits.matches(new FwMark(number(value), number(mask)))).isEqualTo(truth);
  }

  private static long number(String hex) {
    return Long.decode(hex);
  }
}
