package io.podpath.core.cni;

/** A file name seen in a directory that matters, such as {@code /etc/cni/net.d}. */
public record DirectoryEntry(String directory, String name) {
  @Override
  public String toString() {
    return directory + "/" + name;
  }
}
