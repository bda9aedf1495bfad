package io.podpath.probes.parse;

import io.podpath.core.cni.LogEvent;
import io.podpath.core.net.IpAddress;
import io.podpath.core.net.IpPrefix;
import io.podpath.core.net.MacAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** What flanneld says, from its first releases (etcd, glog) to now. */
final class FlannelLog {

  private static final String FLANNELD = "flanneld";

  private FlannelLog() {}

  static List<LogEvent> read(LogLine line) {
    List<LogEvent> events = new ArrayList<>();
    address(line).ifPresent(events::add);
    subnet(line).ifPresent(events::add);
    vtep(line).ifPresent(events::add);
    refused(line).ifPresent(events::add);
    line.behind("Backend type: ")
        .filter(b -> line.says("network config"))
        .map(LogLine::firstWord)
        .ifPresent(b -> events.add(new LogEvent.BackendChosen(FLANNELD, b)));
    for (String sign :
        List.of(
            "Created subnet manager",
            "Wrote subnet file",
            "Running backend",
            "Node controller sync successful")) {
      if (line.says(sign)) {
        events.add(new LogEvent.Working(FLANNELD, sign));
      }
    }
    return events;
  }

  private static Optional<LogEvent> address(LogLine line) {
    Optional<String> device = line.between("Using interface with name ", " and address ");
    if (device.isPresent()) {
      return line.behind(" and address ")
          .map(LogLine::firstWord)
          .flatMap(IpAddress::parse)
          .map(a -> new LogEvent.AddressChosen(FLANNELD, device, a, Optional.empty()));
    }
    for (String role :
        List.of(" as external interface", " as external address", " as external endpoint")) {
      Optional<IpAddress> chosen = line.between("Using ", role).flatMap(IpAddress::parse);
      if (chosen.isPresent()) {
        return Optional.of(
            new LogEvent.AddressChosen(FLANNELD, Optional.empty(), chosen.get(), Optional.empty()));
      }
    }
    if (line.says("Unable to find default route") || line.says("failed to get default interface")) {
      return Optional.of(new LogEvent.AddressNotDetected(FLANNELD, "default route"));
    }
    return line.behind("Could not find valid interface matching ")
        .map(LogLine::firstWord)
        .map(i -> new LogEvent.AddressNotDetected(FLANNELD, "interface " + i));
  }

  /**
   * Leases: the own one, or another node's with the address it is reached by. The udp back end
   * names no address and tells nothing.
   */
  private static Optional<LogEvent> subnet(LogLine line) {
    Optional<IpPrefix> added =
        line.behind("Subnet added: ")
            .or(() -> line.behind("adding subnet: "))
            .or(() -> line.behind("direct route to subnet: "))
            .flatMap(FlannelLog::prefix);
    if (added.isPresent()) {
      Optional<IpAddress> via =
          line.behind(" via ")
              .or(() -> line.behind("PublicIP: "))
              .map(LogLine::firstWord)
              .flatMap(IpAddress::parse);
      return via.map(
          v -> new LogEvent.SubnetLearned(FLANNELD, added.get(), Optional.of(v), mac(line)));
    }
    Optional<IpPrefix> own =
        line.behind("ease acquired: ")
            .or(() -> line.behind("Allocated lease ("))
            .or(() -> line.behind("Found previously leased subnet ("))
            .or(() -> line.behind("Found lease ("))
            .or(() -> line.behind("Created lease ("))
            .flatMap(FlannelLog::prefix);
    if (own.isEmpty() && line.says("Current network or subnet (")) {
      own =
          line.between("Current network or subnet (", ")")
              .map(p -> p.substring(p.indexOf(',') + 1))
              .flatMap(FlannelLog::prefix);
    }
    return own.map(
        p -> new LogEvent.SubnetLearned(FLANNELD, p, Optional.empty(), Optional.empty()));
  }

  private static Optional<IpPrefix> prefix(String text) {
    String word = LogLine.firstWord(text.replace(')', ' '));
    return word.indexOf('/') > 0 ? IpPrefix.parse(word) : Optional.empty();
  }

  private static Optional<MacAddress> mac(LogLine line) {
    return line.behind("VtepMAC: ").map(LogLine::firstWord).flatMap(MacAddress::parse);
  }

  /**
   * The neighbour and forwarding entries of a VXLAN peer; authors hide addresses, so only the MAC
   * must be there.
   */
  private static Optional<LogEvent> vtep(LogLine line) {
    Optional<MacAddress> announced = mac(line);
    if (line.says("adding subnet: ") && announced.isPresent()) {
      Optional<IpAddress> subnet =
          line.behind("adding subnet: ").flatMap(FlannelLog::prefix).map(IpPrefix::address);
      Optional<IpAddress> to =
          line.behind("PublicIP: ").map(LogLine::firstWord).flatMap(IpAddress::parse);
      return Optional.of(new LogEvent.VtepProgrammed(FLANNELD, subnet, announced.get(), to));
    }
    Optional<String> arp = line.behind("calling AddARP: ");
    Optional<String> fdb = line.behind("calling AddFDB: ");
    String words = arp.or(() -> fdb).orElse("");
    Optional<MacAddress> mac =
        Lines.words(words).stream()
            .flatMap(w -> MacAddress.parse(LogLine.firstWord(w)).stream())
            .findFirst();
    Optional<IpAddress> ip = IpAddress.parse(LogLine.firstWord(words));
    return mac.map(m ->
        new LogEvent.VtepProgrammed(
            FLANNELD,
            arp.isPresent() ? ip : Optional.empty(),
            m,
            arp.isPresent() ? Optional.empty() : ip));
  }

  /** No usable subnet. A failed connection says more for itself. */
  private static Optional<LogEvent> refused(LogLine line) {
    boolean subnet =
        line.says("pod cidr not assigned")
            || line.says("doesn't contain") && line.says("PodCIDR")
            || line.says("Error registering network")
            || line.says("failed to acquire lease")
            || line.says("Couldn't fetch network config")
            || line.says("out of subnets");
    boolean connection = line.says("dial tcp") || line.says("etcd cluster is unavailable");
    boolean flannel =
        line.says("pod cidr")
            || line.says("PodCIDR")
            || line.says("network config")
            || line.says("lease")
            || line.says("registering network");
    return subnet && flannel && !connection
        ? Optional.of(new LogEvent.SubnetRefused(FLANNELD, line.shortMessage()))
        : Optional.empty();
  }
}
