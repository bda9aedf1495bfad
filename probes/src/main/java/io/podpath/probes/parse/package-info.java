/**
 * One pure parser per tool output, named by the tool. Text in, facts with their places out; no
 * file, no process, no exception.
 */
@NullMarked
package io.podpath.probes.parse;

import org.jspecify.annotations.NullMarked;
