/** Failures of pod subnets and CNI configuration on the nodes. */
@NullMarked
package io.podpath.rules.cni;

import org.jspecify.annotations.NullMarked;
