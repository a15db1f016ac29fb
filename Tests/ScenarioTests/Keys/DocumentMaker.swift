// SPDX-License-Identifier: GPL-3.0-or-later

import RandomStreams
import Scenario

/// Makes documents: shipped scenarios with a few changes, and small ones with keys of the table added; right and wrong.
struct DocumentMaker {
  private var dice: RandomStream

  init(seed: UInt64) {
    dice = RandomStream(seed: seed, replication: 0, purpose: .testing, entity: 0)
  }

  private mutating func roll(_ sides: Int) -> Int { Int(dice.next() % UInt64(max(1, sides))) }
  private mutating func pick<Value>(_ values: [Value]) -> Value { values[roll(values.count)] }

  /// Texts that are right for some keys and wrong for others.
  private static let odd = [
    "~", "-1", "0", "1", "2", "0.5", "1e3", "0x10", ".5", "1.", "1.0", "+3", "007", "1_000", "1__0",
    "_1",
    "20_000", "200_000", "99_999_999_999", "60%", "60 %", "101%", "-5%", "0.6", "1.5", "5h",
    "1h30m", "-5m",
    "9999999h", "0s", "5 min", "5x", "0.1ns", "1ms", "70us", "24:00", "08:00", "25:00",
    "2024-02-30",
    "2024-02-29", "2024-12-09T00:00:00Z", "2024-12-09T00:00:00", "1899-01-01", "220/s", "0/s",
    "9e9/s", "5 /min",
    "9.83 USD/h", "9.83USD/h", "5 USD", "5 EUR", "2_000 USD/month", "40GB", "0B", "2GB/s",
    "1.5 KiB", "abc", "on",
    "off", "true", "True", "yes", "none", "all", "auto", "ideal", "decided", "constant",
    "exponential", "zero",
    "hold", "spot", "onDemand", "reference", "production", "difficulty", "fixed", "mon-fri",
    "Mon, sat-sun", "UTC",
    "+01:00", "Europe/Berlin", "chat", "us-east-1a", "p5.48xlarge", "prices.yaml", "missing.yaml",
    "+2%", "-0.1%",
    "p99(latency) <= 200ms", "monthly_cost <= 5", "65% of first.yaml", "",
  ]

  // MARK: Documents

  /// A document made from another by a few changes.
  mutating func changed(_ base: Document) -> Document {
    var document = base
    for _ in 0...roll(3) { document = change(document, KeyTable.scenario, path: 0) }
    return document
  }

  /// Changes one place: goes down by chance, as the shape leads, and does something there.
  private mutating func change(_ value: Document, _ shape: KeyShape?, path depth: Int) -> Document {
    switch value {
    case .mapping(var entries):
      let isDeep = depth > 5
      if !entries.isEmpty, !isDeep, roll(4) > 0 {
        let index = roll(entries.count)
        let name = entries[index].name
        entries[index].value = change(
          entries[index].value, shape?.value(of: name), path: depth + 1)
        return .mapping(entries)
      }
      return changeEntries(entries, shape)
    case .list(var items):
      if !items.isEmpty, roll(3) > 0 {
        let index = roll(items.count)
        items[index] = change(items[index], shape?.item, path: depth + 1)
        return .list(items)
      }
      if !items.isEmpty, roll(2) == 0 {
        items.remove(at: roll(items.count))
      } else {
        items.append(shape?.item.map { self.value($0) } ?? oddValue())
      }
      return .list(items)
    case .plain, .quoted:
      guard let shape, roll(3) > 0 else { return oddValue() }
      return self.value(shape)
    }
  }

  private mutating func changeEntries(
    _ entries: [(name: String, value: Document)], _ shape: KeyShape?
  ) -> Document {
    var entries = entries
    switch roll(12) {
    case 0 where !entries.isEmpty: entries.remove(at: roll(entries.count))
    case 1 where !entries.isEmpty:
      let index = roll(entries.count)
      entries[index].name += pick(["s", "x", "_"])
    case 2 where !entries.isEmpty: entries[roll(entries.count)].value = .plain("~")
    case 3 where !entries.isEmpty: entries[roll(entries.count)].value = oddValue()
    case 4:
      if roll(4) == 0 { set("include", .plain("fragment.yaml"), &entries) }
    case 5: return roll(3) == 0 ? oddValue() : .mapping(entries)
    default:
      guard let shape else { return .mapping(entries) }
      let keys = shape.keys
      if keys.isEmpty {
        let name = pick(["chat", "x", "1", "32", "monthly_cost", "all", "us-east-1b"])
        if let inner = shape.value(of: name) { set(name, value(inner), &entries) }
      } else {
        let key = pick(keys)
        if !KeyTable.joiningKeys.contains(key.name) { set(key.name, value(key.shape), &entries) }
      }
    }
    return .mapping(entries)
  }

