// SPDX-License-Identifier: Apache-2.0

extension TimeSpan: CustomStringConvertible {
  private static let units: [(name: String, nanoseconds: Int64)] = [
    ("h", 3_600_000_000_000), ("m", 60_000_000_000), ("s", 1_000_000_000), ("ms", 1_000_000),
    ("us", 1_000), ("ns", 1),
  ]
  private static let longUnits: [(name: String, nanoseconds: Int64)] = [
    ("d", 86_400_000_000_000), ("w", 604_800_000_000_000), ("min", 60_000_000_000),
    ("µs", 1_000),
  ]

  /// Reads numbers with units, such as `730h`, `180ms`, `2.5 h`, `1h30m`, `7d`.
  ///
  /// A bare `0` is allowed, any other bare number is not: it would leave the unit to guess.
  public init(parsing text: some StringProtocol) throws(UnreadableQuantity) {
    let unreadable = UnreadableQuantity(
      allowed: "a time with its unit, such as 730h, 5min, 2s, 180ms or 250us")
    if text == "0" {
      self = .zero
      return
    }
    var rest = text[...]
    var sum: Int64 = 0
    var fits = true
    repeat {
      let (number, tail) = rest.splitAfterNumber()
      let name = tail.prefix { $0.isLetter }
      let unit = (Self.units + Self.longUnits).first { $0.name == name }
      guard let unit else { throw unreadable }
      let length = try DecimalText(parsing: number).exactly(times: unit.nanoseconds)
      // A part that does not fit is told when the rest is known to be a time at all.
      let (added, overflow) = sum.addingReportingOverflow(length ?? 0)
      fits = fits && length != nil && !overflow
      sum = added
      rest = tail[name.endIndex...]
    } while !rest.isEmpty
    guard fits else { throw UnreadableQuantity(range: unreadable.allowed) }
    self.init(nanoseconds: sum)
  }

  /// The length in its most readable unit, exactly: `730h`, `42.5ms`, `90s`.
  public var description: String {
    guard nanoseconds != 0 else { return "0s" }
    let magnitude = nanoseconds.magnitude
    for unit in Self.units where magnitude % unit.nanoseconds.magnitude == 0 {
      let count = nanoseconds / unit.nanoseconds
      if count.magnitude < 10_000 { return "\(count)\(unit.name)" }
      break
    }
    for unit in Self.units where magnitude >= unit.nanoseconds.magnitude {
      let thousandths = Int128(nanoseconds) * 1_000
      if thousandths % Int128(unit.nanoseconds) == 0 {
        let places = formatted(
          digits: Int64(thousandths / Int128(unit.nanoseconds)), places: 3, trimmingZeros: true)
        return places + unit.name
      }
    }
    return "\(nanoseconds)ns"
  }
}
