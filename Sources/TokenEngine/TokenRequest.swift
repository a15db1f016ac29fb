// SPDX-License-Identifier: Apache-2.0

/// A request as an engine sees it: how many tokens come in, and how many go out.
public struct TokenRequest: Sendable {
  /// The order of requests that arrive at one instant, and the name by which results are given back.
  public let id: Int
  /// When it arrives, in nanoseconds.
  public let arrival: Int64
  /// Tokens of its prompt, at least one.
  public let promptTokens: Int
  /// Tokens of its answer, at least one; exactly as many are produced.
  public let outputTokens: Int
  /// Its priority; a lower one goes first where the scheduler knows priorities.
  public let priority: Int
  /// The identities of the full KV blocks of prompt and answer; empty where no prefix cache asks for them.
  public let blocks: BlockChain

  /// A request of those values.
  ///
  /// - Precondition: prompt and answer hold a token each.
  public init(
    id: Int, arrival: Int64, promptTokens: Int, outputTokens: Int, priority: Int = 0,
    blocks: BlockChain = BlockChain()
  ) {
    precondition(promptTokens > 0 && outputTokens > 0, "a request has a token each way")
    self.id = id
    self.arrival = arrival
    self.promptTokens = promptTokens
    self.outputTokens = outputTokens
    self.priority = priority
    self.blocks = blocks
  }
}
