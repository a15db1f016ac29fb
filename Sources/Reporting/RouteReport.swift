// SPDX-License-Identifier: GPL-3.0-or-later

import Policies
import Quantities

/// What the router makes of prompts, and how often that is right where their classes are known.
package struct RouteReport: Sendable {
  /// One prompt as it was routed.
  package struct Row: Sendable {
    /// The prompt.
    package let text: String
    /// The tier, or the model, that it goes to.
    package let tier: String
    /// Its difficulty from 0 to 1.
    package let score: Double
    /// Why.
    package let reason: String
    /// The tier that the reference design's classifier gives it.
    package let reference: String

    /// A row of those values.
    package init(text: String, tier: String, score: Double, reason: String, reference: String) {
      self.text = text
      self.tier = tier
      self.score = score
      self.reason = reason
      self.reference = reference
    }
  }

  /// How often each true class was given each tier.
  package struct Confusion: Sendable {
    /// Whose choices they are.
    package let name: String
    /// The tiers or models, in the order of the matrix.
    package let choices: [String]
    /// The counts.
    package let matrix: ConfusionMatrix

    /// The confusion of those values.
    package init(name: String, choices: [String], matrix: ConfusionMatrix) {
      self.name = name
      self.choices = choices
      self.matrix = matrix
    }
  }

  private let rows: [Row]
  private let classes: [String]
  private let confusions: [Confusion]

  /// A report of prompts; `classes` and `confusions` are empty where no class is known.
  package init(rows: [Row], classes: [String], confusions: [Confusion]) {
    self.rows = rows
    self.classes = classes
    self.confusions = confusions
  }

  /// The report for a terminal.
  package var table: String {
    rowTable.plain + confusions.map { "\n" + text($0, of: confusionTable($0).plain) }.joined()
  }

  /// The report in Markdown.
  package var markdown: String {
    rowTable.markdown
      + confusions.map { "\n" + text($0, of: confusionTable($0).markdown) }.joined()
  }

  /// The prompts as CSV, each in full.
  package var csv: String {
    var table = TextTable(["tier", "score", "reference", "reason", "prompt"])
    for row in rows {
      table.add([row.tier, "\(row.score)", row.reference, row.reason, row.text])
    }
    return table.csv
  }

  /// The report as JSON, version 1.
  package func json() throws -> String {
    struct Document: Encodable {
      struct Prompt: Encodable {
        let tier: String
        let score: Double
        let reference: String
        let reason: String
        let prompt: String
      }
      struct Confusion: Encodable {
        let name: String
        let classes: [String]
        let choices: [String]
        let counts: [[Int]]
        let accuracy: Double?
      }
      let plimsoll: Int
      let prompts: [Prompt]
      let confusions: [Confusion]
    }
    return try JSONText.of(
      Document(
        plimsoll: 1,
        prompts: rows.map {
          Document.Prompt(
            tier: $0.tier, score: $0.score, reference: $0.reference, reason: $0.reason,
            prompt: $0.text)
        },
        confusions: confusions.map { confusion in
          Document.Confusion(
            name: confusion.name, classes: classes, choices: confusion.choices,
            counts: classes.indices.map { row in
              confusion.choices.indices.map { confusion.matrix[row, $0] }
            }, accuracy: confusion.matrix.accuracy)
        }))
  }

  private var rowTable: TextTable {
    var table = TextTable(["tier", "score>", "reference", "reason", "prompt"])
    for row in rows {
      table.add([
        row.tier, formatted(row.score, places: 3), row.reference, row.reason,
        Self.cut(row.text),
      ])
    }
    return table
  }

  private static func cut(_ text: String) -> String {
    let line = text.map { $0.isNewline || $0 == "|" ? " " : $0 }
    return line.count <= 60 ? String(line) : String(line.prefix(59)) + "…"
  }

  private func confusionTable(_ confusion: Confusion) -> TextTable {
    var table = TextTable(
      ["true class"] + confusion.choices.map { "\($0)>" } + ["precision>", "recall>"])
    for (number, name) in classes.enumerated() {
      var cells = [name]
      for choice in confusion.choices.indices {
        cells.append("\(confusion.matrix[number, choice])")
      }
      cells.append(
        number < confusion.choices.count ? percent(confusion.matrix.precision(of: number)) : "")
      cells.append(percent(confusion.matrix.recall(of: number)))
      table.add(cells)
    }
    return table
  }

  private func text(_ confusion: Confusion, of table: String) -> String {
    "  \(confusion.name): \(confusion.matrix.total) prompts of the half that measures, "
      + "accuracy \(percent(confusion.matrix.accuracy))\n\n" + table
  }

  private func percent(_ share: Double?) -> String {
    share.map { formatted($0 * 100, places: 1) + " %" } ?? "none"
  }
}
