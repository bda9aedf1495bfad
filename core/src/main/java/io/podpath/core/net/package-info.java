/** Value types of the network: addresses, prefixes, ports, and the three values a fact can have. */
@NullMarked
package io.podpath.core.net;

import org.jspecify.annotations.NullMarked;
