package io.podpath.core.cluster;

import java.util.Optional;

/**
 * A Kubernetes Event.
 *
 * @param type Normal or Warning
 * @param object kind/name it is about
 */
public record KubeEvent(
    Optional<String> namespace, String type, String reason, String object, String message) {
  @Override
  public String toString() {
    return type + " " + reason + " " + object + ": " + message;
  }
}
