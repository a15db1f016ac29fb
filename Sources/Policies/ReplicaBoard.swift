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
  /// By replica, the row of its key.
  @usableFromInline var rows: GrowingColumn<Int32>
  /// By row, the replica; -1 in a row that ends a model.
  @usableFromInline var replicas: GrowingColumn<Int32>
  /// The load above the row, the keys of a model side by side in the order of its replicas, so that the smallest
  /// is that of the least loaded with the lowest number. A negative key ends those of a model.
  @usableFromInline var keys: GrowingColumn<Int64>
  /// By model, its first row.
  @usableFromInline var firstRows: GrowingColumn<Int32>
  /// By model, the smallest of its keys.
  @usableFromInline var smallest: GrowingColumn<Int64>
  /// The bits of a key that hold the row.
  @usableFromInline let rowBits: Int64
  /// The longest load that a key holds.
  @usableFromInline let longest: UInt64

  /// A board of those replicas, which keep their models.
  ///
  /// Loads count up to 2^62 nanoseconds over the replicas and models: 9 years for a dozen, 9 hours for 65,536.
  /// Longer ones count as that.
  ///
  /// - Precondition: there are at most 65,536 replicas, and models are numbered from 0.
  /// - Complexity: O(replicas × models).
  public init(_ observed: [ReplicaObservation]) {
    precondition(observed.count <= 1 << 16, "a fleet has at most 65,536 replicas")
    // Settled before any property is set: of a value that cannot be copied none is read half-made.
    let models = (observed.map(\.model.index).max() ?? 0) + 1
    var bits: Int64 = 0
    while observed.count + models > 1 << bits { bits += 1 }
    rowBits = bits
    longest = 1 << UInt64(62 - bits)
    observations = GrowingColumn(minimumCapacity: max(1, observed.count))
    rows = GrowingColumn(repeating: 0, count: max(1, observed.count))
    replicas = GrowingColumn(minimumCapacity: observed.count + models)
    keys = GrowingColumn(minimumCapacity: observed.count + models)
    firstRows = GrowingColumn(minimumCapacity: models)
    smallest = GrowingColumn(repeating: .max, count: models)
    for replica in observed { observations.append(replica) }
    for model in 0..<models {
      firstRows.append(Int32(keys.count))
      for (number, replica) in observed.enumerated() where replica.model.index == model {
        rows[number] = Int32(keys.count)
        replicas.append(Int32(number))
        keys.append(key(of: replica, row: keys.count))
      }
      replicas.append(-1)
      keys.append(-1)
      findSmallest(of: model)
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
    let row = Int(rows[replica])
    let (before, after) = (keys[row], key(of: observation, row: row))
    keys[row] = after
    if after <= smallest[model.index] {
      smallest[model.index] = after
    } else if before == smallest[model.index] {
      findSmallest(of: model.index)
    }
  }

  /// Nanoseconds until a replica would be through with one request more at its highest throughput, above its row;
  /// `.max` where it takes none.
  @inlinable
  @inline(__always)
  func key(of replica: ReplicaObservation, row: Int) -> Int64 {
    // Both factors are at least 0, so that a product of the low words that is too large shows above them.
    let requests = UInt64(clamping: Int64(replica.outstanding) + 1)
    let product = requests.multipliedFullWidth(by: UInt64(clamping: replica.nanosecondsPerRequest))
    let load = product.high == 0 ? min(product.low, longest) : longest
    let key = Int64(truncatingIfNeeded: load) &<< rowBits | Int64(row)
    return replica.acceptsRequests && replica.hasRoom ? key : .max
  }

  @inlinable
  mutating func findSmallest(of model: Int) {
    var found = Int64.max
    // Up to the negative key and not over a range: in vectors the key that was written last would be waited for.
    var row = Int(firstRows[model])
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
    guard model.index < smallest.count, smallest[model.index] < .max else { return .max }
    return smallest[model.index] &>> rowBits
  }

  /// The replica of a model with the least load; of equals the one with the lowest number.
  ///
  /// - Precondition: one takes requests.
  @inlinable
  @inline(__always)
  public func leastLoaded(of model: ModelID) -> ReplicaID {
    let key = smallest[model.index]
    precondition(key < .max, "a replica takes requests")
    let row = Int(truncatingIfNeeded: key & ~(-1 &<< rowBits))
    return ReplicaID(Int(replicas[row]))
  }

  /// Whether a replica of a model accepts requests, be its queue full or not.
  ///
  /// - Complexity: O(n) for n replicas of the model.
  public func acceptsAny(of model: ModelID) -> Bool {
    guard model.index < firstRows.count else { return false }
    var row = Int(firstRows[model.index])
    while replicas[row] >= 0 {
      if observations[Int(replicas[row])].acceptsRequests { return true }
      row += 1
    }
    return false
  }
}
