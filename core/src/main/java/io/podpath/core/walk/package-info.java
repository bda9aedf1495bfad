/** What a packet would do. */
@NullMarked
package io.podpath.core.walk;

import org.jspecify.annotations.NullMarked;
