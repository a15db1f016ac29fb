// SPDX-License-Identifier: GPL-3.0-or-later

import Foundation
import Testing

/// The reference values of one function in a table of such values.
struct SensitivityTable {
  private let values: [(quantity: String, value: Double)]

  /// Where the table is: `PLIMSOLL_REFERENCE`, or beside the package.
  private static var path: String {
    if let path = ProcessInfo.processInfo.environment["PLIMSOLL_REFERENCE"] { return path }
    let file = URL(filePath: #filePath)
    let root = file.deletingLastPathComponent().deletingLastPathComponent()
      .deletingLastPathComponent()
    return root.deletingLastPathComponent().appending(path: "shared/reference/queueing.csv").path
  }

  /// Whether there is a table to compare with.
  static var isThere: Bool { FileManager.default.isReadableFile(atPath: path) }

  /// The rows of that case, whose parameters are a quoted object.
  init(of name: String) throws {
    let text = try String(contentsOfFile: Self.path, encoding: .utf8)
    values = text.split(whereSeparator: \.isNewline).compactMap { line in
      guard line.hasPrefix(name + ","), let parameters = line.range(of: "}\",") else { return nil }
      let fields = line[parameters.upperBound...].split(separator: ",", maxSplits: 2)
      guard fields.count == 3, let value = Double(fields[1]) else { return nil }
      return (String(fields[0]), value)
    }
  }

  /// The value of a quantity.
  func value(of quantity: String) throws -> Double {
    try #require(values.first { $0.quantity == quantity }).value
  }
}
