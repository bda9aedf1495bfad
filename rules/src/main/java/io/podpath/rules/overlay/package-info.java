/** Tunnels between nodes: IPIP, VXLAN, GRE. */
@NullMarked
package io.podpath.rules.overlay;

import org.jspecify.annotations.NullMarked;
