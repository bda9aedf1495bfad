package io.podpath.tui.report;

/** How podpath ends. The numbers are a contract. */
public enum ExitCode {
  OK(0, "nothing at or above --fail-on"),
  FINDINGS(1, "findings (trace, reach: not delivered; compare, diff: differs)"),
  USAGE(2, "wrong usage, or an input that cannot be read"),
  TOO_LITTLE(3, "no findings, but too little was gathered to say healthy"),
  NOT_REACHABLE(4, "cluster, host or credentials not reachable"),
  FIX_REFUSED(5, "fix refused, nothing changed"),
  FIX_UNDONE(6, "fix applied, verification failed, undone (or see the journal)"),
  BUG(70, "a bug in podpath"),
  INTERRUPTED(130, "interrupted");

  private final int code;
  private final String meaning;

  ExitCode(int code, String meaning) {
    this.code = code;
    this.meaning = meaning;
  }

  public int code() {
    return code;
  }

  public String meaning() {
    return meaning;
  }
}
