// SPDX-License-Identifier: GPL-3.0-or-later

import CloudModel
import Quantities

extension BillingRules {
  /// What a reader should know of rules that are not the default.
  var assumptions: [String] {
    self == .aws
      ? [] : ["billed by the rules of \(name), without " + notModelled.joined(separator: ", ")]
  }
}

extension ScenarioLoader {
  /// All promises to pay, by kind.
  func commitments(
    _ root: inout MappingReader, prices book: PriceBook?, start: UTCDate?, zones: [String],
    _ rules: BillingRules, into diagnostics: inout Diagnostics
  ) -> Commitments {
    var commitments = Commitments()
    for entry in root.entries("commitments", .optional, into: &diagnostics) ?? [] {
      guard var reader = entry.value.mapping(into: &diagnostics) else { continue }
      let kind = reader.oneOf(
        "kind", [("reservation", 0), ("savings_plan", 1), ("capacity_reservation", 2)], .required,
        into: &diagnostics)
      let source = PriceSource(book: book, start: start, zones: zones)
      switch kind {
      case 0:
        let made = reservation(entry.name, &reader, source, into: &diagnostics)
        if let made { commitments.reservations.append(made) }
      case 1:
        if !rules.hasSavingsPlans {
          reader.report(
            .rule(.conflict, "the rules of \(rules.name) here have no savings plans"), of: "kind",
            into: &diagnostics)
        }
        let made = savingsPlan(entry.name, &reader, source, into: &diagnostics)
        if let made { commitments.savingsPlans.append(made) }
      case 2:
        let made = capacityReservation(entry.name, &reader, source, into: &diagnostics)
        if let made { commitments.capacity.append(made) }
      default:
        continue
      }
      reader.finish(into: &diagnostics)
    }
    return commitments
  }

  /// Where prices of commitments come from.
  private struct PriceSource {
    let book: PriceBook?
    let start: UTCDate?
    /// The zones that the scenario describes.
    let zones: [String]
  }

  private func reservation(
    _ name: String, _ reader: inout MappingReader, _ source: PriceSource,
    into diagnostics: inout Diagnostics
  ) -> Commitment? {
    let type = reader.string("type", .required, into: &diagnostics)
    let machines = reader.integer("machines", .required, into: &diagnostics)
    let zone = reader.string("zone", .optional, into: &diagnostics)
    let stated = reader.optional("price", into: &diagnostics) { try hourlyPrice($0) }
    if zone != nil {
      _ = region(
        of: zone, source.book, described: source.zones, at: reader, into: &diagnostics)
    }
    let amount = reader.optional("upfront", into: &diagnostics) { try nonNegativeAmount($0) }
    let term = CommitmentTerm(&reader, start: source.start, into: &diagnostics)
    if amount != nil && term?.length == nil {
      reader.report(
        .rule(.needed, "required beside upfront: term: 1y or 3y"), of: "upfront", into: &diagnostics
      )
      return nil
    }
    guard let type, let machines, let term else { return nil }
    guard
      let price = stated
        ?? prices(
          of: type, .reserved, in: source.book, from: term.bought, namedBy: reader,
          into: &diagnostics)?.price(at: .start)
    else { return nil }
    return Commitment(
      name: name, type: type, zone: zone, machines: machines, price: price,
      upfront: amount.flatMap { amount in
        term.length.map { Commitment.Upfront(amount: amount, term: $0) }
      }, runs: term.runs)
  }

  private func savingsPlan(
    _ name: String, _ reader: inout MappingReader, _ source: PriceSource,
    into diagnostics: inout Diagnostics
  ) -> SavingsPlan? {
    let commitment = reader.required("commit", into: &diagnostics) { try hourlyAmount($0) }
    let family = reader.string("family", .optional, into: &diagnostics)
    let term = CommitmentTerm(&reader, start: source.start, into: &diagnostics)
    guard let commitment, let term, let book = source.book else { return nil }
    let terms: PriceBook.Terms = family == nil ? .savings : .familySavings
    let types = book.types.filter { type in
      family.map { type == $0 || type.hasPrefix($0 + ".") || type.hasPrefix($0 + "-") } ?? true
    }
    let rates = types.compactMap { type -> SavingsPlan.Rate? in
      let price = book.prices(of: type, terms, from: term.bought)?.price(at: .start)
      return price.map { SavingsPlan.Rate(type: type, price: $0) }
    }
    guard !rates.isEmpty else {
      reader.report(
        .rule(
          .reference,
          "the price book '\(book.name)' has no \(terms.rawValue) price"
            + (family.map { " of the family \($0)" } ?? "")
            + " on \(term.bought), when it is bought"), of: "commit", into: &diagnostics)
      return nil
    }
    return SavingsPlan(
      name: name, commitment: commitment, isForOneFamily: family != nil, rates: rates,
      runs: term.runs)
  }

  private func capacityReservation(
    _ name: String, _ reader: inout MappingReader, _ source: PriceSource,
    into diagnostics: inout Diagnostics
  ) -> CapacityReservation? {
    let type = reader.string("type", .required, into: &diagnostics)
    let zone = reader.string("zone", .required, into: &diagnostics)
    let machines = reader.integer("machines", .required, into: &diagnostics)
    let region = region(
      of: zone, source.book, described: source.zones, at: reader, into: &diagnostics)
    checkPrices(of: region, in: source.book, at: reader, into: &diagnostics)
    guard let type, let zone, let machines,
      let series = prices(
        of: type, .onDemand, in: source.book, from: source.start, namedBy: reader,
        into: &diagnostics)
    else { return nil }
    return CapacityReservation(
      name: name, type: type, zone: zone, machines: machines, prices: series)
  }
}
