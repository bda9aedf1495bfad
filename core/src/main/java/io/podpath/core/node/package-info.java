/** What one network namespace holds, in rtnetlink's and iproute2's words. */
@NullMarked
package io.podpath.core.node;

import org.jspecify.annotations.NullMarked;
