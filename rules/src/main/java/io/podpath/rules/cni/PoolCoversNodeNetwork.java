package io.podpath.rules.cni;

import com.google.auto.service.AutoService;
import io.podpath.core.cluster.Host;
import io.podpath.core.cluster.IpPool;
import io.podpath.core.fix.Fix;
import io.podpath.core.fix.ShellWord;
import io.podpath.core.net.IpAddress;
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
import io.podpath.core.snapshot.FabricKind;
import io.podpath.core.snapshot.Fact;
import io.podpath.core.snapshot.Provenance;
import io.podpath.core.snapshot.Section;
import io.podpath.core.walk.Disposition;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/** A Calico pool contains the network the nodes stand in. */
@AutoService(Rule.class)
public final class PoolCoversNodeNetwork implements Rule {

  @Override
  public String id() {
    return "pool-covers-node-network";
  }

  @Override
  public Severity severity() {
    return Severity.ERROR;
  }

  @Override
  public String title() {
    return "a Calico IP pool contains the nodes' own network";
  }

  @Override
  public Needs needs() {
    return Needs.of(Need.any("Calico's pools", Section.IP_POOLS)).on(FabricKind::isCalico);
  }

  @Override
  public Outcome check(ClusterView view) {
    Outcome.Collector outcome = new Outcome.Collector(this);
    for (Fact<IpPool> pool : view.get(Section.IP_POOLS).facts()) {
      if (pool.value().disabled().optional().filter(d -> d).isPresent()) {
        continue;
      }
      Map<IpAddress, Provenance> inside = inside(view, pool.value());
      if (!inside.isEmpty()) {
        outcome.found(finding(pool, inside));
      }
    }
    return outcome.done();
  }

  private static Map<IpAddress, Provenance> inside(ClusterView view, IpPool pool) {
    Map<IpAddress, Provenance> inside = new LinkedHashMap<>();
    view.plan().addresses().stream()
        .filter(c -> pool.cidr().contains(c.address()))
        .forEach(c -> inside.putIfAbsent(c.address(), c.from()));
    for (Fact<Host> host : view.get(Section.HOSTS).facts()) {
      if (pool.cidr().contains(host.value().address())) {
        inside.putIfAbsent(host.value().address(), host.from());
      }
    }
    return inside;
  }

  private io.podpath.core.rule.Finding finding(
      Fact<IpPool> pool, Map<IpAddress, Provenance> inside) {
    boolean nat = pool.value().natOutgoing().optional().orElse(false);
    FindingBuilder finding =
        new FindingBuilder(this, Severity.ERROR)
            .certainty(Certainty.PROVEN)
            .title(
                "the IP pool "
                    + pool.value().name()
                    + " ("
                    + pool.value().cidr()
                    + ") contains addresses of hosts, such as "
                    + inside.keySet().iterator().next())
            .why(
                "Calico takes every address of a pool for a pod's. "
                    + (nat
                        ? "natOutgoing masquerades only what leaves all pools, so hosts inside the pool see pod addresses as sources and cannot answer. "
                        : "")
                    + "IPAM may also give a pod the address of a host, and block routes then cover that host.")
            .expected("a pool that overlaps neither the nodes' network nor the services'")
            .culprit(
                Culprit.of(
                    Optional.empty(),
                    EntryKind.OBJECT,
                    "IPPool " + pool.value().name() + " cidr " + pool.value().cidr(),
                    EntryState.WRONG,
                    pool.from(),
                    pool.value().cidr().toString(),
                    "contains the hosts' network"))
            .disposition(Disposition.REPLY_LOST)
            // the pod's address on an interface is one of the pool
            .explainedBy("pod-address-on-host-interface")
            .seeByHand(
                "calicoctl get ippools -o wide", "ip addr", "ipset list cali40masq-ipam-pools")
            .fix(
                Fix.advice(
                    "Calico's datastore; a pool's cidr cannot be changed",
                    "create a pool outside the hosts' network, disable this one (calicoctl patch ippool "
                        + ShellWord.quoted(pool.value().name())
                        + " -p '{\"spec\":{\"disabled\":true}}'), recreate the pods, then delete it; also change the cluster CIDR of kubeadm and kube-proxy"));
    inside.entrySet().stream()
        .limit(4)
        .forEach(
            e -> finding.evidence(Evidence.raw(e.getValue(), e.getKey() + " lies in the pool")));
    return finding.build();
  }
}
