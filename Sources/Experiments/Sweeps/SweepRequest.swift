// SPDX-License-Identifier: GPL-3.0-or-later

/// What somebody asks of a sweep, as the options of the command say it.
package struct SweepRequest: Codable, Sendable, Equatable {
  /// The path of the scenario.
  package var scenario: String
  /// Overrides that hold at every point, before those of the point.
  package var overrides: [String]
  /// The keys that are varied, with their values.
  package var vary: [String]
  /// How points are drawn; a grid when it is `nil`.
  package var sample: String?
  /// The seed; the scenario's own when it is `nil`.
  package var seed: UInt64?
  /// How many replications each point has; the fewest that its scenario says when it is `nil`.
  package var replications: Int?
  /// The version of Plimsoll.
  package var version: String

  /// A request of those values.
  package init(
    scenario: String, overrides: [String] = [], vary: [String], sample: String? = nil,
    seed: UInt64? = nil, replications: Int? = nil, version: String
  ) {
    self.scenario = scenario
    self.overrides = overrides
    self.vary = vary
    self.sample = sample
    self.seed = seed
    self.replications = replications
    self.version = version
  }

  /// The request as options of the command, without those that change no result.
  package var options: String {
    func option(_ name: String, _ texts: [String]) -> [String] { texts.map { "\(name) \($0)" } }
    return
      (option("--set", overrides) + option("--vary", vary)
      + option("--sample", [sample].compactMap(\.self))
      + option("--seed", [seed].compactMap { $0.map(String.init) })
      + option("--replications", [replications].compactMap { $0.map(String.init) }))
      .joined(separator: "\n")
  }
}
