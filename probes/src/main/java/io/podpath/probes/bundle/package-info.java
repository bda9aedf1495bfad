/**
 * The recorded form of a cluster: a directory, an archive or single files, read into a snapshot.
 * Nothing is ever written.
 */
@NullMarked
package io.podpath.probes.bundle;

import org.jspecify.annotations.NullMarked;
