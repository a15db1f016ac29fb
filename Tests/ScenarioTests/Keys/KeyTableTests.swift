// SPDX-License-Identifier: GPL-3.0-or-later

import Foundation
import Scenario
import Testing

@Suite("The table of keys")
struct KeyTableTests {
  private static let root = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
    .appendingPathComponent("../../..").standardizedFileURL

  private static var isRecording: Bool {
    ProcessInfo.processInfo.environment["RECORD"] == "1"
  }

  @Test("made the tables of the page of keys; RECORD=1 makes them anew")
  func page() throws {
    let file = Self.root.appendingPathComponent("Documentation/Scenarios.md")
    let text = try String(contentsOf: file, encoding: .utf8)
    let page = KeyPage(text)
    #expect(page.problems.isEmpty, "\(page.problems)")
    if Self.isRecording { try page.text.write(to: file, atomically: true, encoding: .utf8) }
    #expect(Self.isRecording || page.text == text, "RECORD=1 swift test --filter KeyTableTests")
    for entry in KeyTable.entries() where !entry.isName && !entry.path.contains("[]") {
      let name = entry.path.split(separator: ".").last.map(String.init) ?? ""
      #expect(page.text.contains("`\(name)`") || page.text.contains(".\(name)`"), "\(entry.path)")
    }
  }

  @Test("made the schema that is shipped; RECORD=1 makes it anew")
  func schema() throws {
    let file = Self.root.appendingPathComponent("Scenarios/schema.json")
    let text = KeySchema.text
    if Self.isRecording { try text.write(to: file, atomically: true, encoding: .utf8) }
    let shipped = try String(contentsOf: file, encoding: .utf8)
    #expect(shipped == text, "RECORD=1 swift test --filter KeyTableTests")
    let object = try JSONSerialization.jsonObject(with: Data(text.utf8)) as? [String: Any]
    #expect(object?["$schema"] as? String == "http://json-schema.org/draft-07/schema#")
  }

  @Test("has no key twice, and says of each what it means and how it is written")
  func isWhole() {
    let entries = KeyTable.entries(laws: true)
    #expect(entries.count > 500)
    for entry in entries {
      #expect(!entry.key.meaning.isEmpty, "\(entry.path)")
      #expect(!entry.key.example.isEmpty || entry.isName, "\(entry.path)")
      #expect(!entry.key.isRequired || entry.key.standard.isEmpty, "\(entry.path)")
    }
    let paths = KeyTable.entries().map(\.path)
    let twice = Set(paths).filter { path in paths.count { $0 == path } > 1 }
    // Both have a mapping: machines by the hour in a list, and places up and down; a bandwidth that scatters.
    #expect(twice.isEmpty, "\(twice.sorted())")
  }

  @Test(
    "finds a key by any names where names are free",
    arguments: [
      ("fleet.POOL.machines", "fleet.POOL.machines"), ("fleet.gpu.machines", "fleet.gpu.machines"),
      ("fleet.gpu.machines.max", "fleet.gpu.machines.max"),
      ("fleet.gpu.lifetime.weibull.scale", "fleet.gpu.lifetime.weibull.scale"),
      ("models.chat.on.p5.48xlarge.batch.max", "models.chat.on.\"p5.48xlarge\".batch.max"),
      ("models.chat.on.\"p5.48xlarge\"", "models.chat.on.\"p5.48xlarge\""),
      ("models.chat.on.p5.48xlarge", "models.chat.on.\"p5.48xlarge\""),
      ("cloud.quotas[0].market", "cloud.quotas[0].market"),
      ("cloud.quotas[].market", "cloud.quotas[0].market"),
      ("fleet.gpu.schedule[2].days", "fleet.gpu.schedule[2].days"),
    ])
  func finds(path: String, found: String) {
    guard case .entry(let entry) = KeyTable.find(path) else {
      Issue.record("\(path): nothing")
      return
    }
    #expect(entry.path == found)
  }

  @Test(
    "names the nearest key where there is none",
    arguments: [
      ("fleet.gpu.machine", "fleet.gpu.machines"), ("hroizon", "horizon"),
      ("zone_cap", "policies.spot.zone_cap"),
      ("fleet.gpu.lifetime.weibul", "fleet.gpu.lifetime.weibull"),
      ("policies.spot.zonecap", "policies.spot.zone_cap"),
      ("workload.arrivals.rates", "workload.arrivals.rate"),
    ])
  func nearest(path: String, wanted: String) {
    guard case .nothing(let nearest, _) = KeyTable.find(path) else {
      Issue.record("\(path): found")
      return
    }
    #expect(nearest == wanted)
  }

  @Test(
    "finds nothing by odd paths, and ends",
    arguments: [
      "", ".", "..", "\"", "[0]", "fleet.", "fleet[", "a[99999999999999999999]", "é.ü",
    ])
  func odd(path: String) {
    if case .entry(let entry) = KeyTable.find(path) { Issue.record("\(entry.path)") }
  }

  @Test("has a page of errors with every code")
  func errors() throws {
    let file = Self.root.appendingPathComponent("Documentation/Errors.md")
    let page = try String(contentsOf: file, encoding: .utf8)
    for code in ErrorCode.allCases {
      #expect(page.contains("| `\(code.rawValue)` |"), "\(code.rawValue)")
    }
  }

  @Test("finds nothing by a path of a million names, and ends soon")
  func long() {
    let started = ContinuousClock.now
    _ = KeyTable.find(String(repeating: "fleet.", count: 100_000))
    #expect(ContinuousClock.now - started < .seconds(20))
  }
}
