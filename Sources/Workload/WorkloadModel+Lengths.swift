// SPDX-License-Identifier: GPL-3.0-or-later

import Numerics
import RandomStreams

extension WorkloadModel {
  /// Lengths of prompts and answers as requests have them, in tokens, at least one each way: always the same.
  ///
  /// Of recorded requests those that come first.
  ///
  /// - Complexity: O(count).
  package func lengths(count: Int) -> [(prompt: Int, output: Int)] {
    if case .replay(let trace) = arrivals, !trace.requests.isEmpty {
      return (0..<count).map { number in
        let request = trace.requests[number % trace.requests.count]
        return (max(1, Int(request.promptTokens)), max(1, Int(request.outputTokens)))
      }
    }
    return mix.lengths(count: count)
  }
}

extension RequestMix {
  /// Lengths of prompts and answers by their laws, in tokens: always the same.
  ///
  /// - Complexity: O(count).
  package func lengths(count: Int) -> [(prompt: Int, output: Int)] {
    let stream = RandomStream(seed: 0, replication: 0, purpose: .requestLengths, entity: 0)
    let tables = lengthTables
    return (0..<UInt64(count)).map { number in
      let bits = stream.block(at: number).low
      let prompt = tables.prompt?.wholeValue(for: UInt32(truncatingIfNeeded: bits)) ?? 1
      let output = tables.output?.wholeValue(for: UInt32(truncatingIfNeeded: bits >> 32)) ?? 1
      return (max(1, Int(prompt)), max(1, Int(output)))
    }
  }
}
