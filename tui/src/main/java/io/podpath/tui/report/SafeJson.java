package io.podpath.tui.report;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.SerializableString;
import com.fasterxml.jackson.core.io.CharacterEscapes;
import com.fasterxml.jackson.core.io.SerializedString;
import com.fasterxml.jackson.core.util.DefaultIndenter;
import com.fasterxml.jackson.core.util.DefaultPrettyPrinter;
import com.fasterxml.jackson.core.util.Separators;
import java.io.IOException;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import org.jspecify.annotations.Nullable;

/** JSON that is the same on every machine and does nothing to the terminal it is printed on. */
public final class SafeJson {

  private static final JsonFactory FACTORY = new JsonFactory();

  private static final Separators SEPARATORS =
      Separators.createDefaultInstance()
          .withObjectFieldValueSpacing(Separators.Spacing.AFTER)
          .withObjectEmptySeparator("")
          .withArrayEmptySeparator("");

  private SafeJson() {}

  /** Writes one document. */
  @FunctionalInterface
  public interface Document {
    void write(JsonGenerator json) throws IOException;
  }

  /** The document, indented by two, ending with a line feed. */
  public static String of(Document document) {
    DefaultIndenter indenter = new DefaultIndenter("  ", "\n");
    return written(json -> {
      json.setPrettyPrinter(
          new DefaultPrettyPrinter(SEPARATORS)
              .withObjectIndenter(indenter)
              .withArrayIndenter(indenter));
      document.write(json);
    });
  }

  /** The document on one line, ending with a line feed. */
  static String line(Document document) {
    return written(document);
  }

  private static String written(Document document) {
    StringWriter text = new StringWriter();
    try (JsonGenerator json = FACTORY.createGenerator(text)) {
      json.setCharacterEscapes(new Escapes());
      document.write(json);
    } catch (IOException e) {
      throw new UncheckedIOException("cannot write JSON to memory", e);
    }
    return text.append('\n').toString();
  }

  /** The escapes JSON demands, and those for all that {@link SafeText} does not let through. */
  private static final class Escapes extends CharacterEscapes {
    private static final long serialVersionUID = 1L;

    private final int[] ascii = ascii();

    private static int[] ascii() {
      int[] escapes = standardAsciiEscapesForJSON();
      escapes[0x7f] = ESCAPE_STANDARD;
      return escapes;
    }

    @Override
    @SuppressWarnings(
        "EI_EXPOSE_REP") // Jackson reads it for every character; a copy each time would cost more
    // than the string
    public int[] getEscapeCodesForAscii() {
      return ascii;
    }

    /**
     * Half a surrogate pair comes alone here, so both halves of every pair are escaped: a lone one
     * must never be written.
     */
    @Override
    public @Nullable SerializableString getEscapeSequence(int c) {
      return SafeText.isActive(c) ? new SerializedString(String.format("\\u%04x", c)) : null;
    }
  }
}
