package io.podpath.probes.bundle;

import io.podpath.probes.bundle.Located.Age;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** Where each text belongs, in an order that neither the file system nor an archive decides. */
final class Arrangement {

  private static final List<String> BEFORE = List.of("-before", "-earlier", "-old");
  private static final List<String> AFTER = List.of("-after", "-later", "-new");

  private final List<Located> texts;
  private final BundleIndex index;
  private final boolean bundle;

  private Arrangement(List<Located> texts, BundleIndex index, boolean bundle) {
    this.texts = List.copyOf(texts);
    this.index = index;
    this.bundle = bundle;
  }

  static Arrangement of(BundleLayout layout, Intake intake) throws InputException {
    List<NamedText> ordered = new ArrayList<>(intake.texts());
    ordered.sort(Comparator.comparing(NamedText::path).thenComparing(NamedText::input));
    boolean several = ordered.stream().map(NamedText::input).distinct().count() > 1;
    BundleIndex index = BundleIndex.NONE;
    List<Located> located = new ArrayList<>();
    for (NamedText text : ordered) {
      Place place = layout.place(text);
      if (place instanceof Place.Index) {
        index = index.and(BundleIndex.parse(text, intake));
      } else {
        located.add(new Located(text, shown(text, several), place, Age.NOW));
      }
    }
    located.sort(Comparator.comparing(Located::shown).thenComparing(l -> l.text().input()));
    List<Located> aged = ages(layout.isBundle() ? located : named(located));
    checkNames(aged, index);
    return new Arrangement(aged, index, layout.isBundle());
  }

  List<Located> texts() {
    return texts;
  }

  BundleIndex index() {
    return index;
  }

  /** Whether the files lie in podpath's layout, and are not loose. */
  boolean isBundle() {
    return bundle;
  }

  /** Paths under {@code nodes/} are unique; others may be the same in two inputs. */
  private static String shown(NamedText text, boolean several) {
    String shown = BundleLayout.shown(text);
    boolean ambiguous = several && !text.path().isEmpty() && !shown.startsWith("nodes/");
    return ambiguous ? text.input() + "/" + shown : shown;
  }

  /** Loose files that name their node get it. */
  private static List<Located> named(List<Located> texts) {
    Map<String, List<String>> stems = new HashMap<>();
    for (Located one : texts) {
      if (one.place() instanceof Place.Output o) {
        stems.computeIfAbsent(o.home(), h -> new ArrayList<>()).add(o.stem());
      } else if (one.place() instanceof Place.NodeLog l) {
        stems.computeIfAbsent(l.home(), h -> new ArrayList<>()).add(BundleLayout.stem(l.name()));
      }
    }
    Map<String, Map<String, LooseNames.Owned>> owners = new HashMap<>();
    stems.forEach((home, names) -> owners.put(home, LooseNames.owners(names)));
    return texts.stream().map(t -> t.at(renamed(t.place(), owners))).toList();
  }

  private static Place renamed(Place place, Map<String, Map<String, LooseNames.Owned>> owners) {
    if (place instanceof Place.Output o) {
      LooseNames.Owned owned = owners.getOrDefault(o.home(), Map.of()).get(o.stem());
      return owned == null
          ? o
          : new Place.Output(
              owned.node(), o.home() + "/" + owned.node(), true, o.netns(), owned.stem());
    }
    if (place instanceof Place.NodeLog l) {
      LooseNames.Owned owned =
          owners.getOrDefault(l.home(), Map.of()).get(BundleLayout.stem(l.name()));
      return owned == null
          ? l
          : new Place.NodeLog(
              owned.node(), l.home() + "/" + owned.node(), true, owned.stem() + ".log");
    }
    return place;
  }

  /** Of {@code ip-route-before.txt} and {@code ip-route.txt} the first tells of an earlier time. */
  private static List<Located> ages(List<Located> texts) {
    Set<String> now = new HashSet<>();
    for (Located one : texts) {
      if (one.place() instanceof Place.Output o && without(o.stem(), BEFORE).isEmpty()) {
        now.add(key(o, without(o.stem(), AFTER).orElse(o.stem())));
      }
    }
    List<Located> aged = new ArrayList<>();
    for (Located one : texts) {
      aged.add(one.place() instanceof Place.Output o ? aged(one, o, now) : one);
    }
    return aged;
  }

  private static Located aged(Located one, Place.Output output, Set<String> now) {
    Optional<String> earlier = without(output.stem(), BEFORE);
    if (earlier.isPresent()) {
      Age age = now.contains(key(output, earlier.get())) ? Age.BEFORE : Age.NOW;
      return new Located(one.text(), one.shown(), output.called(earlier.get()), age);
    }
    return without(output.stem(), AFTER).map(stem -> one.at(output.called(stem))).orElse(one);
  }

  private static String key(Place.Output output, String stem) {
    return output.home() + "\n" + output.netns() + "\n" + stem;
  }

  private static Optional<String> without(String stem, List<String> endings) {
    return endings.stream()
        .filter(e -> stem.length() > e.length() && stem.endsWith(e))
        .map(e -> stem.substring(0, stem.length() - e.length()))
        .findFirst();
  }

  /** Two directories for one node would be mixed into one machine. */
  private static void checkNames(List<Located> texts, BundleIndex index) throws InputException {
    Map<String, Located.Owner> first = new HashMap<>();
    for (String node : index.nodes()) {
      Located.Owner known =
          first.putIfAbsent(node.toLowerCase(Locale.ROOT), new Located.Owner(node, "", true));
      if (known != null) {
        throw sameButCase(BundleLayout.INDEX, known.node(), node);
      }
    }
    for (Located one : texts) {
      if (one.owner().isEmpty()) {
        continue;
      }
      Located.Owner owner = one.owner().get();
      String key = owner.node().toLowerCase(Locale.ROOT);
      Located.Owner known = first.putIfAbsent(key, owner);
      if (known != null && !known.node().equals(owner.node())) {
        throw sameButCase(one.text().input(), known.node(), owner.node());
      }
      if (known != null && known.home().isEmpty()) {
        first.put(key, owner);
      } else if (known != null && !known.home().equals(owner.home())) {
        throw new InputException(
            "node %s is there twice, in %s and in %s; give the recording of one time only"
                .formatted(owner.node(), known.home(), owner.home()));
      }
    }
  }

  private static InputException sameButCase(String where, String one, String other) {
    List<String> names = java.util.stream.Stream.of(one, other).sorted().toList();
    return new InputException(
        "%s: two nodes are named %s and %s, and node names do not differ by case alone; rename or leave out one"
            .formatted(where, names.getFirst(), names.getLast()));
  }
}
