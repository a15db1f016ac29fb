// SPDX-License-Identifier: Apache-2.0

/// A value of JSON in the one form in which equal requests are equal.
///
/// 0, 0.0, 0e0 and -0 are one number, and the order of an object's keys says nothing. Text is left as it
/// is: normalising it would change its tokens.
public enum CanonicalValue: Equatable, Sendable, Decodable {
  /// No value.
  case null
  /// True or false.
  case flag(Bool)
  /// A whole number that fits.
  case integer(Int64)
  /// Any other number.
  case number(Double)
  /// A text.
  case text(String)
  /// Values in order.
  case list([CanonicalValue])
  /// Values by name, sorted by the bytes of the names.
  case object([Field])

  /// One named value of an object.
  public struct Field: Equatable, Sendable {
    /// Its name.
    public let name: String
    /// Its value.
    public let value: CanonicalValue

    /// A value with that name.
    public init(_ name: String, _ value: CanonicalValue) {
      self.name = name
      self.value = value
    }
  }

  private struct Name: CodingKey {
    let stringValue: String
    var intValue: Int? { nil }

    init(stringValue: String) { self.stringValue = stringValue }

    init?(intValue: Int) { nil }
  }

  /// Reads any value.
  ///
  /// - Throws: `DecodingError` for a number that is none, such as one beyond the range of doubles.
  public init(from decoder: any Decoder) throws {
    if let names = try? decoder.container(keyedBy: Name.self) {
      var fields: [Field] = []
      for name in names.allKeys {
        fields.append(
          Field(name.stringValue, try names.decode(CanonicalValue.self, forKey: name)))
      }
      self = .object(of: fields)
      return
    }
    if var items = try? decoder.unkeyedContainer() {
      var list: [CanonicalValue] = []
      while !items.isAtEnd { list.append(try items.decode(CanonicalValue.self)) }
      self = .list(list)
      return
    }
    let value = try decoder.singleValueContainer()
    if value.decodeNil() {
      self = .null
    } else if let flag = try? value.decode(Bool.self) {
      self = .flag(flag)
    } else if let integer = try? value.decode(Int64.self) {
      self = .integer(integer)
    } else if let number = try? value.decode(Double.self), number.isFinite {
      self = .number(of: number)
    } else {
      self = .text(try value.decode(String.self))
    }
  }

  /// A number in its one form: whole where it is whole.
  ///
  /// - Precondition: it is finite.
  public static func number(of number: Double) -> CanonicalValue {
    precondition(number.isFinite, "a request holds finite numbers")
    return Int64(exactly: number).map { .integer($0) } ?? .number(number)
  }

  /// An object in its one form: sorted by the bytes of its names.
  public static func object(of fields: [Field]) -> CanonicalValue {
    .object(fields.sorted { $0.name.utf8.lexicographicallyPrecedes($1.name.utf8) })
  }

  /// Appends the value so that different values have different bytes, whatever follows.
  func append(to bytes: inout [UInt8]) {
    switch self {
    case .null: bytes.append(0)
    case .flag(let flag): bytes.append(flag ? 2 : 1)
    case .integer(let number):
      bytes.append(3)
      Self.append(UInt64(bitPattern: number), to: &bytes)
    case .number(let number):
      bytes.append(4)
      Self.append(number.bitPattern, to: &bytes)
    case .text(let text):
      bytes.append(5)
      Self.append(text, to: &bytes)
    case .list(let items):
      bytes.append(6)
      Self.append(UInt64(items.count), to: &bytes)
      for item in items { item.append(to: &bytes) }
    case .object(let fields):
      bytes.append(7)
      Self.append(UInt64(fields.count), to: &bytes)
      for field in fields {
        Self.append(field.name, to: &bytes)
        field.value.append(to: &bytes)
      }
    }
  }

  static func append(_ text: String, to bytes: inout [UInt8]) {
    append(UInt64(text.utf8.count), to: &bytes)
    bytes.append(contentsOf: text.utf8)
  }

  private static func append(_ word: UInt64, to bytes: inout [UInt8]) {
    for shift in stride(from: UInt64(0), to: 64, by: 8) {
      bytes.append(UInt8(truncatingIfNeeded: word >> shift))
    }
  }
}
