// SPDX-License-Identifier: GPL-3.0-or-later

/// A value as SQLite keeps it.
package enum DatabaseValue: Sendable, Equatable {
  /// No value.
  case null
  /// A whole number.
  case int64(Int64)
  /// A floating-point number.
  case double(Double)
  /// A text.
  case string(String)
  /// Bytes, which no column of ours holds.
  case blob
}

/// What can be stored in a column and read from it.
package protocol DatabaseValueConvertible {
  /// The value to store.
  var databaseValue: DatabaseValue { get }
  /// The value that was stored; `nil` where it is another type's.
  init?(_ value: DatabaseValue)
}

extension Int64: DatabaseValueConvertible {
  /// The number.
  package var databaseValue: DatabaseValue { .int64(self) }

  /// A whole number, also one that is kept as floating-point.
  package init?(_ value: DatabaseValue) {
    switch value {
    case .int64(let number): self = number
    case .double(let number): self.init(exactly: number)
    default: return nil
    }
  }
}

extension DatabaseValueConvertible where Self: BinaryInteger {
  /// The number; one that 64 bits do not hold is none.
  package var databaseValue: DatabaseValue { Int64(exactly: self).map { .int64($0) } ?? .null }

  /// The number, where the type holds it.
  package init?(_ value: DatabaseValue) {
    guard let number = Int64(value) else { return nil }
    self.init(exactly: number)
  }
}

extension Int: DatabaseValueConvertible {}
extension Int32: DatabaseValueConvertible {}
extension UInt32: DatabaseValueConvertible {}
extension UInt64: DatabaseValueConvertible {}

extension Bool: DatabaseValueConvertible {
  /// 1 or 0.
  package var databaseValue: DatabaseValue { .int64(self ? 1 : 0) }

  /// Whether a number is not 0.
  package init?(_ value: DatabaseValue) {
    guard let number = Int64(value) else { return nil }
    self = number != 0
  }
}

extension Double: DatabaseValueConvertible {
  /// The number; SQLite has none that is not a number and stores nothing.
  package var databaseValue: DatabaseValue { .double(self) }

  /// A number.
  package init?(_ value: DatabaseValue) {
    switch value {
    case .int64(let number): self.init(number)
    case .double(let number): self = number
    default: return nil
    }
  }
}

extension String: DatabaseValueConvertible {
  /// The text.
  package var databaseValue: DatabaseValue { .string(self) }

  /// A text.
  package init?(_ value: DatabaseValue) {
    guard case .string(let text) = value else { return nil }
    self = text
  }
}

extension DatabaseValue: DatabaseValueConvertible {
  /// Itself.
  package var databaseValue: DatabaseValue { self }

  /// Itself.
  package init?(_ value: DatabaseValue) { self = value }
}

extension Optional: DatabaseValueConvertible where Wrapped: DatabaseValueConvertible {
  /// The value that is wrapped, or none.
  package var databaseValue: DatabaseValue { map(\.databaseValue) ?? .null }

  /// A value of the wrapped type, or none.
  package init?(_ value: DatabaseValue) {
    if value == .null {
      self = .none
      return
    }
    guard let wrapped = Wrapped(value) else { return nil }
    self = .some(wrapped)
  }
}
