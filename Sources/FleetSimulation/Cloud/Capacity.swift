// SPDX-License-Identifier: GPL-3.0-or-later

import CloudModel
import Quantities
import RandomStreams
import Scenario

/// A capacity with the places that it covers.
struct Capacity: Sendable {
  var process: CapacityProcess
  /// The entity that its draws are named by: the same in every fleet that has it.
  let entity: UInt32
  /// What a fall does to machines.
  let drop: SharedCapacity.Drop
  /// The places that depend on it.
  private(set) var places: [Int] = []
  /// The pools of those places, each once.
  private(set) var pools: [Int] = []

  init(process: CapacityProcess, entity: UInt32, drop: SharedCapacity.Drop) {
    self.process = process
    self.entity = entity
    self.drop = drop
  }

  /// Makes a place depend on it.
  mutating func cover(_ place: Int, of pool: Int) {
    places.append(place)
    if pools.last != pool { pools.append(pool) }
  }

  /// Whether nothing that it does keeps a machine from being had in a place of that number.
  func allows(_ index: Int) -> Bool { drop == .replace || process.count > index }

  /// When it takes the machine in a place of that number, as far as is known; never where it only blocks.
  func takes(_ index: Int) -> Instant { drop == .block ? .never : process.fall(ofPlace: index) }
}

/// The capacities of a fleet: those that places share, in the order of the scenario, then each place's own.
struct CapacityTable: Sendable {
  private(set) var capacities: [Capacity] = []
  /// What was drawn for them.
  private(set) var purposes: [StreamPurpose] = []
  /// The places, each with the numbers of the capacities that it depends on.
  private(set) var places: [Place] = []

  /// The capacities at an instant, in their stationary laws.
  init(
    _ scenario: Scenario, replicasOfPlace: [[Int]], at now: Instant,
    stream: (StreamPurpose, UInt32) -> RandomStream
  ) {
    var entries = stream(.traceEntry, 0).draws(of: 0)
    let entry = entries.nextUniform()
    purposes = scenario.fleet.sharedCapacities.compactMap(\.law.purpose)
    capacities = scenario.fleet.sharedCapacities.map { shared in
      Capacity(
        process: CapacityProcess(
          shared.law, stream: stream(.capacity, shared.entity), entry: entry, at: now),
        entity: shared.entity, drop: shared.drop)
    }
    for (number, pool) in scenario.fleet.pools.enumerated() {
      for (index, law) in pool.cloud.supply.places.enumerated() {
        let entity = pool.cloud.entity(ofPlace: index)
        var dependsOn = pool.cloud.supply.shared
        if let purpose = law.purpose { purposes.append(purpose) }
        if law != .always {
          dependsOn.append(capacities.count)
          capacities.append(
            Capacity(
              process: CapacityProcess(
                law, stream: stream(.capacity, entity), entry: entry, at: now), entity: entity,
              drop: .interrupt))
        }
        for capacity in dependsOn { capacities[capacity].cover(places.count, of: number) }
        places.append(
          Place(
            pool: number, index: index, entity: entity, capacities: dependsOn,
            replicas: replicasOfPlace[places.count]))
        if dependsOn.allSatisfy({ capacities[$0].allows(index) }) {
          places[places.count - 1].upSince = now
        }
      }
    }
  }
}
