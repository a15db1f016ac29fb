// SPDX-License-Identifier: GPL-3.0-or-later

import Numerics
import Quantities
import RandomStreams

/// What the cloud says before it takes a machine back, and when.
package struct NoticeLaw: Sendable, Equatable {
  /// A message that comes some time ahead, or not at all.
  package struct Message: Sendable, Equatable {
    /// How long ahead, in seconds.
    package let lead: Distribution
    /// In what share of cases it never comes.
    package let missing: Share

    /// A message of those values.
    package init(lead: Distribution, missing: Share) {
      self.lead = lead
      self.missing = missing
    }
  }

  /// The notice of the interruption; its lead counts from the interruption. `nil` for none ever.
  package let notice: Message?
  /// The recommendation to move before there is a notice; its lead counts from the latest time of that.
  package let rebalance: Message?

  /// Messages of those values.
  package init(notice: Message?, rebalance: Message? = nil) {
    self.notice = notice
    self.rebalance = rebalance
  }

  /// No message ever.
  package static let none = NoticeLaw(notice: nil)

  /// A notice that always comes a fixed time ahead.
  package static func always(_ lead: TimeSpan) -> NoticeLaw {
    NoticeLaw(notice: Message(lead: Self.constant(lead.inSeconds), missing: .zero))
  }

  /// The notice of a provider, by name: what it documents, without the cases in which it fails to come.
  ///
  /// - aws: 120 s, best effort. AWS, Amazon EC2 User Guide, "Spot Instance interruption notices",
  ///   docs.aws.amazon.com/AWSEC2/latest/UserGuide/spot-instance-termination-notices.html. The rebalance
  ///   recommendation "can arrive" earlier or together with it and is left out: give it where it counts.
  /// - gcp: 30 s, best effort. Google Cloud, Compute Engine, "Spot VMs",
  ///   cloud.google.com/compute/docs/instances/spot.
  /// - azure: 30 s at the least. Microsoft, "Azure Metadata Service: Scheduled Events",
  ///   learn.microsoft.com/azure/virtual-machines/linux/scheduled-events (event type Preempt).
  package static let providers: [(name: String, law: NoticeLaw)] = [
    ("aws", .always(.seconds(120))), ("gcp", .always(.seconds(30))),
    ("azure", .always(.seconds(30))),
  ]

  /// Whether it is drawn when messages come, or that they do.
  package var isRandom: Bool {
    [notice, rebalance].contains { message in
      guard let message else { return false }
      let isCertain = message.missing == .zero || message.missing >= .whole
      return !isCertain || !message.lead.isConstant
    }
  }

  /// When messages come of an interruption, after `now`.
  package struct Times: Sendable, Equatable {
    /// The notice; `nil` when none comes in time.
    package var notice: Instant?
    /// The recommendation; `nil` when none comes before the notice.
    package var rebalance: Instant?
  }

  /// When messages come of an interruption.
  ///
  /// - Parameters:
  ///   - machine: the number of the machine in its place, whose draws they are.
  package func times(
    of interruption: Instant, after now: Instant, machine: UInt64, from stream: RandomStream
  ) -> Times {
    var draws = stream.draws(of: machine)
    func time(_ message: Message?, before end: Instant) -> Instant? {
      guard let message else { return nil }
      let comes = draws.nextUniform() >= message.missing.fraction
      let lead = TimeSpan(roundingToMicroseconds: min(message.lead.sample(from: &draws), 1e9))
      // A notice that would have to come before the machine existed comes at once.
      return comes ? max(now, end - lead) : nil
    }
    let notice = time(self.notice, before: interruption)
    let end = notice ?? interruption
    let rebalance = time(self.rebalance, before: end)
    return Times(notice: notice, rebalance: rebalance.flatMap { $0 < end ? $0 : nil })
  }

  private static func constant(_ seconds: Double) -> Distribution {
    guard let law = try? Distribution(.constant(seconds)) else {
      preconditionFailure("a time that is not negative is a law")
    }
    return law
  }
}
