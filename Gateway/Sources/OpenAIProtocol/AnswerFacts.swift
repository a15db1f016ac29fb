// SPDX-License-Identifier: Apache-2.0

/// What the gateway needs to know of an answer, gathered from its body or from its events.
public struct AnswerFacts: Equatable, Sendable {
  /// Tokens that a provider bills.
  public struct Usage: Equatable, Sendable {
    /// Tokens of the prompt.
    public var prompt: Int
    /// Those of them that were found in the engine's cache.
    public var cached: Int
    /// Tokens of the answer.
    public var answer: Int

    /// Those numbers.
    public init(prompt: Int, cached: Int = 0, answer: Int) {
      self.prompt = prompt
      self.cached = cached
      self.answer = answer
    }
  }

  /// Why the model stopped; `nil` where nothing was said.
  public var finishReason: String?
  /// What is billed; `nil` where nothing was said.
  public var usage: Usage?
  /// Whether the arguments of all tool calls are JSON.
  public var toolCallsAreValid = true
  /// Whether a stream said that it is done.
  public var isDone = false
  /// Whether an event was an error.
  public var isError = false
  /// Events with a piece of the answer.
  public var pieces = 0
  /// The arguments of tool calls that come in pieces, by their number.
  private var arguments: [Int: [UInt8]] = [:]

  /// Nothing yet.
  public init() {}

  /// The facts of a whole body.
  public init(body: [UInt8]) {
    guard let tape = try? JSONTape(body) else { return }
    takeUsage(tape)
    if let choices = tape.member("choices") {
      for choice in tape.items(of: choices) {
        takeReason(choice, tape)
        if let message = tape.member("message", of: choice) { takeCalls(message, tape) }
      }
    }
    endCalls()
    isDone = true
  }

  /// Takes an event of a stream.
  ///
  /// - Returns: whether it is the one that holds the usage and no piece of the answer.
  public mutating func take(event data: [UInt8]) -> Bool {
    if data.elementsEqual("[DONE]".utf8) {
      isDone = true
      endCalls()
      return false
    }
    guard let tape = try? JSONTape(data), tape.nodes[0].kind == .object else { return false }
    if let error = tape.member("error"), tape.nodes[error].kind != .null { isError = true }
    let hadUsage = takeUsage(tape)
    guard let choices = tape.member("choices") else { return false }
    let items = tape.items(of: choices)
    if !items.isEmpty { pieces += 1 }
    for choice in items {
      takeReason(choice, tape)
      if let delta = tape.member("delta", of: choice) { takeCalls(delta, tape) }
    }
    return hadUsage && items.isEmpty
  }

  @discardableResult
  private mutating func takeUsage(_ tape: JSONTape) -> Bool {
    guard let node = tape.member("usage"), tape.nodes[node].kind == .object else { return false }
    func count(_ name: String, of node: Int) -> Int {
      max(0, tape.member(name, of: node).flatMap { tape.integer($0) } ?? 0)
    }
    var usage = Usage(
      prompt: count("prompt_tokens", of: node), answer: count("completion_tokens", of: node))
    if let details = tape.member("prompt_tokens_details", of: node) {
      usage.cached = min(usage.prompt, count("cached_tokens", of: details))
    }
    self.usage = usage
    return true
  }

  private mutating func takeReason(_ choice: Int, _ tape: JSONTape) {
    if let reason = tape.member("finish_reason", of: choice), tape.nodes[reason].kind == .text {
      finishReason = tape.text(of: reason)
    }
  }

  private mutating func takeCalls(_ message: Int, _ tape: JSONTape) {
    guard let calls = tape.member("tool_calls", of: message) else { return }
    for (place, call) in tape.items(of: calls).enumerated() {
      let index = tape.member("index", of: call).flatMap { tape.integer($0) } ?? place
      guard let function = tape.member("function", of: call),
        let text = tape.member("arguments", of: function), tape.nodes[text].kind == .text
      else { continue }
      arguments[index, default: []] += Array(tape.text(of: text).utf8)
    }
  }

  private mutating func endCalls() {
    toolCallsAreValid = arguments.values.allSatisfy { (try? JSONTape($0)) != nil }
    arguments = [:]
  }
}
