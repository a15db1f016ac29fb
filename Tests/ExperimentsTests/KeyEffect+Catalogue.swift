// SPDX-License-Identifier: GPL-3.0-or-later

/// What a scenario leaves to the catalogue, and a user's own entries of it.
extension KeyEffect {
  private static let own = """
    plimsoll_catalogue: 1
    source: made up
    read: 2024-12-01
    devices:
      x: { memory: 4GB, memory_bandwidth: 20GB/s, matrix_tflops: 1, link_bandwidth: 1GB/s, link_latency: 100us }
      y: { memory: 4GB, memory_bandwidth: 40GB/s, matrix_tflops: 1, link_bandwidth: 1GB/s }
    machines:
      t: { device: x, devices: 2, onDemand: 12 USD/h, spot: 3 USD/h }
    models:
      small: { layers: 8, hidden: 1_024, heads: 16, kv_heads: 4, head_width: 64, feed_forward: 4_096, vocabulary: 32_000, weight_bytes: 2, kv_bytes: 2, tied_embeddings: false, experts: { total: 4, active: 2, width: 512 }, context: 2_000 }
      large: { layers: 16, hidden: 1_024, heads: 16, kv_heads: 4, head_width: 64, feed_forward: 4_096, vocabulary: 32_000, weight_bytes: 2 }
    """

  /// One value of the file and another.
  private static let changes: [(key: String, from: String, to: String)] = [
    ("devices.DEVICE.memory", "x: { memory: 4GB", "x: { memory: 3GB"),
    ("devices.DEVICE.memory_bandwidth", "memory_bandwidth: 20GB/s", "memory_bandwidth: 30GB/s"),
    ("devices.DEVICE.matrix_tflops", "matrix_tflops: 1,", "matrix_tflops: 0.5,"),
    ("devices.DEVICE.link_bandwidth", "link_bandwidth: 1GB/s, link", "link_bandwidth: 2GB/s, link"),
    ("devices.DEVICE.link_latency", "link_latency: 100us", "link_latency: 500us"),
    ("machines.TYPE.device", "device: x", "device: y"),
    ("machines.TYPE.devices", "devices: 2", "devices: 1"),
    ("models.MODEL.layers", "layers: 8", "layers: 6"),
    ("models.MODEL.hidden", "hidden: 1_024", "hidden: 2_048"),
    ("models.MODEL.heads", "heads: 16", "heads: 8"),
    ("models.MODEL.kv_heads", "kv_heads: 4", "kv_heads: 2"),
    ("models.MODEL.head_width", "head_width: 64", "head_width: 128"),
    ("models.MODEL.feed_forward", "feed_forward: 4_096", "feed_forward: 2_048"),
    ("models.MODEL.vocabulary", "vocabulary: 32_000", "vocabulary: 64_000"),
    ("models.MODEL.weight_bytes", "weight_bytes: 2", "weight_bytes: 1"),
    ("models.MODEL.kv_bytes", "kv_bytes: 2", "kv_bytes: 1"),
    ("models.MODEL.tied_embeddings", "tied_embeddings: false", "tied_embeddings: true"),
    ("models.MODEL.experts.total", "total: 4", "total: 8"),
    ("models.MODEL.experts.active", "active: 2", "active: 1"),
    ("models.MODEL.experts.width", "width: 512", "width: 1_024"),
  ]

  /// `own.yaml`, and for each change a file with the key's name.
  static func ownFile(_ path: String) -> String? {
    if path == "own.yaml" { return own }
    return changes.first { "\($0.key).yaml" == path }.map { own.replacing($0.from, with: $0.to) }
  }

  private static let derived = [
    "catalogue=own.yaml",
    "models.m={ card: small, on: { t: { engine: { max_num_seqs: 16, max_num_batched_tokens: 256 } } } }",
    "workload.prompt_tokens={ uniform: { low: 20, high: 600 } }",
    "workload.output_tokens={ uniform: { low: 4, high: 60 } }", "workload.arrivals.rate=6/s",
    "client.timeout=30s", "targets=[ p90(ttft) <= 1s, kv_occupancy <= 50% ]",
  ]

  private static let priced = [
    "fleet.base.type=p4d.24xlarge",
    "models.m.on={ p4d.24xlarge: { batch: { max: 2, latency: { 1: 100ms, 2: 150ms } } } }",
    "prices={ catalogue: 2024-05-01 }",
  ]

  static let catalogue: [KeyEffect] =
    changes.map { KeyEffect($0.key, "catalogue=\($0.key).yaml", in: derived) } + [
      KeyEffect("catalogue", "catalogue=models.MODEL.layers.yaml", in: derived),
      KeyEffect("models.MODEL.card", "models.m.card=large", in: derived),
      KeyEffect("models.MODEL.precision", "models.m.precision=int8", in: derived),
      KeyEffect(
        "models.MODEL.on.TYPE.engine.tensor_parallel", "models.m.on.t.engine.tensor_parallel=1",
        in: derived),
      KeyEffect(
        "models.MODEL.on.TYPE.engine.version", "models.m.on.t.engine.version=0.10.1.1", in: derived),
      KeyEffect("prices.catalogue", "prices.catalogue=2026-09-30", in: priced),
    ]
}
