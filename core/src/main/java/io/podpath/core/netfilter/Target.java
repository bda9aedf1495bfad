package io.podpath.core.netfilter;

import io.podpath.core.net.FwMark;

/** What a chain rule does. */
public sealed interface Target {

  record Accept() implements Target {
    @Override
    public String toString() {
      return "-j ACCEPT";
    }
  }

  record Drop() implements Target {
    @Override
    public String toString() {
      return "-j DROP";
    }
  }

  /**
   * @param with the ICMP type, such as icmp-host-prohibited; empty when not printed
   */
  record Reject(String with) implements Target {
    @Override
    public String toString() {
      return with.isEmpty() ? "-j REJECT" : "-j REJECT --reject-with " + with;
    }
  }

  record Return() implements Target {
    @Override
    public String toString() {
      return "-j RETURN";
    }
  }

  record Jump(String chain) implements Target {
    @Override
    public String toString() {
      return "-j " + chain;
    }
  }

  /** {@code -g}: does not come back. */
  record Goto(String chain) implements Target {
    @Override
    public String toString() {
      return "-g " + chain;
    }
  }

  /**
   * @param to address, port or range as printed
   * @param options such as {@code --persistent}; may be empty
   */
  record Dnat(String to, String options) implements Target {
    public Dnat(String to) {
      this(to, "");
    }

    @Override
    public String toString() {
      return "-j DNAT --to-destination " + to + (options.isEmpty() ? "" : " " + options);
    }
  }

  /**
   * @param to address, port or range as printed
   * @param options such as {@code --random-fully}; may be empty
   */
  record Snat(String to, String options) implements Target {
    public Snat(String to) {
      this(to, "");
    }

    @Override
    public String toString() {
      return "-j SNAT --to-source " + to + (options.isEmpty() ? "" : " " + options);
    }
  }

  /**
   * @param options such as {@code --random-fully}; may be empty
   */
  record Masquerade(String options) implements Target {
    @Override
    public String toString() {
      return options.isEmpty() ? "-j MASQUERADE" : "-j MASQUERADE " + options;
    }
  }

  /**
   * {@code MARK}: goes on with the next rule.
   *
   * @param option set-xmark, set-mark, or-mark, and-mark, xor-mark
   */
  record SetMark(String option, FwMark mark) implements Target {
    @Override
    public String toString() {
      return "-j MARK --"
          + option
          + " "
          + (option.equals("set-xmark")
              ? "0x" + Long.toHexString(mark.value()) + "/0x" + Long.toHexString(mark.mask())
              : mark);
    }
  }

  /** A rule without a target: it only counts. */
  record CountOnly() implements Target {
    @Override
    public String toString() {
      return "";
    }
  }

  /** LOG, NFLOG, CT, TCPMSS, NOTRACK …: with their options as printed. */
  record Other(String name, String options) implements Target {
    @Override
    public String toString() {
      return options.isEmpty() ? "-j " + name : "-j " + name + " " + options;
    }
  }
}
