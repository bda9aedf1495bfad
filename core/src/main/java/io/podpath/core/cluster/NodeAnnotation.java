package io.podpath.core.cluster;

/** One annotation of a Node object, with the line it stands on. */
public record NodeAnnotation(String node, String key, String value) {
  @Override
  public String toString() {
    return key + ": " + value;
  }
}
