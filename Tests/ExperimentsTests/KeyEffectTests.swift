// SPDX-License-Identifier: GPL-3.0-or-later

import Experiments
import Scenario
import Testing

/// Every key that a scenario may have changes a result, or is listed with the reason why it does not.
///
/// The keys are those that the loader asks for while it reads the scenarios of the table: a new key that is in no
/// row fails here, and so does a row whose change changes nothing.
@Suite("Every key of a scenario")
struct KeyEffectTests {
  /// What the scenarios come to before a change; many rows share one.
  private actor Bases {
    private var runs: [[String]: Task<String, any Error>] = [:]

    func results(of overrides: [String]) async throws -> String {
      let run = runs[overrides] ?? Task { try await KeyEffectFiles.results(of: overrides) }
      runs[overrides] = run
      return try await run.value
    }
  }

  private static let bases = Bases()

  @Test("changes a result of a small scenario", arguments: KeyEffect.table)
  func changesAResult(_ effect: KeyEffect) async throws {
    let before = try await Self.bases.results(of: effect.base)
    let after = try await KeyEffectFiles.results(of: effect.base + [effect.change])
    #expect(before != after, "\(effect.change) changes nothing")
  }

  @Test("is in the table or has a reason, and the table has no other")
  func isComplete() throws {
    var known: [String] = []
    func add(_ overrides: [String]) throws {
      for key in try KeyEffectFiles.knownKeys(overrides) {
        let name = KeyEffect.general(key)
        if !known.contains(name) { known.append(name) }
      }
    }
    for effect in KeyEffect.table {
      try add(effect.base)
      try add(effect.base + [effect.change])
    }
    // All that the table of keys has is asked for, so that no key of the page, the schema and the loader is another's.
    let tabled = KeyTable.entries(laws: true).filter { !$0.isName }.map {
      KeyEffect.general($0.path)
    }
    let unasked = tabled.filter { !known.contains($0) && !KeyTable.joiningKeys.contains($0) }
    #expect(unasked.isEmpty, "in the table, and nobody asks: \(unasked)")
    // A key that leads to others changes what they change.
    let parents = known.filter { key in
      known.contains { $0.hasPrefix(key + ".") || $0.hasPrefix(key + "[") }
    }
    let covered = KeyEffect.table.map(\.key) + KeyEffect.reasons.map(\.key)
    let lacking = known.filter { !covered.contains($0) && !parents.contains($0) }
    #expect(lacking.isEmpty, "in no row: \(lacking.sorted())")
    let unknown = covered.filter { !known.contains($0) }
    #expect(unknown.isEmpty, "no such key: \(unknown)")
  }
}
