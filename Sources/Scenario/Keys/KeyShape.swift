// SPDX-License-Identifier: GPL-3.0-or-later

/// What the value of a key may be.
package indirect enum KeyShape: Equatable, Sendable {
  /// One value, as text of any kind.
  case text
  /// The path of a file, relative to the file that names it.
  case file
  /// A whole number.
  case count(ClosedRange<Int>)
  /// A decimal number.
  case number(ClosedRange<Double>)
  /// Yes or no.
  case flag
  /// One of several words.
  case words([String])
  /// A value with a unit, or of another written form.
  case quantity(QuantityKind)
  /// A law of random values.
  case law(LawKind)
  /// A list, with how many items it may have.
  case list(KeyShape, ClosedRange<Int>)
  /// A mapping whose keys are known.
  case mapping([KeyDefinition])
  /// A mapping with exactly one of several keys.
  case choice([KeyDefinition])
  /// A mapping whose names are free, with what stands for a name in paths: `POOL`.
  case named(String, KeyShape, names: KeyNames = .any)
  /// Any of several.
  case either([KeyShape])
}

/// Which names a mapping with free names takes.
package enum KeyNames: Equatable, Sendable {
  /// All.
  case any
  /// Whole numbers.
  case counts(ClosedRange<Int>)
  /// These.
  case words([String])
}

/// What a law is a law of.
package enum LawKind: String, Equatable, Sendable, CaseIterable {
  /// Times.
  case times = "law of times"
  /// Counts such as tokens.
  case counts = "law of counts"
  /// Factors whose mean is 1.
  case unit = "law of mean 1"
}

/// One key of a file: what it holds, whether it must be there, and what it means.
package struct KeyDefinition: Equatable, Sendable {
  /// Its name.
  package let name: String
  /// What it may hold.
  package let shape: KeyShape
  /// Whether the file is refused without it, whatever stands beside it.
  package let isRequired: Bool
  /// What holds without it; empty where it then has no effect.
  package let standard: String
  /// What it means, as Markdown.
  package let meaning: String
  /// A value as it is written.
  package let example: String
  /// Beside which other keys it stands; empty where it always may.
  package let group: String

  /// A key that has to be there.
  package static func must(
    _ name: String, _ shape: KeyShape, _ meaning: String, as example: String = ""
  ) -> KeyDefinition {
    KeyDefinition(
      name: name, shape: shape, isRequired: true, standard: "", meaning: meaning,
      example: example.isEmpty ? shape.example : example, group: "")
  }

  /// A key that may be left out, with what holds then.
  package static func may(
    _ name: String, _ shape: KeyShape, or standard: String = "", _ meaning: String,
    as example: String = "", in group: String = ""
  ) -> KeyDefinition {
    KeyDefinition(
      name: name, shape: shape, isRequired: false, standard: standard, meaning: meaning,
      example: example.isEmpty ? shape.example : example, group: group)
  }

  /// The same key in a group.
  package func grouped(_ group: String) -> KeyDefinition {
    KeyDefinition(
      name: name, shape: shape, isRequired: isRequired, standard: standard, meaning: meaning,
      example: example, group: group)
  }
}

// MARK: What a reader asks

extension KeyShape {
  /// Its alternatives, laws spelt out.
  package var alternatives: [KeyShape] {
    switch self {
    case .either(let shapes): shapes.flatMap(\.alternatives)
    case .law(let kind): KeyTable.alternatives(of: kind)
    default: [self]
    }
  }

  /// The keys of the mappings that it may be, in order; empty where it is none, or has free names.
  package var keys: [KeyDefinition] {
    alternatives.flatMap { shape -> [KeyDefinition] in
      switch shape {
      case .mapping(let keys), .choice(let keys): keys
      default: []
      }
    }
  }

  /// What is held under a name.
  package func value(of name: String) -> KeyShape? {
    for shape in alternatives {
      switch shape {
      case .mapping(let keys), .choice(let keys):
        if let key = keys.first(where: { $0.name == name }) { return key.shape }
      case .named(_, let shape, _): return shape
      default: continue
      }
    }
    return nil
  }

  /// Whether names are free.
  package var hasFreeNames: Bool {
    alternatives.contains { if case .named = $0 { true } else { false } }
  }

  /// What the items of a list are.
  package var item: KeyShape? {
    for case .list(let item, _) in alternatives { return item }
    return nil
  }

  /// The range of a whole number.
  package var counts: ClosedRange<Int>? {
    for case .count(let range) in alternatives { return range }
    return nil
  }

  /// The range of a number.
  package var numbers: ClosedRange<Double>? {
    for case .number(let range) in alternatives { return range }
    return nil
  }

  /// The words that it may be; `nil` where it is no word.
  package var words: [String]? {
    let words = alternatives.compactMap { shape -> [String]? in
      if case .words(let words) = shape { words } else { nil }
    }
    return words.isEmpty ? nil : words.flatMap(\.self)
  }

  /// A value of this shape, where nobody gives a better one.
  package var example: String {
    switch self {
    case .text: "text"
    case .file: "file.yaml"
    case .count(let range): "\(min(max(range.lowerBound, 1), range.upperBound))"
    case .number(let range): Self.plain(min(max(range.lowerBound, 1), range.upperBound))
    case .flag: "true"
    case .words(let words): words.first ?? ""
    case .quantity(let kind): kind.example
    case .law(.times): "{ exponential: { mean: 5min } }"
    case .law(.counts): "{ lognormal: { median: 350, p99: 3_000 } }"
    case .law(.unit): "{ gamma: { cv: 2 } }"
    case .list(let item, _): "[ \(item.example) ]"
    case .mapping(let keys):
      Self.mapping(
        keys.filter(\.isRequired).isEmpty ? Array(keys.prefix(1)) : keys.filter(\.isRequired))
    case .choice(let keys): Self.mapping(Array(keys.prefix(1)))
    case .named(let name, let shape, .any): "{ \(name.lowercased()): \(shape.example) }"
    case .named(_, let shape, .counts(let range)): "{ \(range.lowerBound): \(shape.example) }"
    case .named(_, let shape, .words(let words)): "{ \(words.first ?? ""): \(shape.example) }"
    case .either(let shapes): shapes.last?.example ?? ""
    }
  }

  private static func mapping(_ keys: [KeyDefinition]) -> String {
    "{ \(keys.map { "\($0.name): \($0.example)" }.joined(separator: ", ")) }"
  }

  /// A number without a fraction that says nothing.
  static func plain(_ value: Double) -> String {
    value == value.rounded() && value.magnitude < 1e15 ? "\(Int(value))" : "\(value)"
  }
}
