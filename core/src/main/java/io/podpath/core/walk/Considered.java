package io.podpath.core.walk;

import io.podpath.core.snapshot.Provenance;
import java.util.Optional;

/**
 * A row a decision was made from.
 *
 * @param row in its tool's own words
 * @param chosen whether it decided
 * @param reason why it did or did not
 */
public record Considered(String row, Optional<Provenance> from, boolean chosen, String reason) {}
