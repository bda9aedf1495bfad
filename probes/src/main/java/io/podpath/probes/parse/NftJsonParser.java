package io.podpath.probes.parse;

import com.google.auto.service.AutoService;
import io.podpath.core.netfilter.NftChain;
import io.podpath.core.netfilter.NftRule;
import io.podpath.core.snapshot.Section;
import io.podpath.core.snapshot.Source;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;

/**
 * {@code nft -j list ruleset} (libnftables-json(5)); its statements are written down in nft's
 * language.
 */
@AutoService(OutputParser.class)
public final class NftJsonParser implements OutputParser {

  /** Below the text form, which is nft's own and not ours. */
  private static final int RANK = 20;

  @Override
  public String name() {
    return "nft -j list";
  }

  @Override
  public boolean reads(ShellCommand command) {
    return NftTextParser.lists(command) && NftTextParser.asJson(command);
  }

  @Override
  public int likeness(String fileName, String text) {
    String head = text.stripLeading();
    return head.startsWith("{") && head.contains("\"nftables\"") ? 100 : 0;
  }

  @Override
  public Reading parse(Source source) {
    ReadingBuilder builder = new ReadingBuilder(source);
    if (NftReading.isWholeRuleset(source)) {
      builder.whole(Section.NFT_CHAINS, RANK).whole(Section.NFT_RULES, RANK);
    } else {
      String reason = "only a part of the rule set was listed";
      builder.part(Section.NFT_CHAINS, RANK, reason).part(Section.NFT_RULES, RANK, reason);
    }
    if (source.text().isBlank()) {
      return builder.build();
    }
    Tree.Documents documents = Tree.json(source.text(), source.firstLine());
    documents.error().ifPresent(e -> unread(builder, e));
    boolean any = false;
    for (Tree root : documents.roots()) {
      for (Tree item : root.items("nftables")) {
        any = true;
        item.get("chain").ifPresent(c -> chain(builder, c));
        item.get("rule").ifPresent(r -> rule(builder, r));
      }
    }
    if (!any && documents.error().isEmpty()) {
      unread(builder, new Tree.Broken(source.firstLine(), "no member nftables"));
    }
    return builder.build();
  }

  private static void unread(ReadingBuilder builder, Tree.Broken broken) {
    builder.unread(Section.NFT_CHAINS, broken).unread(Section.NFT_RULES, broken);
  }

  private static void chain(ReadingBuilder builder, Tree chain) {
    Optional<String> family = chain.text("family");
    Optional<String> table = chain.text("table");
    Optional<String> name = chain.text("name");
    if (family.isEmpty() || table.isEmpty() || name.isEmpty()) {
      builder.unread(Section.NFT_CHAINS, chain.line(), "a chain without family, table or name");
      return;
    }
    OptionalLong priority = chain.number("prio");
    boolean fits = priority.isPresent() && Math.abs(priority.getAsLong()) <= Integer.MAX_VALUE;
    builder.add(
        Section.NFT_CHAINS,
        new NftChain(
            family.get(),
            table.get(),
            name.get(),
            chain.text("type"),
            chain.text("hook"),
            fits ? OptionalInt.of((int) priority.getAsLong()) : OptionalInt.empty(),
            chain.text("policy")),
        chain.line());
  }

  private static void rule(ReadingBuilder builder, Tree rule) {
    Optional<String> family = rule.text("family");
    Optional<String> table = rule.text("table");
    Optional<String> chain = rule.text("chain");
    if (family.isEmpty() || table.isEmpty() || chain.isEmpty()) {
      builder.unread(Section.NFT_RULES, rule.line(), "a rule without family, table or chain");
      return;
    }
    String comment = rule.text("comment").map(c -> " comment \"" + c + "\"").orElse("");
    builder.add(
        Section.NFT_RULES,
        new NftRule(
            family.get(),
            table.get(),
            chain.get(),
            NftStatement.text(rule.items("expr")) + comment,
            rule.number("handle")),
        rule.line());
  }
}
