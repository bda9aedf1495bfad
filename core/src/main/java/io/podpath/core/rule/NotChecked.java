package io.podpath.core.rule;

import java.util.Optional;

/**
 * A rule that could not be decided.
 *
 * @param node empty when it concerns the whole cluster
 * @param reason what was not gathered
 */
public record NotChecked(String rule, Optional<String> node, String reason) {}
