// SPDX-License-Identifier: GPL-3.0-or-later

import Scenario

/// A reader that keeps in mind which files were read.
struct RecordedReads {
  let files: FileReader
  private let paths: AsyncStream<String>
  private let reads: AsyncStream<String>.Continuation

  init(of files: FileReader) {
    let (paths, reads) = AsyncStream.makeStream(of: String.self)
    (self.paths, self.reads) = (paths, reads)
    self.files = FileReader { (path: String) throws(FileReadFailure) -> [UInt8] in
      reads.yield(path)
      return try files.read(path)
    }
  }

  /// The paths of all that was read, in the order of reading.
  func finish() async -> [String] {
    reads.finish()
    var all: [String] = []
    for await path in paths { all.append(path) }
    return all
  }
}
