// SPDX-License-Identifier: GPL-3.0-or-later

import ArgumentParser
import Catalogue
import Reporting
import Scenario

extension CatalogueReport.Format: ExpressibleByArgument {}
extension CatalogueTable.Name: ExpressibleByArgument {}

/// `plimsoll catalogue`: print what the command knows of machines, models, engines and prices.
struct ShowCatalogue: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "catalogue",
    abstract: "Print what the command knows: machines, models, engines, prices, step laws.",
    discussion: """
      Every row names its source and its day; `catalogue sources` has the addresses. `catalogue missing` lists what was \
      looked for and not found with a public source: no number is estimated. Documentation/Catalogue.md tells how \
      scenarios use it.
      """)

  @Argument(help: "Which table.")
  var table: CatalogueTable.Name
  @Argument(help: "Only rows that hold this text, in large or small letters.")
  var text: String = ""
  @Option(help: "How it is printed.")
  var format: CatalogueReport.Format = .text

  func run() throws {
    let report = CatalogueReport(table, containing: text)
    guard !report.isEmpty else {
      let known = Catalogue()
      let nearest = nearestEntry(to: text, among: known.machineNames + known.modelNames)
      let hint = nearest.map { "; the nearest is '\($0)'" } ?? ""
      Terminal.tell("plimsoll: no row of \(table.rawValue) holds '\(text)'\(hint)\n")
      throw ExitStatus.missingFile.code
    }
    Terminal.print(try report.text(format))
    if format == .text, [.prices, .spot].contains(table) {
      Terminal.print(
        "\n  What has no public source with a day is left out: plimsoll catalogue missing\n")
    }
  }
}
