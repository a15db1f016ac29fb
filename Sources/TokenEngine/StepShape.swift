// SPDX-License-Identifier: Apache-2.0

/// What an engine does in one step, as far as the time of the step depends on it.
@frozen
public struct StepShape: Equatable, Sendable {
  /// Requests that get at least one token.
  public var sequences = 0
  /// Tokens whose keys and values are there before the step, over all of its requests.
  public var contextTokens = 0
  /// Tokens of prompts, and of answers that are computed again.
  public var prefillTokens = 0
  /// Requests that get their next token from the one before.
  public var decodes = 0
  /// Tokens whose keys and values are there before the step, over the requests that decode.
  public var decodeContextTokens = 0
  /// Requests that compute a part of their prompt.
  public var prefillParts = 0
  /// The squares of the tokens of those parts, added up.
  public var prefillSquares = 0
  /// For each of those parts its tokens times the tokens that are there before it, added up.
  public var prefillProducts = 0
  /// Tokens there before each of those parts, rounded up to a multiple of 64 each, added up.
  public var prefillContext64 = 0

  /// A step that does nothing.
  @inlinable
  public init() {}

  /// Whether nothing is done.
  @inlinable public var isEmpty: Bool { sequences == 0 }

  /// Tokens that go through the model.
  @inlinable public var tokens: Int { prefillTokens + decodes }

  /// Adds one token of a request that decodes.
  @inlinable
  public mutating func addDecode(context: Int) {
    sequences += 1
    contextTokens += context
    decodes += 1
    decodeContextTokens += context
  }

  /// Adds a part of a prompt.
  @inlinable
  public mutating func addPrefill(tokens: Int, context: Int) {
    sequences += 1
    contextTokens += context
    prefillTokens += tokens
    prefillParts += 1
    prefillSquares += tokens * tokens
    prefillProducts += tokens * context
    prefillContext64 += (context + 63) / 64 * 64
  }
}
