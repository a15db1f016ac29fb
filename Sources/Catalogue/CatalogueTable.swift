// SPDX-License-Identifier: GPL-3.0-or-later

import CCatalogue
import Inputs

/// One file of the catalogue, as it was shipped.
package struct CatalogueTable: Sendable {
  /// Which file; in the order of `Sources/CCatalogue/tables.c`.
  package enum Name: String, CaseIterable, Sendable {
    case devices, machines, models, engines, prices, spot, laws, roofline, starts, sources, missing

    /// The number of the file.
    fileprivate var number: Int { Self.allCases.firstIndex(of: self) ?? 0 }
  }

  /// The names of its columns.
  package let header: [String]
  /// Its rows, each with as many fields as there are columns.
  package let rows: [[String]]

  /// Reads a file that came with the command.
  ///
  /// - Complexity: O(bytes).
  package init(_ name: Name) {
    var size = 0
    let start = unsafe plimsoll_catalogue(name.number, &size)
    let bytes = unsafe [UInt8](UnsafeBufferPointer(start: start, count: size))
    do {
      try self.init(bytes)
    } catch {
      preconditionFailure("the catalogue's \(name.rawValue) is a table: \(error)")
    }
  }

  /// Reads a table.
  ///
  /// - Throws: what breaks its form.
  package init(_ bytes: [UInt8]) throws(TraceErrors) {
    var reader = try TableReader(bytes, wanted: [])
    header = reader.header.map(\.string)
    var rows: [[String]] = []
    while let row = reader.next() { rows.append(row.map(\.string)) }
    try reader.throwErrors()
    self.rows = rows
  }

  /// The number of a column.
  ///
  /// - Precondition: there is one of that name.
  func column(_ name: String) -> Int {
    guard let column = header.firstIndex(of: name) else {
      preconditionFailure("the catalogue has a column \(name)")
    }
    return column
  }
}
