// SPDX-License-Identifier: GPL-3.0-or-later

import Foundation

/// One case: a file, and what lies beside it.
struct FuzzCase {
  /// What is done with it.
  let kind: FuzzKind
  /// The path of the file that is read.
  let path: String
  /// The file, or one that it names, that was changed.
  let changed: String
  /// The changed bytes.
  var bytes: [UInt8]
  /// All other files, by path.
  let files: [String: [UInt8]]

  /// The case of a number.
  init(_ number: UInt64, seed: UInt64, runs: Bool, corpus: Corpus) {
    var dice = Dice(seed: seed, number: number)
    let kind = runs ? .run : Self.kind(&dice, corpus)
    let all = corpus.paths[kind == .run ? .scenario : kind] ?? []
    path = all.isEmpty ? "" : dice.one(of: all)
    let main = corpus.files[path] ?? []
    var changed = path
    if [.scenario, .run, .claims, .levers, .sensitivity].contains(kind), dice.chance(25) {
      let text = String(decoding: main, as: UTF8.self)
      let named = corpus.files.keys.filter { file in
        file != changed && text.contains(file.split(separator: "/").last ?? "/")
      }.sorted()
      if !named.isEmpty { changed = dice.one(of: named) }
    }
    self.kind = kind
    self.changed = changed
    files = corpus.files
    var mutator = Mutator(corpus: corpus, dice: dice)
    bytes = mutator.mutated(corpus.files[changed] ?? [], kind: kind)
  }

  /// A case that was kept.
  init(kind: FuzzKind, path: String, changed: String, bytes: [UInt8], corpus: Corpus) {
    self.kind = kind
    self.path = path
    self.changed = changed
    self.bytes = bytes
    files = corpus.files
  }

  private static func kind(_ dice: inout Dice, _ corpus: Corpus) -> FuzzKind {
    let kinds = FuzzKind.allCases.filter { corpus.paths[$0]?.isEmpty == false }
    var place = dice.below(kinds.reduce(0) { $0 + $1.share })
    for kind in kinds {
      if place < kind.share { return kind }
      place -= kind.share
    }
    return .scenario
  }

  /// The bytes at a path; `nil` where there are none.
  func read(_ path: String) -> [UInt8]? { path == changed ? bytes : files[path] }
}
