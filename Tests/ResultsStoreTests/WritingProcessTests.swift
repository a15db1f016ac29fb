// SPDX-License-Identifier: GPL-3.0-or-later

import ResultsStore
import Testing

@Suite("The process that writes")
struct WritingProcessTests {
  @Test("is known by its text again, and runs")
  func current() throws {
    let text = WritingProcess.current.description
    let read = try #require(WritingProcess(parsing: text))
    #expect(read == .current && read.isRunning == true)
  }

  @Test(
    "runs no more where its number is another's now, or nobody's; of another machine nobody knows")
  func others() throws {
    let parts = WritingProcess.current.description.split(separator: "~").map(String.init)
    let reused = try #require(WritingProcess(parsing: "\(parts[0])~\(parts[1])~1"))
    #expect(reused.isRunning == false)
    let gone = try #require(WritingProcess(parsing: "\(parts[0])~2147483647~1"))
    #expect(gone.isRunning == false)
    let foreign = try #require(WritingProcess(parsing: "elsewhere-\(parts[0])~1~1"))
    #expect(foreign.isRunning == nil)
    #expect(WritingProcess(parsing: "1") == nil)
  }

  @Test("has its sweep for itself, and what it leaves can be gone on with")
  func claims() throws {
    let store = try ResultsStore.temporary()
    let manifest = SweepManifest(
      identity: "i", scenario: "s.yaml", options: "", version: "1", seed: 1, overrides: ["a=1"])
    guard case .granted(let first) = try store.claim(manifest, isResuming: true, startedAt: "")
    else {
      Issue.record("nobody else works on it")
      return
    }
    // The same process may claim again; with --resume it finds the same sweep, without it begins another.
    #expect(try store.claim(manifest, isResuming: true, startedAt: "") == .granted(first))
    let other = try store.claim(manifest, isResuming: false, startedAt: "")
    #expect(other != .granted(first))
    try store.release(first)
    #expect(try store.integrityProblems().isEmpty)
  }
}
