// SPDX-License-Identifier: GPL-3.0-or-later

import CloudModel
import Quantities
import ReplicaModel

extension Scenario {
  /// The models and machines of a scenario.
  package struct Fleet: Sendable {
    /// The models in the order of the file; their numbers are those of ``ModelID``.
    package let models: [ServedModel]
    /// The pools in the order of the file.
    package let pools: [Pool]
    /// What places of several pools depend on; pools name them by their numbers here.
    package let sharedCapacities: [SharedCapacity]
    /// The shocks that take many machines at once; pools name them by their numbers here.
    package let shocks: [ShockLaw]
    /// How many machines of each kind the account may have.
    package let quotas: [Quota]
    /// How many machines the fleet should have in all; `nil` where each pool has its own number.
    package let machinesTarget: Int?

    /// A fleet of those values.
    package init(
      models: [ServedModel], pools: [Pool], sharedCapacities: [SharedCapacity] = [],
      shocks: [ShockLaw] = [], quotas: [Quota] = [], machinesTarget: Int? = nil
    ) {
      self.models = models
      self.pools = pools
      self.sharedCapacities = sharedCapacities
      self.shocks = shocks
      self.quotas = quotas
      self.machinesTarget = machinesTarget
    }
  }

  /// A pool with what the fleet does with it.
  package struct Pool: Sendable {
    /// The pool as the cloud sees it.
    package let cloud: PoolModel
    /// How many machines it should have where no policy scales it; the most where it has a schedule.
    package let wanted: Int
    /// The replicas that each of its machines carries.
    package let replicas: [ReplicaPlace]
    /// The on-demand price of its machine type at the start; `nil` when the book has none.
    package let listPrice: HourlyPrice?
    /// How many machines it should have by local clocks; `nil` for as many at any time.
    package let schedule: MachineSchedule?
    /// How many machines a policy may give it beyond its schedule; `nil` for none.
    package let ceiling: Int?

    /// A pool of those values.
    package init(
      cloud: PoolModel, wanted: Int, replicas: [ReplicaPlace], listPrice: HourlyPrice? = nil,
      schedule: MachineSchedule? = nil, ceiling: Int? = nil
    ) {
      self.schedule = schedule
      self.ceiling = ceiling
      self.cloud = cloud
      self.wanted = wanted
      self.replicas = replicas
      self.listPrice = listPrice
    }

    /// How many machines it should have at a time where no policy scales it.
    package func wanted(at time: Instant) -> Int { schedule?.machines(at: time) ?? wanted }

    /// Requests a second that one of its machines answers when every batch is full.
    package var machineThroughput: Double {
      replicas.reduce(0) { $0 + $1.service.maximumThroughput }
    }
  }
}
