package io.podpath.core.compare;

/** What entries of a table are good for, and so what it means that some were not read. */
enum Reach {
  /** Packets meet them, and one more than expected may lead them astray. */
  OPEN,
  /** Packets meet them; those beyond the expected ones concern other packets. */
  CLOSED,
  /** A daemon or plug-in reads them; packets do not. */
  TOLD
}
