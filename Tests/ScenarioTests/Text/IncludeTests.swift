// SPDX-License-Identifier: GPL-3.0-or-later

import Scenario
import Testing

@Suite("Fragments that a scenario includes")
struct IncludeTests {
  private let fragment = """
    plimsoll_fragment: 1
    provenance: { command: "plimsoll calibrate lifetimes x.csv" }
    lifetime: { weibull: { scale: 30h, shape: 0.8 } }
    notice: 30s
    """

  @Test("stand where they are included, and what stands beside them goes first")
  func merge() throws {
    let loaded = try load(
      ("dir/a.yaml", "fleet: { spot: { include: fits/x.yaml, notice: 2min, type: p4d } }"),
      ("dir/fits/x.yaml", fragment))
    #expect(
      outline(loaded.root)
        == "{fleet: {spot: {lifetime: {weibull: {scale: 30h, shape: 0.8}}, notice: 2min, type: p4d}}}"
    )
    #expect(loaded.files.map(\.path) == ["dir/a.yaml", "dir/fits/x.yaml"])
  }

  @Test("are overridden by files that extend the one that includes them, and by the command line")
  func precedence() throws {
    let loaded = try load(
      ("b.yaml", "extends: a.yaml\nspot: { notice: 5s }"),
      ("a.yaml", "spot: { include: x.yaml }"), ("x.yaml", fragment),
      set: ["spot.lifetime.weibull.shape=2"])
    #expect(
      outline(loaded.root)
        == "{spot: {lifetime: {weibull: {scale: 30h, shape: 2}}, notice: 5s}}")
  }

  @Test("may include others, but not for ever")
  func nesting() throws {
    let loaded = try load(
      ("a.yaml", "include: x.yaml"),
      ("x.yaml", "plimsoll_fragment: 1\nb: { include: y.yaml }"),
      ("y.yaml", "plimsoll_fragment: 1\nc: 1"))
    #expect(outline(loaded.root) == "{b: {c: 1}}")
    let endless = problems(
      in: ("a.yaml", "include: x.yaml"), ("x.yaml", "plimsoll_fragment: 1\ninclude: x.yaml"))
    #expect(endless.contains { $0.contains("fragments include one another") }, "\(endless)")
  }

  @Test("are told apart from scenarios, and missed where they are missing")
  func errors() {
    let other = problems(in: ("a.yaml", "b:\n  include: x.yaml"), ("x.yaml", "c: 1"))
    #expect(
      other.contains { $0.contains("lacks plimsoll_fragment: 1") && $0.contains("a.yaml:2:") })
    #expect(problems(in: "b: { include: no.yaml }").contains { $0.contains("no.yaml") })
    #expect(problems(in: "b: { include: [1] }").contains { $0.contains("path of a fragment") })
  }
}
