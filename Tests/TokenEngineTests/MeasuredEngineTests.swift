// SPDX-License-Identifier: GPL-3.0-or-later

import SimulationTesting
import Testing
import TokenEngine

/// What the sheet and the card predict beside engines that were measured.
@Suite("Predictions beside measured engines")
struct MeasuredEngineTests {
  /// Llama-3.1-70B with weights of one byte on vLLM. Nothing is fitted: 0.8 of the memory's rate and 3 µs a kernel are
  /// AISimulate's (`h100_sxm.yaml`), ten kernels a layer are counted (two normalisations, four projections, positions with
  /// the writing of keys, attention, activation, one quantisation), and 0.6 of the matrix units' rate is assumed.
  private func law(_ device: DeviceSheet, _ devices: Int) -> RooflineStepLaw {
    RooflineStepLaw(
      device: device, model: Published.llama70B(bytesPerWeight: 1), tensorParallel: devices,
      efficiencies: .init(memory: 0.8, matrix: 0.6, link: 0.8), perLayer: 30_000_000_000)
  }

  /// Source of measured values: NVIDIA, AISimulate, package `aisimulate` (2026),
  /// `aisimulate_core/systems/silicon_sample.csv`; milliseconds a token with 4 and with 64 clients.
  @Test(
    "The time per token of a 70B model is within 8 % on up to two devices, and too short on more",
    arguments: [
      ("H100", 2, 17.41, 28.77, 0.08), ("H100", 4, 11.78, 19.51, 0.17),
      ("H100", 8, 9.11, 15.45, 0.29), ("H200", 1, 21.47, 37.44, 0.08),
      ("H200", 2, 13.91, 22.71, 0.08), ("H200", 4, 9.85, 16.07, 0.17),
    ])
  func timesPerToken(device: String, devices: Int, few: Double, many: Double, bound: Double) {
    let law = law(device == "H100" ? Published.h100 : Published.h200, devices)
    for (clients, measured) in [(4, few), (64, many)] {
      let error = ClosedLoop.timePerToken(law, clients: clients) / measured - 1
      #expect(error > -bound && error < 0.01, "\(clients) clients: \(error)")
    }
  }

  @Test("The weights of a 70B model take 13 ms on two H100")
  func weights() {
    let law = law(Published.h100, 2)
    let weights = law.projectionWeights + law.forwardWeights + law.headWeights
    // 35 GB a device at 0.8 · 3.35 TB/s, less an embedding of half a gigabyte that is not read.
    #expect(abs(Double(weights) * 1e-12 - 13.1) < 0.2)
  }

  @Test("Blocks of an RTX 4090 with an 8B model")
  func capacity() {
    func blocks(_ overhead: Int) -> Int? {
      KVCapacity.blocks(
        memoryBytes: 24 << 30, utilisation: 0.9, weights: Published.llama8B.weightBytes,
        overheadBytes: overhead, blockSize: 16,
        kvBytesPerToken: Published.llama8B.kvBytesPerToken, tensorParallel: 1)
    }
    // vLLM has 2,588: 812 blocks of 2 MiB less, 1.59 GiB. The 1.6 GiB that are told are rounded.
    #expect(blocks(0) == 3_400)
    #expect(blocks(812 << 21) == 2_588)
    #expect(blocks(16 << 30 / 10) == 2_581)
    // 21.6 GiB, of which the weights take 14.96.
    #expect(blocks(7 << 30) == nil)
    #expect(
      KVCapacity.blocks(
        memoryBytes: 24 << 30, utilisation: 0.9,
        weights: Published.llama70B(bytesPerWeight: 1).weightBytes, overheadBytes: 0, blockSize: 16,
        kvBytesPerToken: 327_680, tensorParallel: 2) == nil)
    // Half of the weights and half of each block on each of two devices.
    #expect(
      KVCapacity.blocks(
        memoryBytes: 24 << 30, utilisation: 0.9, weights: Published.llama8B.weightBytes,
        overheadBytes: 0, blockSize: 16, kvBytesPerToken: Published.llama8B.kvBytesPerToken,
        tensorParallel: 2) == 14_460)
  }
}
