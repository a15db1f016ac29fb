// SPDX-License-Identifier: Apache-2.0

/// A part of a whole, in billionths, so that shares that are said to make a whole can be added exactly.
@frozen
public struct Share: Hashable, Sendable {
  /// The part in billionths of the whole.
  public let billionths: Int64

  /// So many billionths of the whole.
  @inlinable
  public init(billionths: Int64) {
    self.billionths = billionths
  }

  /// Nothing of it.
  @inlinable public static var zero: Share { Share(billionths: 0) }

  /// All of it.
  @inlinable public static var whole: Share { Share(billionths: 1_000_000_000) }

  /// The part as a number, 1 for the whole.
  @inlinable public var fraction: Double { Double(billionths) / 1e9 }
}

extension Share: Comparable, AdditiveArithmetic, CustomStringConvertible {
  /// True when the left part is smaller.
  @inlinable
  public static func < (left: Share, right: Share) -> Bool { left.billionths < right.billionths }

  /// Both parts together.
  @inlinable
  public static func + (left: Share, right: Share) -> Share {
    Share(billionths: left.billionths + right.billionths)
  }

  /// The first part without the second.
  @inlinable
  public static func - (left: Share, right: Share) -> Share {
    Share(billionths: left.billionths - right.billionths)
  }

  /// Reads `60%` or `0.6`, exact to a billionth.
  public init(parsing text: some StringProtocol) throws(UnreadableQuantity) {
    let unreadable = UnreadableQuantity(allowed: "a share, such as 60% or 0.6")
    let (number, unit) = text.splitAfterNumber()
    let scale: Int64
    switch unit {
    case "%": scale = 10_000_000
    case "": scale = 1_000_000_000
    default: throw unreadable
    }
    guard let billionths = try DecimalText(parsing: number).exactly(times: scale) else {
      throw UnreadableQuantity(range: unreadable.allowed)
    }
    self.init(billionths: billionths)
  }

  /// The part in percent: `60%`.
  public var description: String {
    formatted(digits: billionths, places: 7, trimmingZeros: true) + "%"
  }
}
