package io.podpath.core.blueprint;

import io.podpath.core.net.IpProtocol;
import io.podpath.core.net.Port;

/**
 * A port of a node that leads to a pod on it.
 *
 * @param port of the node, on all its addresses
 * @param containerPort where the pod answers
 */
public record HostPort(Port port, IpProtocol protocol, Port containerPort) {}
