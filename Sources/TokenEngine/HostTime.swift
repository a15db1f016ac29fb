// SPDX-License-Identifier: Apache-2.0

/// The time that the scheduler and the preparation of input take for a step, before the device can begin with it.
///
/// With one step at a time it stands between the end of a step and the start of the next. With two steps in flight it
/// passes while the device is busy, and is only seen where the device would be idle. One host does it for one step after
/// the other.
///
/// It is no part of a step law: to leave it out changes tokens a second by some percent, and halves the time to the first
/// token (a mean of 17 to 56 % over 16 runs of vLLM 0.15.1; 0.5 to 5 ms a step: the BLIS project, inference-sim/inference-sim
/// pull requests 480, 482 and 486 (2026)).
@frozen
public struct HostTime: Equatable, Sendable {
  /// Femtoseconds of each step.
  public let perStep: Int64
  /// Femtoseconds for each request that runs once the step is scheduled.
  public let perSequence: Int64

  /// No time at all.
  public static let none = HostTime(perStep: 0, perSequence: 0)

  /// A time of those parts.
  ///
  /// - Precondition: neither is negative.
  public init(perStep: Int64, perSequence: Int64) {
    precondition(perStep >= 0 && perSequence >= 0, "time goes on")
    self.perStep = perStep
    self.perSequence = perSequence
  }

  /// Whether it is no time at all.
  @inlinable public var isNone: Bool { perStep | perSequence == 0 }

  /// Femtoseconds for a step after which so many requests run.
  @inlinable
  public func femtoseconds(running: Int) -> Int128 {
    Int128(perStep) + Int128(perSequence) * Int128(running)
  }
}

/// When the host and the device of a replica are through with what they were given.
@usableFromInline
struct Lanes {
  @usableFromInline let hostTime: HostTime
  /// When the host is through.
  @usableFromInline var hostFree: EngineTime
  /// When the device is through.
  @usableFromInline var deviceFree: EngineTime

  @inlinable
  init(hostTime: HostTime, start: EngineTime) {
    self.hostTime = hostTime
    hostFree = start
    deviceFree = start
  }

  /// When the device can begin with a step that is scheduled now, and for which the host takes time.
  @inlinable
  mutating func start(_ now: EngineTime, running: Int) -> EngineTime {
    hostFree = max(now, hostFree).later(by: hostTime.femtoseconds(running: running))
    return max(hostFree, deviceFree)
  }
}
