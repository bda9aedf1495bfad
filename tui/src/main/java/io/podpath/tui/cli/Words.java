package io.podpath.tui.cli;

import io.podpath.tui.report.Verdict.Threshold;
import java.util.Arrays;
import java.util.List;
import picocli.CommandLine;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/** Options that take one of a few words. */
final class Words {

  private Words() {}

  static void addTo(CommandLine podpath) {
    podpath.registerConverter(Form.class, of(Form.values()));
    podpath.registerConverter(Colour.class, of(Colour.values()));
    podpath.registerConverter(Threshold.class, of(Threshold.values()));
  }

  private static <E extends Enum<E>> ITypeConverter<E> of(E[] values) {
    return word ->
        Arrays.stream(values)
            .filter(v -> v.toString().equals(word))
            .findFirst()
            .orElseThrow(() -> new TypeConversionException(oneOf(values) + ", not " + word));
  }

  /** Forms of the grammar that nobody writes yet would lead from one error to the next. */
  private static String oneOf(Object[] values) {
    return values instanceof Form[]
        ? "text or json (explain also writes md; sarif, junit, html and md come later)"
        : "one of " + join(values);
  }

  private static String join(Object[] values) {
    List<String> words = Arrays.stream(values).map(Object::toString).toList();
    return String.join(", ", words);
  }
}
