// SPDX-License-Identifier: GPL-3.0-or-later

extension MappingReader {
  /// A required value as `parse` reads it.
  package mutating func required<Value>(
    _ key: String, _ diagnostics: inout Diagnostics, _ parse: (String) throws -> Value
  ) -> Value? {
    node(key, .required, &diagnostics)?.parsed(&diagnostics, as: parse)
  }

  /// A value that may be absent, as `parse` reads it.
  package mutating func optional<Value>(
    _ key: String, _ diagnostics: inout Diagnostics, _ parse: (String) throws -> Value
  ) -> Value? {
    node(key, .optional, &diagnostics)?.parsed(&diagnostics, as: parse)
  }

  /// A text.
  package mutating func string(
    _ key: String, _ need: Need = .required, _ diagnostics: inout Diagnostics
  ) -> String? {
    node(key, need, &diagnostics)?.string(&diagnostics)
  }

  /// A whole number within `range`.
  package mutating func integer(
    _ key: String, in range: ClosedRange<Int> = Int.min...Int.max, _ need: Need = .required,
    _ diagnostics: inout Diagnostics
  ) -> Int? {
    node(key, need, &diagnostics)?.integer(in: range, &diagnostics)
  }

  /// A decimal number within `range`; an infinite end of the range is no limit.
  package mutating func decimal(
    _ key: String, in range: ClosedRange<Double> = -Double.infinity...Double.infinity,
    _ need: Need = .required, _ diagnostics: inout Diagnostics
  ) -> Double? {
    node(key, need, &diagnostics)?.decimal(in: range, &diagnostics)
  }

  /// A yes or no.
  package mutating func boolean(
    _ key: String, _ need: Need = .required, _ diagnostics: inout Diagnostics
  ) -> Bool? {
    node(key, need, &diagnostics)?.boolean(&diagnostics)
  }

  /// One of several names.
  package mutating func oneOf<Value>(
    _ key: String, _ choices: [(name: String, value: Value)], _ need: Need = .required,
    _ diagnostics: inout Diagnostics
  ) -> Value? {
    node(key, need, &diagnostics)?.oneOf(choices, &diagnostics)
  }

  /// A mapping with known keys.
  package mutating func mapping(
    _ key: String, _ need: Need = .required, _ diagnostics: inout Diagnostics
  ) -> MappingReader? {
    node(key, need, &diagnostics)?.mapping(&diagnostics)
  }

  /// A list.
  package mutating func sequence(
    _ key: String, _ need: Need = .required, _ diagnostics: inout Diagnostics
  ) -> [ValueReader]? {
    node(key, need, &diagnostics)?.sequence(&diagnostics)
  }

  /// A mapping whose names are free.
  package mutating func entries(
    _ key: String, _ need: Need = .required, _ diagnostics: inout Diagnostics
  ) -> [NamedValue]? {
    node(key, need, &diagnostics)?.entries(&diagnostics)
  }

  /// A mapping with exactly one key, out of `names`.
  package mutating func choice(
    _ key: String, among names: [String], _ need: Need = .required,
    _ diagnostics: inout Diagnostics
  ) -> NamedValue? {
    node(key, need, &diagnostics)?.choice(among: names, &diagnostics)
  }
}
