// SPDX-License-Identifier: GPL-3.0-or-later

/// A word, a number or a sign of Swift text, as far as these rules need to tell them apart.
struct Token {
  let text: String
  /// From one.
  let line: Int
  /// Where it stands in the text, in bytes.
  let bytes: Range<Int>
}

/// The tokens of a Swift text without its comments and without what its string literals say.
///
/// A string literal is the one token `"`, followed by the tokens of the expressions interpolated in
/// it. Words stay whole, each other sign is a token of its own. Regex literals are not known.
struct SwiftTokens {
  private(set) var tokens: [Token] = []
  private let text: [UInt8]
  private var position = 0
  private var line = 1

  init(_ text: String) {
    self.text = Array(text.utf8)
    readCode(inParentheses: false)
  }

  private func sees(_ sign: Unicode.Scalar, at offset: Int = 0) -> Bool {
    position + offset < text.count && text[position + offset] == UInt8(ascii: sign)
  }

  private func seesQuotes(_ count: Int, at offset: Int = 0) -> Bool {
    (0..<count).allSatisfy { sees("\"", at: offset + $0) }
  }

  private func seesHashes(_ count: Int, at offset: Int) -> Bool {
    (0..<count).allSatisfy { sees("#", at: offset + $0) }
  }

  private mutating func advance(_ count: Int = 1) {
    for _ in 0..<count where position < text.count {
      if sees("\n") { line += 1 }
      position += 1
    }
  }

  private mutating func emit(_ length: Int) {
    let bytes = position..<(position + length)
    let word = String(decoding: text[bytes], as: UTF8.self)
    tokens.append(Token(text: word, line: line, bytes: bytes))
    advance(length)
  }

  /// Reads to the end, or to the parenthesis that closes an interpolation.
  private mutating func readCode(inParentheses: Bool) {
    var open = 0
    while position < text.count {
      if sees("/"), sees("/", at: 1) {
        while position < text.count, !sees("\n") { advance() }
      } else if sees("/"), sees("*", at: 1) {
        skipBlockComment()
      } else if let hashes = hashesOfStringHere() {
        readString(hashes: hashes)
      } else if Self.isWord(text[position]) {
        var length = 1
        while position + length < text.count, Self.isWord(text[position + length]) { length += 1 }
        emit(length)
      } else if text[position] <= 0x20 {
        advance()
      } else {
        if sees("(") { open += 1 }
        if sees(")") {
          open -= 1
          if inParentheses, open < 0 {
            advance()
            return
          }
        }
        emit(1)
      }
    }
  }

  private mutating func skipBlockComment() {
    var depth = 0
    repeat {
      if sees("/"), sees("*", at: 1) {
        depth += 1
        advance(2)
      } else if sees("*"), sees("/", at: 1) {
        depth -= 1
        advance(2)
      } else {
        advance()
      }
    } while depth > 0 && position < text.count
  }

  /// How many hashes open the string literal that begins here, or nil where none does.
  private func hashesOfStringHere() -> Int? {
    var hashes = 0
    while sees("#", at: hashes) { hashes += 1 }
    return sees("\"", at: hashes) ? hashes : nil
  }

  private mutating func readString(hashes: Int) {
    advance(hashes)
    let quotes = seesQuotes(3) ? 3 : 1
    emit(1)
    advance(quotes - 1)
    while position < text.count {
      if seesQuotes(quotes), seesHashes(hashes, at: quotes) {
        advance(quotes + hashes)
        return
      }
      if sees("\n"), quotes == 1 { return }
      if sees("\\"), seesHashes(hashes, at: 1) {
        let interpolates = sees("(", at: 1 + hashes)
        advance(2 + hashes)
        if interpolates { readCode(inParentheses: true) }
      } else {
        advance()
      }
    }
  }

  private static func isWord(_ byte: UInt8) -> Bool {
    switch byte {
    case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
      UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "_"), UInt8(ascii: "$"),
      UInt8(ascii: "`"), 0x80...:
      true
    default: false
    }
  }
}
