// SPDX-License-Identifier: GPL-3.0-or-later

import Foundation

/// The files that cases are made from: those of a folder, and those that were made for this run.
struct Corpus: Sendable {
  /// Texts and data by path.
  private(set) var files: [String: [UInt8]] = [:]
  /// The paths of each kind of file.
  private(set) var paths: [FuzzKind: [String]] = [:]
  /// Every line of YAML that names a key, so that a case can borrow what another file says.
  private(set) var lines: [String] = []
  /// Every key, each once.
  private(set) var keys: [String] = []

  /// The files below folders, in the order of their paths.
  ///
  /// - Parameter largest: files of more bytes are left out; mutations of long files find little.
  init(folders: [String], largest: Int = 400_000) throws {
    for folder in folders {
      let names = try FileManager.default.subpathsOfDirectory(atPath: folder).sorted()
      for name in names {
        let path = "\(folder)/\(name)"
        guard let data = FileManager.default.contents(atPath: path), data.count <= largest else {
          continue
        }
        add([UInt8](data), as: path)
      }
    }
    keys = Set(keys).sorted()
  }

  private mutating func add(_ bytes: [UInt8], as path: String) {
    files[path] = bytes
    guard let kind = Self.kind(of: path, bytes) else { return }
    paths[kind, default: []].append(path)
    guard path.hasSuffix(".yaml") else { return }
    for line in String(decoding: bytes, as: UTF8.self).split(separator: "\n") {
      guard let colon = line.firstIndex(of: ":") else { continue }
      lines.append(String(line))
      let key = line[..<colon].drop { " -".contains($0) }
      if !key.contains(" ") { keys.append(String(key)) }
    }
  }

  private static func kind(of path: String, _ bytes: [UInt8]) -> FuzzKind? {
    let name = path.split(separator: "/").last ?? ""
    if name == "plan.json" { return .plan }
    if name.hasSuffix(".sqlite") { return .database }
    if path.contains("/shards/") { return .shard }
    if name.hasPrefix("log") && name.hasSuffix(".jsonl") { return .log }
    if name.hasPrefix("prompts") { return .prompts }
    if name.hasPrefix("options") { return .options }
    guard name.hasSuffix(".yaml") else { return nil }
    let text = String(decoding: bytes, as: UTF8.self)
    let kinds: [(key: String, kind: FuzzKind)] = [
      ("plimsoll_fragment:", .scenario), ("plimsoll_claims:", .claims),
      ("plimsoll_levers:", .levers), ("plimsoll_sensitivity:", .sensitivity),
      ("plimsoll_prices:", .prices), ("plimsoll:", .scenario),
    ]
    return kinds.first { pair in
      text.hasPrefix(pair.key) || text.contains("\n\(pair.key)")
    }?.kind
  }
}
