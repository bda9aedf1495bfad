package io.podpath.probes.bundle;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.RandomAccessFile;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarConstants;
import org.apache.commons.compress.archivers.zip.UnixStat;
import org.apache.commons.compress.archivers.zip.ZipArchiveEntry;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** What cannot or must not be read is refused with one sentence, at once, and leaves no trace. */
@Timeout(value = 60, unit = TimeUnit.SECONDS)
class InputRefusalTest {

  private static final Limits SMALL = new Limits(4 << 20, 16 << 20, 1_200_000, 100, 8, 400);

  @TempDir Path directory;

  @Test
  void noSuchFile() {
    assertThat(refusal(SMALL, "nowhere/at-all"))
        .isEqualTo(
            "nowhere/at-all: no such file or directory; give a bundle, a directory, a file, or - for standard input");
  }

  @Test
  void emptyFile() throws Exception {
    assertThat(refusalOf("empty.txt", new byte[0]))
        .endsWith(
            "empty.txt: is empty; give a recording or the output of a command such as ip route");
    assertThat(refusalOf("blank.txt", "\n \n".getBytes(StandardCharsets.UTF_8)))
        .contains("is empty");
  }

  @Test
  void emptyStandardInput() {
    assertThat(refusal(SMALL, "-")).startsWith("standard input: is empty");
  }

  @Test
  void directoryWithoutReadableFiles() throws Exception {
    Files.createDirectories(directory.resolve("nothing/inside"));
    assertThat(refusal(SMALL, directory.resolve("nothing").toString()))
        .endsWith(
            "nothing: this directory holds no readable files; give the directory that holds nodes/ or the recorded outputs");
    Files.write(directory.resolve("nothing/disk.img"), new byte[4096]);
    assertThat(refusal(SMALL, directory.resolve("nothing").toString()))
        .contains("(disk.img: not read: it is no text)");
  }

  @Test
  void binaryFile() throws Exception {
    byte[] program = new byte[5000];
    Arrays.fill(program, (byte) 0x90);
    program[17] = 0;
    assertThat(refusalOf("ip-route.txt", program))
        .endsWith(
            "ip-route.txt: is a binary file; give text, or an archive of texts (.tar, .tar.gz, .tar.zst or .zip)");
  }

  @Test
  void textOfTwoGigabytes() throws Exception {
    Path huge = directory.resolve("huge.txt");
    try (RandomAccessFile file = new RandomAccessFile(huge.toFile(), "rw")) {
      file.write("default via 10.0.1.254 dev eth0\n".repeat(1000).getBytes(StandardCharsets.UTF_8));
      file.setLength(2L << 30);
    }
    assertThat(refusal(Limits.STANDARD, huge.toString()))
        .endsWith(
            "huge.txt: is longer than 256 MiB, which is more than podpath reads of one text; give the part that matters");
  }

  @Test
  void streamWithoutEnd() {
    InputStream endless = new Repeating("10.244.2.0/24 via 10.0.1.12 dev eth0\n");
    assertThatExceptionOfType(InputException.class)
        .isThrownBy(() -> new InputReader(SMALL, endless).read(List.of("-")))
        .withMessageStartingWith("standard input: is longer than 4 MiB");
  }

  @Test
  void moreFilesThanReadAtOnce() throws Exception {
    for (int i = 0; i < 120; i++) {
      Files.writeString(directory.resolve("f" + i + ".txt"), "x\n");
    }
    assertThat(refusal(SMALL, directory.toString())).contains("holds more than 100 files");
  }

  @Test
  void moreTextThanReadAtOnce() throws Exception {
    for (int i = 0; i < 6; i++) {
      Files.writeString(
          directory.resolve("f" + i + ".txt"), "10.0.0.0/8 dev eth0\n".repeat(170_000));
    }
    assertThat(refusal(SMALL, directory.toString())).contains("more than 16 MiB together");
  }

