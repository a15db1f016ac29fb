// SPDX-License-Identifier: Apache-2.0

import Columns
import Serving

/// What is known of all replicas of a fleet, and of each model the replica that would be through first.
///
/// The load of a replica is its outstanding requests with a new one, times the time that it needs for a
/// request at full throughput; on equal replicas that is the fewest outstanding. Ties go to the lowest
/// number. Each request asks for the least load of a model twice, once to route it and once to send it, and
/// one replica changes with it: so a tournament of each model's replicas keeps its winner.
public struct ReplicaBoard: ~Copyable, Sendable {
  @usableFromInline var observations: GrowingColumn<ReplicaObservation>
  /// By replica, its place in the tournament, in which those of a model stand side by side.
  @usableFromInline var seats: GrowingColumn<Int32>
  /// Of each replica the key: its load above its number, so that the smallest is that of the least loaded with the
  /// lowest number.
  @usableFromInline var tournament: Tournament
  /// By model, the node above all its replicas.
  @usableFromInline var roots: GrowingColumn<Int32>
  /// By model, the key at its root.
  @usableFromInline var smallest: GrowingColumn<Int64>
  /// By model, how many replicas accept requests.
  @usableFromInline var accepting: GrowingColumn<Int32>
  /// The bits of a key that hold the number of a replica.
  @usableFromInline let numberBits: Int64
  /// The longest load that a key holds.
  @usableFromInline let longest: UInt64
  /// By model, the next seat that nobody has had, and the seat behind its last.
  var freeSeats: [Range<Int32>]
  /// The replicas that were retired and whose places nobody has taken, in any order.
  var retired: [Int] = []

  /// The most replicas of a board.
  public static var mostReplicas: Int { 1 << 20 }

  /// A board of those replicas, which keep their models; ``add(_:)`` adds more.
  ///
  /// Loads count up to 2^62 nanoseconds over the replicas: 18 years for eight, 73 minutes for a million.
  /// Longer ones count as that.
  ///
  /// - Precondition: there are at most ``mostReplicas``, and models are numbered from 0.
  /// - Complexity: O(r log r + m log m) for r replicas of m models.
  public init(_ observed: [ReplicaObservation]) {
    self.init(observed, withRoomForOneMoreOf: nil)
  }

  /// A board of those replicas; with a model, it has room for twice as many of that.
  init(_ observed: [ReplicaObservation], withRoomForOneMoreOf model: ModelID?) {
    precondition(observed.count <= Self.mostReplicas, "a board has room for every replica")
    // Settled before any property is set: of a value that cannot be copied none is read half-made.
    let models = max(observed.map(\.model.index).max() ?? 0, model?.index ?? 0) + 1
    var taken = [Int32](repeating: 0, count: models)
    for replica in observed { taken[replica.model.index] += 1 }
    let spare = model.map { max(1, Int(taken[$0.index])) } ?? 0
    var bits: Int64 = 0
    while observed.count + spare > 1 << bits { bits += 1 }
    numberBits = bits
    longest = 1 << UInt64(62 - bits)
    observations = GrowingColumn(minimumCapacity: max(1, observed.count))
    seats = GrowingColumn(minimumCapacity: max(1, observed.count))
    smallest = GrowingColumn(repeating: .max, count: models)
    accepting = GrowingColumn(repeating: 0, count: models)
    // The largest first, so that each begins at a multiple of its size.
    if let model { taken[model.index] += Int32(spare) }
    let sizes = taken.map { count in
      var size: Int32 = 1
      while size < count { size *= 2 }
      return size
    }
    let order = sizes.indices.sorted { (-sizes[$0], $0) < (-sizes[$1], $1) }
    var firstSeat = [Int32](repeating: 0, count: models)
    var places: Int32 = 0
    for model in order {
      firstSeat[model] = places
      places += sizes[model]
    }
    tournament = Tournament(count: Int(places))
    let leaves = Int32(tournament.leaves)
    roots = GrowingColumn(minimumCapacity: models)
    for model in sizes.indices { roots.append((leaves + firstSeat[model]) / sizes[model]) }
    let ends = sizes.indices.map { firstSeat[$0] + sizes[$0] }
    freeSeats = sizes.indices.map { firstSeat[$0]..<ends[$0] }
    for replica in observed { append(replica) }
  }

  /// Gives a replica the next number and the next seat of its model.
  mutating func append(_ replica: ReplicaObservation) {
    let model = replica.model.index
    let number = observations.count
    observations.append(replica)
    seats.append(freeSeats[model].lowerBound)
    freeSeats[model] = freeSeats[model].dropFirst()
    if replica.acceptsRequests { accepting[model] += 1 }
    seat(number, key(of: replica, number), model)
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
    let (model, accepted) = (observation.model, observation.acceptsRequests)
    change(&observation)
    precondition(observation.model == model, "a replica keeps its model")
    observations[replica] = observation
    if observation.acceptsRequests != accepted { accepting[model.index] += accepted ? -1 : 1 }
    seat(replica, key(of: observation, replica), model.index)
  }

  /// Nanoseconds until a replica would be through with one request more at its highest throughput, above its
  /// number; `.max` where it takes none.
  @inlinable
  @inline(__always)
  func key(of replica: ReplicaObservation, _ number: Int) -> Int64 {
    // No factor is below 0, so that a product of 64 bits that is too large shows in those above.
    let requests = UInt64(clamping: Int64(replica.outstanding) + 1)
    let product = requests.multipliedFullWidth(by: UInt64(clamping: replica.nanosecondsPerRequest))
    let load = product.high == 0 ? min(product.low, longest) : longest
    let key = Int64(truncatingIfNeeded: load) &<< numberBits | Int64(number)
    return replica.acceptsRequests && replica.hasRoom ? key : .max
  }

  /// Gives a replica a key, and plays its matches up to the root of its model.
  @inlinable
  @inline(__always)
  mutating func seat(_ replica: Int, _ key: Int64, _ model: Int) {
    smallest[model] = tournament.set(Int(seats[replica]), to: key, upTo: Int(roots[model]))
  }

  /// The least load of a model's replicas in nanoseconds; `.max` where none takes a request.
  @inlinable
  @inline(__always)
  public func leastLoad(of model: ModelID) -> Int64 {
    guard model.index < smallest.count, smallest[model.index] < .max else { return .max }
    return smallest[model.index] &>> numberBits
  }

  /// The replica of a model with the least load; of equals the one with the lowest number.
  ///
  /// - Precondition: one takes requests.
  @inlinable
  @inline(__always)
  public func leastLoaded(of model: ModelID) -> ReplicaID {
    let key = smallest[model.index]
    precondition(key < .max, "a replica takes requests")
    return ReplicaID(Int(truncatingIfNeeded: key & ~(-1 &<< numberBits)))
  }

  /// Whether a replica of a model accepts requests, be its queue full or not.
  @inlinable
  public func acceptsAny(of model: ModelID) -> Bool {
    model.index < accepting.count && accepting[model.index] > 0
  }
}
