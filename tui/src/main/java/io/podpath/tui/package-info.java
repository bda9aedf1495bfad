/** All that faces a person: commands, shell, reports and screens. */
@NullMarked
package io.podpath.tui;

import org.jspecify.annotations.NullMarked;
