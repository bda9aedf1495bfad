package io.podpath.core.blueprint;

import io.podpath.core.snapshot.Facts;

/**
 * What a pod's network namespace holds.
 *
 * @param hostDevice the node's end of its veth pair
 * @param facts its links, addresses, routes and neighbours
 */
public record PodBlueprint(PodFacts pod, String hostDevice, Facts facts) {}
