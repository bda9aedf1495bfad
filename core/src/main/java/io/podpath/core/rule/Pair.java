package io.podpath.core.rule;

/** Traffic from one node's pods to another's; request and answer both count. */
public record Pair(String from, String to) {}
