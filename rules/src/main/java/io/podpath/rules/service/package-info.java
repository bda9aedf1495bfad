/** Failures of services: kube-proxy, its configuration, IPVS and the addresses it makes local. */
@NullMarked
package io.podpath.rules.service;

import org.jspecify.annotations.NullMarked;
