// SPDX-License-Identifier: GPL-3.0-or-later

/// Sequences of tokens that must not occur, whatever the white space between them.
struct BannedPhrases {
  private struct Phrase {
    let text: String
    let words: [String]
  }

  private let phrasesByFirstWord: [String: [Phrase]]

  init(_ phrases: [String]) {
    let parsed = phrases.map { Phrase(text: $0, words: SwiftTokens($0).tokens.map(\.text)) }
    phrasesByFirstWord = Dictionary(grouping: parsed) { $0.words.first ?? "" }
  }

  /// Where the phrases occur in a file.
  func violations(in file: SourceFile) -> [Violation] {
    file.tokens.indices.flatMap { index in
      (phrasesByFirstWord[file.tokens[index].text] ?? [])
        .filter { occurs($0, at: index, in: file.tokens) }
        .map { file.violation(line: file.tokens[index].line, "uses `\($0.text)`") }
    }
  }

  private func occurs(_ phrase: Phrase, at start: Int, in tokens: [Token]) -> Bool {
    guard start + phrase.words.count <= tokens.count else { return false }
    return phrase.words.indices.allSatisfy { offset in
      let token = tokens[start + offset]
      guard token.text == phrase.words[offset] else { return false }
      // `try !isReady` is no `try!`.
      guard offset > 0, token.text == "!" else { return true }
      return tokens[start + offset - 1].bytes.upperBound == token.bytes.lowerBound
    }
  }
}
