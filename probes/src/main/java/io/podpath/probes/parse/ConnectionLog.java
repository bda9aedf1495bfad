package io.podpath.probes.parse;

import io.podpath.core.cni.LogEvent;
import io.podpath.core.net.IpAddress;
import io.podpath.core.net.Port;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Connections that failed, as every program written in Go reports them (net.OpError): {@code dial
 * tcp 10.96.0.1:443: i/o timeout}.
 */
final class ConnectionLog {

  /** One line may report several peers (etcd's client does); no honest line has more. */
  private static final int MOST = 16;

  /** Errors of a connection, where a program prints them without net.OpError around them. */
  private static final List<String> ERRORS =
      List.of(
          "connection refused",
          "connection reset by peer",
          "i/o timeout",
          "no route to host",
          "network is unreachable",
          "connection timed out",
          "TLS handshake timeout",
          "context deadline exceeded",
          "Client.Timeout exceeded");

  private ConnectionLog() {}

  /** A peer. */
  private record Target(IpAddress address, Port port) {

    /** {@code 10.96.0.1:443}, {@code [fd00::1]:443}, {@code 10.0.0.1:40000->10.96.0.1:443}. */
    static Optional<Target> parse(String text) {
      String peer = text.contains("->") ? text.substring(text.lastIndexOf("->") + 2) : text;
      int colon = peer.lastIndexOf(':');
      if (colon <= 0) {
        return Optional.empty();
      }
      Optional<IpAddress> address =
          IpAddress.parse(peer.substring(0, colon).replace("[", "").replace("]", ""));
      Optional<Port> port = ClusterRows.port(peer.substring(colon + 1));
      return address.flatMap(a -> port.map(p -> new Target(a, p)));
    }
  }

  static List<LogEvent> read(LogLine line, String component) {
    List<LogEvent> failures = new ArrayList<>();
    String text = line.message();
    for (String operation : List.of("dial ", "read ", "write ")) {
      int at = text.indexOf(operation);
      while (at >= 0 && failures.size() < MOST) {
        operation(text, at + operation.length()).map(f -> f.by(component)).ifPresent(failures::add);
        at = text.indexOf(operation, at + operation.length());
      }
    }
    if (failures.isEmpty() && !text.contains("dial tcp")) {
      url(text).map(f -> f.by(component)).ifPresent(failures::add);
    }
    return failures.stream().distinct().toList();
  }

  private record Failure(Target target, String error) {
    LogEvent by(String component) {
      return new LogEvent.DialFailed(component, target.address(), target.port(), error);
    }
  }

  /** {@code tcp 10.96.0.1:443: connect: connection refused} from {@code start} on. */
  private static Optional<Failure> operation(String text, int start) {
    int end = text.indexOf(' ', start);
    if (end < 0 || !text.startsWith("tcp", start) && !text.startsWith("udp", start)) {
      return Optional.empty();
    }
    int behindTarget = text.indexOf(": ", end);
    if (behindTarget < 0 || behindTarget - end > 120) {
      return Optional.empty();
    }
    Optional<Target> target = Target.parse(text.substring(end + 1, behindTarget).strip());
    String error = error(text.substring(behindTarget + 2));
    boolean failed =
        !error.isEmpty()
            && !error.contains("operation was canceled")
            && !error.contains("use of closed network connection");
    return target.filter(t -> failed).map(t -> new Failure(t, error));
  }

  /** The error without the system call that met it, up to where the sentence around it goes on. */
  private static String error(String text) {
    String rest = text;
    for (String call : List.of("connect: ", "getsockopt: ", "read: ", "write: ", "socket: ")) {
      rest = rest.startsWith(call) ? rest.substring(call.length()) : rest;
    }
    for (String known : ERRORS) {
      if (rest.startsWith(known)) {
        return known;
      }
    }
    int end = Math.min(rest.length(), 80);
    for (int i = 0; i < end; i++) {
      if ("\"\\;)|,".indexOf(rest.charAt(i)) >= 0) {
        end = i;
      }
    }
    return rest.substring(0, end).strip();
  }

  /** {@code https://192.168.96.12:6443/… connection reset by peer}. */
  private static Optional<Failure> url(String text) {
    int scheme = text.indexOf("https://");
    int start =
        scheme >= 0 ? scheme + "https://".length() : text.indexOf("http://") + "http://".length();
    if (scheme < 0 && !text.contains("http://")) {
      return Optional.empty();
    }
    int end = start;
    while (end < text.length()
        && (Character.isLetterOrDigit(text.charAt(end))
            || ".:[]-".indexOf(text.charAt(end)) >= 0)) {
      end++;
    }
    String authority = text.substring(start, end);
    authority =
        authority.endsWith(":") ? authority.substring(0, authority.length() - 1) : authority;
    boolean portGiven =
        authority.startsWith("[") ? authority.contains("]:") : authority.indexOf(':') >= 0;
    String rest = text.substring(end);
    String full = portGiven ? authority : authority + (scheme >= 0 ? ":443" : ":80");
    return ERRORS.stream()
        .filter(rest::contains)
        .findFirst()
        .flatMap(e -> Target.parse(full).map(t -> new Failure(t, e)));
  }
}
