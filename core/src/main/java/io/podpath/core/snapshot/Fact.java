package io.podpath.core.snapshot;

/** Something known, and where it was read. */
public record Fact<T>(T value, Provenance from) {}
