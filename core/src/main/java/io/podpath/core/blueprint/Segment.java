package io.podpath.core.blueprint;

import io.podpath.core.net.IpAddress;
import io.podpath.core.net.IpPrefix;

/**
 * A network between machines.
 *
 * @param gateway the router of the network; it reaches all other segments
 */
public record Segment(String name, IpPrefix network, IpAddress gateway) {}
