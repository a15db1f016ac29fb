// SPDX-License-Identifier: GPL-3.0-or-later

import TokenEngine

/// Models and devices of the tests, with what is published of them.
enum Published {
  /// Source: Grattafiori et al., "The Llama 3 Herd of Models" (2024), DOI 10.48550/arXiv.2407.21783, table 3; the
  /// vocabulary has 128,256 tokens in the files of the models.
  static let llama8B = ModelCard(
    layers: 32, width: 4_096, heads: 32, kvHeads: 8, headWidth: 128, feedForwardWidth: 14_336,
    vocabulary: 128_256)

  /// Source: as for ``llama8B``.
  static func llama70B(bytesPerWeight: Double) -> ModelCard {
    ModelCard(
      layers: 80, width: 8_192, heads: 64, kvHeads: 8, headWidth: 128, feedForwardWidth: 28_672,
      vocabulary: 128_256, bytesPerWeight: bytesPerWeight)
  }

  /// Source: Jiang et al., "Mixtral of Experts" (2024), DOI 10.48550/arXiv.2401.04088, table 1.
  static let mixtral = ModelCard(
    layers: 32, width: 4_096, heads: 32, kvHeads: 8, headWidth: 128, feedForwardWidth: 0,
    vocabulary: 32_000, experts: .init(total: 8, active: 2, width: 14_336))

  /// H100 SXM with weights of one byte.
  ///
  /// Source: NVIDIA, "H100 Tensor Core GPU Datasheet" (2024), https://www.nvidia.com/en-us/data-center/h100/: 3.35 TB/s, 80 GB,
  /// 1,979 teraFLOPS without sparsity (half of what is printed), NVLink 900 GB/s in both directions. 10 µs of latency:
  /// NVIDIA, AISimulate, package `aisimulate` (2026), `aisimulate_core/systems/h100_sxm.yaml`.
  static let h100 = DeviceSheet(
    memoryBytesPerSecond: 3.35e12, memoryBytes: 80_000_000_000,
    matrixOperationsPerSecond: 1.979e15, linkBytesPerSecond: 450e9, linkLatency: 10e-6)

  /// H200 SXM: an H100 with 141 GB at 4.8 TB/s.
  ///
  /// Source: NVIDIA, "H200 Tensor Core GPU Datasheet" (2024), https://www.nvidia.com/en-us/data-center/h200/.
  static let h200 = DeviceSheet(
    memoryBytesPerSecond: 4.8e12, memoryBytes: 141_000_000_000,
    matrixOperationsPerSecond: 1.979e15, linkBytesPerSecond: 450e9, linkLatency: 10e-6)
}
