package io.podpath.probes.parse;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.dataformat.yaml.YAMLFactory;
import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import org.yaml.snakeyaml.LoaderOptions;

/** A JSON or YAML document that remembers on which line each value stands. */
public sealed interface Tree {

  /** Line of the file, from 1. */
  int line();

  record Obj(Map<String, Tree> members, int line) implements Tree {}

  record Arr(List<Tree> items, int line) implements Tree {}

  /**
   * @param text the value's text; empty for null
   */
  record Scalar(String text, Kind kind, int line) implements Tree {
    public enum Kind {
      STRING,
      NUMBER,
      BOOLEAN,
      NULL
    }
  }

  /**
   * Documents of one text.
   *
   * @param error why reading stopped before the end, with the line; what was read before it is kept
   */
  record Documents(List<Tree> roots, Optional<Broken> error) {
    public Documents {
      roots = List.copyOf(roots);
    }
  }

  /**
   * Where and why something could not be read.
   *
   * @param column where in the line, from 1; 1 also stands for the line as a whole
   */
  record Broken(int line, int column, String reason) {
    public Broken(int line, String reason) {
      this(line, 1, reason);
    }
  }

  int DEEPEST = 200;

  StreamReadConstraints CONSTRAINTS =
      StreamReadConstraints.builder()
          .maxNestingDepth(DEEPEST)
          .maxStringLength(4 * 1024 * 1024)
          .build();

  /** Reads JSON; several values may follow each other. */
  static Documents json(String text, int firstLine) {
    return read(JsonFactory.builder().streamReadConstraints(CONSTRAINTS).build(), text, firstLine);
  }

  /** Reads YAML with all its documents; aliases are limited, so that they cannot explode. */
  static Documents yaml(String text, int firstLine) {
    LoaderOptions options = new LoaderOptions();
    options.setMaxAliasesForCollections(50);
    options.setNestingDepthLimit(DEEPEST);
    options.setCodePointLimit(64 * 1024 * 1024);
    return read(
        YAMLFactory.builder().loaderOptions(options).streamReadConstraints(CONSTRAINTS).build(),
        text,
        firstLine);
  }

  /** Reads as JSON when it begins like it, else as YAML. */
  static Documents jsonOrYaml(String text, int firstLine) {
    String head = text.stripLeading();
    return head.startsWith("{") || head.startsWith("[")
        ? json(text, firstLine)
        : yaml(text, firstLine);
  }

  private static Documents read(JsonFactory factory, String text, int firstLine) {
    List<Tree> roots = new ArrayList<>();
    try (JsonParser parser = factory.createParser(text)) {
      Builder builder = new Builder(parser, firstLine, roots);
      try {
        builder.readAll();
      } catch (IOException | RuntimeException e) {
        // snakeyaml throws unchecked exceptions of its own; either way the text ends here for us
        Broken here = new Broken(builder.line(), builder.column(), firstSentence(e));
        builder.closeOpen();
        return new Documents(roots, Optional.of(here));
      }
    } catch (IOException e) {
      return new Documents(roots, Optional.of(new Broken(firstLine, firstSentence(e))));
    }
    return new Documents(roots, Optional.empty());
  }

  private static String firstSentence(Exception e) {
    String message = e.getMessage() == null ? e.getClass().getSimpleName() : e.getMessage();
    int end = message.indexOf('\n');
    String head = end < 0 ? message : message.substring(0, end);
    return head.length() > 200 ? head.substring(0, 200) : head;
  }

  /** The member of an object; empty for other kinds and for null. */
  default Optional<Tree> get(String key) {
    return this instanceof Obj(var members, var at)
        ? Optional.ofNullable(members.get(key))
            .filter(t -> !(t instanceof Scalar(var x, var kind, var l) && kind == Scalar.Kind.NULL))
        : Optional.empty();
  }

  /** The member at the end of a path. */
  default Optional<Tree> at(String... path) {
    Optional<Tree> tree = Optional.of(this);
    for (String key : path) {
      tree = tree.flatMap(t -> t.get(key));
    }
    return tree;
  }

