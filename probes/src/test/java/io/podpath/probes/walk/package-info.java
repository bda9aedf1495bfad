/** Walks through states written as the tools print them. */
@NullMarked
package io.podpath.probes.walk;

import org.jspecify.annotations.NullMarked;
