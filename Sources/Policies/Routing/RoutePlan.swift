// SPDX-License-Identifier: Apache-2.0

/// What a router keeps of a text: all that the text says about its route.
///
/// Made once for each distinct text, and used for each request with it.
@frozen
public struct RoutePlan: BitwiseCopyable, Sendable {
  /// The place of the intended model in the router's models.
  public var place: UInt8
  /// The models predicted to reach the quality floor, a bit for each place.
  public var atFloor: UInt8
  /// Why that model is intended.
  public var reason: RouteReason
  /// What the reference design's keywords say, for its rule.
  public var keywords: ReferenceClassifier.Keywords
  /// The difficulty score, for logs; 0 under rules that need none.
  public var score: Float

  /// A plan of those values.
  @inlinable
  public init(
    place: UInt8, atFloor: UInt8, reason: RouteReason,
    keywords: ReferenceClassifier.Keywords = .init(hasSimple: false, hasMedium: false),
    score: Float = 0
  ) {
    self.place = place
    self.atFloor = atFloor
    self.reason = reason
    self.keywords = keywords
    self.score = score
  }
}
