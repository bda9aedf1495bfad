package io.podpath.core.snapshot;

import static org.assertj.core.api.Assertions.assertThat;

import io.podpath.core.cluster.BlockAffinity;
import io.podpath.core.net.IpPrefix;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class BlockAffinityNamesTest {

  private static final IpPrefix BLOCK = IpPrefix.parse("192.168.168.64/26").orElseThrow();

  @Test
  void nameOfAnAffinityIsNoNodeBesideTheObjectsOfItsBlock() {
    assertThat(claimants(object("foo"), object("bar"), listed("bar-1")))
        .containsExactlyInAnyOrder("foo", "bar");
  }

  @Test
  void namesCountWhereThereIsNothingElse() {
    assertThat(claimants(listed("foo"), listed("bar-1"))).containsExactlyInAnyOrder("foo", "bar-1");
  }

  private static List<String> claimants(BlockAffinity... affinities) {
    Source source = Source.ofFile("blockaffinities.txt", "\n");
    List<Fact<BlockAffinity>> facts =
        Stream.of(affinities).map(a -> new Fact<>(a, new Provenance(source, 1))).toList();
    Snapshot snapshot =
        new SnapshotBuilder()
            .add("", false, Source.HOST, Section.BLOCK_AFFINITIES, Entries.complete(facts), 20)
            .build();
    return AddressPlan.of(snapshot).subnets().stream().map(AddressPlan.SubnetClaim::node).toList();
  }

  private static BlockAffinity object(String node) {
    return new BlockAffinity(BLOCK, node, Optional.of("confirmed"), false);
  }

  private static BlockAffinity listed(String node) {
    return new BlockAffinity(BLOCK, node, Optional.empty(), false);
  }
}
