// SPDX-License-Identifier: GPL-3.0-or-later

import Foundation

/// Writes the documents of all reports in one form.
enum JSONText {
  /// A document with sorted keys, as text that ends with a newline.
  static func of(_ document: some Encodable) throws -> String {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
    return String(decoding: try encoder.encode(document), as: UTF8.self) + "\n"
  }
}

/// A number that every document states: `null` where there is none, or it is not finite.
struct JSONNumber: Encodable {
  let value: Double?

  init(_ value: Double?) {
    self.value = value.flatMap { $0.finite }
  }

  func encode(to encoder: any Encoder) throws {
    var container = encoder.singleValueContainer()
    if let value { try container.encode(value) } else { try container.encodeNil() }
  }
}

extension Double {
  /// The number, if JSON can hold it.
  var finite: Double? { isFinite ? self : nil }
}
