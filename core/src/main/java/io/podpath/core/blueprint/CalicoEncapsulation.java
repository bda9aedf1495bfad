package io.podpath.core.blueprint;

/** An IPPool's ipipMode. */
public enum CalicoEncapsulation {
  ALWAYS,
  CROSS_SUBNET,
  NEVER;

  /** Whether packets between pods of two nodes go through tunl0. */
  boolean tunnels(NodeFacts node, NodeFacts other) {
    return switch (this) {
      case ALWAYS -> true;
      case CROSS_SUBNET -> node.cardTowards(other.address()).isEmpty();
      case NEVER -> false;
    };
  }

  boolean hasTunnel() {
    return this != NEVER;
  }
}
