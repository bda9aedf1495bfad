/** Interfaces and their addresses. */
@NullMarked
package io.podpath.rules.link;

import org.jspecify.annotations.NullMarked;
