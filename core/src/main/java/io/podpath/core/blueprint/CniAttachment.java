package io.podpath.core.blueprint;

/**
 * What a runtime told the CNI plug-ins of a pod (CNI specification, ADD).
 *
 * @param network name of the network configuration
 * @param container id of the pod's sandbox, which the runtime gives by chance
 */
public record CniAttachment(String network, String container) {}