  @Test
  void moreLinesThanFitIntoMemory() throws Exception {
    assertThat(
            refusalOf(
                "lines.txt", "\n".repeat(2_000_000).concat("x\n").getBytes(StandardCharsets.UTF_8)))
        .contains(
            "the texts have more than 1200000 lines or values together, which is more than fits into podpath's memory");
    Limits few = new Limits(4 << 20, 16 << 20, 1000, 100, 8, 400);
    assertThat(
            refusal(
                few,
                write(
                    "values.json",
                    "[1,1,1,1,1,1,1,1,1]".repeat(2000).getBytes(StandardCharsets.UTF_8))))
        .contains("more than 1000 lines");
  }

  @Test
  void limitsFollowTheMemory() {
    assertThat(Limits.forMemory(64L << 30)).isEqualTo(Limits.STANDARD);
    assertThat(Limits.forMemory(512L << 20).bytesPerText()).isEqualTo(32L << 20);
    assertThat(Limits.size(1536L << 20)).isEqualTo("1.5 GiB");
    assertThat(Limits.size(1L << 30)).isEqualTo("1 GiB");
  }

  @Test
  void fileNobodyMayRead() throws Exception {
    Path secret =
        Files.writeString(directory.resolve("secret.txt"), "default via 10.0.1.254 dev eth0\n");
    Files.setPosixFilePermissions(secret, PosixFilePermissions.fromString("---------"));
    Assumptions.assumeFalse(Files.isReadable(secret), "root may read everything");
    assertThat(refusal(SMALL, secret.toString()))
        .endsWith(
            "secret.txt: permission denied; make it readable, or run podpath as a user who may read it");
  }

  @Test
  void truncatedArchives() throws Exception {
    byte[] tar = Packing.tar(SmallRecording.files());
    String cut = "this archive ends too early";
    assertThat(refusalOf("a.tar", Arrays.copyOf(tar, 2000))).contains(cut);
    // between two members: nothing but the mark of the end is missing
    assertThat(refusalOf("b.tar", Arrays.copyOf(tar, 2048))).contains(cut);
    assertThat(refusalOf("a.tar.gz", half(Packing.gzip(tar)))).contains(cut);
    assertThat(refusalOf("a.tar.zst", half(Packing.zstd(tar)))).contains(cut);
    assertThat(refusalOf("a.zip", half(Packing.zip(SmallRecording.files())))).contains(cut);
  }

  private static byte[] half(byte[] bytes) {
    return Arrays.copyOf(bytes, bytes.length / 2);
  }

  @Test
  void damagedArchives() throws Exception {
    byte[] gzip = Packing.gzip(Packing.tar(SmallRecording.files()));
    for (int i = 40; i < gzip.length - 20; i += 7) {
      gzip[i] ^= 0x55;
    }
    assertThat(refusalOf("a.tar.gz", gzip)).contains("this archive");
  }

  @Test
  void membersThatLeadOut() throws Exception {
    byte[] tar = Packing.tar(Map.of("nodes/../../../evil.txt", "x\n"));
    assertThat(refusalOf("a.tar", tar))
        .contains("a.tar: the member nodes/../../../evil.txt leads out of the archive by ..");
    assertThat(refusalOf("a.zip", Packing.zip(Map.of("../evil.txt", "x\n"))))
        .contains("the member ../evil.txt leads out");
    assertThat(refusalOf("w.zip", Packing.zip(Map.of("..\\evil.txt", "x\n"))))
        .contains("leads out");
    assertThat(directory.resolveSibling("evil.txt")).doesNotExist();
  }

  @Test
  void membersWithAbsolutePaths() throws Exception {
    assertThat(refusalOf("a.tar", Packing.tar(Map.of("/etc/evil", "x\n"))))
        .contains("the member /etc/evil has an absolute path");
    assertThat(refusalOf("a.zip", Packing.zip(Map.of("/etc/evil", "x\n"))))
        .contains("the member /etc/evil has an absolute path");
    assertThat(refusalOf("w.zip", Packing.zip(Map.of("C:\\evil", "x\n"))))
        .contains("has an absolute path");
    assertThat(Path.of("/etc/evil")).doesNotExist();
  }

