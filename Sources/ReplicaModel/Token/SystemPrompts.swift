// SPDX-License-Identifier: GPL-3.0-or-later

import Numerics
import RandomStreams
import Serving
import TokenEngine

/// The texts that prompts begin with and share, so that an engine with a prefix cache computes each once.
///
/// Which of them a request begins with depends on its number alone. Where a prompt is shorter, all of it is such a text.
package struct SystemPrompts: Sendable, Equatable {
  /// Tokens of each.
  package let tokens: Int
  /// How many there are.
  package let count: Int
  /// The exponent of their popularity: the i-th begins requests in proportion to i^-exponent.
  package let zipfExponent: Double
  /// Up to which of 2^32 draws each is taken.
  private let thresholds: [UInt64]

  /// Texts of those values.
  ///
  /// - Precondition: there is one, and the exponent lies in 0...20.
  package init(tokens: Int, count: Int, zipfExponent: Double) {
    precondition(tokens >= 0 && count > 0, "prompts begin with something")
    self.tokens = tokens
    self.count = count
    self.zipfExponent = zipfExponent
    let weights = zipfWeights(count: count, exponent: zipfExponent)
    let sum = weights.reduce(0, +)
    var (reached, thresholds) = (0.0, [UInt64]())
    for weight in weights {
      reached += weight
      thresholds.append(UInt64(min(1, reached / sum) * 4_294_967_296))
    }
    thresholds[count - 1] = 1 << 32
    self.thresholds = thresholds
  }

  /// Prompts that share nothing.
  package static let none = SystemPrompts(tokens: 0, count: 1, zipfExponent: 0)

  /// The text that a request begins with.
  ///
  /// - Complexity: O(log texts).
  func text(of number: UInt64, from stream: borrowing RandomStream) -> Int {
    let draw = stream.block(at: number).low >> 32
    var (low, high) = (0, count - 1)
    while low < high {
      let middle = (low + high) / 2
      if draw < thresholds[middle] { high = middle } else { low = middle + 1 }
    }
    return low
  }

  /// The identities of the full blocks of a request's prompt and answer.
  ///
  /// - Parameters:
  ///   - tokens: of prompt and answer together.
  func blocks(
    of number: UInt64, prompt: Int, tokens all: Int, blockSize: Int,
    from stream: borrowing RandomStream
  ) -> BlockChain {
    var chain = BlockChain()
    let full = all / blockSize
    let shared = min(full, min(prompt, tokens) / blockSize)
    if shared > 0 { chain.append(Int64(text(of: number, from: stream) + 1) << 32, count: shared) }
    if full > shared { chain.append(Self.own(number), count: full - shared) }
    return chain
  }

  /// The first identity of blocks that only one request has; those of others are not below 0.
  static func own(_ number: UInt64) -> Int64 { -(Int64(number) + 1) << 20 }
}
