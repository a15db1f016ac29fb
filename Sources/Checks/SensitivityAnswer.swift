// SPDX-License-Identifier: GPL-3.0-or-later

import Scenario
import Statistics

/// What one measure of a scenario did when its uncertain inputs were varied.
package struct SensitivityAnswer: Sendable {
  /// What one input did to the measure.
  package struct Input: Sendable {
    /// The input.
    package let input: SensitivityStudy.Input
    /// The measure where this input alone is at its lowest; `nil` where there was no value.
    package let atLow: Double?
    /// The measure where this input alone is at its highest.
    package let atHigh: Double?
    /// Targets of the scenario whose verdict by estimate is not the same at both ends.
    package let turned: [String]
    /// Morris' effects over the whole range; `nil` where some point had no value.
    package let effects: ElementaryEffects?
    /// Sobol' indices; `nil` where they were not estimated.
    package let indices: SobolIndices?

    /// An answer of those values.
    package init(
      input: SensitivityStudy.Input, atLow: Double?, atHigh: Double?, turned: [String],
      effects: ElementaryEffects?, indices: SobolIndices?
    ) {
      self.input = input
      self.atLow = atLow
      self.atHigh = atHigh
      self.turned = turned
      self.effects = effects
      self.indices = indices
    }
  }

  /// The measure.
  package let measure: String
  /// Its unit.
  package let unit: String
  /// Its value at the scenario as it is.
  package let base: Double
  /// The inputs, the one that matters most first.
  package let inputs: [Input]

  /// An answer of those values.
  package init(measure: String, unit: String, base: Double, inputs: [Input]) {
    self.measure = measure
    self.unit = unit
    self.base = base
    self.inputs = inputs
  }
}
