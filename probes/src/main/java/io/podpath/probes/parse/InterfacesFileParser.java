package io.podpath.probes.parse;

import com.google.auto.service.AutoService;
import io.podpath.core.cni.InterfaceStanza;
import io.podpath.core.net.IpAddress;
import io.podpath.core.snapshot.Section;
import io.podpath.core.snapshot.Source;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** Debian's {@code /etc/network/interfaces} (interfaces(5)). */
@AutoService(OutputParser.class)
public final class InterfacesFileParser implements OutputParser {

  private static final int RANK = 20;

  /**
   * Options of inet and inet6 stanzas in interfaces(5), and what the usual add-on packages bring
   * along.
   */
  private static final Set<String> OPTIONS =
      Set.of(
          "address",
          "netmask",
          "broadcast",
          "metric",
          "gateway",
          "pointopoint",
          "hwaddress",
          "mtu",
          "scope",
          "up",
          "down",
          "pre-up",
          "post-up",
          "pre-down",
          "post-down",
          "network",
          "media",
          "autoconf",
          "accept_ra",
          "privext",
          "dad-attempts",
          "dad-interval",
          "hostname",
          "client",
          "vendor",
          "leasehours",
          "leasetime",
          "description",
          "preferred-lifetime",
          "request_prefix",
          "ll-attempts",
          "ll-interval",
          "mode",
          "endpoint",
          "local",
          "ttl",
          "dstaddr",
          "provider",
          "unit",
          "options",
          "vlan-raw-device",
          "vlan_raw_device",
          "inherits",
          "noautoconf",
          "bootfile",
          "server",
          "hwaddr",
          "tunnel-physdev",
          "txqueuelen");

  /** Families of options that packages add: dns-nameservers, bond-mode, bridge_ports, wpa-ssid … */
  private static final List<String> PREFIXES =
      List.of(
          "dns-",
          "bond-",
          "bond_",
          "bridge_",
          "bridge-",
          "wpa-",
          "wireless-",
          "vlan-",
          "ovs_",
          "ethernet-",
          "offload-",
          "link-",
          "ip-",
          "slaves",
          "batman-",
          "tunnel-",
          "vxlan-",
          "firewall-");

  private static final Set<String> STANZAS =
      Set.of(
          "auto",
          "allow-hotplug",
          "mapping",
          "source",
          "source-directory",
          "no-auto-down",
          "no-scripts",
          "rename",
          "template");

  @Override
  public String name() {
    return "/etc/network/interfaces";
  }

  @Override
  public boolean reads(ShellCommand command) {
    return ShownFile.of(command)
        .filter(f -> f.path().contains("/etc/network/interfaces"))
        .isPresent();
  }

  @Override
  public int likeness(String fileName, String text) {
    for (Lines.Line line : Lines.of(Source.ofFile(fileName, text))) {
      if (isStanza(line.words())) {
        return 85;
      }
    }
    return 0;
  }

  private static boolean isStanza(List<String> words) {
    return words.size() == 4
        && words.get(0).equals("iface")
        && (words.get(2).equals("inet") || words.get(2).equals("inet6"));
  }

  /** A stanza as far as it was read. */
  private static final class Stanza {
    final String device;
    final int line;
    Optional<IpAddress> address = Optional.empty();
    Optional<String> netmask = Optional.empty();
    final List<String> unknown = new ArrayList<>();

    Stanza(String device, int line) {
      this.device = device;
      this.line = line;
    }

    void option(String name, String value) {
      if (name.equals("address")) {
        int slash = value.indexOf('/');
        address = IpAddress.parse(slash > 0 ? value.substring(0, slash) : value);
        netmask = slash > 0 ? Optional.of(value.substring(slash + 1)) : netmask;
      } else if (name.equals("netmask")) {
        netmask = Optional.of(value);
      } else if (!OPTIONS.contains(name) && PREFIXES.stream().noneMatch(name::startsWith)) {
        unknown.add(name);
      }
    }
  }

  @Override
  public Reading parse(Source source) {
    ReadingBuilder reading = new ReadingBuilder(source);
    reading.whole(Section.INTERFACE_STANZAS, RANK);
    Optional<Stanza> open = Optional.empty();
    for (Lines.Line line : Lines.of(source)) {
      List<String> words = line.words();
      if (words.isEmpty() || words.getFirst().startsWith("#")) {
        continue;
      }
      if (TextTable.isGap(line.text())) {
        reading.unread(Section.INTERFACE_STANZAS, line.number(), "lines were left out");
      } else if (words.getFirst().equals("iface")) {
        close(open, reading);
        open =
            isStanza(words) && words.get(3).equals("static")
                ? Optional.of(new Stanza(words.get(1), line.number()))
                : Optional.empty();
      } else if (STANZAS.contains(words.getFirst()) || words.getFirst().startsWith("allow-")) {
        close(open, reading);
        open = Optional.empty();
      } else if (open.isPresent()) {
        open.get().option(words.getFirst(), words.size() > 1 ? words.get(1) : "");
      }
    }
    close(open, reading);
    return reading.build();
  }

  private static void close(Optional<Stanza> open, ReadingBuilder reading) {
    open.ifPresent(s ->
        reading.add(
            Section.INTERFACE_STANZAS,
            new InterfaceStanza(s.device, s.address, s.netmask, s.unknown),
            s.line));
  }
}
