// SPDX-License-Identifier: GPL-3.0-or-later

import Foundation

/// A long trace in the format of the Azure LLM inference traces.
enum TraceFile {
  /// Writes a trace of so many requests, ten thousand a second; gives its length in bytes.
  static func write(lines: Int, to path: String) throws -> Int {
    guard FileManager.default.createFile(atPath: path, contents: nil) else {
      throw BenchError(reason: "\(path) cannot be written")
    }
    let file = try FileHandle(forWritingTo: URL(fileURLWithPath: path))
    defer { try? file.close() }
    var bytes = Array("TIMESTAMP,ContextTokens,GeneratedTokens\n".utf8)
    var total = 0
    var state: UInt64 = 1
    for line in 0..<lines {
      append(line, &bytes)
      // Knuth's MMIX generator: the lengths need only look like some.
      state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
      append(UInt8(ascii: ","), Int(state >> 33) % 4_000 + 1, &bytes)
      append(UInt8(ascii: ","), Int(state >> 45) % 800 + 1, &bytes)
      bytes.append(UInt8(ascii: "\n"))
      if bytes.count > 1 << 20 || line == lines - 1 {
        try file.write(contentsOf: bytes)
        total += bytes.count
        bytes.removeAll(keepingCapacity: true)
      }
    }
    return total
  }

  /// Appends the time of a request: 2024-12-09 and, where they pass, the days after it.
  private static func append(_ line: Int, _ bytes: inout [UInt8]) {
    let second = line / 10_000
    bytes += "2024-12-".utf8
    append(digits: 2, of: 9 + second / 86_400, &bytes)
    for (separator, value) in [
      (" ", second / 3_600 % 24), (":", second / 60 % 60), (":", second % 60),
    ] {
      bytes += separator.utf8
      append(digits: 2, of: value, &bytes)
    }
    bytes.append(UInt8(ascii: "."))
    append(digits: 7, of: line % 10_000 * 1_000, &bytes)
  }

  private static func append(digits: Int, of value: Int, _ bytes: inout [UInt8]) {
    var divisor = 1
    for _ in 1..<digits { divisor *= 10 }
    while divisor > 0 {
      bytes.append(UInt8(ascii: "0") + UInt8(value / divisor % 10))
      divisor /= 10
    }
  }

  private static func append(_ separator: UInt8, _ value: Int, _ bytes: inout [UInt8]) {
    bytes.append(separator)
    append(digits: value < 10 ? 1 : value < 100 ? 2 : value < 1_000 ? 3 : 4, of: value, &bytes)
  }
}
