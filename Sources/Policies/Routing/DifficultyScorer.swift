// SPDX-License-Identifier: Apache-2.0

/// Scores prompts by the words that mark difficulty, in many languages.
///
/// Weighted features after the complexity router of LiteLLM (BerriAI/litellm,
/// `router_strategy/complexity_router`), with two changes. Length counts for nothing: difficulty is
/// judged, not how short a text is. And clauses count only with work in them, so that filler, or a
/// text that names the model or the tier that it would like, moves nothing.
///
/// Words match whole, never in part; a script without spaces has no such boundaries and is searched
/// for its longest known words. All sums are integers: the same text, the same score, everywhere.
/// Markers judge a text by its words: one that is made of them without need will look hard.
public struct DifficultyScorer: Sendable {
  /// Made once, in O(n log n) for n markers.
  private static let lexicon = DifficultyLexicon()

  /// The scorer with its own markers; it has no settings.
  public init() {}

  /// How many scalars of a longer text are read at its start, and how many at its end.
  ///
  /// Together the 8,000 characters that LiteLLM's router reads.
  static let readAtEachEnd = 4_000

  /// Scores one prompt.
  ///
  /// - Complexity: O(n) for n characters, of which at most 8,000 are read.
  public func score(_ prompt: String) -> DifficultyScore {
    var scalars = Array(prompt.unicodeScalars)
    if scalars.count > 2 * Self.readAtEachEnd {
      scalars = scalars.prefix(Self.readAtEachEnd) + ["\n"] + scalars.suffix(Self.readAtEachEnd)
    }
    var features = DifficultyFeatures()
    var words = PromptWords(scalars)
    while let piece = words.next() {
      switch piece {
      case .word(let word):
        features.take(word, marks: Self.lexicon.marker(of: word))
      case .run(let run):
        take(run, into: &features)
      case .clauseEnd:
        features.endClause()
      case .symbol(let symbol):
        features.take(symbol)
      }
    }
    features.endClause()
    return features.score
  }

  /// Finds the longest known words of a run, from its start on.
  private func take(_ run: [Unicode.Scalar], into features: inout DifficultyFeatures) {
    var start = 0
    while start < run.count {
      start += longestMarker(in: run, at: start, into: &features)
    }
  }

  /// Takes the longest known word at a place, and says how far to go on.
  private func longestMarker(
    in run: [Unicode.Scalar], at start: Int, into features: inout DifficultyFeatures
  ) -> Int {
    guard Self.lexicon.begins(with: run[start]) else { return 1 }
    for length in (1...min(Self.lexicon.longestUnspaced, run.count - start)).reversed() {
      var word = ""
      word.unicodeScalars.append(contentsOf: run[start..<start + length])
      guard let marker = Self.lexicon.marker(of: word) else { continue }
      features.take(word, marks: marker)
      return length
    }
    return 1
  }
}
