// SPDX-License-Identifier: GPL-3.0-or-later

import RandomStreams

extension ScenarioNode {
  /// The node without comments, layout and places: equal for scenarios that mean the same by keys in
  /// the same order.
  package var canonicalText: String {
    var text = ""
    write(to: &text)
    return text + "\n"
  }

  private func write(to text: inout String) {
    switch content {
    case .null:
      text += "~"
    case .scalar(let value):
      text += Self.quoted(value)
    case .sequence(let items):
      text += "["
      for (position, item) in items.enumerated() {
        text += position == 0 ? "" : ", "
        item.write(to: &text)
      }
      text += "]"
    case .mapping(let entries):
      text += "{"
      for (position, entry) in entries.enumerated() {
        text += (position == 0 ? "" : ", ") + Self.quoted(entry.key) + ": "
        entry.value.write(to: &text)
      }
      text += "}"
    }
  }

  private static func quoted(_ text: String) -> String {
    var quoted = "\""
    for character in text.unicodeScalars {
      switch character {
      case "\"": quoted += "\\\""
      case "\\": quoted += "\\\\"
      case "\n": quoted += "\\n"
      default: quoted.unicodeScalars.append(character)
      }
    }
    return quoted + "\""
  }
}

extension ScenarioFile {
  /// A line that changes whenever a byte of the file changes; 64 bits, against accidents only.
  var fingerprint: String {
    var fingerprint = FileFingerprint()
    fingerprint.add(text.utf8)
    return fingerprint.line
  }
}

/// What tells a file from another by its bytes, gathered piece by piece.
struct FileFingerprint {
  private var state: UInt64 = 0
  /// How many bytes were added.
  private(set) var count = 0

  /// Goes on with the next bytes of the file.
  mutating func add(_ bytes: some Sequence<UInt8>) {
    for byte in bytes {
      state = mixed(state ^ UInt64(byte))
      count += 1
    }
  }

  /// The line of a file.
  ///
  /// Without its path, which depends on where somebody stands who names the scenario: what the scenario calls the file is
  /// in its tree.
  var line: String { "file \(count) bytes \(String(state, radix: 16))\n" }
}
