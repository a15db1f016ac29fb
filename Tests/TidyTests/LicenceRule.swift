// SPDX-License-Identifier: GPL-3.0-or-later

/// Each file names its licence first; what a gateway may link stays free of the GPL.
enum LicenceRule {
  /// The targets under Apache-2.0; all else is under GPL-3.0-or-later.
  static let permissiveTargets = [
    "COpenSSL", "CVectors", "Columns", "Digests", "Quantities", "RandomStreams", "Serving",
    "Policies", "DecisionLog", "RequestPath", "DecisionReplay", "TokenEngine", "plimsoll-policies",
  ]

  /// Where a file lacks its header, or a permissive target imports another one of ours.
  static func violations(in file: SourceFile) -> [Violation] {
    let isPermissive = file.folder == "Sources" && permissiveTargets.contains(file.target)
    let licence = isPermissive ? "Apache-2.0" : "GPL-3.0-or-later"
    let headerLine = file.path.hasSuffix("Package.swift") ? 2 : 1
    let header = "// SPDX-License-Identifier: \(licence)"
    var result: [Violation] = []
    if file.lines.count < headerLine || file.lines[headerLine - 1] != header {
      result.append(file.violation(line: headerLine, "is not `\(header)`"))
    }
    guard isPermissive else { return result }
    let systemLibraries = ["CAllocator", "CGSL", "CProcess", "CSQLite", "CZlib"]
    let own = ImportRule.levels.joined() + ImportRule.besideTheLevels + systemLibraries
    for statement in ImportStatement.all(in: file)
    where own.contains(statement.module) && !permissiveTargets.contains(statement.module) {
      result.append(
        file.violation(
          line: statement.line, "is Apache-2.0 and imports \(statement.module), under the GPL"))
    }
    return result
  }
}
