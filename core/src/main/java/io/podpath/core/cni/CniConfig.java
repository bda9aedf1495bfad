package io.podpath.core.cni;

import io.podpath.core.net.IpPrefix;
import java.util.List;
import java.util.Optional;

/**
 * A file of {@code /etc/cni/net.d}.
 *
 * @param fileName without directory; empty when the text came without one
 * @param plugins types of the plug-ins in order; one for a plain {@code .conf}
 * @param subnets of host-local IPAM, where the file states them
 */
public record CniConfig(
    Optional<String> fileName,
    Optional<String> name,
    Optional<String> cniVersion,
    List<String> plugins,
    List<IpPrefix> subnets,
    Optional<String> bridge) {

  public CniConfig {
    plugins = List.copyOf(plugins);
    subnets = List.copyOf(subnets);
  }

  /**
   * Whether libcni's ConfFiles, with the extensions containerd, CRI-O and dockershim pass, reads
   * this name.
   */
  public static boolean isReadName(String fileName) {
    return fileName.endsWith(".conf")
        || fileName.endsWith(".conflist")
        || fileName.endsWith(".json");
  }

  @Override
  public String toString() {
    return fileName.orElse("CNI configuration") + ": " + name.orElse("?") + " " + plugins;
  }
}
