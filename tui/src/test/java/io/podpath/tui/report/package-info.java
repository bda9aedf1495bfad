@NullMarked
package io.podpath.tui.report;

import org.jspecify.annotations.NullMarked;
