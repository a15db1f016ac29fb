// SPDX-License-Identifier: GPL-3.0-or-later

import Foundation
import Quantities
import Testing
import Workload

@Suite("The trace reader")
struct TraceReaderTests {
  private let header = "TIMESTAMP,ContextTokens,GeneratedTokens\r\n"

  private func errors(_ text: String) -> [TraceError] {
    do {
      _ = try TraceReader.requests(azure: Array(text.utf8))
      return []
    } catch {
      return error.errors
    }
  }

  @Test("reads CR LF lines, seven decimals and a last line without an end")
  func reads() throws {
    let text =
      header + "2023-11-16 18:15:46.6805900,374,44\r\n2023-11-16 18:15:50.9951690,396,109"
    let trace = try TraceReader.requests(azure: Array(text.utf8))
    #expect(trace.requests.map(\.promptTokens) == [374, 396])
    #expect(trace.requests[1].time.nanoseconds == 4_314_579_000)
  }

  @Test("names line and column of everything that is wrong")
  func places() {
    let text =
      header + "2023-11-16 18:15:46,374,x\n2023-11-16 18:15:45,1,2\n2023-11-16 18:15:47,12\nno,1,2"
    #expect(errors(text).map(\.line) == [2, 4, 5])
    #expect(errors(text).map(\.column) == [25, 1, 1])
  }

  @Test("refuses a time before that of the line above")
  func order() {
    let text = header + "2023-11-16 18:15:46,1,2\n2023-11-16 18:15:45,1,2\n"
    #expect(errors(text).map(\.line) == [3])
  }

  @Test("refuses another header, an empty file, and a file without requests")
  func empty() {
    #expect(errors("a,b,c\n").count == 1)
    #expect(errors("").map(\.found) == ["an empty file"])
    #expect(errors(header).count == 1)
  }

  /// Reads a text in pieces of so many bytes.
  private func inPieces(of length: Int, _ text: String) throws(TraceErrors) -> ReplayTrace {
    var parser = AzureTraceParser()
    let bytes = Array(text.utf8)
    for start in stride(from: 0, to: bytes.count, by: length) {
      parser.read(Array(bytes[start..<min(start + length, bytes.count)]), ofSize: bytes.count)
    }
    return try parser.finish()
  }

  @Test("reads the same requests wherever a piece ends", arguments: [1, 2, 7, 38, 39, 40, 1_000])
  func pieces(length: Int) throws {
    let lines = (10..<60).map { "2023-11-16 18:15:\($0).25,\($0),\(2 * $0)" }
    let text = "\u{FEFF}" + header + lines.joined(separator: "\r\n")
    let trace = try inPieces(of: length, text)
    #expect(trace.requests.map(\.promptTokens) == Array(10..<60))
    #expect(trace.requests.map(\.outputTokens) == (10..<60).map { 2 * $0 })
    #expect(trace.duration == .seconds(49))
  }

  @Test("finds the same errors at the same places wherever a piece ends", arguments: [1, 5, 33])
  func errorsInPieces(length: Int) {
    let text =
      header + "2023-11-16 18:15:46,374,x\n2023-11-16 18:15:45,1,2\n2023-11-16 18:15:47,12\nno,1,2"
    #expect(throws: TraceErrors(errors: errors(text))) { try inPieces(of: length, text) }
  }

  @Test("stops after twenty errors, and at a line without an end")
  func stops() {
    #expect(errors(header + String(repeating: "no,1,2\n", count: 50)).count == 20)
    let endless = errors(header + String(repeating: "1", count: 70_000))
    #expect(endless.map(\.line) == [2] && endless.map(\.column) == [1])
  }

  @Test("reads a series of rates in seconds or dates")
  func series() throws {
    let rates = try TraceReader.rates(series: Array("time,rate\n0,10\n300,20.5\n".utf8))
    #expect(rates.rate(at: .start + .seconds(299)).rate.perSecond == 10)
    #expect(rates.rate(at: .start + .seconds(599)).rate.perSecond == 20.5)
    #expect(rates.rate(at: .start + .seconds(600)).rate == .zero)
  }

  @Test(
    "refuses steps of a rate whose distances are beyond time, at their places",
    arguments: [
      "0\n4700000000", "-4700000000\n0", "1970-01-01\n2149-01-01", "1900-01-01\n2150-01-01",
    ])
  func distantSteps(times: String) {
    let lines = times.split(separator: "\n").map { "\($0),1" }
    let line = times.hasPrefix("-") ? 2 : 3
    do {
      _ = try TraceReader.rates(series: Array("time,rate\n\(lines.joined(separator: "\n"))\n".utf8))
      Issue.record("a series of centuries was accepted")
    } catch {
      #expect(error.errors.map(\.line) == [line] && error.errors.map(\.column) == [1])
      #expect(error.errors[0].allowed.contains("within 640000h"))
    }
  }

  /// Figures of the trace's own description: 19,366 requests in 3,501.7 s with 1,154.7 prompt tokens
  /// on average.
  @Test(
    "reads the Azure conversation trace whole",
    .enabled(
      if: ReferenceData.azure != nil,
      "skipped: the Azure LLM trace is not there; PLIMSOLL_DATA names the folder that holds it"))
  func azure() throws {
    let trace = try TraceReader.requests(azure: [UInt8](try #require(ReferenceData.azure)))
    #expect(trace.requests.count == 19_366)
    #expect(abs(trace.duration.inSeconds - 3_501.7) < 0.1)
    let tokens = trace.requests.reduce(0) { $0 + Int($1.promptTokens) }
    #expect(abs(Double(tokens) / 19_366 - 1_154.7) < 0.05)
  }
}

/// Public data sets that a checkout may have beside it.
enum ReferenceData {
  static var azure: Data? {
    let root = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
      .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
    let folder =
      ProcessInfo.processInfo.environment["PLIMSOLL_DATA"]
      ?? root.appendingPathComponent("shared/data").path
    return FileManager.default.contents(
      atPath: folder + "/azure-llm-2023/AzureLLMInferenceTrace_conv.csv")
  }
}
