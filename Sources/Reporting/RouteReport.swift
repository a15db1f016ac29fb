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
    /// The counts.
    package let matrix: ConfusionMatrix

    /// The confusion of those values.
    package init(name: String, matrix: ConfusionMatrix) {
      self.name = name
      self.matrix = matrix
    }
  }

  /// Which class a scenario's router sends to which model, beside always the strongest.
  package struct Routing: Sendable {
    /// What a way to route comes to on the prompts that measure.
    package struct Outcome: Sendable {
      /// The mean quality by the models' own table; nil where some model has none for these
      /// classes.
      package let quality: Double?
      /// The mean cost of a request in USD, at full batches; nil where some model has no price.
      package let cost: Double?

      /// An outcome of those values.
      package init(quality: Double?, cost: Double?) {
        self.quality = quality
        self.cost = cost
      }
    }

    /// The path of the scenario.
    package let scenario: String
    /// Its models, in the order of the matrix.
    package let models: [String]
    /// How often each true class goes to each model.
    package let matrix: ConfusionMatrix
    /// The model with the best quality of those that are served.
    package let strongest: String
    /// What the router comes to.
    package let routed: Outcome
    /// What it comes to when all goes to the strongest model.
    package let always: Outcome
    /// The quality that the router keeps to by its own prediction; nil where it has none.
    package let floor: Double?

    /// A routing of those values.
    package init(
      scenario: String, models: [String], matrix: ConfusionMatrix, strongest: String,
      routed: Outcome, always: Outcome, floor: Double?
    ) {
      self.scenario = scenario
      self.models = models
      self.matrix = matrix
      self.strongest = strongest
      self.routed = routed
      self.always = always
      self.floor = floor
    }
  }

  let rows: [Row]
  let classes: [String]
  let down: Double
  let confusions: [Confusion]
  let routing: Routing?

  /// A report of prompts.
  ///
  /// - Parameters:
  ///   - classes: the true classes, from easy to hard.
  ///   - down: what a choice of too easy a class costs against one too hard.
  ///   - confusions: empty where no class is known.
  ///   - routing: nil without a scenario, or where no class is known.
  package init(
    rows: [Row], classes: [String], down: Double = 1, confusions: [Confusion] = [],
    routing: Routing? = nil
  ) {
    self.rows = rows
    self.classes = classes
    self.down = down
    self.confusions = confusions
    self.routing = routing
  }

  /// The report for a terminal.
  package var table: String { rowTable.plain + judgements(isMarkdown: false) }

  /// The report in Markdown.
  package var markdown: String { rowTable.markdown + judgements(isMarkdown: true) }

  /// The prompts as CSV, each in full.
  package var csv: String {
    var table = TextTable(["tier", "score", "reference", "reason", "prompt"])
    for row in rows {
      table.add([row.tier, "\(row.score)", row.reference, row.reason, row.text])
    }
    return table.csv
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
}
