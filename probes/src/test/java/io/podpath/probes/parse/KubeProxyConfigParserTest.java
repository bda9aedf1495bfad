package io.podpath.probes.parse;

import static org.assertj.core.api.Assertions.assertThat;

import io.podpath.core.cni.ConfigProblem;
import io.podpath.core.cni.KubeProxyConfig;
import io.podpath.core.net.IpPrefix;
import io.podpath.core.snapshot.Section;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class KubeProxyConfigParserTest {

  private final KubeProxyConfigParser parser = new KubeProxyConfigParser();

  private static final String HEAD =
      "apiVersion: kubeproxy.config.k8s.io/v1alpha1\nkind: KubeProxyConfiguration\n";

  private KubeProxyConfig read(String text) {
    return Told.byFile(parser, "kube-proxy-config.yml", text).only(Section.KUBE_PROXY_CONFIG);
  }

  private List<ConfigProblem> problems(String text) {
    return read(HEAD + text).problems();
  }

  /** What kubeadm 1.31 writes into its ConfigMap, which no strict decoder refuses. */
  @Test
  void readsAWholeFile() {
    Told told =
        Told.byFile(
            parser,
            "config.conf",
            """
            apiVersion: kubeproxy.config.k8s.io/v1alpha1
            bindAddress: 0.0.0.0
            bindAddressHardFail: false
            clientConnection:
              acceptContentTypes: ""
              burst: 0
              contentType: ""
              kubeconfig: /var/lib/kube-proxy/kubeconfig.conf
              qps: 0
            clusterCIDR: 10.244.0.0/16,fd00:10:244::/56
            configSyncPeriod: 0s
            conntrack:
              maxPerCore: null
              min: null
              tcpBeLiberal: false
              tcpCloseWaitTimeout: null
              tcpEstablishedTimeout: null
              udpStreamTimeout: 0s
              udpTimeout: 0s
            detectLocal:
              bridgeInterface: ""
              interfaceNamePrefix: ""
            detectLocalMode: ""
            enableProfiling: false
            healthzBindAddress: ""
            hostnameOverride: ""
            iptables:
              localhostNodePorts: null
              masqueradeAll: false
              masqueradeBit: null
              minSyncPeriod: 0s
              syncPeriod: 0s
            ipvs:
              excludeCIDRs: null
              minSyncPeriod: 0s
              scheduler: "wrr"
              strictARP: false
              syncPeriod: 0s
              tcpFinTimeout: 0s
              tcpTimeout: 0s
              udpTimeout: 0s
            kind: KubeProxyConfiguration
            logging:
              flushFrequency: 0
              options:
                json:
                  infoBufferSize: "0"
              verbosity: 0
            metricsBindAddress: ""
            mode: "ipvs"
            nftables:
              masqueradeAll: false
              masqueradeBit: null
              minSyncPeriod: 0s
              syncPeriod: 0s
            nodePortAddresses: null
            oomScoreAdj: null
            portRange: ""
            showHiddenMetricsForVersion: ""
            winkernel:
              enableDSR: false
              forwardHealthCheckVip: false
              networkName: ""
              rootHnsEndpointName: ""
              sourceVip: ""
            """);
    KubeProxyConfig config = told.only(Section.KUBE_PROXY_CONFIG);
    assertThat(config.problems()).isEmpty();
    assertThat(config.mode()).contains("ipvs");
    assertThat(config.scheduler()).contains("wrr");
    assertThat(config.masqueradeAll()).contains(false);
    assertThat(config.clusterCidrs())
        .containsExactly(IpPrefix.of("10.244.0.0/16"), IpPrefix.of("fd00:10:244::/56"));
    assertThat(told.table(Section.KUBE_PROXY_CONFIG).isComplete()).isTrue();
  }

  @Test
  void anUnknownFieldIsNamedWithTheOneMeant() {
    assertThat(problems("iptables:\n  masqueradeAl: \"\"\n"))
        .singleElement()
        .satisfies(p -> {
          assertThat(p.kind()).isEqualTo(ConfigProblem.Kind.UNKNOWN_FIELD);
          assertThat(p.path()).isEqualTo("iptables.masqueradeAl");
          assertThat(p.meant()).contains("iptables.masqueradeAll");
          assertThat(p.line()).isEqualTo(4);
        });
    assertThat(problems("masqueradeAll: true\n").getFirst().meant())
        .contains("iptables.masqueradeAll");
    assertThat(problems("ipvs:\n  schedular: rr\n").getFirst().meant()).contains("ipvs.scheduler");
    assertThat(problems("somethingElseAltogether: 1\n").getFirst().meant()).isEmpty();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "iptables:\\n  masqueradeAll: \"\" | iptables.masqueradeAll | a boolean, true or false",
        "iptables:\\n  masqueradeAll: \"true\" | iptables.masqueradeAll | a boolean, true or false",
        "featureGates: \"\" | featureGates | a map of names to booleans",
        "featureGates: {A: 1} | featureGates | a map of names to booleans",
        "iptables:\\n  masqueradeBit: fourteen | iptables.masqueradeBit | a whole number",
        "iptables:\\n  syncPeriod: 30 | iptables.syncPeriod | a duration such as \"30s\"",
        "iptables:\\n  syncPeriod: 30 s | iptables.syncPeriod | a duration such as \"30s\"",
        "clusterCIDR: [10.0.0.0/8] | clusterCIDR | a text",
        "nodePortAddresses: 10.0.0.0/8 | nodePortAddresses | a list of texts",
        "iptables: [] | iptables | a structure",
        "oomScoreAdj: 1.5 | oomScoreAdj | a whole number",
      })
  void aValueOfTheWrongTypeIsNamed(String text, String path, String expected) {
    assertThat(problems(text.replace("\\n", "\n") + "\n"))
        .singleElement()
        .satisfies(p -> {
          assertThat(p.kind()).isEqualTo(ConfigProblem.Kind.WRONG_TYPE);
          assertThat(p.path()).isEqualTo(path);
          assertThat(p.expected()).contains(expected);
        });
  }

  @ParameterizedTest
  @CsvSource({
    "mode: ipvss, mode, ipvs",
    "'ipvs: {scheduler: rrr}', ipvs.scheduler, rr",
    "detectLocalMode: ClusterCidrs, detectLocalMode, ClusterCIDR"
  })
  void anUnknownValueIsNamed(String text, String path, String meant) {
    assertThat(problems(text + "\n"))
        .singleElement()
        .satisfies(p -> {
          assertThat(p.kind()).isEqualTo(ConfigProblem.Kind.UNKNOWN_VALUE);
          assertThat(p.path()).isEqualTo(path);
          assertThat(p.meant()).contains(meant);
        });
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "iptables:\n  masqueradeAll: yes\n",
        "mode: nftables\n",
        "mode:\n",
        "ipvs:\n  scheduler: lblc\n  syncPeriod: 1h2m3.5s\n  tcpTimeout: \"0\"\n",
        "udpIdleTimeout: 250ms\nresourceContainer: /kube-proxy\n",
        "featureGates: {SupportIPVSProxyMode: true}\n",
        "nodePortAddresses: [127.0.0.0/8]\n"
      })
  void whatDecodersTakeIsNoProblem(String text) {
    assertThat(problems(text)).isEmpty();
  }

  @Test
  void readsAPiece() {
    Told told =
        Told.by(
            parser,
            "vi /etc/kubernetes/kube-proxy-config.yml",
            "...\niptables:\n  masqueradeAll: true\n");
    assertThat(told.only(Section.KUBE_PROXY_CONFIG).masqueradeAll()).contains(true);
    assertThat(told.only(Section.KUBE_PROXY_CONFIG).problems()).isEmpty();
    assertThat(told.table(Section.KUBE_PROXY_CONFIG).isComplete()).isFalse();
  }

  @Test
  void putsLostIndentationBack() {
    Told told =
        Told.by(
            parser,
            "cat /etc/kubernetes/kube-proxy-config.yml",
            "...\niptables:\nmasqueradeAl: true\nsyncPeriod: 30s\nipvs:\nscheduler: rr\nmode: ipvs\n");
    KubeProxyConfig config = told.only(Section.KUBE_PROXY_CONFIG);
    assertThat(config.problems())
        .singleElement()
        .satisfies(p -> {
          assertThat(p.path()).isEqualTo("iptables.masqueradeAl");
          assertThat(p.line()).isEqualTo(3);
        });
    assertThat(config.scheduler()).contains("rr");
    assertThat(config.mode()).contains("ipvs");
  }

  @Test
  void aFileThatIsNoYamlIsAProblemOfItsOwn() {
    Told told =
        Told.by(
            parser,
            "cat /etc/kubernetes/kube-proxy-config.yml",
            HEAD + "iptables: {masqueradeAll: true\nmode: [\n");
    assertThat(told.only(Section.KUBE_PROXY_CONFIG).problems())
        .singleElement()
        .extracting(ConfigProblem::kind)
        .isEqualTo(ConfigProblem.Kind.NOT_PARSEABLE);
    assertThat(told.table(Section.KUBE_PROXY_CONFIG).isComplete()).isFalse();
  }

  @Test
  void knowsItsFilesFromOthers() {
    assertThat(parser.reads(ShellCommand.parse("cat /var/lib/kube-proxy/config.conf"))).isTrue();
    assertThat(parser.reads(ShellCommand.parse("vi kube-proxy.WARNING"))).isFalse();
    assertThat(parser.reads(ShellCommand.parse("cat /etc/kubernetes/kube-proxy.kubeconfig")))
        .isFalse();
    assertThat(parser.likeness("x", HEAD))
        .isGreaterThan(new KubernetesObjectParser().likeness("x", HEAD));
    assertThat(parser.likeness("x", "iptables:\n  masqueradeAll: true\n")).isGreaterThan(30);
    assertThat(parser.likeness("x", "apiVersion: v1\nkind: Config\n")).isZero();
    assertThat(parser.likeness("x", "mode: CONFIG_X\nfoo: bar\nbaz: 1\n")).isZero();
  }
}
