package io.podpath.core.fix;

import io.podpath.core.node.Address;
import io.podpath.core.node.FdbEntry;
import io.podpath.core.node.Neighbour;
import java.util.stream.Collectors;

/** Addresses, neighbours and forwarding entries in the words their tools take from a shell. */
final class EntryWords {

  private EntryWords() {}

  static String of(Address address) {
    return address.local()
        + "/"
        + address.prefixLength()
        + " dev "
        + ShellWord.quoted(address.device());
  }

  static String of(Neighbour neighbour) {
    return neighbour.address()
        + neighbour.mac().map(m -> " lladdr " + m).orElse("")
        + neighbour.device().map(d -> " dev " + ShellWord.quoted(d)).orElse("")
        + (neighbour.states().contains("PERMANENT") ? " nud permanent" : "");
  }

  static String of(FdbEntry entry) {
    FdbEntry quoted =
        new FdbEntry(
            entry.mac(),
            entry.device().map(ShellWord::quoted),
            entry.destination(),
            entry.port(),
            entry.vni(),
            entry.vlan(),
            entry.master().map(ShellWord::quoted),
            entry.flags().stream().map(ShellWord::quoted).collect(Collectors.toSet()));
    return quoted.toString();
  }
}
