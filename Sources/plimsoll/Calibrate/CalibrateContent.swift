// SPDX-License-Identifier: GPL-3.0-or-later

import ArgumentParser
import Calibration
import Foundation
import Quantities
import Workload

/// `plimsoll calibrate content`: how often requests repeat what was asked before.
struct CalibrateContent: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "content",
    abstract: "Fit how often requests repeat, and what a cache would make of that.",
    discussion: """
      The file is CSV with a column of what identifies a request's content, or a JSON object a line with \
      timestamp in milliseconds and hash_ids, of which equal lists are equal contents.
      """)

  @Argument(help: "The file.")
  var file: String
  @Option(help: "The column of what identifies the content.")
  var key = "content"
  @Option(help: "The column of the time.")
  var time: String?
  @Option(help: "The unit of that time: \(TimeUnit.allCases.map(\.rawValue)).")
  var unit = TimeUnit.s
  @Option(help: "How long entries of the cache live.")
  var ttl = "1h"
  @Option(help: "How many entries the cache holds.")
  var capacity = 10_000
  @OptionGroup var options: CalibrateOptions

  func validate() throws {
    guard capacity > 0 else {
      throw ValidationError("--capacity is \(capacity); allowed: 1 or more")
    }
  }

  func run() throws {
    guard let life = try? TimeSpan(parsing: ttl), life > .zero else {
      throw ValidationError("--ttl is '\(ttl)'; allowed: a time above 0, such as 1h")
    }
    let input = try options.read(file)
    let calibration = try options.reading(file) {
      input.bytes.first == UInt8(ascii: "{") ? try lines(input.bytes) : try table(input.bytes)
    }
    try options.finish(
      calibration.report(timeToLive: life.inSeconds, capacity: capacity),
      [input.source(records: calibration.contents.count)])
  }

  private func table(_ bytes: [UInt8]) throws -> ContentCalibration {
    let table = try MeasuredTable(bytes, columns: [key] + (time.map { [$0] } ?? []))
    let keys = table.rows.map { String(decoding: $0[0].bytes, as: UTF8.self) }
    guard time != nil else { return ContentCalibration(keys: keys, times: []) }
    var previous = -Double.infinity
    let times = try MeasuredTable.numbers(
      of: table.rows.map { $0[1] }, allowed: "a number that is not before the one above"
    ) { value in
      defer { previous = value }
      return value >= previous
    }
    return ContentCalibration(keys: keys, times: times.map { $0 * unit.seconds })
  }

  private func lines(_ bytes: [UInt8]) throws -> ContentCalibration {
    struct Line: Decodable {
      let timestamp: Double
      let hash_ids: [Int]
    }
    let decoder = JSONDecoder()
    var keys: [String] = []
    var times: [Double] = []
    var errors: [TraceError] = []
    for (index, line) in bytes.split(separator: UInt8(ascii: "\n")).enumerated() {
      guard let value = try? decoder.decode(Line.self, from: Data(line)),
        value.timestamp / 1_000 >= times.last ?? -.infinity
      else {
        if errors.count < TraceErrors.limit {
          errors.append(
            TraceError(
              line: index + 1, column: 1,
              found: "'" + String(decoding: line.prefix(40), as: UTF8.self) + "'",
              allowed: "an object with timestamp, not before the one above, and hash_ids"))
        }
        continue
      }
      keys.append(value.hash_ids.map { "\($0)" }.joined(separator: " "))
      times.append(value.timestamp / 1_000)
    }
    guard errors.isEmpty else { throw TraceErrors(errors: errors) }
    return ContentCalibration(keys: keys, times: times)
  }
}
