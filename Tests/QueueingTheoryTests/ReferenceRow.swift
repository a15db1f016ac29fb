// SPDX-License-Identifier: GPL-3.0-or-later

import Foundation

/// One line of a table of reference values: a quantity of a case with its parameters.
struct ReferenceRow: Sendable {
  let name: String
  let parameters: ReferenceValue
  let quantity: String
  let value: Double

  /// The project's own table, and the further one that `PLIMSOLL_REFERENCE` may name.
  static let tables: (own: String, further: String?) = (
    URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
      .appending(path: "ClosedForms/closed-forms.csv").path,
    ProcessInfo.processInfo.environment["PLIMSOLL_REFERENCE"]
  )

  /// The rows of one case in a table; lines that start with # are comments.
  static func rows(of name: String, in path: String) throws -> [ReferenceRow] {
    let text = try String(contentsOfFile: path, encoding: .utf8)
    return try text.split(whereSeparator: \.isNewline).compactMap { line in
      guard line.hasPrefix(name + ",") else { return nil }
      let fields = fields(of: line)
      guard fields.count >= 4, let value = Double(fields[3]) else {
        throw CocoaError(.fileReadCorruptFile)
      }
      return ReferenceRow(
        name: fields[0],
        parameters: try JSONDecoder().decode(ReferenceValue.self, from: Data(fields[1].utf8)),
        quantity: fields[2], value: value)
    }
  }

  /// The fields of a line quoted as in RFC 4180.
  private static func fields(of line: Substring) -> [String] {
    var fields = [""]
    var isQuoted = false
    var previous: Character?
    for character in line {
      switch character {
      case "\"":
        // A doubled quote inside quotes is one quote.
        if !isQuoted && previous == "\"" { fields[fields.count - 1].append(character) }
        isQuoted.toggle()
      case "," where !isQuoted: fields.append("")
      default: fields[fields.count - 1].append(character)
      }
      previous = character
    }
    return fields
  }
}
