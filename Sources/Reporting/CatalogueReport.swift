// SPDX-License-Identifier: GPL-3.0-or-later

import Catalogue
import Quantities

/// A table of the catalogue, as `plimsoll catalogue` prints it.
package struct CatalogueReport {
  /// How it is printed.
  package enum Format: String, CaseIterable, Sendable {
    case text, markdown, json, csv
  }

  private let header: [String]
  private let rows: [[String]]
  private let name: CatalogueTable.Name

  /// The rows of a table in which one of the fields holds a text; all rows where it is empty.
  package init(_ name: CatalogueTable.Name, containing text: String = "") {
    let table = CatalogueTable(name)
    let wanted = text.lowercased()
    self.name = name
    header = table.header
    rows =
      wanted.isEmpty
      ? table.rows
      : table.rows.filter { row in row.contains { $0.lowercased().contains(wanted) } }
  }

  /// Whether no row holds the text.
  package var isEmpty: Bool { rows.isEmpty }

  /// The table in a format.
  package func text(_ format: Format) throws -> String {
    switch format {
    case .text: table(withNotes: false).plain
    case .markdown: table(withNotes: true).markdown
    case .csv: table(withNotes: true, isShown: false).csv
    case .json:
      try JSONText.of(
        rows.map { row in
          Dictionary(
            uniqueKeysWithValues: zip(header, row).filter { !$0.1.isEmpty }
              .map { ($0.0, Field(text: $0.1)) })
        })
    }
  }

  /// For a terminal notes are left out, and bytes and rates are shown in larger units.
  private func table(withNotes: Bool, isShown: Bool = true) -> TextTable {
    let columns = header.indices.filter { withNotes || !Self.long.contains(header[$0]) }
    let numbers = columns.filter { column in
      rows.allSatisfy { $0[column].isEmpty || Double($0[column]) != nil }
    }
    var table = TextTable(columns.map { header[$0] + (numbers.contains($0) ? ">" : "") })
    for row in rows {
      table.add(columns.map { isShown ? shown(row, $0) : row[$0] })
    }
    return table
  }

  /// A field of a document: a number where it is one, else a text.
  private struct Field: Encodable {
    let text: String

    func encode(to encoder: any Encoder) throws {
      var container = encoder.singleValueContainer()
      if let whole = Int64(text) {
        try container.encode(whole)
      } else if let number = Double(text), number.isFinite {
        try container.encode(number)
      } else {
        try container.encode(text)
      }
    }
  }

  /// What does not fit a terminal.
  private static let long = ["note", "address", "where"]

  private func shown(_ row: [String], _ column: Int) -> String {
    let text = row[column]
    guard let value = Double(text) else { return text }
    let quantity = name == .devices && header[column] == "value" ? row[2] : header[column]
    switch quantity {
    case "memory", "device_memory": return formatted(value / 1_073_741_824, places: 1) + " GiB"
    case "memory_bandwidth", "link", "pcie", "fabric_total":
      return formatted(value / 1e9, places: 0, groupSeparator: ",") + " GB/s"
    case "bf16", "fp16", "fp8", "fp4", "int8":
      return formatted(value / 1e12, places: 1, groupSeparator: ",") + " T/s"
    case "watt": return text + " W"
    case "bytes", "parameters", "active_parameters":
      return formatted(value / 1e9, places: 2, groupSeparator: ",") + "e9"
    default: return text
    }
  }
}
