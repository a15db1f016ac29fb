// SPDX-License-Identifier: GPL-3.0-or-later

import Scenario
import Testing

@Suite("A scenario that extends another")
struct ExtendsTests {
  private let base = (
    path: "dir/base.yaml",
    text: "name: base\nfleet:\n  machines: 4\n  spot: {bid: 2, limit: 3}\ntargets: [1, 2]\n"
  )

  @Test("merges mappings and replaces lists and single values")
  func merges() throws {
    let child = "extends: base.yaml\nextra: 1\ntargets: [3]\nfleet: {spot: {bid: 5}, zone: b}\n"
    #expect(
      outline(try load(("dir/child.yaml", child), base).root)
        == "{name: base, fleet: {machines: 4, spot: {bid: 5, limit: 3}, zone: b}, "
        + "targets: [3], extra: 1}")
  }

  @Test("removes with null what the other has")
  func removes() throws {
    let child = "extends: base.yaml\nfleet: {spot: ~}\ntargets: null\ntypo: null\n"
    #expect(
      outline(try load(("dir/child.yaml", child), base).root)
        == "{name: base, fleet: {machines: 4}, typo: null}")
  }

  @Test("knows of each value which file it is from")
  func places() throws {
    let child = "extends: base.yaml\nfleet:\n  spot:\n    bid: 5\n"
    let spot = try load(("dir/child.yaml", child), base).root.value(of: "fleet")?.value(of: "spot")
    #expect(spot?.value(of: "bid")?.location.description == "dir/child.yaml:4:10")
    #expect(spot?.value(of: "limit")?.location.description == "dir/base.yaml:4:25")
  }

  @Test("may be extended in turn")
  func chain() throws {
    let scenario = try load(
      ("x/c.yaml", "extends: ../dir/b.yaml\nname: c\n"),
      ("dir/b.yaml", "extends: ./base.yaml\nname: b\ntargets: []\n"), base)
    #expect(scenario.files.map(\.path) == ["x/c.yaml", "dir/b.yaml", "dir/base.yaml"])
    #expect(
      outline(scenario.root)
        == "{name: c, fleet: {machines: 4, spot: {bid: 2, limit: 3}}, targets: []}")
  }

  @Test("is refused when the files go in a circle")
  func cycle() {
    #expect(
      problems(
        in: ("a.yaml", "extends: b.yaml\n"), ("b.yaml", "x: 1\nextends: ./a.yaml\n")) == [
          "b.yaml:2:10: extends: files extend one another in a circle: a.yaml → b.yaml → a.yaml"
        ])
  }

  @Test("is refused where the other is missing")
  func missing() {
    #expect(
      problems(in: ("x/a.yaml", "extends: b.yaml\n")) == [
        "x/a.yaml:1:10: extends: there is no file 'x/b.yaml'"
      ])
  }

  @Test("names the other by a single path")
  func notAPath() {
    #expect(
      problems(in: "extends: [b.yaml]\n") == [
        "a.yaml:1:10: extends: found a list, allowed: the path of a scenario file"
      ])
  }

  @Test("is itself missing where its own path leads nowhere")
  func nothingThere() {
    #expect(problems(of: [("a.yaml", [])], set: ["x"]).count == 2)
    let none = FileReader { _ throws(FileReadFailure) in throw .unreadable("not permitted") }
    #expect(throws: ScenarioErrors.self) {
      try ScenarioText.load("a.yaml", files: none, overrides: [])
    }
  }

  @Test(
    "finds the other by names alone",
    arguments: [
      ("b.yaml", "a.yaml", "b.yaml"), ("b.yaml", "x/y/a.yaml", "x/y/b.yaml"),
      ("../b.yaml", "x/y/a.yaml", "x/b.yaml"), ("../../b.yaml", "x/a.yaml", "../b.yaml"),
      ("/b.yaml", "x/a.yaml", "/b.yaml"), ("./z//b.yaml", "/x/a.yaml", "/x/z/b.yaml"),
      ("../../b.yaml", "/x/a.yaml", "/b.yaml"), ("..", "x/a.yaml", "."),
    ])
  func paths(relative: String, file: String, path: String) {
    #expect(ScenarioText.path(relative, relativeTo: file) == path)
  }
}
