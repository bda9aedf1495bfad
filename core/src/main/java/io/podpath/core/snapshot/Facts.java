package io.podpath.core.snapshot;

import io.podpath.core.net.IpFamily;
import io.podpath.core.node.Route;
import java.util.Collections;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.UnaryOperator;

/** Tables by section. A section nobody gathered is there all the same, and says why it is empty. */
public final class Facts {

  public static final Facts NONE = new Facts(new TreeMap<>(byName()));

  private final SortedMap<Section<?>, Entries<?>> tables;

  /** The same, for the look-ups: sections are constants. */
  private final Map<Section<?>, Entries<?>> bySection;

  private Facts(SortedMap<Section<?>, Entries<?>> tables) {
    this.tables = Collections.unmodifiableSortedMap(tables);
    this.bySection = new HashMap<>(tables);
  }

  private static Comparator<Section<?>> byName() {
    return Comparator.comparing(Section::name);
  }

  /** The table; not gathered when nobody put one in. */
  @SuppressWarnings("unchecked") // put() ties the type of the entries to that of the section
  public <T> Entries<T> get(Section<T> section) {
    Entries<?> entries = bySection.get(section);
    return entries == null ? Entries.notGathered("not recorded") : (Entries<T>) entries;
  }

  /** Sections that somebody gathered, at least in part. */
  public java.util.Set<Section<?>> sections() {
    return tables.keySet();
  }

  public boolean isEmpty() {
    return tables.isEmpty();
  }

  /** Sections of which the other one says anything else. */
  public java.util.Set<Section<?>> differing(Facts other) {
    java.util.Set<Section<?>> all = new java.util.HashSet<>(tables.keySet());
    all.addAll(other.tables.keySet());
    all.removeIf(s -> Objects.equals(bySection.get(s), other.bySection.get(s)));
    return all;
  }

  public <T> Facts with(Section<T> section, Entries<T> entries) {
    SortedMap<Section<?>, Entries<?>> changed = new TreeMap<>(byName());
    changed.putAll(tables);
    changed.put(section, entries);
    return new Facts(changed);
  }

  /** Replaces the rows of one table and keeps what is known of its completeness. */
  public <T> Facts changing(Section<T> section, UnaryOperator<java.util.List<Fact<T>>> change) {
    return with(section, get(section).map(change));
  }

  /** Routes of a family in the main table. */
  public Entries<Route> mainRoutes(IpFamily family) {
    return get(Section.routes(family, Section.RouteScope.MAIN));
  }

  /** Routes of a family in table local. */
  public Entries<Route> localRoutes(IpFamily family) {
    return get(Section.routes(family, Section.RouteScope.LOCAL));
  }

  /**
   * Equal when the tables hold the same values in the same order; where they were read does not
   * count.
   */
  public boolean sameValues(Facts other) {
    return values().equals(other.values());
  }

  private Map<String, Object> values() {
    Map<String, Object> all = new LinkedHashMap<>();
    tables.forEach((section, entries) -> all.put(section.name(), entries.values().toList()));
    return all;
  }

  @Override
  public String toString() {
    return tables.keySet().toString();
  }

  /** Collects readings of the same tables, the better tool first. */
  public static final class Builder {

    private final Map<Section<?>, Reading<?>> readings = new LinkedHashMap<>();

    private record Reading<T>(Section<T> section, Entries<T> entries, int rank) {

      /** A whole table replaces a lesser one; parts are joined, the better tool's rows first. */
      Reading<T> join(Reading<T> later) {
        boolean laterWins = later.rank > rank;
        Reading<T> better = laterWins ? later : this;
        Reading<T> lesser = laterWins ? this : later;
        if (better.entries.isComplete() && !section.completesRows()) {
          return better;
        }
        return new Reading<>(section, better.entries.join(lesser.entries, section), better.rank);
      }
    }

    /**
     * @param rank how much the tool tells; see the parsers' own documentation
     */
    public <T> Builder add(Section<T> section, Entries<T> entries, int rank) {
      Reading<T> reading = new Reading<>(section, entries, rank);
      Reading<T> known = known(section);
      readings.put(section, known == null ? reading : known.join(reading));
      return this;
    }

    @SuppressWarnings("unchecked") // add() ties the type of the reading to that of the section
    private <T> @org.jspecify.annotations.Nullable Reading<T> known(Section<T> section) {
      return (Reading<T>) readings.get(section);
    }

    public Facts build() {
      SortedMap<Section<?>, Entries<?>> tables = new TreeMap<>(byName());
      readings.forEach((section, reading) -> tables.put(section, reading.entries));
      return new Facts(tables);
    }
  }
}
