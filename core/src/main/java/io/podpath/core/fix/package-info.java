/** Changes that apply to a snapshot as well as to a node, and the fixes made of them. */
@NullMarked
package io.podpath.core.fix;

import org.jspecify.annotations.NullMarked;
