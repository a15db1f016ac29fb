// SPDX-License-Identifier: GPL-3.0-or-later

import Policies
import Quantities

/// The autoscaler of a scenario, with what it is told of the fleet.
package struct Autoscaling: Sendable {
  /// The policy's settings.
  package let configuration: CostAwareAutoscaler.Configuration
  /// What a request to each model takes of a replica, in requests to the strongest.
  package let costOfModel: [Double]
  /// Machines that commitments cover, and what these cost an hour.
  package let committedMachines: Int
  /// What commitments cost an hour, used or not.
  package let commitmentRate: HourlyPrice

  /// What a machine of each pool does of what one of the common type does.
  package let effectiveness: [Double]

  /// An autoscaler of those values.
  package init(
    configuration: CostAwareAutoscaler.Configuration, costOfModel: [Double],
    committedMachines: Int,
    commitmentRate: HourlyPrice, effectiveness: [Double]
  ) {
    self.effectiveness = effectiveness
    self.configuration = configuration
    self.costOfModel = costOfModel
    self.committedMachines = committedMachines
    self.commitmentRate = commitmentRate
  }
}
