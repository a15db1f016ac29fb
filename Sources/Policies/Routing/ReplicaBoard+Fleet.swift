// SPDX-License-Identifier: Apache-2.0

import Serving

extension ReplicaBoard {
  /// Adds a replica and says its number.
  ///
  /// It takes the lowest place of a replica of its model that was retired and has no request outstanding, or a new
  /// one: the numbers stay below the most replicas that there were at once, and all others keep theirs.
  ///
  /// - Complexity: O(r) for r retired replicas; O(n log n) for n replicas where the board has no room left, which
  ///   then doubles for the model.
  /// - Precondition: there are fewer than ``mostReplicas``, and the model's number is not negative.
  public mutating func add(_ replica: ReplicaObservation) -> ReplicaID {
    let places = retired.filter {
      observations[$0].model == replica.model && observations[$0].outstanding == 0
    }
    if let place = places.min() {
      retired.removeAll { $0 == place }
      update(place) { $0 = replica }
      return ReplicaID(place)
    }
    precondition(count < Self.mostReplicas, "a board has room for one more replica")
    let model = replica.model.index
    let hasSeat = freeSeats.indices.contains(model) && !freeSeats[model].isEmpty
    if !hasSeat || count == 1 << Int(numberBits) { grow(for: replica.model) }
    append(replica)
    return ReplicaID(count - 1)
  }

  /// Takes a replica out for good: it gets no more requests, and ``add(_:)`` may give its place to another when it
  /// has none left.
  ///
  /// - Complexity: O(log n + r) for n replicas of its model and r retired ones.
  /// - Precondition: the board has the replica.
  public mutating func retire(_ replica: ReplicaID) {
    guard !retired.contains(replica.index) else { return }
    update(replica.index) { $0.acceptsRequests = false }
    retired.append(replica.index)
  }

  /// Whether a place is that of a replica which was retired.
  ///
  /// - Complexity: O(r) for r retired replicas.
  public func isRetired(_ replica: ReplicaID) -> Bool { retired.contains(replica.index) }

  /// Makes room for more replicas of a model.
  private mutating func grow(for model: ModelID) {
    let kept = retired
    self = ReplicaBoard((0..<count).map { self[$0] }, withRoomForOneMoreOf: model)
    retired = kept
  }
}
