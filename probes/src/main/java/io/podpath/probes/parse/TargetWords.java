package io.podpath.probes.parse;

import io.podpath.core.net.FwMark;
import io.podpath.core.netfilter.Target;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** Reads what stands behind {@code -j}. */
final class TargetWords {

  /**
   * Targets of iptables-extensions(8), older releases and xtables-addons; any other name is a
   * chain's.
   */
  private static final Set<String> EXTENSIONS =
      Set.of(
          "ACCOUNT",
          "AUDIT",
          "BALANCE",
          "CHAOS",
          "CHECKSUM",
          "CLASSIFY",
          "CLUSTERIP",
          "CONNMARK",
          "CONNSECMARK",
          "CT",
          "DELUDE",
          "DHCPMAC",
          "DNPT",
          "DSCP",
          "ECHO",
          "ECN",
          "FLOWOFFLOAD",
          "HL",
          "HMARK",
          "IDLETIMER",
          "IMQ",
          "IPMARK",
          "LED",
          "LOG",
          "LOGMARK",
          "MIRROR",
          "NETMAP",
          "NFLOG",
          "NFQUEUE",
          "NOTRACK",
          "PROTO",
          "QUEUE",
          "RATEEST",
          "RAWDNAT",
          "RAWSNAT",
          "REDIRECT",
          "ROUTE",
          "SAME",
          "SECMARK",
          "SET",
          "SNPT",
          "STEAL",
          "SYNPROXY",
          "SYSRQ",
          "TARPIT",
          "TCPMSS",
          "TCPOPTSTRIP",
          "TEE",
          "TOS",
          "TPROXY",
          "TRACE",
          "TTL",
          "ULOG");

  private static final Set<String> MARK_OPTIONS =
      Set.of("--set-xmark", "--set-mark", "--or-mark", "--and-mark", "--xor-mark");
  private static final Set<String> NAT_FLAGS = Set.of("--random", "--random-fully", "--persistent");

  private TargetWords() {}

  static boolean isExtension(String name) {
    return EXTENSIONS.contains(name);
  }

  /**
   * @param options everything behind the name
   */
  static Target read(String name, List<SpecWord> options) {
    Optional<Target> known =
        switch (name) {
          case "ACCEPT" -> alone(new Target.Accept(), options);
          case "DROP" -> alone(new Target.Drop(), options);
          case "RETURN" -> alone(new Target.Return(), options);
          case "REJECT" -> reject(options);
          case "MASQUERADE" -> Optional.of(new Target.Masquerade(SpecWord.join(options)));
          case "DNAT" ->
              value("--to-destination", options)
                  .map(
                      to -> new Target.Dnat(to, SpecWord.join(options.subList(2, options.size()))));
          case "SNAT" ->
              value("--to-source", options)
                  .map(
                      to -> new Target.Snat(to, SpecWord.join(options.subList(2, options.size()))));
          case "MARK" -> mark(options);
          default ->
              options.isEmpty() && !EXTENSIONS.contains(name)
                  ? Optional.of(new Target.Jump(name))
                  : Optional.empty();
        };
    return known.orElseGet(() -> new Target.Other(name, SpecWord.join(options)));
  }

  private static Optional<Target> alone(Target target, List<SpecWord> options) {
    return options.isEmpty() ? Optional.of(target) : Optional.empty();
  }

  private static Optional<Target> reject(List<SpecWord> options) {
    if (options.isEmpty()) {
      return Optional.of(new Target.Reject(""));
    }
    return options.size() == 2 && options.getFirst().raw().equals("--reject-with")
        ? Optional.of(new Target.Reject(options.get(1).value()))
        : Optional.empty();
  }

  /**
   * The value of the option that must come first and only be followed by flags that change nothing
   * but the choice.
   */
  private static Optional<String> value(String option, List<SpecWord> options) {
    boolean fits =
        options.size() >= 2
            // people abbreviate: --to, --to-dest
            && options.getFirst().raw().length() >= 4
            && option.startsWith(options.getFirst().raw())
            && !options.get(1).isOption()
            && options.subList(2, options.size()).stream()
                .allMatch(o -> NAT_FLAGS.contains(o.raw()));
    return fits ? Optional.of(options.get(1).value()) : Optional.empty();
  }

  private static Optional<Target> mark(List<SpecWord> options) {
    if (options.size() != 2 || !MARK_OPTIONS.contains(options.getFirst().raw())) {
      return Optional.empty();
    }
    String option = options.getFirst().raw().substring(2);
    return FwMark.parse(options.get(1).value()).map(m -> new Target.SetMark(option, m));
  }
}
