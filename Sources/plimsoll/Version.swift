// SPDX-License-Identifier: GPL-3.0-or-later

import CBuild
import ResultsStore

/// What `plimsoll --version` says.
enum Version {
  /// The release, the build, and the versions of what results depend on or are kept in.
  static var text: String {
    let commit = unsafe String(cString: plimsoll_commit())
    return """
      plimsoll \(Plimsoll.versionText)
      commit   \(commit.isEmpty ? "unknown" : commit)
      build    \(build)
      random   Philox4x32-10
      formats  scenario 1, JSON 1, results database \(ResultsStore.schemaVersion)
      """
  }

  /// How the command was compiled.
  private static var build: String {
    #if DEBUG
      let kind = "debug"
    #else
      let kind = "release"
    #endif
    #if arch(x86_64)
      let processor = "x86_64"
    #elseif arch(arm64)
      let processor = "arm64"
    #else
      let processor = "another processor"
    #endif
    #if os(Linux)
      let system = "Linux"
    #else
      let system = "another system"
    #endif
    return "\(kind), \(system), \(processor)"
  }
}
