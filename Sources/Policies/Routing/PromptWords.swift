// SPDX-License-Identifier: Apache-2.0

/// Cuts a text into words at Unicode's boundaries, one word at a time.
///
/// A word is a run of letters, marks and digits; a run of a script without spaces (Han, kana, Hangul,
/// Thai and its neighbours) is one piece of its own. `c++` and `c#` are words. After Unicode Standard
/// Annex 29, section 4, without its rules for apostrophes, which part words here.
struct PromptWords {
  /// A piece of a text.
  enum Piece: Equatable {
    /// A word of a script with spaces, in lower case.
    case word(String)
    /// A run of a script without spaces.
    case run([Unicode.Scalar])
    /// A mark that ends a clause.
    case clauseEnd
    /// A character of formulas and programs.
    case symbol(Unicode.Scalar)
  }

  private let scalars: [Unicode.Scalar]
  private var position = 0

  /// The words of a text's scalars.
  init(_ scalars: [Unicode.Scalar]) {
    self.scalars = scalars
  }

  /// The next piece, or nil at the end.
  mutating func next() -> Piece? {
    while position < scalars.count {
      let scalar = scalars[position]
      if scalar.isUnspaced { return .run(run()) }
      if scalar.isOfWords { return .word(word()) }
      position += 1
      if Self.clauseEnds.contains(scalar) { return .clauseEnd }
      if Self.symbols.contains(scalar) { return .symbol(scalar) }
    }
    return nil
  }

  private static let clauseEnds: [Unicode.Scalar] = [
    ".", "!", "?", ",", ":", "\n", "…", "。", "！", "？", "；", "：", "，", "、", "،", "؛", "؟", "।",
  ]

  private static let symbols: [Unicode.Scalar] = [
    "`", "{", "}", "[", "]", "=", "<", ">", "_", ";", "^", "\\", "|", "+", "*", "/", "×", "÷", "−",
  ]

  private mutating func run() -> [Unicode.Scalar] {
    let start = position
    while position < scalars.count, scalars[position].isUnspaced { position += 1 }
    return Array(scalars[start..<position])
  }

  private mutating func word() -> String {
    let start = position
    var text = ""
    while position < scalars.count, scalars[position].isOfWords, !scalars[position].isUnspaced {
      let scalar = scalars[position]
      if let lower = scalar.asciiLower {
        text.unicodeScalars.append(lower)
      } else {
        text += scalar.properties.lowercaseMapping
      }
      position += 1
    }
    guard position == start + 1, text == "c" || text == "f" else { return text }
    return text + languageSuffix()
  }

  /// The `++` of C++ or the `#` of C# and F#.
  private mutating func languageSuffix() -> String {
    guard position < scalars.count else { return "" }
    if scalars[position] == "#" {
      position += 1
      return "#"
    }
    guard position + 1 < scalars.count, scalars[position] == "+", scalars[position + 1] == "+"
    else { return "" }
    position += 2
    return "++"
  }
}

extension Unicode.Scalar {
  /// An ASCII character in lower case; most are, and need no look into Unicode's tables.
  fileprivate var asciiLower: Unicode.Scalar? {
    guard isASCII else { return nil }
    return ("A"..."Z").contains(self) ? Unicode.Scalar(UInt8(value) + 32) : self
  }

  /// Whether it is a decimal digit of any script.
  var isDecimalDigit: Bool {
    isASCII ? ("0"..."9").contains(self) : properties.numericType == .decimal
  }

  /// Whether it is part of words: a letter, a mark or a digit.
  var isOfWords: Bool {
    if let asciiLower { return ("a"..."z").contains(asciiLower) || isDecimalDigit }
    switch properties.generalCategory {
    case .uppercaseLetter, .lowercaseLetter, .titlecaseLetter, .modifierLetter, .otherLetter,
      .nonspacingMark, .spacingMark, .enclosingMark, .decimalNumber, .letterNumber, .format:
      return true
    default: return false
    }
  }

  /// Whether its script puts no space between words, or glues endings to stems as Hangul does.
  ///
  /// Blocks of the Unicode Standard, version 16.0.
  var isUnspaced: Bool {
    switch value {
    case 0x0E00...0x0EFF, 0x1000...0x109F, 0x1780...0x17FF: true  // Thai, Lao, Myanmar, Khmer
    case 0x1100...0x11FF, 0xAC00...0xD7A3: true  // Hangul
    case 0x3005...0x3007, 0x3041...0x3096, 0x309D...0x309F, 0x30A1...0x30FA, 0x30FC...0x30FF:
      true  // kana and the iteration marks
    case 0x31F0...0x31FF, 0x3400...0x4DBF, 0x4E00...0x9FFF, 0xF900...0xFAFF: true
    case 0x20000...0x3FFFF: true  // Han beyond the first plane
    default: false
    }
  }
}
