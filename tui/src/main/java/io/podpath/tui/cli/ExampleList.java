package io.podpath.tui.cli;

import io.podpath.tui.report.SafeJson;
import java.util.List;

/** The answer to {@code --example} without a name. */
final class ExampleList {

  private static final String SCHEMA = "podpath.io/examples/v1";

  private ExampleList() {}

  static String render(List<String> examples, Form form) {
    return switch (form) {
      case JSON ->
          SafeJson.of(json -> {
            json.writeStartObject();
            json.writeStringField("schema", SCHEMA);
            json.writeArrayFieldStart("examples");
            for (String example : examples) {
              json.writeString(example);
            }
            json.writeEndArray();
            json.writeEndObject();
          });
      case TEXT, SARIF, JUNIT, HTML, MD -> String.join("\n", examples) + "\n";
    };
  }
}
