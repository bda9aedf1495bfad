/**
 * Two states of a node held against each other by what their entries mean: what it holds and what
 * it shall hold, before and after, one node and another.
 */
@NullMarked
package io.podpath.core.compare;

import org.jspecify.annotations.NullMarked;
