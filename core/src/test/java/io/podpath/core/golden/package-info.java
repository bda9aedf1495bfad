/** Golden files: what people see, kept next to the tests and compared byte by byte. */
@NullMarked
package io.podpath.core.golden;

import org.jspecify.annotations.NullMarked;
