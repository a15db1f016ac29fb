// SPDX-License-Identifier: GPL-3.0-or-later

extension MappingReader {
  /// A required value as `parse` reads it.
  package mutating func required<Value>(
    _ key: String, into diagnostics: inout Diagnostics, _ parse: (String) throws -> Value
  ) -> Value? {
    node(key, .required, into: &diagnostics)?.parsed(into: &diagnostics, as: parse)
  }

  /// A value that may be absent, as `parse` reads it.
  package mutating func optional<Value>(
    _ key: String, into diagnostics: inout Diagnostics, _ parse: (String) throws -> Value
  ) -> Value? {
    node(key, .optional, into: &diagnostics)?.parsed(into: &diagnostics, as: parse)
  }

  /// A text.
  package mutating func string(
    _ key: String, _ need: Need = .required, into diagnostics: inout Diagnostics
  ) -> String? {
    node(key, need, into: &diagnostics)?.string(into: &diagnostics)
  }

  /// A whole number within the range that the table of keys has for it, and within `range`.
  package mutating func integer(
    _ key: String, in range: ClosedRange<Int> = Int.min...Int.max, _ need: Need = .required,
    into diagnostics: inout Diagnostics
  ) -> Int? {
    node(key, need, into: &diagnostics)?.integer(in: range, into: &diagnostics)
  }

  /// A decimal number within the range that the table of keys has for it, and within `range`; an infinite end of the range is no limit.
  package mutating func decimal(
    _ key: String, in range: ClosedRange<Double> = -Double.infinity...Double.infinity,
    _ need: Need = .required, into diagnostics: inout Diagnostics
  ) -> Double? {
    node(key, need, into: &diagnostics)?.decimal(in: range, into: &diagnostics)
  }

  /// A yes or no.
  package mutating func boolean(
    _ key: String, _ need: Need = .required, into diagnostics: inout Diagnostics
  ) -> Bool? {
    node(key, need, into: &diagnostics)?.boolean(into: &diagnostics)
  }

  /// One of several names.
  package mutating func oneOf<Value>(
    _ key: String, _ choices: [(name: String, value: Value)], _ need: Need = .required,
    into diagnostics: inout Diagnostics
  ) -> Value? {
    node(key, need, into: &diagnostics)?.oneOf(choices, into: &diagnostics)
  }

  /// A mapping with known keys.
  package mutating func mapping(
    _ key: String, _ need: Need = .required, into diagnostics: inout Diagnostics
  ) -> MappingReader? {
    node(key, need, into: &diagnostics)?.mapping(into: &diagnostics)
  }

  /// A list.
  package mutating func sequence(
    _ key: String, _ need: Need = .required, into diagnostics: inout Diagnostics
  ) -> [ValueReader]? {
    node(key, need, into: &diagnostics)?.sequence(into: &diagnostics)
  }

  /// A mapping whose names are free.
  package mutating func entries(
    _ key: String, _ need: Need = .required, into diagnostics: inout Diagnostics
  ) -> [NamedValue]? {
    node(key, need, into: &diagnostics)?.entries(into: &diagnostics)
  }

  /// A mapping with exactly one key, out of `names`.
  package mutating func choice(
    _ key: String, among names: [String], _ need: Need = .required,
    into diagnostics: inout Diagnostics
  ) -> NamedValue? {
    node(key, need, into: &diagnostics)?.choice(among: names, into: &diagnostics)
  }
}