  /** Text of a scalar member; empty for other kinds. */
  default Optional<String> text(String... path) {
    return at(path)
        .flatMap(t ->
            t instanceof Scalar(var text, var kind, var l) ? Optional.of(text) : Optional.empty());
  }

  default OptionalLong number(String... path) {
    Optional<String> text = text(path);
    if (text.isEmpty() || !text.get().matches("-?\\d{1,18}")) {
      return OptionalLong.empty();
    }
    return OptionalLong.of(Long.parseLong(text.get()));
  }

  default Optional<Boolean> bool(String... path) {
    return text(path).filter(t -> t.equals("true") || t.equals("false")).map(Boolean::parseBoolean);
  }

  /** Items of an array member; empty for other kinds. */
  default List<Tree> items(String... path) {
    return at(path)
        .map(t -> t instanceof Arr(var items, var l) ? items : List.<Tree>of())
        .orElse(List.of());
  }

  /** Members of an object; empty for other kinds. */
  default Map<String, Tree> members(String... path) {
    return at(path)
        .map(t -> t instanceof Obj(var members, var l) ? members : Map.<String, Tree>of())
        .orElse(Map.of());
  }

  /** Builds trees from tokens without recursion, so that depth cannot end the thread's stack. */
  final class Builder {
    private final JsonParser parser;
    private final int offset;
    private final List<Tree> roots;
    private final java.util.ArrayDeque<Open> open = new java.util.ArrayDeque<>();

    private static final class Open {
      final boolean object;
      final int line;
      final Map<String, Tree> members = new LinkedHashMap<>();
      final List<Tree> items = new ArrayList<>();
      String key = "";

      Open(boolean object, int line) {
        this.object = object;
        this.line = line;
      }

      Tree close() {
        return object ? new Obj(members, line) : new Arr(items, line);
      }
    }

    Builder(JsonParser parser, int firstLine, List<Tree> roots) {
      this.parser = parser;
      this.offset = firstLine - 1;
      this.roots = roots;
    }

    int line() {
      return Math.max(1, parser.currentLocation().getLineNr()) + offset;
    }

    int column() {
      return Math.max(1, parser.currentLocation().getColumnNr());
    }

    private int tokenLine() {
      return Math.max(1, parser.currentTokenLocation().getLineNr()) + offset;
    }

    void readAll() throws IOException {
      JsonToken token = parser.nextToken();
      while (token != null) {
        switch (token) {
          case START_OBJECT, START_ARRAY ->
              open.push(new Open(token == JsonToken.START_OBJECT, tokenLine()));
          case END_OBJECT, END_ARRAY -> {
            Open done = open.pop();
            put(done.close());
          }
          case FIELD_NAME -> open.element().key = parser.currentName();
          case VALUE_STRING -> put(new Scalar(parser.getText(), Scalar.Kind.STRING, tokenLine()));
          case VALUE_NUMBER_INT, VALUE_NUMBER_FLOAT ->
              put(new Scalar(parser.getText(), Scalar.Kind.NUMBER, tokenLine()));
          case VALUE_TRUE, VALUE_FALSE ->
              put(new Scalar(parser.getText(), Scalar.Kind.BOOLEAN, tokenLine()));
          case VALUE_NULL, NOT_AVAILABLE, VALUE_EMBEDDED_OBJECT ->
              put(new Scalar("", Scalar.Kind.NULL, tokenLine()));
        }
        token = parser.nextToken();
      }
    }

    private void put(Tree value) {
      Open parent = open.peek();
      if (parent == null) {
        roots.add(value);
      } else if (parent.object) {
        parent.members.put(parent.key, value);
      } else {
        parent.items.add(value);
      }
    }

    /** A text cut in the middle: what was whole before the cut is kept. */
    void closeOpen() {
      while (!open.isEmpty()) {
        Open last = open.pop();
        // an array keeps its whole items; an object that was cut is not whole and is dropped,
        // unless it holds such an array
        Open parent = open.peek();
        boolean keeps =
            !last.object || last.members.values().stream().anyMatch(t -> t instanceof Arr);
        if (keeps) {
          if (parent == null) {
            roots.add(last.close());
          } else if (parent.object) {
            parent.members.put(parent.key, last.close());
          }
        }
      }
    }
  }
}
