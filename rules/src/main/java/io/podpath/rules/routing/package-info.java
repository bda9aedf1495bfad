/** Routes and forwarding. */
@NullMarked
package io.podpath.rules.routing;

import org.jspecify.annotations.NullMarked;
