// SPDX-License-Identifier: GPL-3.0-or-later

import ReplicaModel
import Scenario

/// How replicas are numbered: those of one model side by side, in the order of their places.
///
/// Whoever chooses among the replicas of a model looks at a stretch of them and at no other.
struct ReplicaLayout {
  private(set) var replicas: [ReplicaBank.Place] = []
  private(set) var placeOfReplica: [Int] = []
  private(set) var replicasOfPlace: [[Int]]
  private(set) var replicasOfModel: ContiguousArray<Range<Int>> = []

  /// - Complexity: O(models × replicas).
  init(_ scenario: Scenario) {
    let poolOfPlace = scenario.pools.flatMap { pool in pool.cloud.places.map { _ in pool } }
    replicasOfPlace = poolOfPlace.map { _ in [] }
    for model in scenario.models.indices {
      let first = replicas.count
      for (place, pool) in poolOfPlace.enumerated() {
        for replica in pool.replicas where replica.serves.index == model {
          replicasOfPlace[place].append(replicas.count)
          placeOfReplica.append(place)
          replicas.append(replica)
        }
      }
      replicasOfModel.append(first..<replicas.count)
    }
  }
}
