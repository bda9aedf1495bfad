/** One class per known failure, in one package per area of the data plane. */
@NullMarked
package io.podpath.rules;

import org.jspecify.annotations.NullMarked;
