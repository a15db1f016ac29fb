// SPDX-License-Identifier: GPL-3.0-or-later

import Foundation

/// A folder of its own for one test, removed at its end.
struct TemporaryFolder: ~Copyable {
  let url: URL

  init() throws {
    url = FileManager.default.temporaryDirectory.appending(path: "plimsoll-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: url, withIntermediateDirectories: true)
  }

  deinit { try? FileManager.default.removeItem(at: url) }

  /// The path of a file in it.
  func path(_ name: String = "results.sqlite") -> String { url.appending(path: name).path }

  /// The bytes of each file in it, by name.
  func contents() throws -> [String: Data] {
    let names = try FileManager.default.contentsOfDirectory(atPath: url.path)
    return try Dictionary(
      uniqueKeysWithValues: names.map { ($0, try Data(contentsOf: url.appending(path: $0))) })
  }

  /// Replaces bytes of a file.
  func patch(_ name: String = "results.sqlite", at offset: Int, with bytes: [UInt8]) throws {
    var data = try Data(contentsOf: url.appending(path: name))
    data.replaceSubrange(offset..<offset + bytes.count, with: bytes)
    try data.write(to: url.appending(path: name))
  }
}
