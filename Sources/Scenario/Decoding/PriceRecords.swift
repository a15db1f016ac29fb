// SPDX-License-Identifier: GPL-3.0-or-later

import Inputs
import Quantities

/// Reads the records of price histories.
enum PriceRecords {
  /// The columns by what they are; the second names are those of AWS.
  private static let columns = [
    ["type", "instancetype", "instance_type"], ["zone", "availabilityzone", "availability_zone"],
    ["product", "productdescription", "product_description"],
  ]
  private static let timeNames = ["time", "timestamp"]
  private static let priceNames = ["price", "spotprice", "spot_price"]
  private static let priceAllowed = "a price in USD an hour, such as 1.067100"

  static func csv(
    _ bytes: [UInt8], _ clock: inout InputClock, _ notes: inout [String]
  ) throws(TraceErrors) -> [PriceHistory.Record] {
    var reader = try TableReader(bytes, wanted: ["time", "price"])
    func position(_ names: [String]) -> Int? {
      names.lazy.compactMap { reader.position(of: $0) }.first
    }
    guard let time = position(timeNames), let price = position(priceNames) else {
      throw reader.wrongHeader(
        "no columns of times and prices",
        wanted: "the columns time and price, and perhaps type, zone and product, in any order")
    }
    let dimensions = columns.map { position($0) }
    let others = reader.header.indices.filter {
      ![time, price].contains($0) && !dimensions.contains($0)
    }
    var records: [PriceHistory.Record] = []
    while let row = reader.next() {
      guard let value = Self.price(row[price].decimal) else {
        reader.fail(row[price], allowed: priceAllowed)
        continue
      }
      do {
        records.append(
          PriceHistory.Record(
            time: try clock.read(row[time]), price: value,
            dimensions: dimensions.map { $0.map { row[$0].trimmed } }, line: row[time].line))
      } catch {
        reader.fail(row[time], allowed: error.allowed)
      }
    }
    if records.isEmpty { reader.failEmpty(allowed: "at least one price") }
    try reader.throwErrors()
    if !others.isEmpty {
      notes.append(
        "left out the columns " + others.map { reader.header[$0].trimmed }.joined(separator: ", "))
    }
    return records
  }

  static func json(
    _ bytes: [UInt8], _ clock: inout InputClock, _ notes: inout [String]
  ) throws(TraceErrors) -> [PriceHistory.Record] {
    let file = try JSONFile(bytes)
    var records: [PriceHistory.Record] = []
    var errors: [TraceError] = []
    for point in try points(file) where errors.count < TraceErrors.limit {
      do {
        records.append(try record(point, &clock, file))
      } catch {
        errors.append(error)
      }
    }
    guard errors.isEmpty else { throw TraceErrors(errors: errors) }
    guard !records.isEmpty else {
      throw file.failure(file.roots[0], found: "no record", allowed: "at least one price")
    }
    if let token = file.roots.last?["NextToken"]?.text, !token.isEmpty {
      notes.append("more pages follow that are not in the file (NextToken)")
    }
    return records
  }

  /// The records of all pages, in whatever way these were put together.
  private static func points(_ file: JSONFile) throws(TraceErrors) -> [JSONNode] {
    var points: [JSONNode] = []
    for page in file.roots.flatMap({ $0.items ?? [$0] }) {
      if let own = page["SpotPriceHistory"]?.items {
        points += own
      } else if page["SpotPrice"] != nil {
        points.append(page)
      } else {
        throw file.failure(
          page,
          found: page.members.map {
            "an object of \($0.prefix(4).map(\.name).joined(separator: ", "))"
          } ?? page.shown,
          allowed:
            "what aws ec2 describe-spot-price-history prints: SpotPriceHistory, or its records")
      }
    }
    return points
  }

  private static func record(
    _ point: JSONNode, _ clock: inout InputClock, _ file: JSONFile
  ) throws(TraceError) -> PriceHistory.Record {
    func text(_ name: String) throws(TraceError) -> String {
      guard let text = point[name]?.scalar else {
        throw file.error(point, found: "a record without \(name)", allowed: "\(name)")
      }
      return text
    }
    let price = try text("SpotPrice")
    let written = try text("Timestamp")
    guard let value = Self.price(try? DecimalText(parsingScientific: price)) else {
      throw file.error(point["SpotPrice"] ?? point, allowed: priceAllowed)
    }
    let time: Int64
    do {
      time = try clock.read(Array(written.utf8).span)
    } catch {
      throw file.error(point["Timestamp"] ?? point, allowed: error.allowed)
    }
    return PriceHistory.Record(
      time: time, price: value,
      dimensions: [
        try text("InstanceType"), point["AvailabilityZone"]?.scalar,
        point["ProductDescription"]?.scalar,
      ], line: file.line(of: point))
  }

  private static func price(_ number: DecimalText?) -> HourlyPrice? {
    guard let nanodollars = number?.roundedToNearestOrEven(times: 1_000_000_000), nanodollars >= 0,
      nanodollars <= HourlyPrice.highest.nanodollarsPerHour
    else { return nil }
    return HourlyPrice(nanodollarsPerHour: nanodollars)
  }
}
