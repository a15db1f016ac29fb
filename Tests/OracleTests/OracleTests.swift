// SPDX-License-Identifier: GPL-3.0-or-later

import Foundation
import LongTests
import Testing

@Suite("A simulated system comes to what its closed form says")
struct OracleTests {
  static let all = Oracles.queues + Oracles.laws + Oracles.batches + Oracles.caches + Oracles.cloud

  @Test("for every shipped oracle", arguments: all.filter { $0.length <= .current })
  func closedForms(oracle: Oracle) throws {
    try oracle.check()
  }

  @Test("at 170 points and more on every commit, and every scenario has its closed form")
  func points() throws {
    func points(_ length: TestLength) -> Int {
      Self.all.filter { $0.length <= length }.flatMap(\.points).count
    }
    print("oracles: \(points(.current)) points here, \(points(.all)) by make oracles")
    #expect(points(.short) >= 40 && points(.long) >= 170)
    #expect(Oracles.short.allSatisfy { name in Self.all.contains { $0.scenario == name } })
    let files = try FileManager.default.contentsOfDirectory(atPath: Oracle.folder.path)
      .filter { $0.hasSuffix(".yaml") }.map { String($0.dropLast(5)) }
    #expect(Set(files) == Set(Self.all.map(\.scenario)))
    #expect(Self.all.count == files.count)
  }
}
