// SPDX-License-Identifier: GPL-3.0-or-later

/// Writes fields of comma-separated values as RFC 4180 has them.
enum CSVText {
  /// A field, in quotation marks where it needs them.
  static func quoted(_ field: String) -> String {
    guard field.contains(where: { $0 == "," || $0 == "\"" || $0.isNewline }) else { return field }
    return "\""
      + field.split(separator: "\"", omittingEmptySubsequences: false)
      .joined(separator: "\"\"") + "\""
  }
}
