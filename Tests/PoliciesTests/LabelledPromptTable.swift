// SPDX-License-Identifier: GPL-3.0-or-later

import Foundation
import Policies

/// Reads the project's labelled prompts, for tests.
enum LabelledPromptTable {
  /// The classes in the order of their difficulty.
  static let classNames = ["simple", "medium", "complex"]

  /// All rows of `Scenarios/prompts/labelled.csv` below its header.
  static func rows() throws -> [LabelledPrompt] {
    let file = URL(filePath: #filePath).deletingLastPathComponent()
      .appending(path: "../../Scenarios/prompts/labelled.csv").standardizedFileURL
    let text = try String(decoding: Data(contentsOf: file), as: UTF8.self)
    return fields(of: text).dropFirst().filter { $0.count == 3 }
      .map { LabelledPrompt(text: $0[2], className: $0[0], language: $0[1]) }
  }

  /// The rows that no weight was set on, or the rows that they were set on.
  static func half(forTuning: Bool) throws -> [LabelledPrompt] {
    try rows().filter { $0.isForTuning == forTuning }
  }

  /// The number of a row's class.
  static func classIndex(of prompt: LabelledPrompt) -> Int {
    classNames.firstIndex(of: prompt.className) ?? -1
  }

  /// Records of RFC 4180: fields may be quoted, and a quoted field may hold quotes and line ends.
  private static func fields(of text: String) -> [[String]] {
    var records: [[String]] = []
    var record: [String] = []
    var field = ""
    var isQuoted = false
    var wasQuote = false
    for scalar in text.unicodeScalars {
      if isQuoted, !wasQuote {
        if scalar == "\"" { wasQuote = true } else { field.unicodeScalars.append(scalar) }
        continue
      }
      switch scalar {
      case "\"":
        if wasQuote { field += "\"" }
        isQuoted = true
        wasQuote = false
        continue
      case ",":
        record.append(field)
        field = ""
      case "\n":
        records.append(record + [field])
        record = []
        field = ""
      default: field.unicodeScalars.append(scalar)
      }
      isQuoted = false
      wasQuote = false
    }
    return records
  }
}
