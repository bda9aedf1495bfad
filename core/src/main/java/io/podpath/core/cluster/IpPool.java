package io.podpath.core.cluster;

import io.podpath.core.net.Gathered;
import io.podpath.core.net.IpPrefix;

/**
 * A Calico IPPool.
 *
 * @param ipipMode Never, Always or CrossSubnet
 * @param vxlanMode Never, Always or CrossSubnet
 */
public record IpPool(
    String name,
    IpPrefix cidr,
    Gathered<String> ipipMode,
    Gathered<String> vxlanMode,
    Gathered<Boolean> natOutgoing,
    Gathered<Boolean> disabled) {

  /** This pool, completed from another reading of the same object. */
  public IpPool or(IpPool other) {
    return new IpPool(
        name,
        cidr,
        ipipMode.isNotGathered() ? other.ipipMode : ipipMode,
        vxlanMode.isNotGathered() ? other.vxlanMode : vxlanMode,
        natOutgoing.isNotGathered() ? other.natOutgoing : natOutgoing,
        disabled.isNotGathered() ? other.disabled : disabled);
  }

  @Override
  public String toString() {
    return "IPPool/" + name + " " + cidr;
  }
}
