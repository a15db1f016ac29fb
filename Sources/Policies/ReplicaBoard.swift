// SPDX-License-Identifier: Apache-2.0

import Columns
import Serving

/// What is known of all replicas of a fleet, and of each model the replica that would be through first.
///
/// The load of a replica is its outstanding requests with a new one, times the time that it needs for a
/// request at full throughput; on equal replicas that is the fewest outstanding. Ties go to the lowest
/// number. Each request asks for the least load of a model twice, once to route it and once to send it, and
/// one replica changes with it: so the least is kept, and looked for again only when it has grown.
public struct ReplicaBoard: ~Copyable, Sendable {
  @usableFromInline var observations: GrowingColumn<ReplicaObservation>
  /// By replica, its place among those of its model.
  @usableFromInline var places: GrowingColumn<Int32>
  /// By model and place, the replica.
  @usableFromInline var replicas: GrowingColumn<Int32>
  /// By model and place, the load above the place: the smallest is that of the least loaded with the lowest
  /// number. A negative key ends those of a model.
  @usableFromInline var keys: GrowingColumn<Int64>
  /// By model, the smallest of its keys.
  @usableFromInline var smallest: GrowingColumn<Int64>
  @usableFromInline let models: Int
  @usableFromInline let mostOfAModel: Int

  /// The bits of a key that hold the place.
  @usableFromInline let placeBits: Int64

  /// A board of those replicas, which keep their models.
  ///
  /// Loads count up to 2^62 nanoseconds over the replicas of the model that has most: 18 years for eight, 19
  /// hours for 65,536. Longer ones count as that.
  ///
  /// - Precondition: no model has more than 65,536 replicas, and models are numbered from 0.
  /// - Complexity: O(replicas + models × the most replicas of one).
  public init(_ observed: [ReplicaObservation]) {
    // Settled before any property is set: of a value that cannot be copied none is read half-made.
    let models = (observed.map(\.model.index).max() ?? 0) + 1
    var taken = [Int](repeating: 0, count: models)
    for replica in observed { taken[replica.model.index] += 1 }
    let most = max(1, taken.max() ?? 1)
    precondition(most <= 1 << 16, "a model has at most 65,536 replicas")
    var bits: Int64 = 0
    while most > 1 << bits { bits += 1 }
    placeBits = bits
    self.models = models
    mostOfAModel = most
    observations = GrowingColumn(minimumCapacity: max(1, observed.count))
    places = GrowingColumn(minimumCapacity: max(1, observed.count))
    replicas = GrowingColumn(repeating: -1, count: models * most)
    keys = GrowingColumn(repeating: .max, count: models * (most + 1))
    smallest = GrowingColumn(repeating: .max, count: models)
    for model in 0..<models { keys[model * (most + 1) + most] = -1 }
    taken = [Int](repeating: 0, count: models)
    for (number, replica) in observed.enumerated() {
      let (model, place) = (replica.model.index, taken[replica.model.index])
      let key = replica.key(at: Int64(place), of: bits)
      observations.append(replica)
      places.append(Int32(place))
      replicas[model * most + place] = Int32(number)
      keys[model * (most + 1) + place] = key
      smallest[model] = min(smallest[model], key)
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
  /// - Complexity: O(1); O(n) for n replicas of its model where it had the least load and has more now.
  @inlinable
  @inline(__always)
  public mutating func update(_ replica: Int, _ change: (inout ReplicaObservation) -> Void) {
    var observation = observations[replica]
    let model = observation.model
    change(&observation)
    precondition(observation.model == model, "a replica keeps its model")
    observations[replica] = observation
    let place = Int64(places[replica])
    let row = model.index * (mostOfAModel + 1) + Int(place)
    let (before, after) = (keys[row], observation.key(at: place, of: placeBits))
    keys[row] = after
    if after <= smallest[model.index] {
      smallest[model.index] = after
    } else if before == smallest[model.index] {
      findSmallest(of: model.index)
    }
  }

  @inlinable
  mutating func findSmallest(of model: Int) {
    var found = Int64.max
    // Up to the negative key and not over a range: in vectors the key that was written last would be waited for.
    var row = model * (mostOfAModel + 1)
    while keys[row] >= 0 {
      found = min(found, keys[row])
      row &+= 1
    }
    smallest[model] = found
  }

  /// The least load of a model's replicas in nanoseconds; `.max` where none takes a request.
  @inlinable
  @inline(__always)
  public func leastLoad(of model: ModelID) -> Int64 {
    guard model.index < models, smallest[model.index] < .max else { return .max }
    return smallest[model.index] >> placeBits
  }

  /// The replica of a model with the least load; of equals the one with the lowest number.
  ///
  /// - Precondition: one takes requests.
  @inlinable
  @inline(__always)
  public func leastLoaded(of model: ModelID) -> ReplicaID {
    let key = smallest[model.index]
    precondition(key < .max, "a replica takes requests")
    let place = Int(truncatingIfNeeded: key & (1 << placeBits - 1))
    return ReplicaID(Int(replicas[model.index * mostOfAModel + place]))
  }

  /// Whether a replica of a model accepts requests, be its queue full or not.
  ///
  /// - Complexity: O(n) for n replicas of the model.
  public func acceptsAny(of model: ModelID) -> Bool {
    guard model.index < models else { return false }
    for row in model.index * mostOfAModel..<(model.index + 1) * mostOfAModel {
      let replica = Int(replicas[row])
      guard replica >= 0 else { return false }
      if observations[replica].acceptsRequests { return true }
    }
    return false
  }
}

extension ReplicaObservation {
  /// Nanoseconds until it would be through with one request more at its highest throughput, above its place of
  /// so many bits; `.max` where it takes none.
  @inlinable
  @inline(__always)
  func key(at place: Int64, of bits: Int64) -> Int64 {
    let (product, isTooMuch) = (Int64(outstanding) + 1).multipliedReportingOverflow(
      by: nanosecondsPerRequest)
    let load = min(isTooMuch ? .max : max(0, product), 1 << (62 - bits))
    return acceptsRequests && hasRoom ? load << bits | place : .max
  }
}
