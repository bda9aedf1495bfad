package io.podpath.probes.parse;

import com.google.auto.service.AutoService;
import io.podpath.core.cni.DockerOptions;
import io.podpath.core.cni.SubnetEnv;
import io.podpath.core.net.IpAddress;
import io.podpath.core.net.IpPrefix;
import io.podpath.core.net.Mtu;
import io.podpath.core.snapshot.Section;
import io.podpath.core.snapshot.Source;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/**
 * The files flanneld and mk-docker-opts.sh write: {@code /run/flannel/subnet.env} with its {@code
 * FLANNEL_…} lines, and the options for dockerd with their {@code --bip}.
 */
@AutoService(OutputParser.class)
public final class SubnetEnvParser implements OutputParser {

  private static final int RANK = 30;

  /** A value and where it stands. */
  private record Setting(String value, int line) {}

  /** An address with the length of its network. */
  private record Owned(IpAddress address, IpPrefix network) {
    static Optional<Owned> parse(String text) {
      int slash = text.indexOf('/');
      Optional<IpPrefix> network = slash > 0 ? IpPrefix.parse(text) : Optional.empty();
      Optional<IpAddress> address =
          slash > 0 ? IpAddress.parse(text.substring(0, slash)) : Optional.empty();
      return network.flatMap(n -> address.map(a -> new Owned(a, n)));
    }
  }

  @Override
  public String name() {
    return "flannel subnet.env";
  }

  @Override
  public boolean reads(ShellCommand command) {
    return ShownFile.of(command)
        .filter(f -> isSubnetEnv(f.path()) || isDockerOptions(f.path()))
        .isPresent();
  }

  private static boolean isSubnetEnv(String path) {
    return path.endsWith("flannel/subnet.env") || path.equals("subnet.env");
  }

  private static boolean isDockerOptions(String path) {
    return path.endsWith("flannel/docker")
        || path.endsWith("flannel_docker_opts.env")
        || path.endsWith("docker_opts.env")
        || path.endsWith("flannel/docker_opts");
  }

  @Override
  public int likeness(String fileName, String text) {
    int ours = 0;
    int others = 0;
    for (Lines.Line line : Lines.of(Source.ofFile(fileName, text))) {
      String row = line.text().strip();
      if (row.isEmpty() || row.startsWith("#")) {
        continue;
      }
      boolean setting =
          row.startsWith("FLANNEL_") && row.indexOf('=') > 0
              || row.startsWith("DOCKER_") && row.contains("--");
      ours += setting ? 1 : 0;
      others += setting ? 0 : 1;
      if (ours + others > 40) {
        break;
      }
    }
    return ours > 0 && others <= ours ? 90 : 0;
  }

  @Override
  public Reading parse(Source source) {
    ReadingBuilder reading = new ReadingBuilder(source);
    Optional<ShownFile> file = ShownFile.of(source.command());
    Map<String, Setting> settings = new LinkedHashMap<>();
    Optional<Setting> bip = Optional.empty();
    for (Lines.Line line : Lines.of(source)) {
      String row = TextTable.withoutRemark(line.text()).strip();
      if (isMissing(row, file)) {
        boolean docker = file.filter(f -> isDockerOptions(f.path())).isPresent();
        Section<?> absent = docker ? Section.DOCKER_OPTIONS : Section.SUBNET_ENV;
        return reading.whole(absent, RANK).build();
      }
      int equals = row.indexOf('=');
      if (row.startsWith("FLANNEL_") && equals > 0) {
        settings.put(
            row.substring(0, equals),
            new Setting(unquoted(row.substring(equals + 1)), line.number()));
      }
      int option = row.indexOf("--bip=");
      if (option >= 0) {
        String rest = row.substring(option + "--bip=".length());
        bip =
            Optional.of(
                new Setting(
                    unquoted(Lines.words(rest + " ").stream().findFirst().orElse("")),
                    line.number()));
      }
    }
    boolean wanted =
        file.filter(f -> isSubnetEnv(f.path())).isPresent() && file.get().gap().isEmpty();
    if (!settings.isEmpty() || wanted) {
      readSubnet(settings, file.flatMap(ShownFile::gap), source, reading);
    }
    Optional<Setting> docker = bip;
    docker.ifPresent(setting -> {
      reading.whole(Section.DOCKER_OPTIONS, RANK);
      Owned.parse(setting.value())
          .ifPresentOrElse(
              o ->
                  reading.add(
                      Section.DOCKER_OPTIONS,
                      new DockerOptions(o.address(), o.network()),
                      setting.line()),
              () ->
                  reading.unread(
                      Section.DOCKER_OPTIONS, setting.line(), "no address with a length"));
    });
    return reading.build();
  }

  /** {@code cat: /run/flannel/subnet.env: No such file or directory}: known not to be there. */
  private static boolean isMissing(String row, Optional<ShownFile> file) {
    return file.isPresent()
        && row.endsWith("No such file or directory")
        && row.contains(file.get().path());
  }

  private static void readSubnet(
      Map<String, Setting> settings, Optional<String> gap, Source source, ReadingBuilder reading) {
    if (gap.isPresent()) {
      reading.part(Section.SUBNET_ENV, RANK, gap.get());
    } else {
      reading.whole(Section.SUBNET_ENV, RANK);
    }
    Optional<Setting> subnet =
        Optional.ofNullable(settings.get("FLANNEL_SUBNET"))
            .or(() -> Optional.ofNullable(settings.get("FLANNEL_IPV6_SUBNET")));
    Optional<Owned> own = subnet.flatMap(s -> Owned.parse(s.value()));
    if (own.isEmpty()) {
      reading.unread(
          Section.SUBNET_ENV,
          subnet.map(Setting::line).orElse(source.firstLine()),
          "no FLANNEL_SUBNET");
      return;
    }
    Optional<String> network =
        Optional.ofNullable(settings.get("FLANNEL_NETWORK"))
            .or(() -> Optional.ofNullable(settings.get("FLANNEL_IPV6_NETWORK")))
            .map(Setting::value);
    Optional<Mtu> mtu =
        Optional.ofNullable(settings.get("FLANNEL_MTU"))
            .map(Setting::value)
            .filter(ClusterRows::isNumber)
            .map(m -> new Mtu(Integer.parseInt(m)));
    Optional<Boolean> masquerade =
        Optional.ofNullable(settings.get("FLANNEL_IPMASQ")).map(s -> s.value().equals("true"));
    // several networks stand between commas since flannel 0.24
    Optional<IpPrefix> first =
        network
            .map(n -> n.split(",", 2)[0])
            .filter(n -> n.indexOf('/') > 0)
            .flatMap(IpPrefix::parse);
    reading.add(
        Section.SUBNET_ENV,
        new SubnetEnv(first, own.get().address(), own.get().network(), mtu, masquerade),
        subnet.map(Setting::line).orElse(source.firstLine()));
  }

  private static String unquoted(String text) {
    return text.replace("\"", "").replace("'", "").strip();
  }
}
