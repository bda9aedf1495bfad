/** Neighbour and forwarding entries of VXLAN. */
@NullMarked
package io.podpath.rules.neighbour;

import org.jspecify.annotations.NullMarked;
