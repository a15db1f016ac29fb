// SPDX-License-Identifier: GPL-3.0-or-later

import Quantities

/// When a commitment is bought and when it ends: `from`, `until` and `term`, of which each may be left out.
///
/// It is bought when it begins: on `from`; else a term before `until`; else at the scenario's start. It ends on
/// `until`; else when its term is over; else never. Both may lie outside the scenario.
struct CommitmentTerm {
  /// When it was or is bought: its prices are those of that moment.
  let bought: UTCDate
  /// From its purchase to its end.
  let runs: Range<Instant>
  /// For how long it was bought; `nil` where nobody says.
  let length: TimeSpan?

  /// The terms that are sold: 365 and 1,095 days, as AWS counts them. A year with a leap day in it may be named whole.
  private static let terms: [(String, TimeSpan)] = [("1y", .hours(8_760)), ("3y", .hours(26_280))]

  /// Reads the keys.
  ///
  /// - Returns: `nil` when they contradict each other, or the scenario has no start.
  init?(_ reader: inout MappingReader, start: UTCDate?, into diagnostics: inout Diagnostics) {
    let from = reader.optional("from", into: &diagnostics) { try UTCDate(parsing: $0) }
    let until = reader.optional("until", into: &diagnostics) { try UTCDate(parsing: $0) }
    let term = reader.oneOf("term", Self.terms, .optional, into: &diagnostics)
    guard let start else { return nil }
    bought = from ?? term.flatMap { term in until.map { $0 + (.zero - term) } } ?? start
    let begins = Instant.start + (bought - start)
    let ends = until.map { .start + ($0 - start) } ?? term.map { begins + $0 } ?? .never
    guard begins < ends else {
      reader.report(
        .rule(.order, "a commitment ends after it begins"), of: "until", into: &diagnostics)
      return nil
    }
    runs = begins..<ends
    guard let term, let until else {
      length = term
      return
    }
    let whole = until - bought
    guard whole <= term + .hours(24) else {
      reader.report(
        .beyond(
          .order,
          found: "\(until), more than a term after \(bought)",
          allowed: "at most \(bought + term), or no term"), of: "until", into: &diagnostics)
      return nil
    }
    length = max(term, whole)
  }
}
