// SPDX-License-Identifier: GPL-3.0-or-later

/// The names that lead to a value, written as errors show them and overrides take them.
///
/// Names are joined by points, places in a list count from zero, and a name that has other
/// characters than letters, digits, `-` and `_` stands in quotation marks:
/// `models.chat.on."p4d.24xlarge".lanes`.
enum KeyPathNames {
  /// The path of the value called `name` inside the value at `path`.
  static func appending(_ name: String, to path: String) -> String {
    let text = ScenarioError.shown(name)
    let shown = isPlain(name) ? text : "\"\(text)\""
    return path.isEmpty ? shown : "\(path).\(shown)"
  }

  /// The names of a path; `nil` where a name is empty or a quotation mark does not close.
  ///
  /// - Complexity: linear in the length of the path.
  static func names(in path: Substring) -> [String]? {
    var names: [String] = []
    var rest = path.unicodeScalars[...]
    while true {
      let name: Substring.UnicodeScalarView
      if rest.first == "\"" {
        rest = rest.dropFirst()
        guard let close = rest.firstIndex(of: "\"") else { return nil }
        name = rest[..<close]
        rest = rest[rest.index(after: close)...]
        guard rest.isEmpty || rest.first == "." else { return nil }
      } else {
        name = rest.prefix { $0 != "." }
        rest = rest[name.endIndex...]
        guard !name.isEmpty, !name.contains("\"") else { return nil }
      }
      names.append(String(name))
      guard !rest.isEmpty else { return names }
      rest = rest.dropFirst()
    }
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
