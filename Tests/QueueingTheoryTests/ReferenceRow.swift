// SPDX-License-Identifier: GPL-3.0-or-later

import Foundation

/// One line of a table of reference values: a quantity of a case with its parameters.
struct ReferenceRow: Sendable {
  let name: String
  let parameters: ReferenceValue
  let quantity: String
  let value: Double

  /// Where the table is: `PLIMSOLL_REFERENCE`, or beside the package.
  static var path: String {
    if let path = ProcessInfo.processInfo.environment["PLIMSOLL_REFERENCE"] { return path }
    let file = URL(filePath: #filePath)
    let root = file.deletingLastPathComponent().deletingLastPathComponent()
      .deletingLastPathComponent()
    return root.deletingLastPathComponent().appending(path: "shared/reference/queueing.csv").path
  }

  /// Whether there is a table to compare with.
  static var isThere: Bool { FileManager.default.isReadableFile(atPath: path) }

  /// The rows of one case.
  static func rows(of name: String) throws -> [ReferenceRow] {
    let text = try String(contentsOfFile: path, encoding: .utf8)
    return try text.split(whereSeparator: \.isNewline).dropFirst().compactMap { line in
      guard line.hasPrefix(name + ",") else { return nil }
      let fields = fields(of: line)
      guard let value = Double(fields[3]) else { throw CocoaError(.fileReadCorruptFile) }
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
