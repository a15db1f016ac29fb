// SPDX-License-Identifier: GPL-3.0-or-later

import Foundation
import Inputs
import Quantities
import Testing
import Workload

@Suite("The trace reader")
struct TraceReaderTests {
  private let header = "TIMESTAMP,ContextTokens,GeneratedTokens\r\n"

  private func read(_ bytes: [UInt8]) throws(TraceErrors) -> ReplayTrace {
    var parser = TraceParser()
    parser.read(bytes, ofSize: bytes.count)
    return try parser.finish()
  }

  private func errors(_ text: String) -> [TraceError] {
    do {
      _ = try read(Array(text.utf8))
      return []
    } catch {
      return error.errors
    }
  }

  @Test("reads CR LF lines, seven decimals and a last line without an end")
  func reads() throws {
    let text =
      header + "2023-11-16 18:15:46.6805900,374,44\r\n2023-11-16 18:15:50.9951690,396,109"
    let trace = try read(Array(text.utf8))
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
    var parser = TraceParser()
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

  private static let moment = "2024-12-09T15:00:00Z"

  private func laid(_ text: String, horizon: TimeSpan = .hours(1)) throws -> ReplayTrace {
    var calendar = TraceParser.Calendar()
    calendar.start = try UTCDate(parsing: Self.moment)
    calendar.until = .start + horizon
    calendar.from = .start
    var parser = TraceParser(calendar)
    parser.read(Array(text.utf8), ofSize: text.utf8.count)
    return try parser.finish()
  }

  @Test("lays dates on the scenario's calendar, and counts what lies outside")
  func calendar() throws {
    let trace = try laid(
      header + "2024-12-09 14:59:59,1,1\n2024-12-09 15:00:07.5,2,2\n2024-12-09 16:00:01,3,3\n")
    #expect(trace.requests.map(\.promptTokens) == [2])
    #expect(trace.requests[0].time == .start + .milliseconds(7_500))
    #expect(trace.notes == ["left out 2 requests outside the horizon"])
  }

  @Test("refuses a trace of other dates, and says how to lay it at the start")
  func elsewhere() {
    let error = #expect(throws: TraceErrors.self) { try laid(header + "2023-11-16 18:15:46,1,2\n") }
    #expect(error?.errors.first?.allowed.contains("times: relative") == true)
  }

  @Test("maps columns by name, in any order, and says which it left out")
  func columns() throws {
    let trace = try laid(
      "GeneratedTokens;Model;TIMESTAMP;ContextTokens\n9;x;2024-12-09T16:00:07+01:00;8\n")
    #expect(trace.requests.map(\.promptTokens) == [8] && trace.requests.map(\.outputTokens) == [9])
    #expect(trace.requests[0].time == .start + .seconds(7))
    #expect(trace.notes == ["left out the columns Model"])
  }

  /// Figures of the trace's own description: 19,366 requests in 3,501.7 s with 1,154.7 prompt tokens
  /// on average.
  @Test(
    "reads the Azure conversation trace whole",
    .enabled(
      if: ReferenceData.azure != nil,
      "it needs the Azure LLM trace of 2023; PLIMSOLL_DATA names the folder of public data"))
  func azure() throws {
    let trace = try read([UInt8](try #require(ReferenceData.azure)))
    #expect(trace.requests.count == 19_366)
    #expect(abs(trace.duration.inSeconds - 3_501.7) < 0.1)
    let tokens = trace.requests.reduce(0) { $0 + Int($1.promptTokens) }
    #expect(abs(Double(tokens) / 19_366 - 1_154.7) < 0.05)
  }
}

/// Public data sets, in the folder that `PLIMSOLL_DATA` names.
enum ReferenceData {
  static var azure: Data? {
    ProcessInfo.processInfo.environment["PLIMSOLL_DATA"].flatMap {
      FileManager.default.contents(
        atPath: $0 + "/azure-llm-2023/AzureLLMInferenceTrace_conv.csv")
    }
  }
}
