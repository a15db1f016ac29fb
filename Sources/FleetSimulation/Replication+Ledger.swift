// SPDX-License-Identifier: GPL-3.0-or-later

import Policies
import Quantities
import Recording
import Serving

extension Replication where Engine: ~Copyable {
  /// Adds what lanes did since the last change of windows to the stratum that was measured.
  ///
  /// - Complexity: O(replicas).
  mutating func noteReplicaUse() {
    var use = ReplicaUse(models: scenario.fleet.models.count)
    for replica in 0..<engine.count {
      use.busy[path[ReplicaID(replica)].model.index] +=
        engine.busyTime(of: replica, at: now).nanoseconds
      use.idle += engine.idleTime(of: replica, at: now).nanoseconds
    }
    use.tokens = engine.work(at: now).tokens?.counts.map(\.value) ?? []
    engineTime.note(use, isMeasured: meter.windows.isMeasuring)
  }

  /// What the bill was paid for: work by model, idle machines, overhead, and what is no machine.
  ///
  /// Overhead is known for the whole horizon: starts, and machines that are held and no longer serve. What machines
  /// that serve do is known where requests were measured, and taken to be so elsewhere; machines that served at no
  /// time that was measured were idle. Without requests nobody knows, and nothing is said.
  borrowing func allocateCosts(_ record: inout ReplicationRecord, weights: [UInt64]) {
    var machines = USD.zero
    var unused = USD.zero
    for line in record.invoice {
      switch line.kind {
      case .machines, .commitmentUsed, .commitmentUpfront: machines += line.amount
      case .commitmentUnused: unused += line.amount
      case .other: break
      }
    }
    let busyByModel = scenario.fleet.models.indices.map { model in
      zip(engineTime.use, weights).reduce(Int128(0)) { $0 + $1.0.busy[model] * Int128($1.1) }
    }
    let busy = busyByModel.reduce(0, +)
    let idle = zip(engineTime.use, weights).reduce(Int128(0)) { $0 + $1.0.idle * Int128($1.1) }
    let serving = record.tally("serving_ns")
    let overhead = record.tally("rented_ns") - serving
    guard requests.areSimulated else { return }
    if serving + overhead == 0 {
      // What was promised for machines that were never rented paid for nothing.
      unused += machines
      machines = .zero
    }
    // Where a short window stands for many years, weights are cut so that the product is a number still.
    let cut = busy / (Int128.max / max(1, serving)) + 1
    let working = serving * (busy / cut) / max(1, (busy + idle) / cut)
    let split = CostSplit(
      of: machines, busy: MachineTime(nanoseconds: working),
      idle: MachineTime(nanoseconds: serving - working),
      overhead: MachineTime(nanoseconds: overhead))
    let byModel = split.workload(over: busyByModel.map(MachineTime.init(nanoseconds:)))
    var parts: [(String, String, USD)] = []
    for (model, amount) in zip(scenario.fleet.models, byModel) where amount != .zero {
      parts.append(("cost_workload", model.name, amount))
    }
    parts.append(("cost_idle", "", split.idle))
    parts.append(("cost_overhead", "", split.overhead))
    parts.append(("cost_unused_commitment", "", unused))
    parts.append(("cost_other", "", record.total - machines - unused))
    for (name, label, amount) in parts {
      record.tallies.append(Tally(name: name, label: label, value: Int128(amount.nanodollars)))
    }
  }
}
