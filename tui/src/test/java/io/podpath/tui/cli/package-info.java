@NullMarked
package io.podpath.tui.cli;

import org.jspecify.annotations.NullMarked;
