/**
 * Reads pasted terminal sessions, prose around them allowed: who ran what where, what came out, and
 * what that changed.
 */
@NullMarked
package io.podpath.probes.transcript;

import org.jspecify.annotations.NullMarked;
