// SPDX-License-Identifier: GPL-3.0-or-later

import Policies
import Quantities
import Recording
import Serving

/// Lane time of the fleet while requests ran and were measured, by model and by stratum.
struct LaneUse: Sendable {
  /// Lane time in which batches ran, by model.
  var busy: [Int64]
  /// Lane time in which replicas were ready and ran nothing.
  var idle: Int64 = 0

  init(models: Int) {
    busy = [Int64](repeating: 0, count: models)
  }
}

extension FleetSimulation {
  /// Adds what lanes did since the last change of windows to the stratum that was measured.
  ///
  /// - Complexity: O(replicas).
  mutating func noteLaneUse() {
    var use = LaneUse(models: scenario.models.count)
    for replica in 0..<bank.count {
      use.busy[board[replica].model.index] += bank.busyTime(of: replica, at: now).nanoseconds
      use.idle += bank.idleTime(of: replica, at: now).nanoseconds
    }
    if windows.isMeasuring {
      for model in use.busy.indices {
        laneUse[laneStratum].busy[model] += use.busy[model] - laneUseBefore.busy[model]
      }
      laneUse[laneStratum].idle += use.idle - laneUseBefore.idle
    }
    laneUseBefore = use
  }

  /// What the bill was paid for: work by model, idle machines, starts, and what is no machine.
  ///
  /// Starts are known for the whole horizon. What machines that serve do is known where requests were
  /// measured, and taken to be so elsewhere.
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
    let busyByModel = scenario.models.indices.map { model in
      zip(laneUse, weights).reduce(Int128(0)) { $0 + Int128($1.0.busy[model]) * Int128($1.1) }
    }
    let busy = busyByModel.reduce(0, +)
    let idle = zip(laneUse, weights).reduce(Int128(0)) {
      $0 + Int128($1.0.idle) * Int128($1.1)
    }
    let serving = Int128(record.tally("serving_ns"))
    let starting = max(0, Int128(record.tally("rented_ns")) - serving)
    guard busy + idle > 0, serving + starting > 0 else { return }
    // Where a short window stands for many years, weights are cut so that the product is a number still.
    let cut = busy / (Int128.max / max(1, serving)) + 1
    let working = serving * (busy / cut) / max(1, (busy + idle) / cut)
    let split = CostSplit(
      of: machines, busy: TimeSpan(nanoseconds: Int64(working)),
      idle: TimeSpan(nanoseconds: Int64(serving - working)),
      overhead: TimeSpan(nanoseconds: Int64(starting)))
    // Weights are cut to 62 bits; a part in 10^18 of the engine time moves no nanodollar.
    let scale = max(1, (busyByModel.max() ?? 0) >> 62)
    let byModel = split.workload(
      over: busyByModel.map { TimeSpan(nanoseconds: Int64($0 / scale)) })
    var parts: [(String, String, USD)] = []
    for (model, amount) in zip(scenario.models, byModel) where amount != .zero {
      parts.append(("cost_workload", model.name, amount))
    }
    parts.append(("cost_idle", "", split.idle))
    parts.append(("cost_overhead", "", split.overhead))
    parts.append(("cost_unused_commitment", "", unused))
    parts.append(("cost_other", "", record.total - machines - unused))
    for (name, label, amount) in parts {
      record.tallies.append(Tally(name: name, label: label, value: amount.nanodollars))
    }
  }
}
