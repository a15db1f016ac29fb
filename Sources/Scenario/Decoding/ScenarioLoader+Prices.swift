// SPDX-License-Identifier: GPL-3.0-or-later

import CloudModel
import Quantities

extension ScenarioLoader {
  /// The price book that the scenario names.
  mutating func priceBook(
    _ root: inout MappingReader, into diagnostics: inout Diagnostics
  ) -> PriceBook? {
    guard let value = root.node("prices", .required, into: &diagnostics) else { return nil }
    if value.node.entries != nil || value.node.text == "catalogue" {
      return cataloguePrices(value, WrittenPool.all(in: root), into: &diagnostics)
    }
    guard let name = value.string(into: &diagnostics) else { return nil }
    let path = Self.resolve(name, at: value.location)
    let loaded: LoadedScenario
    do {
      loaded = try ScenarioText.load(path, files: files, overrides: [])
    } catch {
      for problem in error.errors {
        if case .missingFile = problem.problem {
          value.report(.missingFile(path), into: &diagnostics)
        } else {
          diagnostics.report(problem)
        }
      }
      return nil
    }
    note(loaded.files)
    do {
      try loaded.check(is: .prices, path: path)
    } catch {
      for problem in error.errors { diagnostics.report(problem) }
      return nil
    }
    return book(MappingReader(loaded), path: path, into: &diagnostics)
  }

  /// Checks a price book that stands alone.
  ///
  /// - Throws: all that is wrong with it.
  package static func checkPrices(
    _ loaded: LoadedScenario, path: String, files: FileReader
  ) throws(ScenarioErrors) {
    var diagnostics = Diagnostics()
    _ = ScenarioLoader(files: files).book(MappingReader(loaded), path: path, into: &diagnostics)
    try diagnostics.throwIfAny(files: loaded.files)
  }

  private func book(
    _ reader: MappingReader, path: String, into diagnostics: inout Diagnostics
  ) -> PriceBook? {
    var reader = reader
    _ = reader.integer("plimsoll_prices", in: 1...1, .required, into: &diagnostics)
    let name = reader.string("name", .required, into: &diagnostics)
    // A price without its source is a rumour, so the keys are required though nothing reads them.
    _ = reader.string("source", .required, into: &diagnostics)
    _ = reader.required("read", into: &diagnostics) { try UTCDate(parsing: $0) }
    let regions = reader.sequence("regions", .optional, into: &diagnostics)?
      .compactMap { $0.string(into: &diagnostics) }
    var entries: [PriceBook.Entry] = []
    var unread: [PriceBook.Unread] = []
    for machine in reader.entries("machines", .required, into: &diagnostics) ?? [] {
      guard var terms = machine.value.mapping(into: &diagnostics) else { continue }
      for term in PriceBook.Terms.allCases {
        guard let value = terms.node(term.rawValue, .optional, into: &diagnostics) else { continue }
        if let prices = datedPrices(value, into: &diagnostics) {
          entries.append(PriceBook.Entry(type: machine.name, terms: term, prices: prices))
        } else {
          unread.append(PriceBook.Unread(type: machine.name, terms: term))
        }
      }
      terms.finish(into: &diagnostics)
    }
    reader.finish(into: &diagnostics)
    return name.map {
      PriceBook(
        name: $0, path: path, regions: regions ?? [], entries: entries, unread: unread)
    }
  }

  /// One price for all time, or a list of prices with the dates from which they hold.
  private func datedPrices(
    _ value: ValueReader, into diagnostics: inout Diagnostics
  ) -> [PriceBook.DatedPrice]? {
    if case .scalar = value.node.content {
      let price = value.parsed(into: &diagnostics) { try hourlyPrice($0) }
      return price.map {
        [PriceBook.DatedPrice(from: UTCDate(nanosecondsSince1970: .min), price: $0)]
      }
    }
    var prices: [PriceBook.DatedPrice] = []
    for item in value.sequence(into: &diagnostics) ?? [] {
      guard var reader = item.mapping(into: &diagnostics) else { continue }
      let from = reader.required("from", into: &diagnostics) { try UTCDate(parsing: $0) }
      let price = reader.required("price", into: &diagnostics) { try hourlyPrice($0) }
      reader.finish(into: &diagnostics)
      guard let from, let price else { continue }
      if let last = prices.last, from <= last.from {
        reader.report(
          .beyond(.order, found: "\(from)", allowed: "a date after that of the price above"),
          of: "from", into: &diagnostics)
        continue
      }
      prices.append(PriceBook.DatedPrice(from: from, price: price))
    }
    if prices.isEmpty {
      value.report(.rule(.needed, "required: at least one price with its date"), into: &diagnostics)
    }
    return prices.isEmpty ? nil : prices
  }

