// SPDX-License-Identifier: GPL-3.0-or-later

import CloudModel
import Inputs
import Numerics
import Quantities
import RandomStreams
import ReplicaModel
import Serving

extension ScenarioLoader {
  /// A price of the pool's own: constant, replayed, or wandering; both are nil for that of the book.
  mutating func price(
    _ reader: inout MappingReader, type: String?, zone: String?, into diagnostics: inout Diagnostics
  ) -> (series: PriceSeries?, law: PriceLaw?)? {
    guard let value = reader.node("price", .optional, into: &diagnostics) else { return (nil, nil) }
    if case .scalar = value.node.content {
      return value.parsed(into: &diagnostics, as: { try hourlyPrice($0) }).map {
        (PriceSeries(changes: [.init(at: .start, price: $0)]), nil)
      }
    }
    guard var own = value.mapping(into: &diagnostics) else { return nil }
    defer { own.finish(into: &diagnostics) }
    if let replay = own.node("replay", .optional, into: &diagnostics) {
      return replayedPrice(replay, &own, type: type, zone: zone, into: &diagnostics).map {
        ($0, nil)
      }
    }
    return wanderingPrice(&own, into: &diagnostics).map { law in
      (PriceSeries(changes: [.init(at: .start, price: law.mean)]), law)
    }
  }

  private mutating func replayedPrice(
    _ value: ValueReader, _ own: inout MappingReader, type: String?, zone: String?,
    into diagnostics: inout Diagnostics
  ) -> PriceSeries? {
    let before = diagnostics.errors.count
    var selection = PriceHistory.Selection(type: type, zone: zone)
    if let named = own.string("zone", .optional, into: &diagnostics) {
      (selection.zone, selection.namesZone) = (named, true)
    }
    if let named = own.string("type", .optional, into: &diagnostics) {
      (selection.type, selection.namesType) = (named, true)
    }
    selection.product = own.string("product", .optional, into: &diagnostics)
    let rules = calendarRules(&own, InputKeys(begin: [.hold], end: [.hold]), into: &diagnostics)
    let timeZone = timeZone(&own, into: &diagnostics)
    guard diagnostics.errors.count == before, let calendar, selection.type != nil,
      selection.zone != nil, let name = value.string(into: &diagnostics),
      let (path, bytes) = read(name, namedBy: value, into: &diagnostics)
    else { return nil }
    do {
      let history = try PriceHistory(bytes, selection, timeZone: timeZone)
      let series = try history.series(
        start: calendar.start, horizon: calendar.horizon, rules: rules)
      summarise(path, history.summary(of: series, over: calendar.horizon))
      return series
    } catch {
      report(error, in: path, named: value, into: &diagnostics)
      return nil
    }
  }

  private func wanderingPrice(
    _ reader: inout MappingReader, into diagnostics: inout Diagnostics
  ) -> PriceLaw? {
    let mean = reader.required("mean", into: &diagnostics) { try hourlyPrice($0) }
    let deviation = reader.required("deviation", into: &diagnostics) { try shareOfWhole($0) }
    let reversion = reader.required("reversion", into: &diagnostics) { try positiveSpan($0) }
    let step = reader.optional("step", into: &diagnostics) {
      try span($0, from: .minutes(1), to: .hours(730))
    }
    let highest = reader.optional("at_most", into: &diagnostics) { try hourlyPrice($0) }
    var jumps: PriceLaw.Jumps?
    if var reader = reader.mapping("jumps", .optional, into: &diagnostics) {
      let every = reader.required("every", into: &diagnostics) { try positiveSpan($0) }
      let factor = reader.decimal("factor", .required, into: &diagnostics)
      reader.finish(into: &diagnostics)
      if let every, let factor { jumps = PriceLaw.Jumps(every: every, factor: factor) }
    }
    guard let mean, let deviation, let reversion else { return nil }
    let law = PriceLaw(
      mean: mean, deviation: deviation.fraction, reversion: reversion, jumps: jumps,
      step: step ?? .hours(1), highest: highest)
    // A hundredth of the mean is as far from it as the highest price that is drawn.
    guard law.meanAboveUsual <= Elementary.log(Double(PriceLaw.mostOfMean)) else {
      reader.report(
        .rule(
          .limit,
          "with such jumps the price usually lies below a hundredth of its mean of \(mean), which rests on "
            + "rises that no run sees; make them rarer, smaller or sooner over (reversion)"),
        of: "jumps", into: &diagnostics)
      return nil
    }
    return law
  }
}
