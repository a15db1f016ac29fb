// SPDX-License-Identifier: GPL-3.0-or-later

import Foundation
import Testing

/// What is known of a procedure or function for some parameters, from the project's table of closed forms.
struct ClosedFormCase: Sendable, CustomTestStringConvertible {
  /// The parameters as the table writes them.
  let testDescription: String
  private let parameters: [String: Double]
  private let values: [String: Double]

  /// The cases of one family, in the order of the table.
  static func all(of family: String) throws -> [ClosedFormCase] {
    let path = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
      .appending(path: "ClosedForms/closed-forms.csv").path
    let text = try String(contentsOfFile: path, encoding: .utf8)
    var values: [String: [String: Double]] = [:]
    var order: [String] = []
    for line in text.split(whereSeparator: \.isNewline) where line.hasPrefix(family + ",") {
      // The parameters are a quoted object, in which quotes are doubled.
      let end = try #require(line.range(of: "}\","))
      let quoted = line[..<end.upperBound].dropFirst(family.count + 2).dropLast(2)
      let object = String(quoted.replacing("\"\"", with: "\""))
      let fields = line[end.upperBound...].split(separator: ",")
      try #require(fields.count == 2)
      if values[object] == nil { order.append(object) }
      let value = try #require(Double(fields[1]))
      values[object, default: [:]][String(fields[0])] = value
    }
    return try order.map { object in
      // A list among the parameters is none of a procedure's.
      let decoded = try JSONSerialization.jsonObject(with: Data(object.utf8)) as? [String: Any]
      return ClosedFormCase(
        testDescription: object,
        parameters: (decoded ?? [:]).compactMapValues { $0 as? Double },
        values: values[object] ?? [:])
    }
  }

  /// The parameter of this name.
  func number(_ name: String) throws -> Double { try #require(parameters[name], "\(name)") }

  /// The whole-numbered parameter of this name.
  func count(_ name: String) throws -> Int { try #require(Int(exactly: number(name))) }

  /// The value of a quantity.
  func value(_ quantity: String) throws -> Double { try #require(values[quantity], "\(quantity)") }
}
