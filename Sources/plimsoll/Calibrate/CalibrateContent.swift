// SPDX-License-Identifier: GPL-3.0-or-later

import ArgumentParser
import Calibration
import Inputs
import Quantities

/// `plimsoll calibrate content`: how often requests repeat what was asked before.
struct CalibrateContent: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "content",
    abstract: "Fit how often requests repeat, and the hit rate of a cache.",
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
  @OptionGroup var times: TimeOptions
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
      JSONFile.looks(like: input.bytes) ? try lines(input.bytes) : try table(input.bytes)
    }
    try options.finish(
      calibration.report(timeToLive: life.inSeconds, capacity: capacity),
      [input.source(records: calibration.contents.count)])
  }

  private func table(_ bytes: [UInt8]) throws -> ContentCalibration {
    let table = try MeasuredTable(bytes, columns: [key] + (time.map { [$0] } ?? []))
    let keys = table.rows.map { $0[0].string }
    guard time != nil else { return ContentCalibration(keys: keys, times: []) }
    var clock = times.clock
    var previous = Int64.min
    let seconds = try MeasuredTable.values(
      of: table.rows.map { $0[1] }, allowed: "\(clock.allowed), not before the one above"
    ) { field -> Double? in
      guard let time = try? clock.read(field), time >= previous else { return nil }
      previous = time
      return Double(time) / 1e9
    }
    return ContentCalibration(keys: keys, times: seconds)
  }

  private func lines(_ bytes: [UInt8]) throws -> ContentCalibration {
    let file = try JSONFile(bytes)
    var keys: [String] = []
    var times: [Double] = []
    var errors: [TraceError] = []
    for node in file.roots.flatMap({ $0.items ?? [$0] }) where errors.count < TraceErrors.limit {
      let blocks = node["hash_ids"]?.items?.map(\.scalar)
      guard let time = node["timestamp"]?.scalar.flatMap({ Double($0) }), time.isFinite, let blocks,
        !blocks.contains(nil), time / 1_000 >= times.last ?? -.infinity
      else {
        errors.append(
          file.error(
            node, allowed: "an object with timestamp, not before the one above, and hash_ids"))
        continue
      }
      keys.append(blocks.map { $0 ?? "" }.joined(separator: " "))
      times.append(time / 1_000)
    }
    guard errors.isEmpty else { throw TraceErrors(errors: errors) }
    return ContentCalibration(keys: keys, times: times)
  }
}
