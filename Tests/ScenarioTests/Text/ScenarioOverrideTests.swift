// SPDX-License-Identifier: GPL-3.0-or-later

import Scenario
import Testing

@Suite("An override")
struct ScenarioOverrideTests {
  private static let text = """
    fleet: {base-pool: {machines: 4}, empty: }
    targets: [1, 2]
    models: {m: {on: {p4d.24xlarge: {lanes: 1}}}}

    """

  @Test(
    "changes one value of the tree",
    arguments: [
      ("fleet.base-pool.machines=6", "fleet", "{base-pool: {machines: 6}, empty: null}"),
      ("fleet.new.deep=a b", "fleet", "{base-pool: {machines: 4}, empty: null, new: {deep: a b}}"),
      ("fleet.empty.x=1", "fleet", "{base-pool: {machines: 4}, empty: {x: 1}}"),
      ("fleet={a: [1, {b: 2}]}", "fleet", "{a: [1, {b: 2}]}"),
      ("targets.0=9", "targets", "[9, 2]"),
      ("targets[1]=9", "targets", "[1, 9]"),
      ("targets.1=~", "targets", "[1]"),
      ("targets=[3]", "targets", "[3]"),
      ("targets=~", "targets", "absent"),
      ("targets='a=b, c'", "targets", "a=b, c"),
      (
        #"models.m.on."p4d.24xlarge".lanes=2"#, "models",
        "{m: {on: {p4d.24xlarge: {lanes: 2}}}}"
      ),
    ])
  func changes(override: String, key: String, outcome: String) throws {
    let root = try load(("a.yaml", Self.text), set: [override]).root
    #expect(outline(root.value(of: key)) == outcome)
  }

  @Test(
    "changes a scenario, and no file of another kind",
    arguments: [
      ("plimsoll", ScenarioText.Kind.scenario), ("about", .scenario),
      ("plimsoll_fragment", .fragment), ("plimsoll_claims", .claims),
      ("plimsoll_sensitivity", .sensitivity), ("plimsoll_levers", .levers),
    ])
  func kinds(key: String, kind: ScenarioText.Kind) throws {
    let loaded = try load(("a.yaml", "\(key): 1\nx: old\n"), set: ["x=new"])
    #expect(loaded.kind == kind)
    #expect(outline(loaded.root.value(of: "x")) == (kind == .scenario ? "new" : "old"))
    #expect(throws: ScenarioErrors.self, "a wrong one is told in every file") {
      try load(("a.yaml", "\(key): 1\n"), set: ["x"])
    }
  }

  @Test(
    "that makes no sense is refused at itself",
    arguments: [
      ("fleet", "found 'fleet', allowed: a path, '=' and a value, such as fleet.base.machines=6"),
      ("=3", "found '=3', allowed: a path, '=' and a value, such as fleet.base.machines=6"),
      ("a..b=3", "found 'a..b=3', allowed: a path, '=' and a value, such as fleet.base.machines=6"),
      (
        "fleet=",
        "found 'fleet=', allowed: a path, '=' and a value, such as fleet.base.machines=6; "
          + "'=~' removes the key"
      ),
      (
        "fleet=1, 2",
        "found '1, 2', allowed: one value; lists in brackets, texts in quotation marks"
      ),
      ("a={b: 1, b: 2}", "this key is already given at --set a={b: 1, b: 2}"),
      ("targets.2=1", "targets[2]: place '2' of the list is out of range, allowed: 0 to 1"),
      (
        "targets[-1]=1",
        "found 'targets[-1]=1', allowed: a path, '=' and a value, such as fleet.base.machines=6"
      ),
      (
        "targets[0=1",
        "found 'targets[0=1', allowed: a path, '=' and a value, such as fleet.base.machines=6"
      ),
      ("targets.x=1", "targets.x: place 'x' of the list is out of range, allowed: 0 to 1"),
      ("targets[0].x=1", "targets[0]: found '1', allowed: a mapping, to have 'x' in it"),
      ("fleet.x=~", "fleet.x: there is no such key to remove"),
    ])
  func refused(override: String, problem: String) {
    #expect(problems(in: Self.text, set: [override]) == ["--set \(override): \(problem)"])
  }

  @Test("is the place of every value it brings")
  func place() throws {
    let root = try load(("a.yaml", Self.text), set: ["fleet.x={y: 1}"]).root
    let value = root.value(of: "fleet")?.value(of: "x")?.value(of: "y")
    #expect(value?.location.description == "--set fleet.x={y: 1}")
  }

  @Test("comes after those before it")
  func order() throws {
    let root = try load(("a.yaml", Self.text), set: ["targets=[1]", "targets.0=7"]).root
    #expect(outline(root.value(of: "targets")) == "[7]")
  }

  @Test("that is wrong is reported together with the others")
  func severalAtOnce() {
    #expect(problems(in: Self.text, set: ["x", "y", "targets.9=1"]).count == 2)
    #expect(problems(in: Self.text, set: ["fleet.x=~", "targets.9=1"]).count == 2)
  }
}
