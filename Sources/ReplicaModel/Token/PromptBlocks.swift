// SPDX-License-Identifier: GPL-3.0-or-later

import RandomStreams
import TokenEngine

/// What prompts and answers share with those of others, as an engine with a prefix cache sees it.
package struct PromptBlocks: Sendable, Equatable {
  /// The texts that drawn prompts begin with; `nil` where they share nothing.
  package var systemPrompts: SystemPrompts?
  /// The blocks of recorded requests by their numbers; empty where nothing was recorded of them.
  package var recorded: [BlockChain]

  /// The bits of a drawn request's number that all requests of its conversation have: they begin with the same tokens.
  private static var conversationMask: UInt64 { 1 << 48 - 1 }

  /// Blocks of those values.
  package init(systemPrompts: SystemPrompts? = nil, recorded: [BlockChain] = []) {
    self.systemPrompts = systemPrompts
    self.recorded = recorded
  }

  /// The identities of the full blocks of a request's prompt and answer.
  ///
  /// Blocks behind those that were recorded are nobody else's. Numbers beyond the recorded requests begin them anew,
  /// with other identities.
  ///
  /// - Parameters:
  ///   - tokens: of prompt and answer together.
  func chain(
    of number: UInt64, prompt: Int, tokens: Int, blockSize: Int,
    from stream: borrowing RandomStream
  ) -> BlockChain {
    guard !recorded.isEmpty else {
      return (systemPrompts ?? .none).blocks(
        of: number & Self.conversationMask, prompt: prompt, tokens: tokens, blockSize: blockSize,
        from: stream)
    }
    let (round, place) = number.quotientAndRemainder(dividingBy: UInt64(recorded.count))
    var chain = recorded[Int(place)]
    if round > 0 { chain = Self.renumbered(chain, round) }
    let full = tokens / blockSize
    if chain.count < full {
      chain.append(SystemPrompts.own(number), count: full - chain.count)
    }
    return chain
  }

  private static func renumbered(_ chain: BlockChain, _ round: UInt64) -> BlockChain {
    var renumbered = BlockChain()
    for block in 0..<chain.count {
      let bits = mixed(UInt64(bitPattern: chain[block]) ^ mixed(round))
      renumbered.append(Int64(bits >> 1), count: 1)
    }
    return renumbered
  }
}
