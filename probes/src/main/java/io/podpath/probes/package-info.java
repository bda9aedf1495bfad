/** All contact with the outside: what a node, a cluster, a bundle or a pasted session says. */
@NullMarked
package io.podpath.probes;

import org.jspecify.annotations.NullMarked;