  /// The prices of a machine type from the start on; a price that is missing is an error.
  func prices(
    of type: String, _ terms: PriceBook.Terms, in book: PriceBook?, from start: UTCDate?,
    namedBy reader: MappingReader, into diagnostics: inout Diagnostics
  ) -> PriceSeries? {
    guard let book, let start else { return nil }
    guard let series = book.prices(of: type, terms, from: start) else {
      // What is wrong with it was said where it stands.
      guard !book.unread.contains(PriceBook.Unread(type: type, terms: terms)) else { return nil }
      let types = book.types(on: terms)
      let nearest = types.contains(type) ? nil : nearestKey(to: type, among: types)
      let suggestion = nearest.map { "; did you mean '\($0)'?" } ?? ""
      let known = types.isEmpty ? "none" : types.joined(separator: ", ")
      reader.report(
        .rule(
          .reference,
          "the price book '\(book.name)' (\(book.path)) has no \(terms.rawValue) price of "
            + "\(ScenarioError.shown(type)) on \(start)\(suggestion); it has \(terms.rawValue) prices of: \(known)"
        ),
        of: "type", into: &diagnostics)
      return nil
    }
    return series
  }

  /// Amounts that are due every month, and prices of the bytes that leave the cloud.
  func costs(
    _ root: inout MappingReader, into diagnostics: inout Diagnostics
  ) -> (fixed: [FixedCost], egress: [EgressCost]) {
    var costs: (fixed: [FixedCost], egress: [EgressCost]) = ([], [])
    for entry in root.entries("costs", .optional, into: &diagnostics) ?? [] {
      if case .scalar = entry.value.node.content {
        let amount = entry.value.parsed(into: &diagnostics) { try monthlyAmount($0) }
        if let amount { costs.fixed.append(FixedCost(name: entry.name, monthly: amount)) }
        continue
      }
      guard var reader = entry.value.mapping(into: &diagnostics) else { continue }
      if reader.has("gb") {
        let cost = storage(entry.name, &reader, into: &diagnostics)
        reader.finish(into: &diagnostics)
        if let cost { costs.fixed.append(cost) }
        continue
      }
      let price = reader.required("per_gb", into: &diagnostics) { try nonNegativeAmount($0) }
      let bytes = reader.integer(
        "bytes_per_token", .required, into: &diagnostics)
      reader.finish(into: &diagnostics)
      guard let price, let bytes else { continue }
      costs.egress.append(
        EgressCost(name: entry.name, perGigabyte: price, bytesPerToken: bytes))
    }
    return costs
  }

  /// `{ gb: 500, per_gb_month: 0.08 USD }`: storage, which is there all the time.
  private func storage(
    _ name: String, _ reader: inout MappingReader, into diagnostics: inout Diagnostics
  ) -> FixedCost? {
    let size = reader.decimal("gb", .required, into: &diagnostics)
    let price = reader.required("per_gb_month", into: &diagnostics) { try nonNegativeAmount($0) }
    guard let size, let price else { return nil }
    let amount = (size * Double(price.nanodollars)).rounded(.toNearestOrEven)
    guard amount <= Double(USD.largestRead.nanodollars) else {
      reader.report(
        .beyond(
          .limit,
          found: "\(size) GB", allowed: "what costs at most \(USD.largestRead) a month"), of: "gb",
        into: &diagnostics)
      return nil
    }
    return FixedCost(name: name, monthly: USD(nanodollars: Int64(amount)))
  }
}
