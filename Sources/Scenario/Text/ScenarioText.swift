// SPDX-License-Identifier: GPL-3.0-or-later

/// Makes one tree of a scenario file, the files it extends and the overrides of a command line.
package enum ScenarioText {
  /// How many files may extend one another in a row.
  static let chainLimit = 32

  /// Reads the scenario at `path`.
  ///
  /// `extends: other.yaml`, relative to the file that says so, merges the file into the other;
  /// `ScenarioNode.merged(with:)` states how. `include: fragment.yaml` in any mapping does the same there
  /// with a fragment, such as `plimsoll calibrate` writes. Overrides apply last, in the order given, and
  /// to scenarios only: they mean nothing in a file of another kind.
  ///
  /// - Parameter overrides: texts such as `fleet.base.machines=6`, without the `--set`.
  /// - Throws: everything that is wrong with the files and the overrides as text.
  package static func load(
    _ path: String, files: FileReader, overrides: [String]
  ) throws(ScenarioErrors) -> LoadedScenario {
    var diagnostics = Diagnostics()
    var changes: [ScenarioOverride] = []
    for text in overrides {
      do {
        changes.append(try ScenarioOverride(parsing: text))
      } catch {
        for error in error.errors { diagnostics.report(error) }
      }
    }
    var chain = FileChain(reader: files)
    chain.read(from: path, into: &diagnostics)
    try diagnostics.throwIfAny(files: chain.files)

    guard var root = chain.merged() else {
      throw ScenarioErrors(
        [ScenarioError(.missingFile(path), at: fileStart(path), keyPath: "")], files: chain.files)
    }
    let kind = kind(of: root)
    if kind == .scenario {
      for index in changes.indices { changes[index].apply(to: &root, into: &diagnostics) }
      for name in changes.flatMap(\.made) { name.reportUnserved(in: root, into: &diagnostics) }
    }
    try diagnostics.throwIfAny(files: chain.files)
    return LoadedScenario(
      root: root, kind: kind, files: chain.files, made: changes.flatMap(\.made))
  }

  private static func kind(of root: ScenarioNode) -> Kind {
    Kind.allCases.first { kind in
      root.entries?.contains { $0.key == kind.rawValue } ?? false
    } ?? .scenario
  }

  /// The path that `relative` means inside `file`, without `.` and with `..` taken back by name.
  ///
  /// Links are not followed: `a/../b` is `b` whatever `a` is.
  package static func path(_ relative: String, relativeTo file: String) -> String {
    let isAbsolute = relative.utf8.first == UInt8(ascii: "/")
    var joined = relative
    if !isAbsolute, let slash = file.utf8.lastIndex(of: UInt8(ascii: "/")) {
      joined = "\(file[...slash])\(relative)"
    }
    let isRooted = joined.utf8.first == UInt8(ascii: "/")
    var names: [Substring] = []
    for name in joined.split(separator: "/") {
      switch name {
      case ".": break
      case "..":
        if let last = names.last, last != ".." {
          names.removeLast()
        } else if !isRooted {
          names.append(name)
        }
      default: names.append(name)
      }
    }
    let path = names.joined(separator: "/")
    return isRooted ? "/\(path)" : (path.isEmpty ? "." : path)
  }

  /// The place of an error about a file as a whole.
  static func fileStart(_ path: String) -> SourceLocation {
    SourceLocation(file: path, line: 1, column: 1)
  }
}
