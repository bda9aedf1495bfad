package io.podpath.tui.cli;

import io.podpath.tui.report.SafeJson;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/** {@code podpath version}. */
@Command(sortOptions = false, name = "version", description = "Prints the version.")
final class VersionCommand implements Callable<Integer> {

  private static final String SCHEMA = "podpath.io/version/v1";

  private final Surroundings surroundings;

  @Mixin private AnswerOptions answer;

  VersionCommand(Surroundings surroundings) {
    this.surroundings = surroundings;
  }

  static String version() {
    // The jar's manifest knows; compiled classes without a jar do not.
    return Objects.requireNonNullElse(
        VersionCommand.class.getPackage().getImplementationVersion(), "development");
  }

  @Override
  public Integer call() throws Refusal {
    answer.checkForm();
    answer
        .prepare(surroundings, List.of())
        .give(
            switch (answer.form()) {
              case JSON -> json();
              case TEXT, SARIF, JUNIT, HTML, MD -> "podpath " + version() + "\n";
            });
    return 0;
  }

  private static String json() {
    return SafeJson.of(json -> {
      json.writeStartObject();
      json.writeStringField("schema", SCHEMA);
      json.writeStringField("version", version());
      json.writeStringField("java", Runtime.version().toString());
      json.writeEndObject();
    });
  }
}
