/** iptables, nftables, ipset, IPVS and conntrack as their own tools print them. */
@NullMarked
package io.podpath.core.netfilter;

import org.jspecify.annotations.NullMarked;
