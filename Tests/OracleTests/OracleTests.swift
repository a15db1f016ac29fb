// SPDX-License-Identifier: GPL-3.0-or-later

import Foundation
import Testing

@Suite("A simulated system comes to what its closed form says")
struct OracleTests {
  static let all = Oracles.queues + Oracles.laws + Oracles.batches + Oracles.caches + Oracles.cloud

  @Test("for every shipped oracle", arguments: all.filter { Oracle.runsAll || !$0.isHeavy })
  func closedForms(oracle: Oracle) throws {
    try oracle.check()
  }

  @Test("at forty points and more on every commit, and every scenario has its closed form")
  func points() throws {
    let light = Self.all.filter { !$0.isHeavy }.flatMap(\.points).count
    print("oracles: \(light) points here, \(Self.all.flatMap(\.points).count) by make oracles")
    #expect(light >= 40)
    let files = try FileManager.default.contentsOfDirectory(atPath: Oracle.folder.path)
      .filter { $0.hasSuffix(".yaml") }.map { String($0.dropLast(5)) }
    #expect(Set(files) == Set(Self.all.map(\.scenario)))
    #expect(Self.all.count == files.count)
  }
}
