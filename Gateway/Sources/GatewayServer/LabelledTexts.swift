// SPDX-License-Identifier: Apache-2.0

import Foundation
import Policies

/// Labelled texts, as scenarios have them: a table with the columns class, language and text.
enum LabelledTexts {
  /// What difficulty scores mean, by the tuning half of the texts; classes are numbered in the order of their first
  /// rows, so that the easiest class comes first in the file.
  static func calibration(_ file: String) throws(FileError) -> DifficultyCalibration {
    guard let data = FileManager.default.contents(atPath: file),
      let text = String(data: data, encoding: .utf8)
    else { throw FileError(file, "cannot be read") }
    var rows = rows(of: text)
    guard !rows.isEmpty, rows.removeFirst() == ["class", "language", "text"] else {
      throw FileError(file, line: 1, "the columns class,language,text are expected")
    }
    guard rows.allSatisfy({ $0.count == 3 }) else {
      throw FileError(file, "every row has three columns")
    }
    var classes: [String] = []
    for row in rows where !classes.contains(row[0]) { classes.append(row[0]) }
    let scorer = DifficultyScorer()
    let samples = rows.compactMap { row -> DifficultyCalibration.Sample? in
      let prompt = LabelledPrompt(text: row[2], className: row[0], language: row[1])
      guard prompt.isForTuning else { return nil }
      return DifficultyCalibration.Sample(
        score: scorer.score(row[2]).value, trueClass: classes.firstIndex(of: row[0]) ?? 0)
    }
    guard !samples.isEmpty else { throw FileError(file, "no text is of the tuning half") }
    return DifficultyCalibration(samples, classCount: classes.count)
  }

  /// The rows of a CSV text (RFC 4180).
  static func rows(of text: String) -> [[String]] {
    var rows: [[String]] = []
    var row: [String] = []
    var field = String.UnicodeScalarView()
    var isQuoted = false
    var scalars = Array(text.unicodeScalars)[...]
    while let scalar = scalars.popFirst() {
      if isQuoted {
        if scalar != "\"" {
          field.append(scalar)
        } else if scalars.first == "\"" {
          field.append(scalars.removeFirst())
        } else {
          isQuoted = false
        }
        continue
      }
      switch scalar {
      case "\"": isQuoted = true
      case ",":
        row.append(String(field))
        field = String.UnicodeScalarView()
      case "\r": break
      case "\n":
        row.append(String(field))
        field = String.UnicodeScalarView()
        rows.append(row)
        row = []
      default: field.append(scalar)
      }
    }
    if !field.isEmpty || !row.isEmpty { rows.append(row + [String(field)]) }
    return rows
  }
}
