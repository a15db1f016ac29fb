// SPDX-License-Identifier: Apache-2.0

/// Where a request goes.
public enum Endpoint: String, CaseIterable, Sendable {
  /// Chat completions.
  case chat
  /// Completions.
  case completions
  /// Embeddings.
  case embeddings

  /// Its path.
  public var path: String {
    switch self {
    case .chat: "/v1/chat/completions"
    case .completions: "/v1/completions"
    case .embeddings: "/v1/embeddings"
    }
  }

  /// The endpoint of a path.
  public init?(path: String) {
    guard let endpoint = Self.allCases.first(where: { $0.path == path }) else { return nil }
    self = endpoint
  }
}

/// A request for an answer of a model: what the gateway needs to know of it, and its bytes as they came.
public struct ModelRequest: Sendable {
  /// Where it goes.
  public let endpoint: Endpoint
  /// Its body.
  public let tape: JSONTape
  /// The model that it asks for.
  public let model: String
  /// Whether the answer comes in pieces.
  public let isStream: Bool
  /// Whether the client asked for the usage at the end of a stream.
  public let wantsUsage: Bool
  /// How many answers are wanted.
  public let choices: Int
  /// Whether its temperature is 0.
  public let isDeterministic: Bool
  /// The most tokens of its answer; `nil` where it does not say.
  public let mostTokens: Int?
  private let modelNode: Int
  private let hasStreamOptions: Bool

  /// Reads a body.
  public init(_ body: [UInt8], endpoint: Endpoint) throws(APIError) {
    do throws(JSONTape.Problem) {
      tape = try JSONTape(body)
    } catch {
      throw .invalid("We could not parse the JSON body: \(error.message) (byte \(error.offset)).")
    }
    let tape = self.tape
    func member(_ name: String) -> Int? {
      tape.member(name).flatMap { tape.nodes[$0].kind == .null ? nil : $0 }
    }
    self.endpoint = endpoint
    guard tape.nodes[0].kind == .object else { throw .invalid("The body is not a JSON object.") }
    guard let node = member("model"), tape.nodes[node].kind == .text else {
      throw .invalid("you must provide a model parameter", parameter: "model")
    }
    modelNode = node
    model = tape.text(of: node)
    let needed = endpoint == .chat ? "messages" : endpoint == .completions ? "prompt" : "input"
    guard member(needed) != nil else {
      throw .invalid("Missing required parameter: '\(needed)'.", parameter: needed)
    }
    if endpoint == .chat, let messages = member("messages"), tape.nodes[messages].kind != .list {
      throw .invalid("Invalid type for 'messages': expected an array.", parameter: "messages")
    }
    isStream = try Self.flag("stream", member("stream"), tape) && endpoint != .embeddings
    let options = member("stream_options")
    hasStreamOptions = options != nil
    wantsUsage =
      try options.map { node throws(APIError) in
        try Self.flag("include_usage", tape.member("include_usage", of: node), tape)
      } ?? false
    choices = try Self.count("n", member("n"), tape) ?? 1
    let limit = try Self.count("max_tokens", member("max_tokens"), tape)
    mostTokens =
      try Self.count("max_completion_tokens", member("max_completion_tokens"), tape) ?? limit
    var temperature = 1.0
    if let node = member("temperature") {
      guard let given = tape.double(node) else {
        throw .invalid(
          "Invalid type for 'temperature': expected a number.", parameter: "temperature")
      }
      temperature = given
    }
    isDeterministic = temperature == 0 && endpoint != .embeddings
  }

  private static func flag(
    _ name: String, _ node: Int?, _ tape: JSONTape
  ) throws(APIError) -> Bool {
    guard let node else { return false }
    switch tape.nodes[node].kind {
    case .yes: return true
    case .no, .null: return false
    default: throw .invalid("Invalid type for '\(name)': expected a boolean.", parameter: name)
    }
  }

  private static func count(
    _ name: String, _ node: Int?, _ tape: JSONTape
  ) throws(APIError) -> Int? {
    guard let node else { return nil }
    guard let count = tape.integer(node), (1...1_000_000_000).contains(count) else {
      throw .invalid("Invalid value for '\(name)': expected a positive integer.", parameter: name)
    }
    return count
  }

  /// The text by which the difficulty is judged: the last message of the user, or the prompt.
  ///
  /// - Complexity: O(n) for n bytes.
  public var judgedText: String {
    switch endpoint {
    case .chat:
      guard let messages = tape.member("messages") else { return "" }
      for message in tape.items(of: messages).reversed() {
        guard let role = tape.member("role", of: message), tape.nodes[role].kind == .text,
          tape.text(of: role) == "user", let content = tape.member("content", of: message)
        else { continue }
        return text(inContent: content)
      }
      return ""
    case .completions: return tape.member("prompt").map { text(inContent: $0) } ?? ""
    case .embeddings: return ""
    }
  }

  private func text(inContent node: Int) -> String {
    if tape.nodes[node].kind == .text { return tape.text(of: node) }
    var texts: [String] = []
    for part in tape.items(of: node) {
      if tape.nodes[part].kind == .text {
        texts.append(tape.text(of: part))
      } else if let text = tape.member("text", of: part), tape.nodes[text].kind == .text {
        texts.append(tape.text(of: text))
      }
    }
    return texts.joined(separator: "\n")
  }

  /// Whether the gateway asks an engine for the usage of a stream that its client did not ask for.
  public var addsUsage: Bool { isStream && !hasStreamOptions }

  /// The body for an engine: that of the client, byte for byte, but for the model's name where the engine knows it by
  /// another, and for the usage where the gateway asks for it.
  public func body(forModel name: String) -> [UInt8] {
    var body: [UInt8] = []
    let node = tape.nodes[modelNode]
    body.reserveCapacity(tape.bytes.count + 64)
    let open = tape.nodes[0].start + 1
    body += tape.bytes[..<open]
    if addsUsage { body += Array(#""stream_options":{"include_usage":true},"#.utf8) }
    body += tape.bytes[open..<node.start]
    if name == model {
      body += tape.bytes[node.start..<node.end]
    } else {
      body += JSONText.quoted(name).utf8
    }
    body += tape.bytes[node.end...]
    return body
  }
}
