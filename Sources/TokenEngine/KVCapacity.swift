// SPDX-License-Identifier: Apache-2.0

/// How many KV blocks fit into the memory of a replica.
///
/// An engine measures this when it starts and prints it; prefer that number. Leaving out the overhead is about a third
/// too high: an RTX 4090 (24 GiB, utilisation 0.9) with Llama-3.1-8B in 16 bits got 2,588 blocks from vLLM, and memory less
/// weights gives 3,400. The 812 blocks between them are 1.59 GiB of activations, graphs and context. Source: the
/// LLMServingSim project, casys-kaist/LLMServingSim pull request 59 (2026).
public enum KVCapacity {
  /// The blocks that fit; `nil` where the weights leave no room for one.
  ///
  /// - Parameters:
  ///   - memoryBytes: of one device.
  ///   - utilisation: the share of memory that the engine may use.
  ///   - weights: bytes of the whole model.
  ///   - overheadBytes: what else a device holds: activations, graphs, context.
  ///   - blockSize: tokens of a block.
  ///   - kvBytesPerToken: of the whole model. With more devices than KV heads, each device holds a head: pass the bytes of as
  ///     many heads as there are devices.
  ///   - tensorParallel: devices that share weights, keys and values evenly.
  public static func blocks(
    memoryBytes: Int, utilisation: Double, weights: Double, overheadBytes: Int, blockSize: Int,
    kvBytesPerToken: Double, tensorParallel: Int
  ) -> Int? {
    precondition(
      blockSize > 0 && tensorParallel > 0 && kvBytesPerToken > 0, "a block holds something")
    let devices = Double(tensorParallel)
    let room =
      Double(memoryBytes) * utilisation - weights / devices - Double(overheadBytes)
    let blocks = room / (Double(blockSize) * kvBytesPerToken / devices)
    // Also refuses what is not a number.
    guard blocks >= 1, blocks < 9e18 else { return nil }
    return Int(blocks)
  }
}
