// SPDX-License-Identifier: GPL-3.0-or-later

import Catalogue
import CloudModel
import Quantities

/// The catalogue's card of a model, and where it decides.
struct WrittenCard {
  let model: CatalogueModel
  let precision: WeightPrecision?
  /// The types of machines whose engine is written without all that it needs.
  let incomplete: [String]
  /// The types of machines of which `on` says something.
  let written: [String]
  /// The types of machines that pools serve it on and that `on` says nothing of.
  let left: [String]

  /// Whether the catalogue says how the model runs on a type.
  func isDerived(on type: String) -> Bool { incomplete.contains(type) }
}

/// Models and machines of the catalogue in a scenario.
extension ScenarioLoader {
  /// The card that a model names, or that has its name; `nil` where the scenario says all by itself.
  func writtenCard(
    _ name: String, _ reader: inout MappingReader, _ pools: [WrittenPool],
    into diagnostics: inout Diagnostics
  ) -> WrittenCard? {
    let on = reader.raw("on")?.entries ?? []
    let incomplete = on.filter { entry in
      let keys = entry.value.entries?.map(\.key) ?? []
      guard !keys.contains("batch") else { return false }
      guard let engine = entry.value.value(of: "engine") else { return true }
      return engine.value(of: "step") == nil
    }.map(\.key)
    var left: [String] = []
    for pool in pools where pool.serves.contains(where: { $0.model == name }) {
      guard let type = pool.type?.text, !on.contains(where: { $0.key == type }) else { continue }
      if !left.contains(type) { left.append(type) }
    }
    let named = reader.optional("card", into: &diagnostics) { $0 }
    let precision = reader.node("precision", .optional, into: &diagnostics).flatMap {
      $0.oneOf(WeightPrecision.allCases.map { ($0.rawValue, $0) }, into: &diagnostics)
    }
    if let named, catalogue.model(named) == nil {
      reader.report(
        .rule(.reference, lacking("model", named, among: catalogue.modelNames)), of: "card",
        into: &diagnostics)
      return nil
    }
    let isNeeded = !incomplete.isEmpty || !left.isEmpty
    guard isNeeded, let model = catalogue.model(named ?? name) else {
      let reason =
        isNeeded
        ? "no effect: the catalogue has no card of the model; name one under card"
        : "no effect: the scenario says under on how the model runs"
      for key in ["card", "precision"] where reader.isGiven(key) {
        reader.report(.rule(.effect, reason), of: key, into: &diagnostics)
      }
      return nil
    }
    return WrittenCard(
      model: model, precision: precision, incomplete: incomplete, written: on.map(\.key),
      left: left)
  }

  /// What the catalogue knows of a model on a machine; what it lacks is an error with the nearest entry.
  func engineBasis(
    _ card: WrittenCard, on type: String, named name: String, at entry: NamedValue,
    _ pools: [WrittenPool], into diagnostics: inout Diagnostics
  ) -> EngineBasis? {
    let serving = pools.filter { pool in
      pool.type?.text == type && pool.serves.contains { $0.model == entry.name }
    }
    guard let machine = catalogue.machine(type) else {
      guard !unknownMachines.contains(type) else { return nil }
      let sentence =
        lacking("machine", type, among: catalogue.machineNames)
        + "; say how the model runs there under \(KeyPathNames.appending("on", to: entry.value.keyPath))"
        + (card.written.isEmpty
          ? ", or name a catalogue of your own"
          : ", which has: " + card.written.joined(separator: ", "))
      if let place = serving.first?.type {
        diagnostics.report(.rule(.reference, sentence), at: place.location, keyPath: "fleet")
      } else {
        entry.value.report(.rule(.reference, sentence), into: &diagnostics)
      }
      return nil
    }
    guard let device = catalogue.device(machine.device) else {
      entry.value.report(
        .rule(.reference, lacking("device", machine.device, among: catalogue.deviceNames)),
        into: &diagnostics)
      return nil
    }
    let counts = serving.map { pool in pool.serves.reduce(0) { $0 + $1.replicas } }
    let own = serving.flatMap(\.serves).filter { $0.model == entry.name }.map(\.replicas)
    return EngineBasis(
      name: name, model: card.model, precision: card.precision, machine: machine, device: device,
      replicas: counts.allSatisfy { $0 == counts.first } ? counts.first : nil,
      own: own.max() ?? 0)
  }

