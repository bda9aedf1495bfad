/** All that was learned of a cluster at one time, each fact with the place it was read from. */
@NullMarked
package io.podpath.core.snapshot;

import org.jspecify.annotations.NullMarked;
