// SPDX-License-Identifier: GPL-3.0-or-later

import Experiments
import Numerics
import RandomStreams
import Testing

@Suite("What a sweep varies")
struct SweepDesignTests {
  private func values(_ text: String) throws -> [String] {
    try SweepDesign(vary: [text]).points(seed: 1).map(\.values[0])
  }

  @Test(
    "is written as lists, ranges, ranges with steps and units, and lists of ranges",
    arguments: [
      ("a=1,b,c", ["1", "b", "c"]),
      ("a = 10m , 1h,6h", ["10m", "1h", "6h"]),
      ("a=0..3", ["0", "1", "2", "3"]),
      ("a=-1..1", ["-1", "0", "1"]),
      ("a=0..7:3", ["0", "3", "6"]),
      ("a=10m..60m:25m", ["10m", "35m", "60m"]),
      ("a=10..30m:10", ["10m", "20m", "30m"]),
      ("a=5..20 USD/h:5", ["5 USD/h", "10 USD/h", "15 USD/h", "20 USD/h"]),
      ("a=0.5..1:0.25", ["0.5", "0.75", "1"]),
      ("a=0%..50%:25%", ["0%", "25%", "50%"]),
      ("a=1_000..3_000:1_000", ["1000", "2000", "3000"]),
      ("a=0..2,8,16..20:2", ["0", "1", "2", "8", "16", "18", "20"]),
      ("a=~,{ ttl: 1h, capacity: 5 }", ["~", "{ ttl: 1h, capacity: 5 }"]),
      ("a=[1, 2],\"x, y\"", ["[1, 2]", "\"x, y\""]),
      ("a=../x.yaml,1", ["../x.yaml", "1"]),
      ("a=1,1,2", ["1", "2"]),
    ])
  func grammar(text: String, expected: [String]) throws {
    #expect(try values(text) == expected)
  }

  @Test(
    "is refused with what is allowed where it cannot be read",
    arguments: [
      ("a", "allowed: a path, '='"), ("=1", "allowed: a path, '='"), ("a=", "a value is empty"),
      ("a=1,,2", "a value is empty"), ("a=0..x", "found 'x'"), ("a=1...3", "found '.3'"),
      ("a=5..5", "does not run upwards"), ("a=5..1", "does not run upwards"),
      ("a=0..5:0", "a step that is not above 0"), ("a=0..5:-1", "a step that is not above 0"),
      ("a=1h..90m:10m", "different units"), ("a=1h30m..3h:1h", "different units"),
      ("a=0..200_000", "more than 100000 values"), ("a=0..1,0.5..0.7", "needs a step"),
      ("a=10m..1h", "different units"), ("a=10m..60m", "a range needs a step in a grid"),
      ("a=0.5..2", "a range needs a step in a grid"), ("seed=1,2", "--seed"),
      ("a=0..0.12345678912", "too many digits"),
    ])
  func refused(text: String, clause: String) throws {
    let errors = #expect(throws: SweepGrammarErrors.self) { try SweepDesign(vary: [text]) }
    let message = try #require(errors?.errors.first).description
    #expect(message.hasPrefix("--vary \(text): ") && message.contains(clause), "\(message)")
  }

  @Test("tells all that is wrong at once")
  func allAtOnce() throws {
    let errors = #expect(throws: SweepGrammarErrors.self) {
      try SweepDesign(vary: ["a", "b=1", "b=2", "c=3..2"], sample: "sobol:3")
    }
    #expect(
      errors?.errors.map(\.option)
        == ["--vary a", "--vary b=2", "--vary c=3..2", "--sample sobol:3"])
    #expect(throws: SweepGrammarErrors.self) { try SweepDesign(vary: []) }
    let many = (0..<6).map { "a\($0)=0..9" }
    #expect(throws: SweepGrammarErrors.self) { try SweepDesign(vary: many) }
    #expect(throws: Never.self) { try SweepDesign(vary: Array(many.dropLast())) }
  }

  @Test(
    "is sampled by lhs:N and sobol:N with N a power of two, and by nothing else",
    arguments: ["lhs", "lhs:0", "lhs:x", "sobol:3", "sobol:131072", "random:5", "grid:2", ""])
  func sampling(text: String) {
    #expect(throws: SweepGrammarErrors.self) { try SweepDesign(vary: ["a=1..2"], sample: text) }
  }

  @Test("makes a grid in which the last key changes fastest, with the overrides of --set")
  func grid() throws {
    let points = try SweepDesign(vary: ["a.b=1,2", "c=x,y"]).points(seed: 1)
    #expect(points.map(\.number) == [0, 1, 2, 3])
    #expect(
      points.map(\.overrides)
        == [["a.b=1", "c=x"], ["a.b=1", "c=y"], ["a.b=2", "c=x"], ["a.b=2", "c=y"]])
  }

  @Test("a Latin hypercube has one point in each part of each axis, and another with another seed")
  func latinHypercube() throws {
    let design = try SweepDesign(
      vary: ["a=0..10s", "b=1..2 USD/h", "c=0.1..0.2"], sample: "lhs:37")
    for seed in UInt64(1)...5 {
      let places = design.places(seed: seed)
      #expect(places.count == 37)
      for axis in 0..<3 {
        #expect(places.map { Int($0[axis] * 37) }.sorted() == Array(0..<37))
      }
    }
    #expect(design.points(seed: 1) == design.points(seed: 1))
    #expect(design.points(seed: 1) != design.points(seed: 2))
    let seconds = design.points(seed: 3).compactMap { Double($0.values[0].dropLast()) }
    #expect(seconds.map { Int($0 * 3.7) }.sorted() == Array(0..<37))
  }

  @Test(
    "a Sobol' sample is the shifted sequence of Numerics, and each part of each axis has one point")
  func sobol() throws {
    let design = try SweepDesign(vary: ["a=0..9", "b=0..1s"], sample: "sobol:64")
    var draws = RandomStream(seed: 9, replication: 0, purpose: .sweep, entity: 0)
    let shift = [draws.nextUniform(), draws.nextUniform()]
    var sequence = QuasiRandomSequence(dimension: 2, shift: shift)
    let expected = (0..<64).map { _ in sequence.next() }
    #expect(design.places(seed: 9) == expected)
    for axis in 0..<2 {
      #expect(expected.map { Int($0[axis] * 64) }.sorted() == Array(0..<64))
    }
    let points = design.points(seed: 9)
    #expect(points.map(\.values[0]) == expected.map { "\(Int($0[0] * 10))" })
    for (point, place) in zip(points, expected) {
      let seconds = try #require(Double(point.values[1].dropLast()))
      #expect(seconds <= place[1] && place[1] - seconds < 2e-6 && point.values[1].hasSuffix("s"))
    }
  }

  @Test("combinations that a sample draws twice are visited once")
  func alike() throws {
    let points = try SweepDesign(vary: ["a=1..2"], sample: "lhs:50").points(seed: 1)
    #expect(points.map(\.values[0]).sorted() == ["1", "2"])
    #expect(points.map(\.number) == [0, 1])
  }
}
