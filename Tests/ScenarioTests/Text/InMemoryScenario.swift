// SPDX-License-Identifier: GPL-3.0-or-later

import Scenario

/// A reader of files that are only in memory.
func inMemory(_ files: [(path: String, bytes: [UInt8])]) -> FileReader {
  FileReader { path throws(FileReadFailure) in
    guard let file = files.first(where: { $0.path == path }) else { throw .missing }
    return file.bytes
  }
}

/// Loads the first of some files.
func load(
  _ files: (path: String, text: String)..., set overrides: [String] = []
) throws -> LoadedScenario {
  try ScenarioText.load(
    files[0].path, files: inMemory(files.map { ($0.path, Array($0.text.utf8)) }),
    overrides: overrides)
}

/// The errors of one file, a line each.
func problems(in text: String, set overrides: [String] = []) -> [String] {
  problems(in: ("a.yaml", text), set: overrides)
}

/// The errors of loading the first of some files, a line each.
func problems(in files: (path: String, text: String)..., set overrides: [String] = []) -> [String] {
  problems(of: files.map { ($0.path, Array($0.text.utf8)) }, set: overrides)
}

/// The errors of loading the first of some files given as bytes, a line each.
func problems(of files: [(path: String, bytes: [UInt8])], set overrides: [String] = []) -> [String]
{
  do {
    _ = try ScenarioText.load(files[0].path, files: inMemory(files), overrides: overrides)
    return []
  } catch {
    return error.errors.map(\.description)
  }
}

/// The errors of reading one file with `read`, a line each.
func problems(
  in text: String, reading read: (inout MappingReader, inout Diagnostics) -> Void
) throws -> [String] {
  var diagnostics = Diagnostics()
  var reader = MappingReader(try load(("a.yaml", text)))
  read(&reader, &diagnostics)
  reader.finish(into: &diagnostics)
  guard !diagnostics.isEmpty else { return [] }
  return ScenarioErrors(diagnostics.errors).errors.map(\.description)
}

/// A tree in one line, such as `{a: 1, b: [x, null]}`.
func outline(_ node: ScenarioNode?) -> String {
  guard let node else { return "absent" }
  switch node.content {
  case .mapping(let entries):
    return "{\(entries.map { "\($0.key): \(outline($0.value))" }.joined(separator: ", "))}"
  case .sequence(let items): return "[\(items.map { outline($0) }.joined(separator: ", "))]"
  case .scalar(let text): return text
  case .null: return "null"
  }
}