  @Test
  void membersThatAreNoFiles() throws Exception {
    TarArchiveEntry link = new TarArchiveEntry("nodes/a/ip-route.txt", TarConstants.LF_SYMLINK);
    link.setLinkName("/etc/shadow");
    assertThat(refusalOf("l.tar", Packing.tarOf(link, "")))
        .contains("the member nodes/a/ip-route.txt is a link to /etc/shadow");
    TarArchiveEntry hard = new TarArchiveEntry("nodes/a/b", TarConstants.LF_LINK);
    hard.setLinkName("c");
    assertThat(refusalOf("h.tar", Packing.tarOf(hard, "")))
        .contains("the member nodes/a/b is a link to c");
    assertThat(
            refusalOf(
                "d.tar",
                Packing.tarOf(new TarArchiveEntry("nodes/a/disk", TarConstants.LF_BLK), "")))
        .contains("the member nodes/a/disk is a device");
    assertThat(
            refusalOf(
                "p.tar", Packing.tarOf(new TarArchiveEntry("pipe", TarConstants.LF_FIFO), "")))
        .contains("the member pipe is a device or a pipe");
    ZipArchiveEntry zipped = new ZipArchiveEntry("nodes/a/ip-route.txt");
    zipped.setUnixMode(UnixStat.LINK_FLAG | 0777);
    assertThat(refusalOf("l.zip", Packing.zipOf(zipped, "/etc/shadow")))
        .contains("the member nodes/a/ip-route.txt is a link");
  }

  @Test
  void memberNamesDoNotReachTheTerminalRaw() throws Exception {
    assertThat(refusalOf("a.tar", Packing.tar(Map.of("../\u001b[31mred", "x\n"))))
        .contains("../?[31mred");
  }

  @Test
  void archivesThatUnpackWithoutEnd() throws Exception {
    byte[] zeros = new byte[80 << 20];
    Arrays.fill(zeros, (byte) '\n');
    byte[] bomb = Packing.gzip(zeros);
    assertThat(bomb.length).isLessThan(200_000);
    String sentence = "unpacks to more than 400 times its size, as archives made to do harm do";
    assertThat(refusal(Limits.STANDARD, write("bomb.gz", bomb))).contains(sentence);
    assertThat(refusal(Limits.STANDARD, write("bomb.zst", Packing.zstd(zeros)))).contains(sentence);
    byte[] zip = Packing.zip(Map.of("a.txt", new String(zeros, StandardCharsets.US_ASCII)));
    assertThat(refusal(Limits.STANDARD, write("bomb.zip", zip))).contains(sentence);
  }

  @Test
  void skippedMembersCountToo() throws Exception {
    // six captures of 3 MiB: none is read, yet unpacking them all is more than the limit
    String junk =
        new Random(1).longs(210_000).mapToObj(Long::toHexString).collect(Collectors.joining());
    Map<String, String> files =
        Map.of(
            "a.pcap", junk, "b.pcap", junk, "c.pcap", junk, "d.pcap", junk, "e.pcap", junk,
            "f.pcap", junk);
    assertThat(refusalOf("skip.tar.gz", Packing.gzip(Packing.tar(files))))
        .contains("more than 16 MiB together");
  }

  @Test
  void headersAsLargeAsADisk() throws Exception {
    assertThat(refusalOf("header.tar", longName(3 << 20)))
        .contains("the header of a member is larger than 1 MiB");
    // within the limit it costs no time either
    assertThat(refusalOf("name.tar", longName(900_000))).isNotEmpty();
  }

  /** GNU tar puts a long name into a member of its own before the file. */
  private static byte[] longName(int length) throws IOException {
    TarArchiveEntry name = new TarArchiveEntry("././@LongLink", TarConstants.LF_GNUTYPE_LONGNAME);
    return Packing.tarOf(name, "n".repeat(length));
  }

  @Test
  void moreMembersThanReadAtOnce() throws Exception {
    Map<String, String> many = new TreeMap<>();
    for (int i = 0; i < 150; i++) {
      many.put("nodes/a/" + i + ".txt", "x\n");
    }
    assertThat(refusalOf("many.zip", Packing.zip(many)))
        .contains("many.zip: holds more than 100 files");
    assertThat(refusalOf("many.tar", Packing.tar(many)))
        .contains("many.tar: holds more than 100 files");
  }

