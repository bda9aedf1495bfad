package io.podpath.rules;

import io.podpath.core.rule.Rule;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.ServiceLoader;

/** All known failures with their pages. */
public final class RuleLibrary {

  private final List<Rule> rules;

  private RuleLibrary(List<Rule> rules) {
    this.rules = rules.stream().sorted(Comparator.comparing(Rule::id)).toList();
  }

  /** The rules on the class path. */
  public static RuleLibrary load() {
    // Asked with the loader of this class: the one of the thread may see no rules at all.
    return new RuleLibrary(
        ServiceLoader.load(Rule.class, RuleLibrary.class.getClassLoader()).stream()
            .map(ServiceLoader.Provider::get)
            .toList());
  }

  /** A library of these rules alone. */
  public static RuleLibrary of(List<Rule> rules) {
    return new RuleLibrary(rules);
  }

  /** Sorted by id. */
  public List<Rule> rules() {
    return rules;
  }

  public List<String> ids() {
    return rules.stream().map(Rule::id).toList();
  }

  public Optional<Rule> rule(String id) {
    return rules.stream().filter(r -> r.id().equals(id)).findFirst();
  }

  /** The page of a rule, Markdown, which lies beside its class; empty when nobody wrote one. */
  public static Optional<String> page(Rule rule) {
    try (InputStream page = rule.getClass().getResourceAsStream(rule.id() + ".md")) {
      return page == null
          ? Optional.empty()
          : Optional.of(new String(page.readAllBytes(), StandardCharsets.UTF_8));
    } catch (IOException e) {
      throw new UncheckedIOException("cannot read the page of " + rule.id(), e);
    }
  }
}
