// SPDX-License-Identifier: Apache-2.0

/// How long a step of an engine takes.
public protocol StepLaw: Sendable {
  /// The time of a step in femtoseconds; zero or more.
  func femtoseconds(of step: StepShape) -> Int128

  /// How the time of a step in which all requests decode goes on in the steps behind it, where the same requests decode.
  func course(of step: StepShape) -> StepCourse

  /// Whether the time of a step comes from what the law is about, and not from the nearest that it knows; the same for
  /// all steps of a ``course(of:)``.
  func covers(_ step: StepShape) -> Bool
}

extension StepLaw {
  /// Yes, where a law is about any step.
  @inlinable
  public func covers(_ step: StepShape) -> Bool { true }
}

/// How the times of steps that follow each other grow.
@frozen
public struct StepCourse: Equatable, Sendable {
  /// For how many steps, the first among them, this is so; at least one.
  public let steps: Int
  /// How many femtoseconds each takes longer than the one before.
  public let growth: Int128

  /// A course of those values.
  @inlinable
  public init(steps: Int, growth: Int128) {
    self.steps = steps
    self.growth = growth
  }
}

/// A step time that is affine in what the step does, exact in whole femtoseconds.
///
/// Reading the weights is in `perStep`, reading keys and values in `perContextToken`, the arithmetic of prompts in
/// `perPrefillToken`. Measured steps stand 3 to 4 ms above the time for reading the weights, so that `perStep` has to be
/// fitted and not derived.
public struct AffineStepLaw: StepLaw, Equatable {
  /// Femtoseconds of each step.
  public let perStep: Int64
  /// Femtoseconds for each request in the step.
  public let perSequence: Int64
  /// Femtoseconds for each token whose keys and values are read.
  public let perContextToken: Int64
  /// Femtoseconds for each token of a prompt.
  public let perPrefillToken: Int64

  /// A law of those coefficients.
  ///
  /// - Precondition: none is negative, and `perStep` is positive, so that time goes on.
  public init(
    perStep: Int64, perSequence: Int64, perContextToken: Int64, perPrefillToken: Int64
  ) {
    precondition(
      perStep > 0 && min(perSequence, perContextToken, perPrefillToken) >= 0,
      "time goes on in a step")
    self.perStep = perStep
    self.perSequence = perSequence
    self.perContextToken = perContextToken
    self.perPrefillToken = perPrefillToken
  }

  /// The sum of its parts.
  @inlinable
  public func femtoseconds(of step: StepShape) -> Int128 {
    Int128(perStep) + Int128(perSequence) * Int128(step.sequences)
      + Int128(perContextToken) * Int128(step.contextTokens)
      + Int128(perPrefillToken) * Int128(step.prefillTokens)
  }

  /// For ever: each request reads one token more in each step.
  @inlinable
  public func course(of step: StepShape) -> StepCourse {
    StepCourse(steps: .max, growth: Int128(perContextToken) * Int128(step.sequences))
  }
}
