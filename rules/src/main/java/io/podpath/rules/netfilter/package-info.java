/** What the packet filter does with forwarded packets. */
@NullMarked
package io.podpath.rules.netfilter;

import org.jspecify.annotations.NullMarked;
