package io.podpath.rules.cni;

import com.google.auto.service.AutoService;
import io.podpath.core.cluster.KubeNode;
import io.podpath.core.cni.CniConfig;
import io.podpath.core.cni.DirectoryEntry;
import io.podpath.core.fix.Fix;
import io.podpath.core.fix.ShellWord;
import io.podpath.core.rule.Certainty;
import io.podpath.core.rule.Culprit;
import io.podpath.core.rule.EntryKind;
import io.podpath.core.rule.EntryState;
import io.podpath.core.rule.Evidence;
import io.podpath.core.rule.FindingBuilder;
import io.podpath.core.rule.Need;
import io.podpath.core.rule.Needs;
import io.podpath.core.rule.Outcome;
import io.podpath.core.rule.Rule;
import io.podpath.core.rule.Severity;
import io.podpath.core.snapshot.ClusterView;
import io.podpath.core.snapshot.Entries;
import io.podpath.core.snapshot.Fact;
import io.podpath.core.snapshot.NodeState;
import io.podpath.core.snapshot.Section;
import io.podpath.core.walk.Disposition;
import java.util.List;
import java.util.Optional;

/**
 * The container runtime finds no CNI configuration: there is none, or its file name has no ending
 * the runtime reads.
 */
@AutoService(Rule.class)
public final class CniConfigNotRead implements Rule {

  private static final String DIRECTORY = "/etc/cni/net.d";

  @Override
  public String id() {
    return "cni-config-not-read";
  }

  @Override
  public Severity severity() {
    return Severity.ERROR;
  }

  @Override
  public String title() {
    return "a node has no CNI configuration that its container runtime reads";
  }

  @Override
  public Needs needs() {
    return Needs.of(Need.any("files in " + DIRECTORY, Section.DIRECTORY, Section.CNI_CONFIGS));
  }

  @Override
  public Outcome check(ClusterView view) {
    Outcome.Collector outcome = new Outcome.Collector(this);
    for (NodeState node : view.machines()) {
      Entries<DirectoryEntry> listing = node.get(Section.DIRECTORY);
      List<Fact<DirectoryEntry>> files = listing.where(d -> d.directory().equals(DIRECTORY));
      List<Fact<CniConfig>> misnamed =
          node.get(Section.CNI_CONFIGS)
              .where(c -> c.fileName().filter(f -> !CniConfig.isReadName(f)).isPresent());
      boolean anyRead =
          files.stream().anyMatch(f -> CniConfig.isReadName(f.value().name()))
              || node.get(Section.CNI_CONFIGS)
                  .values()
                  .anyMatch(c -> c.fileName().filter(CniConfig::isReadName).isPresent());
      if (anyRead) {
        continue;
      }
      Optional<Fact<KubeNode>> complaint = notReady(view, node);
      boolean listed = listing.isComplete() && !files.isEmpty();
      if (misnamed.isEmpty() && !(listed && complaint.isPresent())) {
        if (!listing.isComplete()) {
          outcome.notChecked(node.name(), DIRECTORY + ": " + listing.coverage().gap());
        }
        continue;
      }
      outcome.found(finding(node, misnamed, files, complaint));
    }
    return outcome.done();
  }

  private static Optional<Fact<KubeNode>> notReady(ClusterView view, NodeState node) {
    return view.get(Section.NODES).stream()
        .filter(f -> f.value().name().equalsIgnoreCase(node.name()))
        .filter(f ->
            f.value()
                .readyMessage()
                .optional()
                .filter(m -> m.contains("cni") || m.contains("network plugin"))
                .isPresent())
        .findFirst();
  }

  private io.podpath.core.rule.Finding finding(
      NodeState node,
      List<Fact<CniConfig>> misnamed,
      List<Fact<DirectoryEntry>> files,
      Optional<Fact<KubeNode>> complaint) {
    FindingBuilder finding =
        new FindingBuilder(this, Severity.ERROR)
            .certainty(complaint.isPresent() ? Certainty.PROVEN : Certainty.LIKELY)
            .why(
                "containerd, CRI-O and dockershim read the files of /etc/cni/net.d whose names end in .conf, .conflist or .json, and take the first in lexical order. With none the node reports"
                    + " \"cni config uninitialized\" and stays NotReady; new pods get no network.")
            .expected("a file such as " + DIRECTORY + "/10-flannel.conflist")
            .disposition(Disposition.INSUFFICIENT_INFO)
            .seeByHand(
                "ls -l " + DIRECTORY,
                "kubectl describe node " + ShellWord.quoted(node.name()) + " | grep -i cni");
    if (!misnamed.isEmpty()) {
      Fact<CniConfig> config = misnamed.getFirst();
      String name = config.value().fileName().orElse("?");
      finding
          .title(
              "the CNI configuration of "
                  + node.name()
                  + " is in a file its runtime does not read: "
                  + name)
          .culprit(
              Culprit.of(
                  Optional.of(node.name()),
                  EntryKind.FILE,
                  DIRECTORY + "/" + name,
                  EntryState.WRONG,
                  config.from(),
                  name,
                  "must end in .conf, .conflist or .json"))
          .fix(
              Fix.advice(
                  "the CNI plug-in's installer wrote it, or somebody by hand",
                  "rename it: mv "
                      + DIRECTORY
                      + "/"
                      + name
                      + " "
                      + DIRECTORY
                      + "/"
                      + renamed(config.value(), name)
                      + "; the runtime reads it at once"));
    } else {
      finding
          .title(node.name() + " has no CNI configuration in " + DIRECTORY)
          .culprit(
              Culprit.missing(
                  node.name(),
                  EntryKind.FILE,
                  DIRECTORY + "/*.conflist",
                  files.stream().findFirst().map(Fact::from),
                  "no file with an ending the runtime reads"))
          .fix(
              Fix.advice(
                  "the CNI plug-in's installer (its DaemonSet's init container) writes it",
                  "see why the plug-in's pod on this node does not run; it writes the file when it starts"));
    }
    complaint.ifPresent(f ->
        finding.evidence(
            Evidence.raw(f.from(), "NotReady: " + f.value().readyMessage().optional().orElse(""))));
    return finding.build();
  }

  private static String renamed(CniConfig config, String name) {
    String stem =
        name.replaceFirst("\\.(conf|conflist|json)\\..*$", "").replaceFirst("\\.[^.]*$", "");
    return stem + (config.plugins().size() > 1 ? ".conflist" : ".conf");
  }
}
