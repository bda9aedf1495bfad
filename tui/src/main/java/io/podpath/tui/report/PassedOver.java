package io.podpath.tui.report;

/**
 * A part of the input that was not used.
 *
 * @param reason a phrase such as "not text"
 */
public record PassedOver(String file, String reason) {}
