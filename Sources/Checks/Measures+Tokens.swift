// SPDX-License-Identifier: GPL-3.0-or-later

import Quantities
import Recording
import Scenario
import Serving
import Statistics

/// Measures of what replicas did with tokens.
extension Measures {
  /// A measure of tokens.
  func tokens(_ measure: TokenMeasure) -> Interval? {
    switch measure {
    case .outputRate:
      return each { Double($0.tally("answered_tokens")) / $0.measuredWeight }
    case .goodput(let limits):
      return each { Double($0.tally("goodput", "\(limits)")) / $0.measuredWeight }
    case .costPerMillionOutput:
      return each { record in cost(record, tokens: Double(record.tally("answered_tokens"))) }
    case .costPerMillion:
      return each { record in
        let completed = Double(max(1, record.requests[.completed]))
        let prompts = Double(record.promptTokens.count) / completed
        return cost(
          record,
          tokens: Double(record.tally("answered_tokens"))
            + prompts * Double(record.weighted.answered))
      }
    case .occupancy: return share("kv_block_ns", of: ["kv_blocks_there_ns"])
    case .prefixHitRatio: return share("tokens_cached", of: ["tokens_cached", "tokens_prompt"])
    case .recomputed:
      return share("tokens_recomputed", of: ["tokens_recomputed", "tokens_prompt"])
    case .preemptions:
      return each { record in
        record.weighted.arrived > 0
          ? Double(record.tally("preemptions")) * 1_000 / Double(record.weighted.arrived) : nil
      }
    }
  }

  /// The rows that a run of such a fleet stores and prints.
  var tokenRows: [MeasureRow] {
    guard scenario.knowsTokens else { return [] }
    var asked = TokenMeasure.reported
    for target in scenario.targets {
      if case .tokens(let measure) = target.measure, !asked.contains(measure) {
        asked.append(measure)
      }
    }
    return asked.map { MeasureRow(name: $0.name, unit: $0.unit, interval: tokens($0)) }
  }

  /// How much is offered of what the fleet can serve, and what it could not.
  var tokenNotes: [RunNote] {
    guard scenario.knowsTokens, offered.arrived > 0, scenario.maximumThroughput > 0 else {
      return []
    }
    let (peak, most) = (
      scenario.highestRate * scenario.expectedEngineShare, scenario.maximumThroughput
    )
    let (rate, served) = (formatted(peak, places: 2), formatted(most, places: 2))
    var notes = [
      RunNote(
        topic: "load",
        text: peak > most
          ? "saturated: up to \(rate) requests a second reach replicas, and all machines that are wanted serve "
            + "\(served) of these lengths; from there on queues grow as long as clients wait"
          : "at most \(formatted(peak / most, places: 2)): up to \(rate) requests a second reach replicas; all machines "
            + "that are wanted serve \(served) of these lengths, and saturate there")
    ]
    let outside = records.reduce(Int128(0)) { $0 + $1.tally("steps_outside") }
    if outside > 0 {
      let steps = records.reduce(Int128(0)) { $0 + $1.tally("steps") }
      notes.append(
        RunNote(
          topic: "steps",
          text:
            "\(formatted(Double(outside) / Double(steps) * 100, places: 2)) % of the steps lie outside of the measured "
            + "tables and take the time of the nearest measurement"))
    }
    let tooLong = records.reduce(Int128(0)) { $0 + $1.tally("too_long") }
    if tooLong > 0 {
      notes.append(
        RunNote(
          topic: "lengths",
          text:
            "\(tooLong) requests in all replications have more tokens than the blocks of an engine hold, and failed"
        ))
    }
    return notes
  }

  private func each(_ value: (ReplicationRecord) -> Double?) -> Interval? {
    Interval.mean(of: samples.compactMap(value), confidence: confidence)?.clipped(from: 0)
  }

  private func share(_ part: String, of parts: [String]) -> Interval? {
    let values = records.compactMap { record -> Double? in
      let whole = parts.reduce(Int128(0)) { $0 + record.tally($1) }
      return whole > 0 ? Double(record.tally(part)) / Double(whole) : nil
    }
    return Interval.mean(of: values, confidence: confidence)?.clipped(from: 0, to: 1)
  }

  /// The bill for a million of those tokens, which were measured by weight, if requests are as many as expected.
  private func cost(_ record: ReplicationRecord, tokens: Double) -> Double? {
    guard record.weighted.arrived > 0, tokens > 0 else { return nil }
    let offered = Double(scenario.workload.expectedRequests(for: scenario.run.horizon))
    let all = tokens / Double(record.weighted.arrived) * offered
    return all > 0 ? record.total.inDollars / all * 1e6 : nil
  }
}

extension ReplicationRecord {
  /// The time that its measured requests stand for, in seconds times the unit of their weights.
  fileprivate var measuredWeight: Double { measuredTime.inSeconds * Double(weightUnit) }
}
