/** The command line: one class per subcommand. */
@NullMarked
package io.podpath.tui.cli;

import org.jspecify.annotations.NullMarked;
