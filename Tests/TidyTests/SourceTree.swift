// SPDX-License-Identifier: GPL-3.0-or-later

import Foundation

/// The files of the project that these tests belong to.
struct SourceTree {
  /// The tree, read once for all tests.
  static let project = SourceTree()

  let root: URL
  /// All Swift files below `Sources`, `Tests` and `Benchmarks`, by path.
  let swiftFiles: [SourceFile]

  private init() {
    let root = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
      .deletingLastPathComponent()
    self.root = root
    swiftFiles = ["Sources", "Tests", "Benchmarks"].flatMap { Self.paths(below: $0, in: root) }
      .filter { $0.hasSuffix(".swift") }
      .map { SourceFile(path: $0, text: Self.text(of: $0, in: root)) }
  }

  /// The Swift files below `Sources`.
  var sources: [SourceFile] { swiftFiles.filter { $0.folder == "Sources" } }

  /// The paths of all files below a folder, from the root.
  func paths(below folder: String) -> [String] { Self.paths(below: folder, in: root) }

  /// What a file says, empty where it cannot be read.
  func text(of path: String) -> String { Self.text(of: path, in: root) }

  private static func paths(below folder: String, in root: URL) -> [String] {
    let top = root.appending(path: folder).path
    let names = (try? FileManager.default.subpathsOfDirectory(atPath: top)) ?? []
    return names.sorted().map { "\(folder)/\($0)" }.filter {
      let values = try? root.appending(path: $0).resourceValues(forKeys: [.isDirectoryKey])
      return values?.isDirectory == false
    }
  }

  private static func text(of path: String, in root: URL) -> String {
    (try? String(contentsOf: root.appending(path: path), encoding: .utf8)) ?? ""
  }
}
