// SPDX-License-Identifier: GPL-3.0-or-later

import Inputs
import Testing

@Suite("A table of measurements")
struct MeasuredTableTests {
  private func table(
    _ text: String, _ columns: [String], where conditions: [MeasuredTable.Condition] = []
  ) throws(TraceErrors) -> [[String]] {
    try MeasuredTable(Array(text.utf8), columns: columns, where: conditions).rows.map {
      $0.map(\.string)
    }
  }

  private func errors(_ text: String, _ columns: [String]) -> [TraceError] {
    do {
      _ = try table(text, columns)
      return []
    } catch {
      return error.errors
    }
  }

  @Test("finds columns by name, in any order, also but for case")
  func names() throws {
    #expect(try table("b,x,A\n1,2,3\n", ["a", "b"]) == [["3", "1"]])
  }

  @Test("with a wrong header has one error, which names the columns found and those wanted")
  func header() {
    let found = errors("a,b\n1\n2\n3\n", ["a", "time"])
    #expect(found.count == 1)
    #expect(found.first?.found == "no column 'time' among: a, b")
    #expect(found.first?.allowed == "the columns a, time, in any order")
  }

  @Test(
    "refuses numbers that are none, or that are grouped, at their place",
    arguments: ["NaN", "inf", "-Infinity", "3,600", "1_000", "1 000", "0x10", ""])
  func numbers(text: String) throws {
    let rows = try MeasuredTable(Array("a,n\nx,\"\(text)\"\n".utf8), columns: ["n"]).rows
    let error = #expect(throws: TraceErrors.self) {
      try MeasuredTable.numbers(of: rows.map { $0[0] }, allowed: "a number") { _ in true }
    }
    #expect(error?.errors.map(\.line) == [2] && error?.errors.map(\.column) == [3])
  }

  @Test("reads numbers in scientific notation")
  func scientific() throws {
    let rows = try MeasuredTable(Array("n\n1.5e1\n2E-3\n".utf8), columns: ["n"]).rows
    #expect(
      try MeasuredTable.numbers(of: rows.map { $0[0] }, allowed: "a number") { _ in true } == [
        15, 0.002,
      ])
  }

  @Test("says that a row is too wide or too narrow, at its place")
  func width() {
    #expect(errors("a,b\n1,2,3\n4\n", ["a"]).map(\.line) == [2, 3])
  }
}
