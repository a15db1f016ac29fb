// SPDX-License-Identifier: GPL-3.0-or-later

import ReplicaModel
import Scenario

/// How replicas are numbered: those of one model side by side, in the order of their places.
struct ReplicaLayout {
  private(set) var replicas: [ReplicaPlace] = []
  private(set) var placeOfReplica: [Int] = []
  private(set) var replicasOfPlace: [[Int]]

  /// - Complexity: O(models × replicas).
  init(_ scenario: Scenario) {
    let poolOfPlace = scenario.fleet.pools.flatMap { pool in pool.cloud.places.map { _ in pool } }
    replicasOfPlace = poolOfPlace.map { _ in [] }
    for model in scenario.fleet.models.indices {
      for (place, pool) in poolOfPlace.enumerated() {
        for replica in pool.replicas where replica.serves.index == model {
          replicasOfPlace[place].append(replicas.count)
          placeOfReplica.append(place)
          replicas.append(replica)
        }
      }
    }
  }
}