  /// The prices of the machines of a fleet, in the regions of its pools, as the catalogue has them on a day.
  mutating func cataloguePrices(
    _ value: ValueReader, _ pools: [WrittenPool], into diagnostics: inout Diagnostics
  ) -> PriceBook? {
    var day: UTCDate?
    if value.node.entries != nil {
      guard var reader = value.mapping(into: &diagnostics) else { return nil }
      day = reader.required("catalogue", into: &diagnostics) { try UTCDate(parsing: $0) }
      reader.finish(into: &diagnostics)
      guard day != nil else { return nil }
    }
    var entries: [PriceBook.Entry] = []
    var regions: [String] = []
    var unread: [PriceBook.Unread] = []
    for pool in pools {
      guard let place = pool.type, let type = place.text, let zone = pool.zone?.text else {
        continue
      }
      let region = CloudZone.region(of: zone)
      if let region, !regions.contains(region) { regions.append(region) }
      for (terms, isSpot) in [(PriceBook.Terms.onDemand, false), (.spot, true)] {
        let isWanted = (pool.market == "spot") == isSpot
        guard let found = catalogue.price(of: type, in: region, asOf: day, isSpot: isSpot) else {
          guard isWanted else { continue }
          unread.append(PriceBook.Unread(type: type, terms: terms))
          if catalogue.machine(type) == nil { unknownMachines.append(type) }
          diagnostics.report(
            .rule(.reference, noPrice(of: type, in: region, isSpot: isSpot, on: day)),
            at: place.location,
            keyPath: "fleet")
          continue
        }
        if let other = entries.first(where: { $0.type == type && $0.terms == terms }) {
          if isWanted, other.prices[0].price != found.price {
            diagnostics.report(
              .rule(
                .conflict,
                "\(type) costs \(found.price) here and \(other.prices[0].price) in another region of this fleet; "
                  + "write a price book, or a price for each pool"), at: place.location,
              keyPath: "fleet")
          }
          continue
        }
        let dated = PriceBook.DatedPrice(
          from: UTCDate(nanosecondsSince1970: .min), price: found.price)
        entries.append(PriceBook.Entry(type: type, terms: terms, prices: [dated]))
        if isWanted {
          assume([
            "\(type) \(isSpot ? "on spot" : "on demand") in \(region ?? zone): \(found.price), "
              + found.source.told(at: calendar?.start)
          ])
        }
      }
    }
    return PriceBook(
      name: day.map { "catalogue of \("\($0)".prefix(10))" } ?? "catalogue", path: "",
      regions: regions, entries: entries, unread: unread)
  }

  /// The sentence that a price is not there, with where there is one.
  private func noPrice(
    of type: String, in region: String?, isSpot: Bool, on day: UTCDate?
  ) -> String {
    guard catalogue.machine(type) != nil else {
      return lacking("machine", type, among: catalogue.machineNames)
    }
    let kind = isSpot ? "spot price" : "price on demand"
    let known = catalogue.regions(of: type, isSpot: isSpot)
    let place = region.map { " in \($0)" } ?? ""
    let until = day.map { " on or before \("\($0)".prefix(10))" } ?? ""
    var sentence = "the catalogue has no \(kind) of \(type)\(place)\(until)"
    if let region, let nearest = nearestKey(to: region, among: known) {
      sentence += "; the nearest is that in \(nearest)"
    }
    sentence +=
      known.isEmpty
      ? "; it has none in any region" : "; it has some in: \(known.joined(separator: ", "))"
    return sentence + "; write a price book, or a price of the pool's own"
  }

  /// Reports a catalogue of the user's own of which nothing is used.
  func checkOwnEntries(_ root: MappingReader, into diagnostics: inout Diagnostics) {
    guard root.isGiven("catalogue"), diagnostics.isEmpty else { return }
    let own = catalogue.own
    let types = WrittenPool.all(in: root).compactMap(\.type?.text)
    let machines = own.machines.contains { types.contains($0.name) }
    let models = (root.raw("models")?.entries ?? []).contains { entry in
      own.models.contains {
        $0.name.lowercased()
          == (entry.value.value(of: "card")?.text ?? entry.key).lowercased()
      }
    }
    let devices = own.devices.contains { device in
      types.contains { catalogue.machine($0)?.device == device.name }
    }
    guard !machines, !models, !devices else { return }
    root.report(
      .rule(.effect, "no effect: the fleet uses none of its entries"), of: "catalogue",
      into: &diagnostics)
  }
}

extension Double {
  /// The number as bytes; `nil` where it is none.
  var wholeBytes: Int64? { self >= 1 && self < 9e18 ? Int64(self) : nil }
}
