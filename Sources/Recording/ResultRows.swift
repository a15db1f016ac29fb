// SPDX-License-Identifier: GPL-3.0-or-later

import Quantities
import Statistics

/// One measure of a run with its interval.
package struct MeasureRow: Sendable, Equatable {
  /// Whether there is a number that one may rely on.
  package enum State: String, Sendable, CaseIterable {
    /// There is, or there is no sample.
    case estimated
    /// The run holds too little of the tail to tell.
    case insufficient
    /// It grows for as long as one looks.
    case notStationary = "not stationary"
  }

  /// The name, such as `p99(latency)`.
  package let name: String
  /// The unit of its numbers, such as `s` or `USD`.
  package let unit: String
  /// The estimate with its interval; `nil` when the run holds no sample for it.
  package let interval: Interval?
  /// Whether the number can be relied on; where not, there is none.
  package let state: State
  /// Why there is no interval, or what it leaves out; empty when there is nothing to say.
  package let note: String

  /// A row of those values.
  package init(
    name: String, unit: String, interval: Interval?, state: State = .estimated, note: String = ""
  ) {
    self.name = name
    self.unit = unit
    self.interval = interval
    self.state = state
    self.note = note
  }
}

/// One line of a run's mean invoice, for a month of 730 hours.
package struct InvoiceRow: Sendable, Equatable {
  /// What is charged.
  package let line: String
  /// The pool that it is for; empty when it is for none.
  package let pool: String
  /// `onDemand`, `spot`, `reserved` or `fixed`.
  package let market: String
  /// The hours held, a month; `nil` for what is not held.
  package let hours: Double?
  /// The price of an hour; `nil` where there is none.
  package let price: HourlyPrice?
  /// The mean amount over replications, a month.
  package let monthly: USD

  /// A row of those values.
  package init(
    line: String, pool: String, market: String, hours: Double?, price: HourlyPrice?, monthly: USD
  ) {
    self.line = line
    self.pool = pool
    self.market = market
    self.hours = hours
    self.price = price
    self.monthly = monthly
  }
}

/// How a target was judged.
package struct VerdictRow: Sendable, Equatable {
  /// The four ways in which a target can be judged.
  package enum Verdict: String, Sendable, CaseIterable {
    /// The whole interval lies inside the target.
    case holds
    /// The whole interval lies outside.
    case fails
    /// The interval lies on both sides.
    case undecided
    /// The target restates an input of the scenario.
    case assumed
  }

  /// The target as it was written.
  package let target: String
  /// The judgement.
  package let verdict: Verdict
  /// The measured value; `nil` when there is no sample.
  package let interval: Interval?
  /// The unit of the value.
  package let unit: String
  /// Whether the value can be relied on; the verdict rests on more than it.
  package let state: MeasureRow.State
  /// The confidence of the interval that it was judged by; with those of the run's other targets it makes
  /// up the run's.
  package let confidence: Double
  /// Why, in one sentence.
  package let reason: String

  /// A row of those values.
  package init(
    target: String, verdict: Verdict, interval: Interval?, unit: String,
    state: MeasureRow.State = .estimated, confidence: Double = 0.95, reason: String
  ) {
    self.target = target
    self.verdict = verdict
    self.interval = interval
    self.unit = unit
    self.state = state
    self.confidence = confidence
    self.reason = reason
  }
}

/// Something that a reader of a run should know and no measure tells.
package struct RunNote: Sendable, Equatable {
  /// What it is about, such as `warm-up`.
  package let topic: String
  /// What there is to say.
  package let text: String

  /// A note of those values.
  package init(topic: String, text: String) {
    self.topic = topic
    self.text = text
  }
}

/// What a run is: enough to make it again.
package struct RunManifest: Sendable, Equatable {
  /// The scenario's path as it was given.
  package let scenario: String
  /// The scenario's text with everything it extends and every override, in one canonical form.
  package let scenarioText: String
  /// SHA-256 of that text, in hexadecimal digits.
  package let scenarioHash: String
  /// The version of Plimsoll.
  package let version: String
  /// The seed.
  package let seed: UInt64
  /// The name of the price book.
  package let priceBook: String
  /// The confidence of its intervals.
  package let confidence: Double

  /// A manifest of those values.
  package init(
    scenario: String, scenarioText: String, scenarioHash: String, version: String, seed: UInt64,
    priceBook: String, confidence: Double
  ) {
    self.scenario = scenario
    self.scenarioText = scenarioText
    self.scenarioHash = scenarioHash
    self.version = version
    self.seed = seed
    self.priceBook = priceBook
    self.confidence = confidence
  }
}

/// What a run comes to when all its replications are put together.
package struct RunResults: Sendable, Equatable {
  /// A digest of everything that the run yielded, in hexadecimal digits.
  package let digest: String
  /// How many replications were run.
  package let replications: Int
  /// How requests ended, over all replications.
  package let requests: RequestCounts
  /// The measures.
  package let measures: [MeasureRow]
  /// The mean invoice, for a month of 730 hours.
  package let invoice: [InvoiceRow]
  /// What is invoiced by the calendar month; none for a run of a version that did not tell.
  package let billedMonths: [BilledMonthRow]
  /// The judged targets.
  package let verdicts: [VerdictRow]
  /// What else a reader should know.
  package let notes: [RunNote]

  /// Results of those values.
  package init(
    digest: String, replications: Int, requests: RequestCounts, measures: [MeasureRow],
    invoice: [InvoiceRow], billedMonths: [BilledMonthRow] = [], verdicts: [VerdictRow],
    notes: [RunNote] = []
  ) {
    self.digest = digest
    self.replications = replications
    self.requests = requests
    self.measures = measures
    self.invoice = invoice
    self.billedMonths = billedMonths
    self.verdicts = verdicts
    self.notes = notes
  }
}
