// SPDX-License-Identifier: GPL-3.0-or-later

import Quantities

/// Lane time of the fleet while requests ran and were measured, by model and by stratum.
struct ReplicaUse: Sendable {
  /// Lane time in which batches ran, by model.
  var busy: [Int128]
  /// Lane time in which replicas were ready and ran nothing.
  var idle: Int128 = 0
  /// What engines did with tokens, in the order of their counts; empty where they know none.
  var tokens: [Int128] = []

  init(models: Int) {
    busy = [Int128](repeating: 0, count: models)
  }

  /// Adds what was done between two moments.
  mutating func add(_ now: ReplicaUse, since before: ReplicaUse) {
    if tokens.isEmpty { tokens = now.tokens.map { _ in 0 } }
    for count in now.tokens.indices {
      tokens[count] += now.tokens[count] - (before.tokens.isEmpty ? 0 : before.tokens[count])
    }
    for model in now.busy.indices { busy[model] += now.busy[model] - before.busy[model] }
    idle += now.idle - before.idle
  }
}

/// What replicas and machines spent their time on.
struct EngineMeter: Sendable {
  /// What replicas did while requests of each stratum were measured.
  private(set) var use: [ReplicaUse]
  /// The stratum whose requests were measured last.
  var stratum = 0
  /// What replicas had done when that was noted last.
  private var before: ReplicaUse
  /// Lane time of machines that had ended, or begun to serve, in which they did not serve.
  var overhead = MachineTime.zero
  /// What lanes had done when the horizon began and ended; `nil` before it has.
  var atStart = FleetTime()
  var atEnd: FleetTime?

  /// Nothing was done for so many models and strata.
  init(models: Int, strata: Int) {
    before = ReplicaUse(models: models)
    use = [ReplicaUse](repeating: before, count: strata)
  }

  /// Notes what replicas have done up to now, and adds what is new to the stratum whose requests are measured.
  mutating func note(_ now: ReplicaUse, isMeasured: Bool) {
    if isMeasured { use[stratum].add(now, since: before) }
    before = now
  }
}
