// SPDX-License-Identifier: Apache-2.0

/// The reference design's rule for the difficulty of a prompt, exactly as it stands, for comparison.
///
/// It looks for its keywords anywhere in the lower-cased text, inside other words too ("hi" in "this"),
/// and asks for the simple ones first. Source: the reference design, `ModelCostOptimizer`.
public enum ReferenceClassifier {
  /// Its three classes.
  public enum Complexity: Int, Sendable, CaseIterable {
    /// For the smallest model.
    case simple
    /// For the middle one.
    case medium
    /// For the largest one; what no keyword is found in.
    case complex
  }

  /// What its keywords say about a text, apart from the text's length.
  @frozen
  public struct Keywords: BitwiseCopyable, Sendable {
    /// Whether `hello`, `hi` or `what is` occurs.
    public var hasSimple: Bool
    /// Whether `summarize`, `translate` or `explain` occurs.
    public var hasMedium: Bool

    /// The findings of those values.
    @inlinable
    public init(hasSimple: Bool, hasMedium: Bool) {
      self.hasSimple = hasSimple
      self.hasMedium = hasMedium
    }

    /// The class of a text with these keywords and so many tokens.
    @inlinable
    public func complexity(promptTokens: UInt32) -> Complexity {
      if promptTokens < 50 && hasSimple { return .simple }
      return hasMedium ? .medium : .complex
    }
  }

  /// The keywords that occur in a text.
  ///
  /// - Complexity: O(n) for n bytes.
  public static func keywords(in text: String) -> Keywords {
    let bytes = Array(text.lowercased().utf8)
    return Keywords(
      hasSimple: ["hello", "hi", "what is"].contains { occurs($0, in: bytes) },
      hasMedium: ["summarize", "translate", "explain"].contains { occurs($0, in: bytes) })
  }

  /// The class of a text with so many tokens.
  ///
  /// - Complexity: O(n) for n bytes.
  public static func classify(_ text: String, promptTokens: UInt32) -> Complexity {
    keywords(in: text).complexity(promptTokens: promptTokens)
  }

  private static func occurs(_ keyword: String, in bytes: [UInt8]) -> Bool {
    let wanted = Array(keyword.utf8)
    guard bytes.count >= wanted.count else { return false }
    return (0...bytes.count - wanted.count).contains { start in
      wanted.indices.allSatisfy { bytes[start + $0] == wanted[$0] }
    }
  }
}
