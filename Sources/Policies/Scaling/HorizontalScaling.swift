// SPDX-License-Identifier: Apache-2.0

import Quantities

/// The arithmetic of Kubernetes' horizontal pod autoscaler.
public enum HorizontalScaling {
  /// ⌈current × metric ÷ target⌉, or `current` where the ratio is within the tolerance of 1.
  ///
  /// Source: Kubernetes documentation, "Horizontal Pod Autoscaling", algorithm details; the tolerance
  /// of 0.1 is its default.
  ///
  /// - Precondition: `target` is positive.
  public static func desired(
    current: Int, metric: Double, target: Double, tolerance: Double = 0.1
  ) -> Int {
    precondition(target > 0, "a target metric is positive")
    let ratio = metric / target
    // The margin keeps 110 ÷ 100 - 1, which is above 0.1 as a double, inside the tolerance.
    guard (ratio - 1).magnitude > tolerance + 1e-9 else { return current }
    return Int((Double(current) * ratio - 1e-9).rounded(.up))
  }

  /// The fewest replicas that a period of scaling down may leave of `current`.
  ///
  /// The larger of a number and a share, rounded up, may go in a period: `selectPolicy: Max` of the
  /// same source.
  public static func lowestAfterPeriod(of current: Int, pods: Int, share: Share) -> Int {
    let byShare = Int((Double(current) * share.fraction).rounded(.up))
    return max(0, current - max(pods, byShare))
  }
}

/// The panic window of Knative's autoscaler: a short look that overrules the long one.
///
/// Source: knative/serving, `pkg/autoscaler/scaling/autoscaler.go`: panic begins when what the short
/// window wants is `threshold` times what is ready, and ends a stable window after that was last so;
/// while it lasts nothing is scaled down.
public struct PanicWindow: Sendable {
  /// From which ratio on it begins.
  public let threshold: Double
  /// For how long it lasts after its last cause.
  public let stableWindow: TimeSpan
  private var lastCause: Instant?
  private var highest = 0

  /// What a window remembers.
  struct State: Codable, Sendable {
    var lastCause: Instant?
    var highest: Int
  }

  /// What the window remembers.
  var state: State { State(lastCause: lastCause, highest: highest) }

  /// Takes up what another remembers.
  mutating func restore(_ state: State) {
    lastCause = state.lastCause
    highest = state.highest
  }

  /// A window that is calm.
  public init(threshold: Double = 2, stableWindow: TimeSpan = .seconds(60)) {
    self.threshold = threshold
    self.stableWindow = stableWindow
  }

  /// How many replicas are wanted at least because of panic; `nil` in calm.
  public mutating func desired(ready: Int, shortTerm: Int, at now: Instant) -> Int? {
    if Double(shortTerm) / Double(max(1, ready)) >= threshold {
      lastCause = now
    } else if let cause = lastCause, now - cause >= stableWindow {
      lastCause = nil
      highest = 0
    }
    guard lastCause != nil else { return nil }
    highest = max(highest, shortTerm, ready)
    return highest
  }
}
