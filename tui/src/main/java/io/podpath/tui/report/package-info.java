/** A diagnosis as text and as JSON. Pure: no stream, file or terminal is known here. */
@NullMarked
package io.podpath.tui.report;

import org.jspecify.annotations.NullMarked;
