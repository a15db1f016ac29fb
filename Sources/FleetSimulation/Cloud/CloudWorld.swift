// SPDX-License-Identifier: GPL-3.0-or-later

import CloudModel
import Quantities
import RandomStreams
import Scenario
import Serving

/// The machines of a fleet and what the cloud does with them.
struct CloudWorld {
  /// Whether machines serve from the moment at which they are asked for.
  let isIdeal: Bool
  /// The draws of machines and of what the cloud does, by what they are for and by entity.
  let stream: (StreamPurpose, UInt32) -> RandomStream
  /// What places depend on.
  var capacities: [Capacity]
  /// When shocks come.
  var shocks: [ShockTimes]
  /// The places of all pools.
  var places: PlaceTable
  /// The place of each replica.
  let placeOfReplica: [Int]
  /// All machines that were ever rented.
  var machines: [Machine] = []
  /// How many of them are draining.
  var drainingMachines = 0
  /// What the cloud was asked for.
  var launches: LaunchBook
  /// By pool, what a machine costs an hour.
  let prices: [PriceSeries]
  /// By pool, how many lanes a machine has.
  let lanes: [Int64]
  /// By pool, a digest of when every place came up and went down: no policy has a part in it.
  var capacityDigests: [UInt64]

  /// The cloud of a scenario at an instant, without machines.
  init(
    _ scenario: Scenario, _ layout: ReplicaLayout, _ table: CapacityTable, at now: Instant,
    stream: @escaping (StreamPurpose, UInt32) -> RandomStream
  ) {
    isIdeal = scenario.hasIdealCloud
    self.stream = stream
    capacities = table.capacities
    places = PlaceTable(table.places, pools: scenario.fleet.pools.count)
    shocks = scenario.fleet.shocks.map {
      ShockTimes($0, stream: stream(.shocks, $0.entity), after: now)
    }
    placeOfReplica = layout.placeOfReplica
    prices = scenario.fleet.pools.map(\.cloud.prices)
    lanes = scenario.fleet.pools.map { $0.replicas.reduce(0) { $0 + Int64($1.service.lanes) } }
    launches = LaunchBook(pools: scenario.fleet.pools.count)
    capacityDigests = scenario.fleet.pools.map { _ in 0 }
  }

  /// An empty place of a pool, where fewer than so many have a machine.
  func emptyPlace(in pool: Int, ofTheFirst count: Int) -> Int? {
    places.held(in: pool) < count ? places.firstEmpty(in: pool) : nil
  }

  /// Puts a machine into a place.
  ///
  /// - Returns: its number.
  mutating func rent(_ place: Int, at now: Instant) -> Int {
    places.rent(place, machines.count)
    machines.append(
      Machine(
        place: place, rental: Rental(pool: places[place].pool, from: now, to: .never),
        state: .starting))
    return machines.count - 1
  }

  /// Notes where a machine stands from now on.
  mutating func move(_ machine: Int, to state: Machine.State) {
    places.count(machines[machine], -1)
    machines[machine].state = state
    places.count(machines[machine], 1)
  }

  /// Notes that a machine gets no new requests.
  mutating func cordon(_ machine: Int) {
    places.count(machines[machine], -1)
    machines[machine].isCordoned = true
    places.count(machines[machine], 1)
  }

  /// The pool of a machine.
  func pool(of machine: Int) -> Int { places[machines[machine].place].pool }
}

extension Scenario {
  /// Whether machines serve from the moment at which they are asked for.
  var hasIdealCloud: Bool { fleet.pools.allSatisfy { $0.cloud.launch == .ideal } }
}
