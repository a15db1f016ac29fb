// SPDX-License-Identifier: Apache-2.0

/// What a word of a prompt says about the work that is asked for.
enum DifficultyMarker: Int, Comparable, CaseIterable, Sendable {
  /// Small talk: a greeting, thanks, a joke.
  case smallTalk
  /// A question for a fact: who, when, how many.
  case lookup
  /// An ordinary task: to summarise, to translate, to explain.
  case task
  /// A question for a reason or a way: why, how.
  case cause
  /// A program to read or to write.
  case code
  /// A term of mathematics, engineering or a science.
  case technical
  /// A proof, a comparison, a design, a diagnosis.
  case reasoning

  static func < (left: DifficultyMarker, right: DifficultyMarker) -> Bool {
    left.rawValue < right.rawValue
  }
}

/// The words that mark difficulty, in many languages, found by binary search.
struct DifficultyLexicon: Sendable {
  /// Words of one kind, with white space between them, in lower case.
  struct Entry: Sendable {
    let marker: DifficultyMarker
    let words: String

    init(_ marker: DifficultyMarker, _ words: String) {
      self.marker = marker
      self.words = words
    }
  }

  /// All entries of all languages.
  static let entries =
    english + germanAndDutch + frenchAndItalian + spanishAndPortuguese + russianAndPolish
    + turkishArabicAndHindi + eastAsian

  private var words: [String] = []
  private var markers: [DifficultyMarker] = []
  /// The first scalars of words, sorted; most scalars of a run without spaces begin none.
  private var firstScalars: [UInt32] = []
  /// The scalars of the longest word of a script without spaces.
  let longestUnspaced: Int

  /// A lexicon of those entries; where languages differ about a word, the harder meaning counts.
  init(_ entries: [Entry] = DifficultyLexicon.entries) {
    var pairs: [(word: String, marker: DifficultyMarker)] = []
    for entry in entries {
      for word in entry.words.utf8.split(whereSeparator: { $0 <= UInt8(ascii: " ") }) {
        pairs.append((String(Substring(word)), entry.marker))
      }
    }
    // Comparing texts as Unicode orders them is slow, and quick where they stand in order already:
    // as composed words do once their bytes are in order.
    pairs.sort { $0.word.utf8.lexicographicallyPrecedes($1.word.utf8) }
    pairs.sort { ($0.word, $1.marker) < ($1.word, $0.marker) }
    var longest = 1
    for pair in pairs where words.last != pair.word {
      words.append(pair.word)
      markers.append(pair.marker)
      let scalars = pair.word.unicodeScalars
      guard let first = scalars.first, first.isUnspaced else { continue }
      longest = max(longest, scalars.count)
      firstScalars.append(first.value)
    }
    longestUnspaced = longest
    firstScalars.sort()
  }

  /// What a whole word marks, or nil.
  ///
  /// - Complexity: O(log n) for n words of the lexicon.
  func marker(of word: String) -> DifficultyMarker? {
    let index = words.firstIndex(notBelow: word)
    return index < words.count && words[index] == word ? markers[index] : nil
  }

  /// Whether some word of a script without spaces begins with that scalar.
  func begins(with scalar: Unicode.Scalar) -> Bool {
    let index = firstScalars.firstIndex(notBelow: scalar.value)
    return index < firstScalars.count && firstScalars[index] == scalar.value
  }
}

extension Array where Element: Comparable {
  /// The first index of a sorted array whose element is not below a value, or `count`.
  func firstIndex(notBelow value: Element) -> Int {
    var low = 0
    var high = count
    while low < high {
      let middle = low + (high - low) / 2
      if self[middle] < value { low = middle + 1 } else { high = middle }
    }
    return low
  }
}
