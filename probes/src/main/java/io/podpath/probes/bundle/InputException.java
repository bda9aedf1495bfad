package io.podpath.probes.bundle;

/**
 * An input that cannot be read. The message is one sentence for the person who gave it: what,
 * where, and what to try.
 */
public final class InputException extends Exception {

  private static final long serialVersionUID = 1;

  public InputException(String message) {
    super(message);
  }
}
