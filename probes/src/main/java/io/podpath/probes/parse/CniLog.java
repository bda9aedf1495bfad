package io.podpath.probes.parse;

import io.podpath.core.cni.LogEvent;
import java.util.List;
import java.util.Optional;

/** What kubelet and container runtimes say when CNI fails. */
final class CniLog {

  private static final List<String> SIGNS =
      List.of(
          "no networks found in ",
          "no network config found in ",
          "cni config uninitialized",
          "cni plugin not initialized",
          "already has an IP address different from",
          "subnet.env: no such file or directory",
          "failed to find plugin",
          "failed to set bridge addr",
          "/var/lib/calico/nodename",
          "to CNI network");

  private CniLog() {}

  static Optional<LogEvent> read(LogLine line, String component) {
    boolean failed =
        line.says("rror")
            || line.says("ailed")
            || line.says("nable")
            || line.says("not ready")
            || line.level().equals("E")
            || line.level().equals("W");
    return failed && SIGNS.stream().anyMatch(line::says)
        ? Optional.of(new LogEvent.CniFailed(component, line.shortMessage()))
        : Optional.empty();
  }
}
