// SPDX-License-Identifier: GPL-3.0-or-later

import Scenario
import Testing

@Suite("A damaged scenario")
struct DamagedScenarioTests {
  private static let sample = """
    extends: base.yaml
    name: "one day"   # of twenty-four hours
    fleet: &fleet
      base: {market: on-demand, machines: 6}
      spot-pool:
        market: spot
        notice: 120s
        interruption: { weibull: { shape: 0.9, scale: 3h } }
    again: *fleet
    targets: [1, 'two', ~, {three: 3}]
    text: |
      several
      lines
    models:
      chat:
        on: {p4d.24xlarge: {lanes: 2}, "g5": {lanes: 1}}
    """

  /// What a mutation puts into the text: YAML's indicators, and bytes that are no text.
  private static let alphabet: [UInt8] =
    Array(":-{}[],&*#?|>'\"%@`!~<= \n\r\tab1\\.".utf8) + [0, 0x80, 0xC3, 0xE2, 0xF0, 0xFF]

  /// The multiplier and increment of D. E. Knuth's MMIX generator.
  private struct Congruential {
    var state: UInt64

    mutating func next(below bound: Int) -> Int {
      state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
      return Int(state >> 33) % bound
    }
  }

  @Test("is read or refused, and never stops the program", arguments: 0..<20)
  func mutations(seed: Int) {
    var draws = Congruential(state: UInt64(seed))
    for _ in 0..<100 {
      var bytes = Array(Self.sample.utf8)
      for _ in 0...draws.next(below: 8) {
        let place = draws.next(below: bytes.count)
        let byte = Self.alphabet[draws.next(below: Self.alphabet.count)]
        switch draws.next(below: 4) {
        case 0: bytes[place] = byte
        case 1: bytes.insert(byte, at: place)
        case 2: bytes.remove(at: place)
        default: bytes.insert(contentsOf: bytes[place...].prefix(40), at: place)
        }
      }
      let reader = inMemory([("a.yaml", bytes), ("base.yaml", Array("name: base\n".utf8))])
      let override = String(decoding: bytes.prefix(draws.next(below: 60)), as: UTF8.self)
      for overrides in [[], [override], ["fleet.\(override)"], ["fleet=\(override)"]] {
        do {
          let scenario = try ScenarioText.load("a.yaml", files: reader, overrides: overrides)
          #expect(scenario.root.entries != nil)
        } catch {
          #expect(!error.rendered { _ in String(decoding: bytes, as: UTF8.self) }.isEmpty)
        }
      }
    }
  }
}
