package io.podpath.core.compare;

import io.podpath.core.cluster.EndpointSlice;
import io.podpath.core.cluster.Pod;
import io.podpath.core.snapshot.Fact;
import java.util.List;
import java.util.stream.Collectors;

/** Objects of the cluster. */
final class ClusterForms {

  private ClusterForms() {}

  /** An object with all its fields; what tells two objects apart stands at the head of its text. */
  static <T> Row whole(Fact<T> fact) {
    String text = fact.value().toString();
    int end = text.indexOf(' ');
    String key = end < 0 ? text : text.substring(0, end);
    return Row.of(fact, key, Weight.MEANING, List.of(Field.of("says", text)));
  }

  static Row pod(Fact<Pod> fact) {
    Pod pod = fact.value();
    return Row.of(
        fact,
        pod.namespace() + "/" + pod.name(),
        Weight.MEANING,
        List.of(
            Field.of("node", pod.node().orElse("")),
            Field.of(
                "ip", pod.ips().stream().map(Object::toString).collect(Collectors.joining(" "))),
            Field.of("status", pod.status().orElse(""))));
  }

  static Row slice(Fact<EndpointSlice> fact) {
    EndpointSlice slice = fact.value();
    return Row.of(
        fact,
        slice.namespace() + "/" + slice.service() + " (" + slice.name() + ")",
        Weight.MEANING,
        List.of(
            Field.of(
                "ready",
                slice.endpoints().stream()
                    .filter(EndpointSlice.Endpoint::ready)
                    .map(e -> e.address().toString())
                    .sorted()
                    .collect(Collectors.joining(" "))),
            Field.of(
                "ports",
                slice.ports().stream()
                    .map(p -> p.port() + "/" + p.protocol())
                    .sorted()
                    .collect(Collectors.joining(" ")))));
  }
}
