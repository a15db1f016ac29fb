// SPDX-License-Identifier: Apache-2.0

/// What has been counted of a prompt, and what it weighs.
struct DifficultyFeatures {
  /// The weight of a kind of marker, in thousandths, for one, two, and three or more of its words.
  ///
  /// LiteLLM's order of the kinds; the numbers are set by hand on the tuning half of
  /// `Scenarios/prompts/labelled.csv`.
  ///
  /// Beside a task, a question word adds nothing ("explain how"), and small talk or a lookup takes little
  /// away ("a poem for my brother, who fishes").
  private static func weight(of marker: DifficultyMarker, count: Int, hasTask: Bool) -> Int {
    let weights =
      switch marker {
      case .smallTalk: hasTask ? [-50, -50, -50] : [-300, -300, -300]
      case .lookup: hasTask ? [-50, -50, -50] : [-150, -200, -200]
      case .task: [150, 150, 150]
      case .cause: hasTask ? [0, 0, 0] : [150, 150, 150]
      case .code: [200, 300, 350]
      case .technical: [200, 350, 450]
      case .reasoning: [300, 450, 500]
      }
    return weights[min(count, weights.count) - 1]
  }

  /// A text without markers, and one with three clauses of work and more.
  private static let unmarked = 300
  private static let severalSteps = 50
  private static let clausesOfSeveralSteps = 3
  /// So many symbols look like a program or a formula.
  private static let symbolsOfCode = 6

  /// The distinct words of each kind, at most three.
  private var found: [[String]] = Array(repeating: [], count: DifficultyMarker.allCases.count)
  private var symbols = 0
  private var numbers = 0
  private var isAfterNumber = false
  private var isAfterOperator = false
  private var hasSum = false
  private var clauseHasWork = false
  private var clausesWithWork = 0

  mutating func take(_ word: String, marks marker: DifficultyMarker?) {
    let isNumber = word.unicodeScalars.allSatisfy(\.isDecimalDigit)
    if isNumber {
      numbers += 1
      if isAfterOperator { hasSum = true }
    }
    isAfterNumber = isNumber
    isAfterOperator = false
    guard let marker else { return }
    if marker > .lookup { clauseHasWork = true }
    let words = found[marker.rawValue]
    guard words.count < 3, !words.contains(word) else { return }
    found[marker.rawValue].append(word)
  }

  mutating func take(_ symbol: Unicode.Scalar) {
    symbols += 1
    isAfterOperator = ["+", "*", "/", "×", "÷", "−"].contains(symbol)
    if isAfterOperator && isAfterNumber { hasSum = true }
  }

  mutating func endClause() {
    if clauseHasWork { clausesWithWork += 1 }
    clauseHasWork = false
  }

  /// The sum of the weights, between 0 and 1.
  var score: DifficultyScore {
    var words = found
    if symbols >= Self.symbolsOfCode { words[DifficultyMarker.code.rawValue].append("symbols") }
    if hasSum && numbers > 1 && words[DifficultyMarker.task.rawValue...].allSatisfy(\.isEmpty) {
      words[DifficultyMarker.smallTalk.rawValue] = ["arithmetic"]
    }
    let hasTask = !words[DifficultyMarker.task.rawValue].isEmpty
    var points = Self.unmarked
    var reason = "unmarked \(Self.unmarked)"
    for marker in DifficultyMarker.allCases.reversed() {
      let names = words[marker.rawValue]
      guard !names.isEmpty else { continue }
      let weight = Self.weight(of: marker, count: names.count, hasTask: hasTask)
      points += weight
      reason += ", \(marker) \(weight) (\(names.joined(separator: " ")))"
    }
    if clausesWithWork >= Self.clausesOfSeveralSteps {
      points += Self.severalSteps
      reason += ", several steps \(Self.severalSteps)"
    }
    return DifficultyScore(value: Double(max(0, min(1_000, points))) / 1_000, reason: reason)
  }
}
