package io.podpath.core.walk;

/** A packet between two pods, and its answer, step by step. */
public record PodTrace(WalkEnd from, WalkEnd to, Trace trace) {}
