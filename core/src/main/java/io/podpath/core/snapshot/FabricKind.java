package io.podpath.core.snapshot;

import java.util.Locale;

/** How pods of different nodes reach each other, as far as the entries tell. */
public enum FabricKind {
  FLANNEL_HOST_GW,
  FLANNEL_VXLAN,
  FLANNEL_UDP,
  FLANNEL_IPIP,
  CALICO_IPIP,
  CALICO_VXLAN,
  CALICO_BGP,
  STATIC_ROUTES,
  OVS_GRE,
  UNKNOWN;

  public boolean isFlannel() {
    return switch (this) {
      case FLANNEL_HOST_GW, FLANNEL_VXLAN, FLANNEL_UDP, FLANNEL_IPIP -> true;
      case CALICO_IPIP, CALICO_VXLAN, CALICO_BGP, STATIC_ROUTES, OVS_GRE, UNKNOWN -> false;
    };
  }

  public boolean isCalico() {
    return switch (this) {
      case CALICO_IPIP, CALICO_VXLAN, CALICO_BGP -> true;
      case FLANNEL_HOST_GW,
          FLANNEL_VXLAN,
          FLANNEL_UDP,
          FLANNEL_IPIP,
          STATIC_ROUTES,
          OVS_GRE,
          UNKNOWN ->
          false;
    };
  }

  /** Whether every node needs a route to every other node's pod subnet. */
  public boolean routesEachSubnet() {
    return switch (this) {
      case FLANNEL_HOST_GW,
          FLANNEL_VXLAN,
          FLANNEL_IPIP,
          CALICO_IPIP,
          CALICO_VXLAN,
          CALICO_BGP,
          STATIC_ROUTES ->
          true;
      case FLANNEL_UDP, OVS_GRE, UNKNOWN -> false;
    };
  }

  @Override
  public String toString() {
    return name().toLowerCase(Locale.ROOT).replace('_', '-');
  }
}
