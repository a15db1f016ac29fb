// SPDX-License-Identifier: Apache-2.0

/// The settings of two older schedulers, which take blocks for a whole prompt when they admit it.
///
/// Source: the Vidur project, microsoft/vidur commit 7d47513 (2024), `vidur/scheduler/replica_scheduler`; Agrawal et
/// al., "Taming Throughput-Latency Tradeoff in LLM Inference with Sarathi-Serve", OSDI (2024), DOI 10.48550/arXiv.2403.02310;
/// Kwon et al., "Efficient Memory Management for Large Language Model Serving with PagedAttention", SOSP (2023), DOI
/// 10.1145/3600006.3613165.
public struct PromptReservingSettings: Equatable, Sendable {
  /// What a step is made of.
  public enum Kind: Equatable, Sendable {
    /// Decodes first, then parts of prompts up to so many tokens together.
    case sarathi(chunk: Int)
    /// Prompts alone where one can be admitted, of at most so many padded tokens together, else decodes.
    case vllm0(maxBatchedTokens: Int)
  }

  /// What a step is made of.
  public var kind: Kind
  /// The most requests that hold blocks, and the most of one step.
  public var maxSequences: Int
  /// Tokens of a KV block.
  public var blockSize: Int
  /// KV blocks.
  public var blocks: Int
  /// The share of blocks that an admission leaves free.
  public var watermark: Double

  /// Settings of those values.
  public init(kind: Kind, maxSequences: Int, blockSize: Int, blocks: Int, watermark: Double) {
    self.kind = kind
    self.maxSequences = maxSequences
    self.blockSize = blockSize
    self.blocks = blocks
    self.watermark = watermark
  }

  var watermarkBlocks: Int { Int((watermark * Double(blocks)).rounded(.down)) }

  /// Why an engine of those settings can never answer a request; `nil` where it can.
  ///
  /// A request that is computed again is admitted with all tokens that it had, so that they are counted too.
  public func refusal(promptTokens: Int, outputTokens: Int) -> String? {
    let known = promptTokens + outputTokens - 1
    let needed = (known + blockSize - 1) / blockSize
    if needed > blocks - watermarkBlocks {
      return
        "\(promptTokens + outputTokens) tokens need \(needed) blocks of \(blockSize) tokens, and the engine has "
        + "\(blocks), of which \(watermarkBlocks) stay free"
    }
    if case .vllm0(let most) = kind, promptTokens > most {
      return "\(promptTokens) tokens of prompt do not fit in a step of \(most) tokens"
    }
    return nil
  }
}
