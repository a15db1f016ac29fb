// SPDX-License-Identifier: GPL-3.0-or-later

import Inputs

/// The files that a scenario names.
extension ScenarioLoader {
  /// The path of a file that is named at a place: relative to the file that names it.
  static func resolve(_ file: String, at location: SourceLocation) -> String {
    ScenarioText.path(file, relativeTo: location.isOverride ? "" : location.file)
  }

  /// The bytes of a file that a value names; notes an error when they cannot be had.
  mutating func read(
    _ file: String, namedBy value: ValueReader, into diagnostics: inout Diagnostics
  ) -> (path: String, bytes: [UInt8])? {
    let path = Self.resolve(file, at: value.location)
    do {
      let bytes = try files.read(path)
      note([ScenarioFile(path: path, text: String(decoding: bytes, as: UTF8.self))])
      return (path, bytes)
    } catch {
      report(error, of: path, namedBy: value, into: &diagnostics)
      return nil
    }
  }

  /// Hands on the bytes of a file that a value names, piece by piece with the size of the whole.
  ///
  /// - Returns: its path; `nil` when it cannot be had, which is an error.
  mutating func stream(
    _ file: String, namedBy value: ValueReader, into diagnostics: inout Diagnostics,
    _ take: FileReader.Piece
  ) -> String? {
    let path = Self.resolve(file, at: value.location)
    var fingerprint = FileFingerprint()
    do {
      try files.stream(path) { (piece, size) in
        fingerprint.add(piece)
        take(piece, size)
      }
      fingerprints.append(fingerprint.line)
      return path
    } catch {
      report(error, of: path, namedBy: value, into: &diagnostics)
      return nil
    }
  }

  private func report(
    _ failure: FileReadFailure, of path: String, namedBy value: ValueReader,
    into diagnostics: inout Diagnostics
  ) {
    switch failure {
    case .missing: value.report(.missingFile(path), into: &diagnostics)
    case .folder: value.report(.folder(path), into: &diagnostics)
    case .unreadable(let reason):
      value.report(.rule(.file, "\(path) cannot be read: \(reason)"), into: &diagnostics)
    }
  }

  /// Notes what was read of a file of measurements.
  mutating func summarise(_ path: String, _ text: String) {
    let line = "\(path): \(text)"
    // Pools that name one file read it once each.
    if !summaries.contains(line) { summaries.append(line) }
  }

  /// Notes what was taken from the catalogue; the digest tells it apart from what another catalogue would give.
  mutating func assume(_ sentences: [String]) {
    for sentence in sentences where !assumed.contains(sentence) {
      assumed.append(sentence)
      fingerprints.append("catalogue: \(sentence)\n")
    }
  }

  /// Adds files that were read by other means to those that messages may quote.
  mutating func note(_ read: [ScenarioFile]) {
    inputs += read
    fingerprints += read.map(\.fingerprint)
  }

  /// Adds the beginning of a file that was streamed to what messages may quote.
  mutating func quote(_ path: String) {
    guard let bytes = try? files.read(path, upTo: ScenarioBytes.sizeLimit) else { return }
    inputs.append(ScenarioFile(path: path, text: String(decoding: bytes, as: UTF8.self)))
  }
}
