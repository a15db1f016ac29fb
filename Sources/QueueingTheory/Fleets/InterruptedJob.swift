// SPDX-License-Identifier: GPL-3.0-or-later

/// A job that interruptions, which come as a Poisson stream, throw back to its last checkpoint.
///
/// The job is made of equal segments, each of which is done only once it ran without interruption;
/// restarting is not interrupted. Sources: Ross, Introduction to Probability Models, 11th ed.
/// (Academic Press, 2014), ISBN 978-0-12-407948-9, chapter 7; Young, "A first order approximation to
/// the optimum checkpoint interval", Communications of the ACM 17 (1974),
/// DOI 10.1145/361147.361115; Daly, "A higher order estimate of the optimum checkpoint interval for
/// restart dumps", Future Generation Computer Systems 22 (2006),
/// DOI 10.1016/j.future.2004.11.016.
package struct InterruptedJob: Hashable, Sendable {
  /// Interruptions per unit of time.
  package let interruptionRate: Double
  /// The time from an interruption until the job runs again.
  package let restartTime: Double
  /// The work from one checkpoint to the next.
  package let interval: Double
  /// The time that a checkpoint takes.
  package let checkpointTime: Double
  /// How many segments of an interval and a checkpoint the job is made of.
  package let segments: Int

  /// A job of so much work without checkpoints: it starts from scratch.
  ///
  /// - Precondition: rate and work are positive and their product is at most 700.
  package init(work: Double, interruptionRate: Double, restartTime: Double) {
    self.init(
      segments: 1, interval: work, checkpointTime: 0, interruptionRate: interruptionRate,
      restartTime: restartTime)
  }

  /// A job of so many intervals, each followed by a checkpoint.
  ///
  /// - Precondition: rate and interval are positive, the times not negative; at most 700 interruptions
  ///   are expected in a segment.
  package init(
    segments: Int, interval: Double, checkpointTime: Double, interruptionRate: Double,
    restartTime: Double
  ) {
    precondition(segments >= 1 && interval > 0, "a job is some work")
    precondition(checkpointTime >= 0 && restartTime >= 0, "time does not run back")
    precondition(interruptionRate > 0, "jobs are interrupted")
    precondition(
      interruptionRate * (interval + checkpointTime) <= 700, "a segment comes to an end in practice"
    )
    self.segments = segments
    self.interval = interval
    self.checkpointTime = checkpointTime
    self.interruptionRate = interruptionRate
    self.restartTime = restartTime
  }

  /// The mean number of interruptions of the job.
  package var interruptionsMean: Double {
    // e^(λ segment) - 1 for each segment, to full precision also for short ones.
    Double(segments) * interruptionRate
      * decayIntegral(rate: -interruptionRate, interval + checkpointTime)
  }

  /// The mean time until the job is done.
  package var completionMean: Double { (1 / interruptionRate + restartTime) * interruptionsMean }

  /// The probability that the job is never interrupted.
  package var undisturbedProbability: Double {
    decay(interruptionRate * Double(segments) * (interval + checkpointTime))
  }

  /// The interval that makes the mean time per work least: (1 + W(-e^(-λC - 1)))/λ, with Lambert's W.
  ///
  /// - Complexity: some sixty logarithms.
  package var optimalInterval: Double {
    // With x = λ interval this is -ln(1 - x) - x = λC.
    root(from: 0, to: 1) { x in
      guard x < 1 else { return -1 }
      return interruptionRate * checkpointTime - Self.excess(x)
    } / interruptionRate
  }

  /// Young's approximation of it for short checkpoints: √(2C/λ).
  package var youngInterval: Double { (2 * checkpointTime / interruptionRate).squareRoot() }

  /// -ln(1 - x) - x for x below 1.
  private static func excess(_ x: Double) -> Double {
    guard x < 0.1 else { return -logarithm(onePlus: -x) - x }
    // x²/2 + x³/3 + …; below 0.1 the seventeenth term is less than 2^-56 of the first.
    return x * x * (2...18).reversed().reduce(0) { sum, k in sum * x + 1 / Double(k) }
  }
}