  private func set(
    _ name: String, _ value: Document, _ entries: inout [(name: String, value: Document)]
  ) {
    if let index = entries.firstIndex(where: { $0.name == name }) {
      entries[index].value = value
    } else {
      entries.append((name, value))
    }
  }

  private mutating func oddValue() -> Document {
    switch roll(12) {
    case 0: return .list([])
    case 1: return .mapping([])
    case 2: return .list([text(pick(Self.odd))])
    case 3: return .mapping([("x", text(pick(Self.odd)))])
    default: return text(pick(Self.odd))
    }
  }

  private mutating func text(_ text: String) -> Document {
    if text == "~" { return .plain("~") }
    return roll(8) == 0 ? .quoted(text) : Document.text(text)
  }

  // MARK: Values of a shape

  /// A value of a shape, at its bounds more often than inside, and sometimes beyond them.
  private mutating func value(_ shape: KeyShape) -> Document {
    if roll(12) == 0 { return oddValue() }
    switch shape {
    case .text: return text(pick(["abc", "chat", "us-east-1a", "p5.48xlarge", "5", "true"]))
    case .file: return text(pick(["prices.yaml", "first.yaml", "missing.yaml", "."]))
    case .count(let range):
      let (low, high) = (max(range.lowerBound, -(1 << 50)), min(range.upperBound, 1 << 50))
      let number = pick([
        low, high, low - 1, high + 1, low + 1, min(high, max(low, 7)), low / 2 + high / 2,
      ])
      return text(roll(4) == 0 ? grouped(number) : "\(number)")
    case .number(let range):
      let (low, high) = (max(range.lowerBound, -10), min(range.upperBound, 1e12))
      return text(
        pick(["\(low)", "\(high)", "\(low - 1)", "\(high + 1)", "1", "0.5", "2", "1_000", "1e-3"]))
    case .flag: return text(pick(["true", "false", "on", "off", "yes", "no", "True", "maybe"]))
    case .words(let words): return text(roll(6) == 0 ? "other" : pick(words))
    case .quantity(let kind):
      return text(roll(4) == 0 ? pick(Self.odd) : kind.example.replacing("\"", with: ""))
    case .law(let kind):
      let shapes = KeyShape.law(kind).alternatives
      return value(pick(shapes))
    case .list(let item, let range):
      let count = range.lowerBound == range.upperBound && roll(4) > 0 ? range.lowerBound : roll(3)
      return .list((0..<count).map { _ in value(item) })
    case .mapping(let keys):
      let chosen = keys.filter { $0.isRequired ? roll(10) > 0 : roll(keys.count) < 2 }
      return .mapping(
        chosen.filter { !KeyTable.joiningKeys.contains($0.name) }.map { ($0.name, value($0.shape)) }
      )
    case .choice(let keys):
      let first = pick(keys)
      var entries = [(name: first.name, value: value(first.shape))]
      let second = pick(keys)
      if roll(10) == 0, second.name != first.name {
        entries.append((second.name, value(second.shape)))
      }
      return .mapping(entries)
    case .named(_, let shape, let names):
      var own = ["all", "chat", "1", "p5.48xlarge"]
      if case .words(let words) = names { own = words }
      let count = 1 + roll(2)
      var entries: [(name: String, value: Document)] = []
      for _ in 0..<count { set(pick(own), value(shape), &entries) }
      return .mapping(entries)
    case .either(let shapes): return value(pick(shapes))
    }
  }

  private func grouped(_ number: Int) -> String {
    var digits = "\(number.magnitude)"
    if digits.count > 3 { digits.insert("_", at: digits.index(digits.endIndex, offsetBy: -3)) }
    return number < 0 ? "-\(digits)" : digits
  }
}
