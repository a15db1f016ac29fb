// SPDX-License-Identifier: GPL-3.0-or-later

/// The names that lead to a value, written as errors show them and overrides take them.
///
/// Names are joined by points, places in a list count from zero and stand in brackets, and a name
/// that has other characters than letters, digits, `-` and `_` stands in quotation marks:
/// `models.chat.on."p4d.24xlarge".lanes[2]`. In an override `.2` means the same as `[2]`.
enum KeyPathNames {
  /// The path of the value called `name` inside the value at `path`.
  static func appending(_ name: String, to path: String) -> String {
    let text = ScenarioError.shown(name)
    let shown = isPlain(name) ? text : "\"\(text)\""
    return path.isEmpty ? shown : "\(path).\(shown)"
  }

  /// The path of the item at `position` of the list at `path`.
  static func appending(position: Int, to path: String) -> String {
    "\(path)[\(position)]"
  }

  /// The names of a path, places in lists as their digits; `nil` where the path is malformed.
  ///
  /// - Complexity: linear in the length of the path.
  static func names(in path: Substring) -> [String]? {
    var names: [String] = []
    var rest = path.unicodeScalars[...]
    while true {
      guard let name = takeName(from: &rest) else { return nil }
      names.append(name)
      while rest.first == "[" {
        guard let place = takePlace(from: &rest) else { return nil }
        names.append(place)
      }
      guard !rest.isEmpty else { return names }
      guard rest.first == "." else { return nil }
      rest = rest.dropFirst()
    }
  }

  private static func takeName(from rest: inout Substring.UnicodeScalarView) -> String? {
    if rest.first == "\"" {
      rest = rest.dropFirst()
      guard let close = rest.firstIndex(of: "\"") else { return nil }
      defer { rest = rest[rest.index(after: close)...] }
      return String(rest[..<close])
    }
    let name = rest.prefix { $0 != "." && $0 != "[" }
    guard !name.isEmpty, !name.contains("\"") else { return nil }
    rest = rest[name.endIndex...]
    return String(name)
  }

  private static func takePlace(from rest: inout Substring.UnicodeScalarView) -> String? {
    guard let close = rest.firstIndex(of: "]") else { return nil }
    let digits = rest[..<close].dropFirst()
    guard !digits.isEmpty, digits.allSatisfy({ ("0"..."9").contains($0) }) else { return nil }
    rest = rest[rest.index(after: close)...]
    return String(digits)
  }

  private static func isPlain(_ name: String) -> Bool {
    !name.isEmpty
      && name.unicodeScalars.allSatisfy { scalar in
        switch scalar {
        case "a"..."z", "A"..."Z", "0"..."9", "-", "_": true
        default: scalar.value >= 0x80
        }
      }
  }
}
