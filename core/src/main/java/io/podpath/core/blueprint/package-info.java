/**
 * What a working data plane holds: pure functions from what a cluster is to the links, addresses,
 * routes, neighbours, forwarding entries, rules, sets and files of each node. One class per fabric
 * and one per service proxy, with the names, flags and addressing of the real components.
 */
@NullMarked
package io.podpath.core.blueprint;

import org.jspecify.annotations.NullMarked;
