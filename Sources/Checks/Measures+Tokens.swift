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
    // What is counted over the whole run is not known of its sections.
    let values = (measure.isOfRequests ? samples : records).compactMap {
      value(of: measure, in: $0)
    }
    let interval = Interval.mean(of: values, confidence: confidence)
    return measure.isShare ? interval?.clipped(from: 0, to: 1) : interval?.clipped(from: 0)
  }

  /// A measure of tokens in one replication, or in a section of one; `nil` where it has none.
  func value(of measure: TokenMeasure, in record: ReplicationRecord) -> Double? {
    switch measure {
    case .outputRate: return Double(record.tally(.answeredTokens)) / record.measuredWeight
    case .goodput(let limits):
      return Double(record.tally(.goodput, "\(limits)")) / record.measuredWeight
    case .costPerMillionOutput:
      return cost(record, tokens: Double(record.tally(.answeredTokens)))
    case .costPerMillion:
      let completed = Double(max(1, record.requests[.completed]))
      let prompts = Double(record.promptTokens.count) / completed
      return cost(
        record,
        tokens: Double(record.tally(.answeredTokens))
          + prompts * Double(record.weighted.answered))
    case .occupancy: return share("kv_block_ns", of: ["kv_blocks_there_ns"], in: record)
    case .prefixHitRatio:
      return share("tokens_cached", of: ["tokens_cached", "tokens_prompt"], in: record)
    case .recomputed:
      return share("tokens_recomputed", of: ["tokens_recomputed", "tokens_prompt"], in: record)
    case .preemptions:
      return record.weighted.arrived > 0
        ? Double(record.tally(ofEngine: "preemptions")) * 1_000 / Double(record.weighted.arrived)
        : nil
    }
  }

  /// The measures of tokens that a run reports: all, and what its targets ask.
  var tokenMeasures: [TokenMeasure] {
    guard scenario.knowsTokens else { return [] }
    var asked = TokenMeasure.reported
    for target in scenario.targets {
      if case .tokens(let measure) = target.measure, !asked.contains(measure) {
        asked.append(measure)
      }
    }
    return asked
  }

  /// The rows that a run of such a fleet stores and prints.
  var tokenRows: [MeasureRow] {
    tokenMeasures.map { MeasureRow(name: $0.name, unit: $0.unit, interval: tokens($0)) }
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
    let outside = records.reduce(Int128(0)) { $0 + $1.tally(ofEngine: "steps_outside") }
    if outside > 0 {
      let steps = records.reduce(Int128(0)) { $0 + $1.tally(ofEngine: "steps") }
      notes.append(
        RunNote(
          topic: "steps",
          text:
            "\(formatted(Double(outside) / Double(steps) * 100, places: 2)) % of the steps lie outside of the measured "
            + "tables and take the time of the nearest measurement"))
    }
    let tooLong = records.reduce(Int128(0)) { $0 + $1.tally(.tooLong) }
    if tooLong > 0 {
      notes.append(
        RunNote(
          topic: "lengths",
          text:
            "\(tooLong) requests in all replications failed: they have more tokens than the context of a model or the blocks "
            + "or steps of its engine take"
        ))
    }
    let followed = records.reduce(Int128(0)) { $0 + $1.tally(.turnsFollowed) }
    let overtaken = records.reduce(Int128(0)) { $0 + $1.tally(.turnsOvertaken) }
    if overtaken > 0 {
      notes.append(
        RunNote(
          topic: "conversations",
          text:
            "\(formatted(Double(overtaken) / Double(followed) * 100, places: 2)) % of the answers came after the next request "
            + "of their conversation: who waits for an answer asks later, and offers less load"))
    }
    return notes
  }

  private func share(
    _ part: String, of parts: [String], in record: ReplicationRecord
  ) -> Double? {
    let whole = parts.reduce(Int128(0)) { $0 + record.tally(ofEngine: $1) }
    return whole > 0 ? Double(record.tally(ofEngine: part)) / Double(whole) : nil
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
