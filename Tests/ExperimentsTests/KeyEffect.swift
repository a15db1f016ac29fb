// SPDX-License-Identifier: GPL-3.0-or-later

import Testing

/// A key with a change of it that changes a result of a small scenario.
struct KeyEffect: Sendable, CustomTestStringConvertible {
  /// The key, with capitals where a name is free.
  let key: String
  /// What is set in the scenario of ``KeyEffectFiles`` before the change.
  let base: [String]
  /// The change.
  let change: String

  init(_ key: String, _ change: String, in base: [String] = []) {
    self.key = key
    self.change = change
    self.base = base
  }

  var testDescription: String { key }

  private static let lawNames = [
    "constant", "exponential", "uniform", "gamma", "weibull", "lognormal", "hyperexponential",
    "bathtub", "erlang", "pareto",
  ]

  /// Which names of a path are free: those below these.
  private static let free: [([String], String)] = [
    (["fleet"], "POOL"), (["models"], "MODEL"), (["models", "MODEL", "on"], "TYPE"),
    (["models", "MODEL", "quality", "matrix"], "CLASS"), (["zones"], "ZONE"),
    (["regions"], "REGION"), (["workload", "priorities"], "CLASS"), (["commitments"], "COMMITMENT"),
    (["costs"], "COST"),
    (["machines"], "TYPE"), (["devices"], "DEVICE"), (["policies", "ledger", "tenants"], "TENANT"),
  ]

  /// A path of a scenario in its general form: `fleet.POOL.lifetime`, `LAW.weibull.shape`.
  static func general(_ path: String) -> String {
    var names: [String] = []
    var name = ""
    var isQuoted = false
    for character in path + "." {
      switch character {
      case "\"": isQuoted.toggle()
      case "." where !isQuoted:
        names.append(name.prefix { $0 != "[" } + (name.contains("[") ? "[]" : ""))
        name = ""
      default: name.append(character)
      }
    }
    if let law = names.dropFirst().firstIndex(where: { lawNames.contains($0) }) {
      names.replaceSubrange(..<law, with: ["LAW"])
      return names.joined(separator: ".")
    }
    for (above, general) in free where names.count > above.count {
      if Array(names[..<above.count]) == above { names[above.count] = general }
    }
    return names.joined(separator: ".")
  }
}
