package io.podpath.tui.cli;

import io.podpath.core.fix.ShellWord;
import io.podpath.tui.report.SafeText;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** The words of one question: on the command line, or on a line of a batch. */
@Command(name = "question")
final class QuestionWords {

  @Parameters(
      paramLabel = "FROM TO [FILE...]",
      arity = "0..*",
      hideParamSyntax = true,
      description =
          "FROM and TO: pod/NS/NAME, NS/NAME, svc/NS/NAME, node/NAME, NODE:NETNS or an address; FROM may add @SOURCE-ADDRESS. FILE as for doctor.")
  private List<String> words = List.of();

  @Option(
      names = "--proto",
      paramLabel = "icmp|tcp|udp",
      description = "Protocol (default: icmp; tcp with --port; for a service its own).")
  private Optional<String> protocol = Optional.empty();

  @Option(
      names = "--port",
      paramLabel = "N",
      description = "Destination port (default: 80; for a service its first).")
  private Optional<Integer> port = Optional.empty();

  @Option(names = "--sport", paramLabel = "N", description = "Source port (default: 20404).")
  private Optional<Integer> sourcePort = Optional.empty();

  @Option(
      names = "--size",
      paramLabel = "BYTES",
      description = "Length of the IP packet, sent with DF (default: 84).")
  private Optional<Integer> size = Optional.empty();

  @Option(
      names = "--in",
      paramLabel = "DEV",
      description = "The packet comes from outside, into FROM by this device.")
  private Optional<String> in = Optional.empty();

  List<String> words() {
    return words;
  }

  /** The same question in words for a shell. */
  String again() {
    List<String> again = new ArrayList<>(words.subList(0, 2));
    protocol.ifPresent(p -> again.addAll(List.of("--proto", p)));
    port.ifPresent(p -> again.addAll(List.of("--port", p.toString())));
    sourcePort.ifPresent(p -> again.addAll(List.of("--sport", p.toString())));
    size.ifPresent(s -> again.addAll(List.of("--size", s.toString())));
    in.ifPresent(d -> again.addAll(List.of("--in", d)));
    return String.join(" ", again.stream().map(SafeText::of).map(ShellWord::quoted).toList());
  }

  Optional<String> protocol() {
    return protocol;
  }

  Optional<Integer> port() {
    return port;
  }

  Optional<Integer> sourcePort() {
    return sourcePort;
  }

  Optional<Integer> size() {
    return size;
  }

  Optional<String> in() {
    return in;
  }
}
