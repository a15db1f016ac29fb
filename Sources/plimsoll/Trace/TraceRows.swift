// SPDX-License-Identifier: GPL-3.0-or-later

import Foundation
import Inputs
import Quantities

/// Recorded requests of any of the known formats: when, and how many tokens in and out.
struct TraceRows {
  /// One request.
  struct Request {
    /// Nanoseconds since 1970, or since the file's own beginning.
    let time: Int64
    let prompt: Int
    let output: Int
  }

  /// Where a file keeps what is wanted.
  struct Columns {
    var time: String
    var prompt: String
    var output: String

    /// Reads `time=NAME,prompt=NAME,output=NAME`.
    init?(parsing text: String) {
      var names: [String: String] = [:]
      for part in text.split(separator: ",") {
        guard let sign = part.firstIndex(of: "=") else { return nil }
        names[String(part[..<sign])] = String(part[part.index(after: sign)...])
      }
      guard names.count == 3, let time = names["time"], let prompt = names["prompt"],
        let output = names["output"]
      else { return nil }
      self.init(time: time, prompt: prompt, output: output)
    }

    init(time: String, prompt: String, output: String) {
      (self.time, self.prompt, self.output) = (time, prompt, output)
    }
  }

  /// What the file is, in a few words.
  let format: String
  /// The requests, by time.
  private(set) var requests: [Request] = []
  /// Whether times are moments of the calendar.
  let isDated: Bool
  /// What was left out or put in order, as clauses.
  private(set) var notes: [String] = []

  private static let known: [(name: String, columns: Columns)] = [
    (
      "a trace as scenarios replay it",
      Columns(time: "time", prompt: "prompt_tokens", output: "output_tokens")
    ),
    (
      "Azure LLM inference trace",
      Columns(time: "TIMESTAMP", prompt: "ContextTokens", output: "GeneratedTokens")
    ),
    (
      "BurstGPT",
      Columns(time: "Timestamp", prompt: "Request tokens", output: "Response tokens")
    ),
  ]

  /// Reads a file.
  ///
  /// - Parameters:
  ///   - columns: where a file of no known format keeps what is wanted.
  /// - Throws: what is wrong with it, up to a limit.
  init(_ bytes: [UInt8], columns: Columns?) throws(TraceErrors) {
    if columns == nil, JSONFile.looks(like: bytes) {
      (format, isDated) = ("Mooncake (JSON Lines)", false)
      try readLines(bytes)
    } else {
      var reader = try TableReader(
        bytes, wanted: ["TIMESTAMP", "ContextTokens", "GeneratedTokens"])
      let own = columns.map { (name: "columns as named", columns: $0) }
      let found =
        own
        ?? Self.known.first { known in
          [known.columns.time, known.columns.prompt, known.columns.output].allSatisfy {
            reader.position(of: $0) != nil
          }
        }
      guard let found else {
        throw reader.wrongHeader(
          "no known trace",
          wanted:
            "the columns of a trace as scenarios replay it, of Azure or BurstGPT, or --columns time=NAME,prompt=NAME,output=NAME"
        )
      }
      format = found.name
      let positions = try reader.positions(of: [
        found.columns.time, found.columns.prompt, found.columns.output,
      ])
      var clock = InputClock(zone: .zero)
      while let row = reader.next() {
        let time: Int64
        do {
          time = try clock.read(row[positions[0]])
        } catch {
          throw TraceErrors(errors: [error])
        }
        guard let prompt = row[positions[1]].wholeNumber, let output = row[positions[2]].wholeNumber
        else {
          let wrong = row[positions[1]].wholeNumber == nil ? positions[1] : positions[2]
          reader.fail(row[wrong], allowed: "a whole number of tokens")
          continue
        }
        requests.append(Request(time: time, prompt: Int(prompt), output: Int(output)))
      }
      try reader.throwErrors()
      isDated = clock.isDated
    }
    let unordered = zip(requests, requests.dropFirst()).count { $0.time > $1.time }
    if unordered > 0 {
      notes.append("\(unordered) requests stood before earlier ones and were put in order")
      requests.sort { $0.time < $1.time }
    }
    let silent = requests.count { $0.output == 0 }
    if silent > 0 { notes.append("\(silent) requests have no token in their answer") }
    guard !requests.isEmpty else {
      throw TraceErrors(errors: [
        TraceError(line: 1, column: 1, found: "no request", allowed: "at least one")
      ])
    }
  }

  /// Objects with `timestamp` (milliseconds), `input_length` and `output_length`, one a line.
  private mutating func readLines(_ bytes: [UInt8]) throws(TraceErrors) {
    let file = try JSONFile(bytes)
    for root in file.roots {
      guard let time = root["timestamp"]?.scalar.flatMap({ Double($0) }),
        let prompt = root["input_length"]?.scalar.flatMap({ Int($0) }),
        let output = root["output_length"]?.scalar.flatMap({ Int($0) }), prompt >= 0, output >= 0
      else {
        throw file.failure(
          root,
          allowed: "an object with timestamp, input_length and output_length, as Mooncake has it")
      }
      requests.append(
        Request(time: Int64((time * 1e6).rounded()), prompt: prompt, output: output))
    }
  }

  /// The requests in the Azure format, which scenarios replay.
  var azure: String {
    var text = "TIMESTAMP,ContextTokens,GeneratedTokens\n"
    for request in requests {
      let time =
        isDated
        ? "\(UTCDate(nanosecondsSince1970: request.time))"
        : formatted(
          digits: request.time - (requests.first?.time ?? 0), places: 9, trimmingZeros: true)
      text += "\(time),\(request.prompt),\(request.output)\n"
    }
    return text
  }
}
