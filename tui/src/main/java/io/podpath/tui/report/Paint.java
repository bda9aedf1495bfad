package io.podpath.tui.report;

/** Colour by meaning. It only decorates: without it every word is still there. */
public enum Paint {
  PLAIN,
  /** The sixteen colours of the terminal's own theme (ECMA-48 SGR). */
  COLOUR;

  private static final String RESET = "\u001b[0m";

  public String error(String text) {
    return sgr("1;31", text);
  }

  public String warning(String text) {
    return sgr("1;33", text);
  }

  public String heading(String text) {
    return sgr("1", text);
  }

  public String place(String text) {
    return sgr("34", text);
  }

  public String quiet(String text) {
    return sgr("2", text);
  }

  /** What somebody may copy and run. */
  public String command(String text) {
    return sgr("36", text);
  }

  private String sgr(String code, String text) {
    return switch (this) {
      case PLAIN -> text;
      case COLOUR -> text.isEmpty() ? text : "\u001b[" + code + "m" + text + RESET;
    };
  }
}
