// SPDX-License-Identifier: GPL-3.0-or-later

/// Where the numbers of a fragment come from, so that anyone can make them again.
package struct Provenance: Sendable, Equatable {
  /// A file that was read.
  package struct Source: Sendable, Equatable {
    /// Its path as it was given.
    package let path: String
    /// The SHA-256 of its bytes, in hexadecimal.
    package let digest: String
    /// How many records were used of it.
    package let records: Int

    /// A file of those values.
    package init(path: String, digest: String, records: Int) {
      self.path = path
      self.digest = digest
      self.records = records
    }
  }

  /// The command line.
  package let command: String
  /// The version of the tool.
  package let version: String
  /// What was read.
  package let sources: [Source]

  /// A provenance of those values.
  package init(command: String, version: String, sources: [Source]) {
    self.command = command
    self.version = version
    self.sources = sources
  }

  /// The whole file of a fragment: this, then its lines.
  package func file(of report: CalibrationReport) -> String {
    var lines = [
      "# \(report.summary)", "# Belongs under \(report.place): { include: this file }",
      "plimsoll_fragment: 1", "provenance:", "  command: \(Self.quoted(command))",
      "  version: \(Self.quoted(version))", "  sources:",
    ]
    for source in sources {
      lines.append(
        "    - { path: \(Self.quoted(source.path)), sha256: \(source.digest), "
          + "records: \(source.records) }")
    }
    return (lines + report.fragment).joined(separator: "\n") + "\n"
  }

  private static func quoted(_ text: String) -> String {
    let escaped = text.flatMap { character -> String in
      character == "\"" || character == "\\" ? "\\\(character)" : String(character)
    }
    return "\"\(String(escaped))\""
  }
}
