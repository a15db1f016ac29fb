// SPDX-License-Identifier: Apache-2.0

/// The facts about a finished response that decide whether it may be kept.
public struct StoredResponse: Equatable, Sendable {
  /// Why an engine stopped writing.
  public enum FinishReason: Equatable, Sendable {
    /// The model was done.
    case stop
    /// The model calls tools; its arguments are valid JSON, or not.
    case toolCalls(areValid: Bool)
    /// The limit of tokens was reached: the answer is cut off.
    case length
    /// A filter took the answer away.
    case contentFilter
    /// Anything else, or nothing said.
    case other

    /// The name under which OpenAI's interface and logs have it.
    public var name: String {
      switch self {
      case .stop: "stop"
      case .toolCalls(areValid: true): "tool_calls"
      case .toolCalls(areValid: false): "invalid_tool_calls"
      case .length: "length"
      case .contentFilter: "content_filter"
      case .other: "other"
      }
    }
  }

  /// The HTTP status.
  public var status: Int
  /// Why the engine stopped.
  public var finishReason: FinishReason
  /// Whether the whole answer arrived: no stream was cut.
  public var isComplete: Bool
  /// How many answers the request asked for: `n`.
  public var choices: Int
  /// Whether the request's temperature is 0.
  public var isDeterministic: Bool
  /// Whether the request forbids keeping the answer: `Cache-Control: no-store`.
  public var isNoStore: Bool

  /// A response with those facts.
  @inlinable
  public init(
    status: Int, finishReason: FinishReason, isComplete: Bool, choices: Int, isDeterministic: Bool,
    isNoStore: Bool
  ) {
    self.status = status
    self.finishReason = finishReason
    self.isComplete = isComplete
    self.choices = choices
    self.isDeterministic = isDeterministic
    self.isNoStore = isNoStore
  }
}
