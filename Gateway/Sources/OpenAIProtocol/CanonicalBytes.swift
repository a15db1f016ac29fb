// SPDX-License-Identifier: Apache-2.0

/// The bytes of a request that are the same for requests with the same answer, and for no others.
///
/// Each value has its kind and length before it. Names are sorted by their bytes; 0, 0.0, 0e0 and -0 are one number;
/// a `null` counts as a field that was not given, and so does a field at OpenAI's default. All fields count, unknown
/// ones too, but those that change nothing about an answer. Whether the answer is streamed, and with what options, is
/// among what counts: what is kept is sent again as it was.
public struct CanonicalBytes: Sendable {
  /// Fields that say for whom, where or at what price, and not what.
  static let leftOut = [
    "user", "safety_identifier", "prompt_cache_key", "metadata", "store", "service_tier", "model",
  ]

  /// The bytes.
  public private(set) var bytes: [UInt8] = []
  private let tape: JSONTape

  /// The bytes of a request to an endpoint.
  ///
  /// - Complexity: O(n log n) for n bytes.
  public init(_ tape: JSONTape, endpoint: Endpoint) {
    self.tape = tape
    append(endpoint.path)
    for member in tape.members(of: 0).sorted(by: { Self.precedes($0.name, $1.name) }) {
      guard !Self.leftOut.contains(member.name), !isDefault(member.name, member.value) else {
        continue
      }
      append(member.name)
      append(node: member.value)
    }
  }

  private static func precedes(_ left: String, _ right: String) -> Bool {
    left.utf8.lexicographicallyPrecedes(right.utf8)
  }

  /// Whether a field says what holds where it is not given.
  private func isDefault(_ name: String, _ value: Int) -> Bool {
    switch tape.nodes[value].kind {
    case .null: return true
    case .no: return ["logprobs", "stream", "echo"].contains(name)
    case .yes: return name == "parallel_tool_calls"
    case .number:
      switch name {
      case "temperature", "top_p", "n": return tape.double(value) == 1
      case "presence_penalty", "frequency_penalty": return tape.double(value) == 0
      default: return false
      }
    default: return false
    }
  }

  private mutating func append(word: UInt64) {
    for shift in stride(from: UInt64(0), to: 64, by: 8) {
      bytes.append(UInt8(truncatingIfNeeded: word >> shift))
    }
  }

  private mutating func append(_ text: String) {
    append(word: UInt64(text.utf8.count))
    bytes.append(contentsOf: text.utf8)
  }

  private mutating func append(node: Int) {
    switch tape.nodes[node].kind {
    case .null: bytes.append(0)
    case .no: bytes.append(1)
    case .yes: bytes.append(2)
    case .number: appendNumber(node)
    case .text:
      let text = tape.text(of: node)
      if text.unicodeScalars.contains("\u{FFFD}") {
        // Halves of surrogates read alike: here the bytes count as they are.
        bytes.append(9)
        append(String(decoding: tape.raw(node), as: UTF8.self))
      } else {
        bytes.append(5)
        append(text)
      }
    case .list:
      let items = tape.items(of: node)
      bytes.append(6)
      append(word: UInt64(items.count))
      for item in items { append(node: item) }
    case .object:
      let members = tape.members(of: node).sorted { Self.precedes($0.name, $1.name) }
      bytes.append(7)
      append(word: UInt64(members.count))
      for member in members {
        append(member.name)
        append(node: member.value)
      }
    }
  }

  /// A number in its one form. One that a double does not hold exactly may be another number in another reader: its
  /// digits count.
  private mutating func appendNumber(_ node: Int) {
    let text = String(decoding: tape.raw(node), as: UTF8.self)
    if let whole = Int64(text) {
      bytes.append(3)
      append(word: UInt64(bitPattern: whole))
    } else if let number = tape.double(node) {
      if let whole = Int64(exactly: number), abs(number) < 9_007_199_254_740_992 {
        bytes.append(3)
        append(word: UInt64(bitPattern: whole))
      } else {
        bytes.append(4)
        append(word: number.bitPattern)
        append(text)
      }
    } else {
      bytes.append(8)
      append(text)
    }
  }
}
