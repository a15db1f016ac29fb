// SPDX-License-Identifier: Apache-2.0

/// A file that is not understood, and where.
public struct FileError: Error, CustomStringConvertible, Sendable {
  /// The place and what is wrong there.
  public let description: String

  init(_ file: String, line: Int? = nil, key: String? = nil, _ problem: String) {
    var text = file
    if let line { text += ":\(line)" }
    text += ": "
    if let key, !key.isEmpty { text += "\(key): " }
    description = text + problem
  }
}