  @Test
  void archiveInsideAnArchive() throws Exception {
    byte[] twice = Packing.gzip(Packing.gzip(Packing.tar(SmallRecording.files())));
    assertThat(refusalOf("twice.gz", twice))
        .contains("holds an archive (gzip) inside an archive; unpack the outer one first");
  }

  @Test
  void packedInAnotherWay() throws Exception {
    byte[] xz = {(byte) 0xfd, '7', 'z', 'X', 'Z', 0, 0, 4};
    assertThat(refusalOf("a.tar.xz", xz))
        .contains("is packed with xz, which podpath does not read");
  }

  @Test
  void captureInsteadOfState() throws Exception {
    byte[] pcap = new byte[24];
    System.arraycopy(
        new byte[] {(byte) 0xd4, (byte) 0xc3, (byte) 0xb2, (byte) 0xa1}, 0, pcap, 0, 4);
    assertThat(refusalOf("eth0.pcap", pcap)).contains("is a packet capture");
  }

  @Test
  void bundleOfANewerFormat() throws Exception {
    Map<String, String> files = SmallRecording.files();
    files.put("podpath-bundle.json", "{\"format\": \"podpath.io/bundle/v2\"}");
    String input = Packing.directory(directory.resolve("new"), files).toString();
    assertThat(refusal(SMALL, input))
        .isEqualTo(
            input
                + " (podpath-bundle.json): this bundle has the format podpath.io/bundle/v2, and this podpath reads podpath.io/bundle/v1; use the podpath that wrote it, or a newer one");
  }

  @Test
  void nodesThatDifferByCaseAlone() throws Exception {
    Map<String, String> files =
        Map.of(
            "nodes/worker1/ip-route.txt",
            SmallRecording.ROUTES,
            "nodes/Worker1/ip-route.txt",
            SmallRecording.ROUTES);
    assertThat(refusalOf("a.tar", Packing.tar(files)))
        .contains(
            "two nodes are named Worker1 and worker1, and node names do not differ by case alone");
  }

  @Test
  void nodeRecordedTwice() throws Exception {
    String one =
        Packing.directory(
                directory.resolve("monday"),
                Map.of("nodes/worker1/ip-route.txt", SmallRecording.ROUTES))
            .toString();
    String two =
        Packing.directory(
                directory.resolve("friday"),
                Map.of("nodes/worker1/ip-route.txt", SmallRecording.ROUTES))
            .toString();
    assertThat(refusal(SMALL, one, two))
        .contains("node worker1 is there twice, in ")
        .contains("monday/nodes/worker1")
        .contains("friday/nodes/worker1")
        .endsWith("give the recording of one time only");
  }

  /** The sentence, after a look that nothing was written. */
  private String refusalOf(String name, byte[] content) throws IOException {
    String file = write(name, content);
    List<String> before = listing();
    String sentence = refusal(SMALL, file);
    assertThat(listing()).isEqualTo(before);
    assertThat(sentence).startsWith(file).doesNotContain("\n").doesNotContain("Exception");
    return sentence;
  }

  private List<String> listing() throws IOException {
    try (Stream<Path> all = Files.walk(directory)) {
      return all.map(Path::toString).sorted().toList();
    }
  }

  private String write(String name, byte[] content) throws IOException {
    return Files.write(directory.resolve(name), content).toString();
  }

  private static String refusal(Limits limits, String... inputs) {
    try {
      new InputReader(limits, new ByteArrayInputStream(new byte[0])).read(List.of(inputs));
    } catch (InputException e) {
      return String.valueOf(e.getMessage());
    }
    throw new AssertionError("was read: " + List.of(inputs));
  }

  /** A text without end. */
  private static final class Repeating extends InputStream {
    private final byte[] text;
    private int next;

    Repeating(String text) {
      this.text = text.getBytes(StandardCharsets.UTF_8);
    }

    @Override
    public int read() {
      next = (next + 1) % text.length;
      return text[next];
    }

    @Override
    public int read(byte[] buffer, int offset, int length) {
      for (int i = 0; i < length; i++) {
        buffer[offset + i] = (byte) read();
      }
      return length;
    }
  }
}
