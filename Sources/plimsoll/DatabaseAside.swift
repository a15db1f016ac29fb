// SPDX-License-Identifier: GPL-3.0-or-later

import Foundation
import ResultsStore

/// A new results database that is there whole or not at all.
enum DatabaseAside {
  /// Makes it; where there is a file already, it must be the same to the byte.
  ///
  /// - Parameters:
  ///   - left: what an interruption leaves, as a clause.
  static func make<Value>(
    _ path: String, left: String, _ body: (ResultsStore) async throws -> Value
  ) async throws -> Value {
    let file = FileAside(path: path)
    file.discardStale()
    let watch = Interruption.listen(left) { file.discard() }
    defer { watch.cancel() }
    defer { file.discard() }
    let store = try openStore(file.aside)
    let value = try await body(store)
    try store.close()
    guard FileManager.default.fileExists(atPath: path) else {
      try file.rename()
      return value
    }
    guard FileManager.default.contentsEqual(atPath: path, andPath: file.aside) else {
      throw StoreError(path: path, reason: "holds something else already; name another with --db")
    }
    return value
  }
}
