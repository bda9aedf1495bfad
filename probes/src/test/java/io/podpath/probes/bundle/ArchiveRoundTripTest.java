package io.podpath.probes.bundle;

import static org.assertj.core.api.Assertions.assertThat;

import io.podpath.core.net.IpFamily;
import io.podpath.core.snapshot.NodeState;
import io.podpath.core.snapshot.Section;
import io.podpath.core.snapshot.Snapshot;
import java.io.ByteArrayInputStream;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** However a recording is packed, it tells the same. */
class ArchiveRoundTripTest {

  @TempDir Path directory;

  @Test
  void directoryAndArchivesTellTheSame() throws Exception {
    Map<String, String> files = SmallRecording.files();
    Snapshot plain = read(Packing.directory(directory.resolve("rec"), files).toString());
    NodeState worker = plain.node("worker1").orElseThrow();
    assertThat(plain.nodes().keySet()).containsExactly("worker1", "worker2");
    assertThat(worker.host().mainRoutes(IpFamily.INET).facts()).hasSize(4);
    assertThat(worker.pods().keySet()).containsExactly("shop_web-0");
    assertThat(plain.get(Section.NODES).facts()).hasSize(2);

    byte[] tar = Packing.tar(files);
    Map<String, byte[]> packed =
        Map.of(
            "a.tar",
            tar,
            "a.tar.gz",
            Packing.gzip(tar),
            "a.tgz",
            Packing.gzip(Packing.tar(below("rec/", files))),
            "a.tar.zst",
            Packing.zstd(tar),
            "a.zip",
            Packing.zip(files),
            "b.zip",
            Packing.zip(below("rec/", files)),
            "dotted.tar",
            Packing.tar(below("./", files)));
    for (Map.Entry<String, byte[]> archive : packed.entrySet()) {
      // the name must not matter
      Path file =
          Files.write(directory.resolve(archive.getKey() + ".attachment"), archive.getValue());
      assertSame(archive.getKey(), plain, read(file.toString()));
      assertSame(
          archive.getKey() + " as standard input",
          plain,
          read("-", new ByteArrayInputStream(archive.getValue())));
    }
  }

  @Test
  void slowPipesAreReadToTheirEnd() throws Exception {
    byte[] two = new byte[0];
    Map<String, String> files = SmallRecording.files();
    byte[] tar = Packing.tar(files);
    // a gzip file may have several members, as pigz and bgzip write them
    for (int i = 0; i < tar.length; i += 2000) {
      byte[] part = Packing.gzip(Arrays.copyOfRange(tar, i, Math.min(tar.length, i + 2000)));
      byte[] joined = Arrays.copyOf(two, two.length + part.length);
      System.arraycopy(part, 0, joined, two.length, part.length);
      two = joined;
    }
    Snapshot plain = read("-", new ByteArrayInputStream(tar));
    assertSame("slow pipe", plain, read("-", new Dripping(two)));
  }

  @Test
  void orderOfFilesDoesNotMatter() throws Exception {
    Map<String, String> files = SmallRecording.files();
    // two texts show one table and do not agree: the first by name counts
    files.put("nodes/worker2/ip-r.txt", SmallRecording.ROUTES);
    List<Map.Entry<String, String>> entries = new ArrayList<>(files.entrySet());
    Map<String, String> backwards = new LinkedHashMap<>();
    entries.reversed().forEach(e -> backwards.put(e.getKey(), e.getValue()));
    Input there = input("-", new ByteArrayInputStream(Packing.tar(files)));
    Input back = input("-", new ByteArrayInputStream(Packing.tar(backwards)));
    assertSame("backwards", there.history().latest(), back.history().latest());
    assertThat(back.notes()).isEqualTo(there.notes());
  }

  @Test
  void severalInputsAreOneSetOfTexts() throws Exception {
    Map<String, String> one = new LinkedHashMap<>(SmallRecording.files());
    Map<String, String> two = new LinkedHashMap<>();
    two.put("nodes/worker2/ip-route.txt", one.remove("nodes/worker2/ip-route.txt"));
    String first = Files.write(directory.resolve("one.tar"), Packing.tar(one)).toString();
    String second = Packing.directory(directory.resolve("two"), two).toString();
    Snapshot plain = read("-", new ByteArrayInputStream(Packing.tar(SmallRecording.files())));
    InputReader reader = new InputReader(Limits.STANDARD, InputStream.nullInputStream());
    assertSame("two inputs", plain, reader.read(List.of(first, second)).history().latest());
    assertSame("two inputs, turned", plain, reader.read(List.of(second, first)).history().latest());
  }

  @Test
  void aPackedTextIsThatText() throws Exception {
    String file =
        Files.write(
                directory.resolve("ip-route.txt.gz"),
                Packing.gzip(SmallRecording.ROUTES.getBytes(StandardCharsets.UTF_8)))
            .toString();
    assertThat(read(file).node("node").orElseThrow().host().mainRoutes(IpFamily.INET).facts())
        .hasSize(4);
  }

  private static Map<String, String> below(String prefix, Map<String, String> files) {
    Map<String, String> moved = new LinkedHashMap<>();
    files.forEach((path, text) -> moved.put(prefix + path, text));
    return moved;
  }

  private static void assertSame(String what, Snapshot expected, Snapshot actual) {
    assertThat(actual.sameValues(expected)).as(what).isTrue();
    assertThat(actual.takenAt()).as(what).isEqualTo(expected.takenAt());
    assertThat(actual.unread()).as(what).isEqualTo(expected.unread());
  }

  private static Snapshot read(String input) throws InputException {
    return read(input, InputStream.nullInputStream());
  }

  private static Snapshot read(String input, InputStream standardInput) throws InputException {
    return input(input, standardInput).history().latest();
  }

  private static Input input(String input, InputStream standardInput) throws InputException {
    return new InputReader(Limits.STANDARD, standardInput).read(List.of(input));
  }

  /** Gives few bytes at a time and never says that more are there. */
  private static final class Dripping extends InputStream {
    private final byte[] bytes;
    private int next;

    Dripping(byte[] bytes) {
      this.bytes = bytes;
    }

    @Override
    public int read() {
      return next < bytes.length ? bytes[next++] & 0xff : -1;
    }

    @Override
    public int read(byte[] buffer, int offset, int length) {
      if (next >= bytes.length) {
        return -1;
      }
      int n = Math.min(Math.min(length, 13), bytes.length - next);
      System.arraycopy(bytes, next, buffer, offset, n);
      next += n;
      return n;
    }

    @Override
    public int available() {
      return 0;
    }
  }
}
