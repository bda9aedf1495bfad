package io.podpath.core.blueprint;

import io.podpath.core.net.IpAddress;

/** A pod with a network of its own. */
public record PodFacts(String namespace, String name, IpAddress address) {

  /** Name of its network namespace in a bundle. */
  public String netns() {
    return namespace + "_" + name;
  }
}
