// SPDX-License-Identifier: Apache-2.0

/// Any of the step laws, so that replicas of different laws have one type.
public enum EngineStepLaw: StepLaw, Equatable {
  /// Affine in what the step does.
  case affine(AffineStepLaw)
  /// From a device's sheet and a model's card.
  case roofline(RooflineStepLaw)
  /// From measured tables.
  case surface(SurfaceStepLaw)

  /// The time of a step in femtoseconds.
  @inlinable
  public func femtoseconds(of step: StepShape) -> Int128 {
    switch self {
    case .affine(let law): law.femtoseconds(of: step)
    case .roofline(let law): law.femtoseconds(of: step)
    case .surface(let law): law.femtoseconds(of: step)
    }
  }

  /// How the time of a step goes on in those behind it.
  @inlinable
  public func course(of step: StepShape) -> StepCourse {
    switch self {
    case .affine(let law): law.course(of: step)
    case .roofline(let law): law.course(of: step)
    case .surface(let law): law.course(of: step)
    }
  }

  /// Whether the time of a step is no guess beside measured tables; formulas have a time for any step.
  @inlinable
  public func covers(_ step: StepShape) -> Bool {
    guard case .surface(let law) = self else { return true }
    return law.covers(step)
  }
}
