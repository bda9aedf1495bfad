/** Kubernetes and Calico objects as own records, without any client type. */
@NullMarked
package io.podpath.core.cluster;

import org.jspecify.annotations.NullMarked;
