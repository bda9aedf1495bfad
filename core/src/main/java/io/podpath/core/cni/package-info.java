/** What CNI plug-ins, kube-proxy, routing daemons and Open vSwitch hold and say on a node. */
@NullMarked
package io.podpath.core.cni;

import org.jspecify.annotations.NullMarked;
