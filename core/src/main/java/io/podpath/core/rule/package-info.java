/** Known failures: what a rule is, what it finds, and how findings become a diagnosis. */
@NullMarked
package io.podpath.core.rule;

import org.jspecify.annotations.NullMarked;
