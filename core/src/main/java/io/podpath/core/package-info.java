/**
 * The model of a cluster and everything that is a pure function of it.
 *
 * <p>Nothing below this package opens a file, a socket or a process.
 */
@NullMarked
package io.podpath.core;

import org.jspecify.annotations.NullMarked;
