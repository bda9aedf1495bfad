package io.podpath.probes.bundle;

import java.util.LinkedHashMap;
import java.util.Map;

/** Two nodes of a flannel cluster, as far as tests of reading need them. */
final class SmallRecording {

  static final String ROUTES =
      """
      default via 10.0.1.254 dev eth0
      10.0.1.0/24 dev eth0 proto kernel scope link src 10.0.1.11
      10.244.1.0/24 dev cni0 proto kernel scope link src 10.244.1.1
      10.244.2.0/24 via 10.244.2.0 dev flannel.1 onlink
      """;

  static final String OTHER_ROUTES =
      """
      default via 10.0.1.254 dev eth0
      10.0.1.0/24 dev eth0 proto kernel scope link src 10.0.1.12
      10.244.1.0/24 via 10.244.1.0 dev flannel.1 onlink
      10.244.2.0/24 dev cni0 proto kernel scope link src 10.244.2.1
      """;

  static final String NEIGHBOURS =
      """
      10.0.1.12 dev eth0 lladdr 52:54:00:aa:00:12 REACHABLE
      10.244.2.0 dev flannel.1 lladdr 9a:0f:6e:31:c2:03 PERMANENT
      """;

  static final String FDB =
      """
      9a:0f:6e:31:c2:03 dev flannel.1 dst 10.0.1.12 self permanent
      33:33:00:00:00:01 dev eth0 self permanent
      """;

  static final String CNI =
      """
      {
        "name": "cbr0",
        "cniVersion": "0.3.1",
        "plugins": [{"type": "flannel", "delegate": {"hairpinMode": true, "isDefaultGateway": true}}]
      }
      """;

  static final String NODES =
      """
      apiVersion: v1
      kind: List
      items:
      - apiVersion: v1
        kind: Node
        metadata:
          name: worker1
        spec:
          podCIDR: 10.244.1.0/24
        status:
          addresses:
          - {address: 10.0.1.11, type: InternalIP}
      - apiVersion: v1
        kind: Node
        metadata:
          name: worker2
        spec:
          podCIDR: 10.244.2.0/24
        status:
          addresses:
          - {address: 10.0.1.12, type: InternalIP}
      """;

  static final String INDEX =
      """
      {
        "format": "podpath.io/bundle/v1",
        "takenAt": "2026-11-20T09:14:03Z",
        "cluster": {"nodes": {"command": "kubectl get nodes -A -o yaml", "exitCode": 0}},
        "nodes": {
          "worker1": {
            "ip-route": {"command": "ip route", "exitCode": 0},
            "bridge-fdb": {"command": "bridge fdb show", "exitCode": 0},
            "ip-neigh": {"command": "ip neigh", "exitCode": 0}
          },
          "worker2": {
            "ip-route": {"command": "ip route", "exitCode": 0}
          }
        }
      }
      """;

  private SmallRecording() {}

  static Map<String, String> files() {
    Map<String, String> files = new LinkedHashMap<>();
    files.put("podpath-bundle.json", INDEX);
    files.put("cluster/nodes.yaml", NODES);
    files.put("nodes/worker1/ip-route.txt", ROUTES);
    files.put("nodes/worker1/ip-neigh.txt", NEIGHBOURS);
    files.put("nodes/worker1/bridge-fdb.txt", FDB);
    files.put("nodes/worker1/files/etc/cni/net.d/10-flannel.conflist", CNI);
    files.put("nodes/worker1/pods/shop_web-0/ip-route.txt", "default via 10.244.1.1 dev eth0\n");
    files.put("nodes/worker2/ip-route.txt", OTHER_ROUTES);
    return files;
  }
}
