package io.podpath.probes.bundle;

/** What a file's path says about it. */
sealed interface Place {

  /**
   * Output of a command on a node.
   *
   * @param home the node's directory, which tells two nodes of one name apart
   * @param machine whether the input says that all of this node is one machine
   * @param netns {@code host} or a pod's namespace
   * @param stem file name without its ending; inside a pod's directory without that directory
   */
  record Output(String node, String home, boolean machine, String netns, String stem)
      implements Place {

    /** With another stem. */
    Output called(String other) {
      return new Output(node, home, machine, netns, other);
    }
  }

  /**
   * A file of a node.
   *
   * @param absolute its path there
   */
  record NodeFile(String node, String home, boolean machine, String absolute) implements Place {}

  /** A log of a node. */
  record NodeLog(String node, String home, boolean machine, String name) implements Place {}

  /** A packet capture. */
  record CaptureFile(String node, String home, boolean machine, String device) implements Place {}

  /** Objects of the cluster. */
  record ClusterFile(String stem, String extension) implements Place {}

  /** {@code podpath-bundle.json}. */
  record Index() implements Place {}

  /**
   * A file of a bundle that lies outside of {@code nodes/} and {@code cluster/}: it tells of no
   * node.
   */
  record Stray(String name) implements Place {}
}
