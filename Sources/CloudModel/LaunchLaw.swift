// SPDX-License-Identifier: GPL-3.0-or-later

import Numerics
import Quantities
import RandomStreams
import Serving

/// How long it takes to get a machine that serves.
package enum LaunchLaw: Sendable, Equatable {
  /// The times of a launch, in seconds; all but the first are billed.
  package struct Stages: Sendable, Equatable {
    /// Until the cloud answers that there is a machine, or none.
    package let answer: Distribution
    /// Until its system runs.
    package let boot: Distribution
    /// Until the container image is there.
    package let image: Distribution
    /// Until the weights are in memory.
    package let load: Distribution

    /// Stages of those times.
    package init(
      answer: Distribution, boot: Distribution, image: Distribution, load: Distribution
    ) {
      self.answer = answer
      self.boot = boot
      self.image = image
      self.load = load
    }

    /// The mean time from the launch to the first request, in seconds.
    package var mean: Double { answer.mean + boot.mean + image.mean + load.mean }
  }

  /// A machine serves at the instant at which it can be had; a launch waits for that instant.
  ///
  /// For arithmetic only: no launch, boot, notice or capacity error exists.
  case ideal
  /// The cloud answers a launch after a while, and refuses it when the pool has no machine.
  case staged(Stages)

  /// Whether it is drawn how long the cloud takes to answer.
  package var isAnswerRandom: Bool {
    guard case .staged(let stages) = self else { return false }
    return !stages.answer.isConstant
  }

  /// Whether it is drawn how long a machine takes to its first request.
  package var isStartRandom: Bool {
    guard case .staged(let stages) = self else { return false }
    return ![stages.boot, stages.image, stages.load].allSatisfy(\.isConstant)
  }

  /// How long the cloud takes to answer a launch.
  ///
  /// - Parameters:
  ///   - launch: the number of the launch in its pool, whose draw it is.
  package func answerTime(launch: UInt64, from stream: RandomStream) -> TimeSpan {
    guard case .staged(let stages) = self else { return .zero }
    var draws = stream.draws(of: launch)
    return TimeSpan(roundingToMicroseconds: min(stages.answer.sample(from: &draws), 1e6))
  }

  /// From the time at which a machine is billed to its first request.
  ///
  /// - Parameters:
  ///   - machine: the number of the machine in its place, whose draws they are.
  package func startTime(machine: UInt64, from stream: RandomStream) -> TimeSpan {
    guard case .staged(let stages) = self else { return .zero }
    var draws = stream.draws(of: machine)
    let times = [stages.boot, stages.load, stages.image].map { $0.sample(from: &draws) }
    return TimeSpan(roundingToMicroseconds: min(times[0] + times[1] + times[2], 1e9))
  }
}

/// How many machines an account may have at a time.
package struct Quota: Sendable, Equatable {
  /// The market that it counts.
  package let market: Market
  /// The machine type that it counts; `nil` for all.
  package let type: String?
  /// How many of them it allows.
  package let machines: Int

  /// A quota of those values.
  package init(market: Market, type: String?, machines: Int) {
    self.market = market
    self.type = type
    self.machines = machines
  }

  /// Whether it counts the machines of a pool.
  package func counts(_ pool: PoolModel) -> Bool {
    pool.market == market && (type == nil || type == pool.type)
  }
}
