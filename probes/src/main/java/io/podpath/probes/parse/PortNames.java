package io.podpath.probes.parse;

import java.util.Map;
import java.util.Optional;

/**
 * Ports as iptables prints them: a number, or a name of {@code /etc/services} when {@code -n} is
 * missing.
 */
final class PortNames {

  /** Only names whose number is the same on every distribution. */
  private static final Map<String, Integer> NUMBERS =
      Map.ofEntries(
          Map.entry("ftp", 21),
          Map.entry("ssh", 22),
          Map.entry("telnet", 23),
          Map.entry("smtp", 25),
          Map.entry("domain", 53),
          Map.entry("bootps", 67),
          Map.entry("bootpc", 68),
          Map.entry("tftp", 69),
          Map.entry("http", 80),
          Map.entry("kerberos", 88),
          Map.entry("sunrpc", 111),
          Map.entry("ntp", 123),
          Map.entry("netbios-ns", 137),
          Map.entry("netbios-dgm", 138),
          Map.entry("netbios-ssn", 139),
          Map.entry("snmp", 161),
          Map.entry("bgp", 179),
          Map.entry("ldap", 389),
          Map.entry("https", 443),
          Map.entry("microsoft-ds", 445),
          Map.entry("isakmp", 500),
          Map.entry("syslog", 514),
          Map.entry("dhcpv6-client", 546),
          Map.entry("dhcpv6-server", 547),
          Map.entry("submission", 587),
          Map.entry("ldaps", 636),
          Map.entry("domain-s", 853),
          Map.entry("rsync", 873),
          Map.entry("imaps", 993),
          Map.entry("pop3s", 995),
          Map.entry("ms-sql-s", 1433),
          Map.entry("nfs", 2049),
          Map.entry("etcd-client", 2379),
          Map.entry("etcd-server", 2380),
          Map.entry("mysql", 3306),
          Map.entry("sip", 5060),
          Map.entry("mdns", 5353),
          Map.entry("postgresql", 5432),
          Map.entry("amqp", 5672),
          Map.entry("redis", 6379),
          Map.entry("http-alt", 8080),
          Map.entry("webcache", 8080),
          Map.entry("vxlan", 4789));

  /** First and last port of a range. */
  record Range(int from, int to) {}

  private PortNames() {}

  static Optional<Integer> port(String text) {
    if (!text.isEmpty() && text.length() <= 5 && text.chars().allMatch(c -> c >= '0' && c <= '9')) {
      int number = Integer.parseInt(text);
      return number <= 65535 ? Optional.of(number) : Optional.empty();
    }
    return Optional.ofNullable(NUMBERS.get(text));
  }

  /** {@code 80}, {@code 1024:65535}, {@code 1024:} or {@code :1023}. */
  static Optional<Range> range(String text) {
    int colon = text.indexOf(':');
    if (colon < 0) {
      return port(text).map(p -> new Range(p, p));
    }
    Optional<Integer> from = colon == 0 ? Optional.of(0) : port(text.substring(0, colon));
    Optional<Integer> to =
        colon == text.length() - 1 ? Optional.of(65535) : port(text.substring(colon + 1));
    return text.length() == 1
        ? Optional.empty()
        : from.flatMap(f -> to.filter(t -> t >= f).map(t -> new Range(f, t)));
  }
}
