// SPDX-License-Identifier: GPL-3.0-or-later

import Scenario
import Testing

@Suite("Errors of a scenario, rendered")
struct ScenarioErrorsTests {
  @Test("stand above their line and a caret")
  func carets() throws {
    var diagnostics = Diagnostics()
    let scenario = try load(
      ("a.yaml", "fleet:\r\n  machnes: 3\r\nnotice: 120\r\n"), set: ["x=1"])
    var root = MappingReader(scenario)
    if var fleet = root.mapping("fleet", into: &diagnostics) {
      _ = fleet.integer("machines", .optional, into: &diagnostics)
      fleet.finish(into: &diagnostics)
    }
    root.report(.other("too short"), of: "notice", into: &diagnostics)
    _ = root.has("notice")
    root.finish(into: &diagnostics)
    #expect(
      ScenarioErrors(diagnostics.errors, files: scenario.files).rendered() == """
        a.yaml:2:3: fleet.machnes: unknown key 'machnes'; did you mean 'machines'? \
        (allowed: machines)
          |   machnes: 3
          |   ^
        a.yaml:3:9: notice: too short
          | notice: 120
          |         ^
        --set x=1: x: unknown key 'x' (allowed: fleet, notice)

        """)
  }

  @Test("repeat a tab below the line")
  func tabs() {
    let place = SourceLocation(file: "a.yaml", line: 1, column: 5)
    let errors = ScenarioErrors([ScenarioError(.missingKey, at: place, keyPath: "a")])
    #expect(
      errors.rendered { _ in "a: \tx" }
        == "a.yaml:1:5: a: required, but missing\n  | a: \tx\n  |    \t^\n")
  }

  @Test("stand alone where the file is not to be had")
  func noSource() {
    let place = SourceLocation(file: "a.yaml", line: 1, column: 5)
    let errors = ScenarioErrors([ScenarioError(.missingKey, at: place, keyPath: "a")])
    #expect(errors.rendered { _ in nil } == "a.yaml:1:5: a: required, but missing\n")
  }

  @Test("come out as the files were first mentioned, each from its top")
  func order() {
    let errors = [("b", 9), ("a", 1), ("b", 2)].map { file, line in
      ScenarioError(
        .missingKey, at: SourceLocation(file: file, line: line, column: 1), keyPath: "")
    }
    #expect(
      ScenarioErrors(errors).errors.map(\.location.description) == ["b:2:1", "b:9:1", "a:1:1"])
  }
}
