// SPDX-License-Identifier: GPL-3.0-or-later

import TokenEngine

/// What engines did, as separated text.
package enum EngineOutput {
  /// The header of the records of schedulers whose requests arrive in nanoseconds.
  package static let recordHeader =
    "id,first_scheduled_ns,first_token_ns,completed_ns,preemptions,cached_tokens\n"

  /// The header of their steps.
  package static let stepHeader =
    "step,sched_ns,start_ns,duration_ns,running,waiting,scheduled,context_tokens,prefill_tokens,"
    + "decode_tokens,preempted,admitted,free_scheduled,finished,free_end\n"

  /// The records in the order of their ids.
  package static func table(_ records: [EngineRecord]) -> String {
    records.sorted { $0.id < $1.id }.reduce(into: recordHeader) { text, record in
      text +=
        "\(record.id),\(record.firstScheduled),\(record.firstToken),\(record.completed),"
        + "\(record.preemptions),\(record.cachedTokens)\n"
    }
  }

  /// One step, the first being number 0.
  package static func row(_ step: EngineStep, number: Int) -> String {
    let shape = step.shape
    let preempted = step.preempted.map(String.init).joined(separator: " ")
    let admitted = step.admitted.map { "\($0.id):\($0.cachedTokens)" }.joined(separator: " ")
    let finished = step.finished.map(String.init).joined(separator: " ")
    return "\(number),\(step.scheduled),\(step.started),\(step.ended - step.started),"
      + "\(step.running),\(step.waiting),\(shape.sequences),\(shape.contextTokens),"
      + "\(shape.prefillTokens),\(shape.decodes),\(preempted),\(admitted),"
      + "\(step.freeAfterScheduling),\(finished),\(step.freeAtEnd)\n"
  }

  /// The header of the records of schedulers that take blocks for whole prompts.
  package static let surfaceHeader =
    "request_id,replica_id,arrived_at_s,prompt_tokens,output_tokens,first_scheduled_at_s,"
    + "first_token_at_s,completed_at_s,ttft_s,e2e_s,mean_tpot_s,num_restarts\n"

  /// The records of a run in seconds.
  package static func table(
    _ records: [PromptReservingRun<Double>.Record], of requests: EngineRequests
  ) -> String {
    zip(records, requests.requests).enumerated().reduce(into: surfaceHeader) { text, row in
      let (index, (record, request)) = row
      let arrived = requests.seconds[index]
      let gaps = request.outputTokens - 1
      let gap = gaps > 0 ? "\((record.completed - record.firstToken) / Double(gaps))" : ""
      text +=
        "\(requests.labels[index]),\(record.replica),\(arrived),\(request.promptTokens),"
        + "\(request.outputTokens),\(record.firstScheduled),\(record.firstToken),"
        + "\(record.completed),\(record.firstToken - arrived),\(record.completed - arrived),"
        + "\(gap),\(record.restarts)\n"
    }
  }

  /// The records of a run in whole nanoseconds.
  package static func table(
    _ records: [PromptReservingRun<Int64>.Record], of requests: EngineRequests
  ) -> String {
    zip(records, requests.requests).enumerated().reduce(into: surfaceHeader) { text, row in
      let (index, (record, request)) = row
      let gaps = Int64(request.outputTokens - 1)
      let gap =
        gaps > 0 ? "\(Double(record.completed - record.firstToken) / Double(gaps) / 1e9)" : ""
      let times = [
        record.firstScheduled, record.firstToken, record.completed,
        record.firstToken - request.arrival, record.completed - request.arrival,
      ]
      text +=
        "\(requests.labels[index]),\(record.replica),\(seconds(request.arrival)),"
        + "\(request.promptTokens),\(request.outputTokens),"
        + times.map(seconds).joined(separator: ",") + ",\(gap),\(record.restarts)\n"
    }
  }

  /// Whole nanoseconds as seconds with nine decimals.
  static func seconds(_ nanoseconds: Int64) -> String {
    let (whole, rest) = nanoseconds.quotientAndRemainder(dividingBy: 1_000_000_000)
    return "\(whole)." + String(1_000_000_000 + rest).dropFirst()
  }
}
