// SPDX-License-Identifier: Apache-2.0

import Columns
import Serving

/// What is known of all replicas of a fleet, and of each model the replica that would be through first.
///
/// The load of a replica is its outstanding requests with a new one, times the time that it needs for a
/// request at full throughput; on equal replicas that is the fewest outstanding. Ties go to the lowest
/// number. Every request asks for the least load, and one replica changes with it: so a tournament for each
/// model keeps it, and nobody looks at all replicas.
public struct ReplicaBoard: ~Copyable, Sendable {
  @usableFromInline var observations: GrowingColumn<ReplicaObservation>
  /// By replica, its place among those of its model.
  @usableFromInline var places: GrowingColumn<Int32>
  /// By model and place, the replica.
  @usableFromInline var replicas: GrowingColumn<Int32>
  @usableFromInline var loads: TournamentTree
  @usableFromInline let models: Int
  @usableFromInline let mostOfAModel: Int

  /// A board of those replicas, which keep their models.
  ///
  /// - Complexity: O(replicas + models × the most replicas of one).
  public init(_ observed: [ReplicaObservation]) {
    models = (observed.map(\.model.index).max() ?? 0) + 1
    var counts = [Int](repeating: 0, count: models)
    for replica in observed { counts[replica.model.index] += 1 }
    mostOfAModel = max(1, counts.max() ?? 1)
    observations = GrowingColumn(minimumCapacity: max(1, observed.count))
    places = GrowingColumn(minimumCapacity: max(1, observed.count))
    replicas = GrowingColumn(repeating: -1, count: models * mostOfAModel)
    loads = TournamentTree(groups: models, of: mostOfAModel)
    var taken = [Int](repeating: 0, count: models)
    for (number, replica) in observed.enumerated() {
      let model = replica.model.index
      observations.append(replica)
      places.append(Int32(taken[model]))
      replicas[model * mostOfAModel + taken[model]] = Int32(number)
      loads.set(taken[model], in: model, to: replica.load)
      taken[model] += 1
    }
  }

  /// How many replicas there are.
  @inlinable public var count: Int { observations.count }

  /// What is known of a replica.
  @inlinable
  public subscript(replica: Int) -> ReplicaObservation { observations[replica] }

  /// Notes what has changed about a replica.
  ///
  /// - Complexity: O(log n) for n replicas of its model.
  @inlinable
  @inline(__always)
  public mutating func update(_ replica: Int, _ change: (inout ReplicaObservation) -> Void) {
    var observation = observations[replica]
    let model = observation.model
    change(&observation)
    precondition(observation.model == model, "a replica keeps its model")
    observations[replica] = observation
    loads.set(Int(places[replica]), in: model.index, to: observation.load)
  }

  /// The least load of a model's replicas in nanoseconds; `.max` where none takes a request.
  @inlinable
  @inline(__always)
  public func leastLoad(of model: ModelID) -> Int64 {
    model.index < models ? loads.least(in: model.index) : .max
  }

  /// The replica of a model with the least load; of equals the one with the lowest number.
  ///
  /// - Precondition: one takes requests.
  /// - Complexity: O(log n) for n replicas of the model.
  @inlinable
  public func leastLoaded(of model: ModelID) -> ReplicaID {
    precondition(leastLoad(of: model) < .max, "a replica takes requests")
    return ReplicaID(Int(replicas[model.index * mostOfAModel + loads.winner(in: model.index)]))
  }

  /// Whether a replica of a model accepts requests, be its queue full or not.
  ///
  /// - Complexity: O(n) for n replicas of the model.
  public func acceptsAny(of model: ModelID) -> Bool {
    guard model.index < models else { return false }
    return (0..<mostOfAModel).contains { place in
      let replica = Int(replicas[model.index * mostOfAModel + place])
      return replica >= 0 && observations[replica].acceptsRequests
    }
  }
}

extension ReplicaObservation {
  /// Nanoseconds until it would be through with one request more at its highest throughput; `.max` where it
  /// takes none.
  @inlinable
  @inline(__always)
  var load: Int64 {
    let sum = (Int64(outstanding) + 1) * nanosecondsPerRequest
    return acceptsRequests && hasRoom ? sum : .max
  }
}
