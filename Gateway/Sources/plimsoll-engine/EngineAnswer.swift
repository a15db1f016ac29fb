// SPDX-License-Identifier: Apache-2.0

import OpenAIProtocol

/// The answer of a request, word by word: a function of its prompt and nothing else.
struct EngineAnswer {
  private static let words = [
    "load", "line", "hull", "draught", "tide", "keel", "ballast", "freight", "harbour", "mark",
    "summer", "winter", "fresh", "salt", "water", "deck",
  ]

  let promptTokens: Int
  let outputTokens: Int
  let finishReason: String
  private let seed: UInt64

  init(_ request: ModelRequest) {
    var hash: UInt64 = 0xCBF2_9CE4_8422_2325
    for byte in request.judgedText.utf8 { hash = (hash ^ UInt64(byte)) &* 0x0100_0000_01B3 }
    seed = hash
    let text = request.judgedText
    // A token is four bytes here; a stand-in has no tokenizer.
    promptTokens = max(1, text.utf8.count / 4)
    let whole = 8 + Int(hash >> 32) % 57
    outputTokens = min(whole, request.mostTokens ?? whole)
    finishReason = outputTokens < whole ? "length" : "stop"
  }

  /// The word of a token.
  func word(_ token: Int) -> String {
    let place = (seed &+ UInt64(token) &* 0x9E37_79B9_7F4A_7C15) >> 60
    return (token == 0 ? "" : " ") + Self.words[Int(place)]
  }

  /// The whole text.
  var text: String { (0..<outputTokens).map { word($0) }.joined() }

  /// What is billed.
  func usage(answered tokens: Int) -> String {
    """
    {"prompt_tokens":\(promptTokens),"completion_tokens":\(tokens),\
    "total_tokens":\(promptTokens + tokens)}
    """
  }

  /// A vector of eight numbers.
  var embedding: String {
    let numbers = (0..<8).map { place in
      let bits = (seed &+ UInt64(place)) &* 0x9E37_79B9_7F4A_7C15
      return "\(Double(Int64(bitPattern: bits) >> 40) / 8_388_608)"
    }
    return "[" + numbers.joined(separator: ",") + "]"
  }
}
