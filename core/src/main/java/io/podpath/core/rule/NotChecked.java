package io.podpath.core.rule;

import java.util.Optional;

/**
 * A rule that could not be decided.
 *
 * @param node empty when it concerns the whole cluster
 * @param reason what was not gathered
 * @param undecided whether what was gathered may well be the fault: then nothing is healthy
 */
public record NotChecked(String rule, Optional<String> node, String reason, boolean undecided) {

  public NotChecked(String rule, Optional<String> node, String reason) {
    this(rule, node, reason, false);
  }
}
