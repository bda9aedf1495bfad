/** Failures of the routing protocol between nodes: sessions, peers, reflectors, blocks. */
@NullMarked
package io.podpath.rules.bgp;

import org.jspecify.annotations.NullMarked;
