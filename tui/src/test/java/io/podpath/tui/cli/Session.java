package io.podpath.tui.cli;

import io.podpath.core.cluster.FlannelNetwork;
import io.podpath.core.cni.SubnetEnv;
import io.podpath.core.net.IpFamily;
import io.podpath.core.net.IpPrefix;
import io.podpath.core.netfilter.Backend;
import io.podpath.core.node.Sysctl;
import io.podpath.core.rule.Culprit;
import io.podpath.core.rule.EntryKind;
import io.podpath.core.rule.FindingBuilder;
import io.podpath.core.rule.Needs;
import io.podpath.core.rule.Outcome;
import io.podpath.core.rule.Rule;
import io.podpath.core.rule.Severity;
import io.podpath.core.snapshot.ClusterView;
import io.podpath.core.snapshot.Entries;
import io.podpath.core.snapshot.Fact;
import io.podpath.core.snapshot.History;
import io.podpath.core.snapshot.Provenance;
import io.podpath.core.snapshot.Section;
import io.podpath.core.snapshot.Section.RouteScope;
import io.podpath.core.snapshot.Snapshot;
import io.podpath.core.snapshot.SnapshotBuilder;
import io.podpath.core.snapshot.Source;
import io.podpath.rules.RuleLibrary;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/** Runs podpath in this process, on inputs and rules written by hand. */
final class Session {

  private final ByteArrayOutputStream out = new ByteArrayOutputStream();
  private final ByteArrayOutputStream err = new ByteArrayOutputStream();
  private final Map<String, String> environment = new TreeMap<>();
  private OutputStream answer = out;
  private InputStream in = InputStream.nullInputStream();
  private boolean terminal;
  private int exitCode = -1;

  /** Says what it is told to say of every snapshot. */
  record Saying(String id, Severity severity, boolean found) implements Rule {
    @Override
    public String title() {
      return "something is wrong";
    }

    @Override
    public Needs needs() {
      return Needs.of();
    }

    @Override
    public Outcome check(ClusterView view) {
      if (id.equals("broken-rule")) {
        throw new IllegalStateException("rule is broken");
      }
      Outcome.Collector outcome = new Outcome.Collector(this);
      if (found) {
        Culprit culprit =
            Culprit.missing("worker-1", EntryKind.ROUTE, "10.0.0.0/24", Optional.empty(), "");
        outcome.found(
            new FindingBuilder(this, severity).title("it is wrong").culprit(culprit).build());
      }
      return outcome.done();
    }
  }

  /** The word on the command line says what the input holds. */
  private static final class ByName implements Inputs {
    @Override
    public Loaded read(List<String> inputs, InputStream standardInput) throws Refusal {
      if (inputs.contains("nowhere")) {
        throw new Refusal("nowhere: no such file");
      }
      boolean partial = inputs.stream().anyMatch(i -> i.contains("partial"));
      if (inputs.contains("prose")) {
        return new Loaded(History.of(Snapshot.EMPTY), List.of());
      }
      Snapshot nothing = new SnapshotBuilder().node("worker-1", true).build();
      return new Loaded(History.of(partial ? nothing : complete()), List.of());
    }

    @Override
    public Loaded lab(String name) {
      return new Loaded(History.of(complete()), List.of());
    }

    @Override
    public Loaded example(String name) {
      return new Loaded(History.of(complete()), List.of());
    }

    @Override
    public List<String> examples() {
      return List.of("flannel-vxlan", "stale-fdb-entry");
    }

    private static Snapshot complete() {
      Fact<Sysctl> forwarding =
          new Fact<>(
              new Sysctl("net.ipv4.ip_forward", "1"),
              new Provenance(Source.ofFile("sysctl.txt", "x\n"), 1));
      SnapshotBuilder builder = new SnapshotBuilder();
      FlannelNetwork network =
          new FlannelNetwork(
              Optional.of(IpPrefix.of("10.244.0.0/16")), Optional.of("host-gw"), false);
      builder.add(
          "",
          true,
          Source.HOST,
          Section.FLANNEL_NETWORKS,
          Entries.complete(List.of(new Fact<>(network, forwarding.from()))),
          1);
      for (int i = 1; i <= 2; i++) {
        builder
            .add(
                "worker-" + i,
                true,
                Source.HOST,
                Section.SUBNET_ENV,
                Entries.complete(List.of(subnet(i, forwarding.from()))),
                1)
            .add(
                "worker-" + i, true, Source.HOST, Section.ADDRESSES, Entries.complete(List.of()), 1)
            .add(
                "worker-" + i,
                true,
                Source.HOST,
                Section.routes(IpFamily.INET, RouteScope.MAIN),
                Entries.complete(List.of()),
                1)
            .add(
                "worker-" + i,
                true,
                Source.HOST,
                Section.SYSCTLS,
                Entries.complete(List.of(forwarding)),
                1)
            .add(
                "worker-" + i,
                true,
                Source.HOST,
                Section.chains(IpFamily.INET, Backend.NFT),
                Entries.complete(List.of()),
                1);
      }
      return builder.build();
    }

    private static Fact<SubnetEnv> subnet(int node, Provenance from) {
      IpPrefix subnet = IpPrefix.of("10.244." + node + ".0/24");
      return new Fact<>(
          new SubnetEnv(
              Optional.empty(), subnet.address(), subnet, Optional.empty(), Optional.empty()),
          from);
    }
  }

  Session with(String variable, String value) {
    environment.put(variable, value);
    return this;
  }

  Session onTerminal() {
    terminal = true;
    return this;
  }

  Session writingTo(OutputStream stream) {
    answer = stream;
    return this;
  }

  Session reading(String text) {
    in = new ByteArrayInputStream(text.getBytes(StandardCharsets.UTF_8));
    return this;
  }

  /** On real inputs, with all rules. */
  static Session real(String... args) {
    return new Session().runReal(args);
  }

  Session runReal(String... args) {
    return run(new RecordedInputs(), RuleLibrary.load(), args);
  }

  Session run(List<Rule> rules, String... args) {
    return run(new ByName(), RuleLibrary.of(rules), args);
  }

  private Session run(Inputs inputs, RuleLibrary library, String... args) {
    TerminalFacts facts = new TerminalFacts(false, terminal, terminal, true, () -> 100);
    Surroundings surroundings =
        new Surroundings(in, answer, err, environment, facts, inputs, () -> library);
    exitCode = Podpath.run(args, surroundings);
    return this;
  }

  /** With an error rule that finds nothing. */
  static Session quiet(String... args) {
    return new Session().run(List.of(new Saying("stale-fdb-entry", Severity.ERROR, false)), args);
  }

  static Session finding(Severity severity, String... args) {
    return new Session().run(List.of(new Saying("stale-fdb-entry", severity, true)), args);
  }

  int exitCode() {
    return exitCode;
  }

  String out() {
    return out.toString(StandardCharsets.UTF_8);
  }

  String err() {
    return err.toString(StandardCharsets.UTF_8);
  }
}
