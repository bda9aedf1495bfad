package io.podpath.probes.bundle;

import io.podpath.core.blueprint.Blueprint;
import io.podpath.core.blueprint.NodeBlueprint;
import io.podpath.core.snapshot.Facts;
import io.podpath.core.snapshot.NodeState;
import io.podpath.core.snapshot.Section;
import io.podpath.core.snapshot.Snapshot;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.List;

/** A blueprint as a snapshot in which the files it lays are read like those of a real node. */
public final class BlueprintFiles {

  private BlueprintFiles() {}

  public static Snapshot snapshot(Blueprint blueprint) {
    List<NamedText> texts = new ArrayList<>();
    for (NodeBlueprint node : blueprint.nodes()) {
      node.files()
          .forEach((path, text) ->
              texts.add(new NamedText("", "nodes/" + node.node().name() + "/files" + path, text)));
    }
    Snapshot drawn = blueprint.snapshot();
    if (texts.isEmpty()) {
      return drawn;
    }
    Snapshot read = read(texts);
    for (NodeState node : List.copyOf(drawn.nodes().values())) {
      Facts files = read.node(node.name()).map(NodeState::host).orElse(Facts.NONE);
      Facts host = node.host();
      for (Section<?> section : files.sections()) {
        host = host.get(section).isNotGathered() ? with(host, files, section) : host;
      }
      drawn = drawn.withNode(node.withHost(host));
    }
    return drawn;
  }

  private static Snapshot read(List<NamedText> texts) {
    try {
      return new InputReader(Limits.standard(), InputStream.nullInputStream())
          .readTexts(texts)
          .history()
          .latest();
    } catch (InputException e) {
      throw new IllegalStateException("a blueprint's own files cannot be read", e);
    }
  }

  private static <T> Facts with(Facts host, Facts files, Section<T> section) {
    return host.with(section, files.get(section));
  }
}
