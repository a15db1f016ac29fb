// SPDX-License-Identifier: Apache-2.0

import RandomStreams

/// A prompt whose true difficulty somebody has judged, for tuning or for measuring a classifier.
///
/// A text belongs to one half for good, by its own bytes, so that no choice of files, order or
/// seed can carry a text that was tuned on into the half that measures.
public struct LabelledPrompt: Sendable {
  /// The prompt itself.
  public let text: String
  /// The name of its class, as its table names it.
  public let className: String
  /// The language that it is in, such as `en`.
  public let language: String

  /// A labelled prompt of those parts.
  public init(text: String, className: String, language: String) {
    self.text = text
    self.className = className
    self.language = language
  }

  /// Whether it is of the tuning half: whether the highest bit of ``contentHash`` is 0.
  public var isForTuning: Bool { contentHash >> 63 == 0 }

  /// A hash of the text's UTF-8 bytes: `hash = mixed(hash ^ byte)` from the golden ratio's bits.
  ///
  /// - Complexity: O(n) for n bytes.
  public var contentHash: UInt64 {
    var hash: UInt64 = 0x9E37_79B9_7F4A_7C15
    for byte in text.utf8 { hash = mixed(hash ^ UInt64(byte)) }
    return hash
  }
}
