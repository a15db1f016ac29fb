// SPDX-License-Identifier: GPL-3.0-or-later

/// What a simulation links keeps no clock, draws no random number but from its streams, and depends
/// on no order that changes from run to run.
enum DeterminismRule {
  /// The targets that a simulation links.
  static let targets = [
    "Quantities", "RandomStreams", "Serving", "EventKernel", "Numerics", "Policies", "Workload",
    "ReplicaModel", "CloudModel", "Recording", "Statistics", "Scenario", "FleetSimulation",
    "DecisionLog", "RequestPath", "TokenEngine", "Digests", "Catalogue",
  ]

  /// The files that may import the C library.
  static let filesWithTheCLibrary = ["Sources/Columns/HugePages.swift"]

  private static let phrases = BannedPhrases([
    "Date(", "Date.now", "ContinuousClock", "SuspendingClock", "Task.sleep", "clock_gettime",
    "gettimeofday", "SystemRandomNumberGenerator", ".random(in", ".random()", ".randomElement(",
    ".shuffle(", ".shuffled(", "hashValue", "Set", "Dictionary", "[:]",
  ])

  private static let modules = ["Dispatch", "Glibc", "Musl", "Darwin"]

  /// Where a file of such a target breaks the rule.
  static func violations(in file: SourceFile) -> [Violation] {
    let imports = ImportStatement.all(in: file).filter {
      $0.module.hasPrefix("Foundation")
        || (modules.contains($0.module) && !filesWithTheCLibrary.contains(file.path))
    }
    return imports.map { file.violation(line: $0.line, "imports \($0.module)") }
      + phrases.violations(in: file) + dictionaryTypes(in: file)
  }

  /// Types such as `[Name: Value]`.
  private static func dictionaryTypes(in file: SourceFile) -> [Violation] {
    let words = file.tokens.map(\.text)
    func startsUpperCase(_ index: Int) -> Bool {
      index < words.count && words[index].first?.isUppercase == true
    }
    return words.indices.filter { start in
      guard words[start] == "[", startsUpperCase(start + 1) else { return false }
      var end = start + 2
      while end + 1 < words.count, words[end] == "." { end += 2 }
      guard end + 1 < words.count, words[end] == ":" else { return false }
      return startsUpperCase(end + 1) || words[end + 1] == "[" || words[end + 1] == "("
    }
    .map { file.violation(line: file.tokens[$0].line, "uses a dictionary type") }
  }
}
