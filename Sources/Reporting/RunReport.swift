// SPDX-License-Identifier: GPL-3.0-or-later

import Checks
import Quantities
import Recording
import Scenario
import Serving
import Statistics

/// What a run is reported from, whether it was just made or comes out of the database.
package struct RunReport: Sendable {
  /// The path of the scenario.
  package let scenario: String
  /// What it asks.
  package let about: String
  /// The seed.
  package let seed: UInt64
  /// The confidence of its intervals.
  package let confidence: Double
  /// The name of the price book.
  package let priceBook: String
  /// The open assumptions.
  package let assumptions: [String]
  /// The number of the run in the database.
  package let run: Int64
  /// The results.
  package let results: RunResults
  /// What each replication came to; only then the report as JSON can be a baseline.
  package var values: RunValues?
  /// How it stands to an earlier run; `nil` where none was held against it.
  package var regressions: Regressions?
  /// Whether it was to be held against a baseline that has no run of it.
  package var isNew = false

  /// A report of those values.
  package init(
    scenario: String, about: String, seed: UInt64, confidence: Double, priceBook: String,
    assumptions: [String], run: Int64, results: RunResults
  ) {
    self.scenario = scenario
    self.about = about
    self.seed = seed
    self.confidence = confidence
    self.priceBook = priceBook
    self.assumptions = assumptions
    self.run = run
    self.results = results
  }

  /// The sum of the invoice for a month.
  package var monthlyTotal: USD { results.invoice.reduce(.zero) { $0 + $1.monthly } }

  /// What is invoiced by the calendar month; `nil` for a run of a version that did not tell.
  package var billedTotal: USD? {
    results.billedMonths.isEmpty ? nil : results.billedMonths.reduce(.zero) { $0 + $1.billed }
  }

  /// The measure of that name.
  package func measure(_ name: String) -> MeasureRow? {
    results.measures.first { $0.name == name }
  }
}
