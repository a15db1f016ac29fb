// SPDX-License-Identifier: GPL-3.0-or-later

/// A key of a scenario and the values that a sweep gives it: `policies.cache.ttl=10m,1h,6h`.
///
/// Values are separated by commas outside brackets and quotation marks. One that begins with a number and
/// has two points in it is a range: `0..8`, `10m..60m:10m`, `0..4,8,16`. Each value is written as `--set`
/// takes it, so `~` takes the key away and `{ ttl: 1h }` is one value.
package struct SweepAxis: Sendable, Equatable {
  /// What an axis runs over.
  package enum Values: Sendable, Equatable {
    /// These values, in order.
    case list([String])
    /// Every number between two; only samples can take them.
    case continuous(SweepRange)
  }

  /// The path of the key, as overrides write it.
  package let key: String
  /// Its values.
  package let values: Values

  /// An axis of those values.
  package init(key: String, values: Values) {
    self.key = key
    self.values = values
  }

  /// Reads `key=values`.
  package init(parsing text: String) throws(SweepGrammarError) {
    func refused(_ clause: String) -> SweepGrammarError {
      SweepGrammarError("--vary \(text)", clause)
    }
    guard let equals = text.firstIndexOutsideQuotes(of: "="), !text[..<equals].trimmed.isEmpty
    else {
      throw refused(
        "allowed: a path, '=' and values, such as fleet.base.machines=0..8 or a.b=10m,1h")
    }
    key = String(text[..<equals].trimmed)
    let items = text[text.index(after: equals)...].splitAtCommas.map(\.trimmed)
    guard items.allSatisfy({ !$0.isEmpty }) else {
      throw refused("a value is empty; '~' takes the key away")
    }
    var list: [String] = []
    for item in items {
      let range: SweepRange?
      do { range = try SweepRange(parsing: item) } catch { throw refused(error.clause) }
      guard let range else {
        list.append(String(item))
        continue
      }
      guard range.isContinuous else {
        list += range.steps
        continue
      }
      guard items.count == 1 else {
        throw refused("the range '\(item)' in a list needs a step, as in \(item):STEP")
      }
      values = .continuous(range)
      return
    }
    values = .list(list)
  }

  /// The value at a place from 0 to below 1: lists are cut into equal parts.
  package func value(at place: Double) -> String {
    switch values {
    case .list(let list):
      list[min(list.count - 1, max(0, Int(place * Double(list.count))))]
    case .continuous(let range): range.value(at: place)
    }
  }

  /// The override that gives the key a value.
  package func override(_ value: String) -> String { "\(key)=\(value)" }
}

extension String {
  /// Where a character first stands outside quotation marks.
  fileprivate func firstIndexOutsideQuotes(of wanted: Character) -> Index? {
    var isQuoted = false
    for index in indices {
      if self[index] == "\"" { isQuoted.toggle() }
      if self[index] == wanted && !isQuoted { return index }
    }
    return nil
  }
}

extension Substring {
  /// The parts between the commas that stand in no bracket and no quotation marks.
  fileprivate var splitAtCommas: [Substring] {
    var parts: [Substring] = []
    var start = startIndex
    var depth = 0
    var quote: Character?
    for index in indices {
      let character = self[index]
      if let open = quote {
        if character == open { quote = nil }
        continue
      }
      switch character {
      case "\"", "'": quote = character
      case "[", "{": depth += 1
      case "]", "}": depth -= 1
      case "," where depth == 0:
        parts.append(self[start..<index])
        start = self.index(after: index)
      default: break
      }
    }
    return parts + [self[start...]]
  }
}
