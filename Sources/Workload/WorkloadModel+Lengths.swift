// SPDX-License-Identifier: GPL-3.0-or-later

import Numerics
import RandomStreams

/// A request of a sample: what a replica is told of it.
package struct SampledRequest: Sendable {
  /// Its number.
  package let number: UInt64
  /// Tokens of its prompt, at least one.
  package let prompt: Int
  /// Tokens of its answer, at least one.
  package let output: Int
  /// The text that it borrows.
  package let text: Int

  init(number: UInt64, prompt: UInt32, output: UInt32, text: UInt16) {
    self.number = number
    self.prompt = max(1, Int(prompt))
    self.output = max(1, Int(output))
    self.text = Int(text)
  }
}

extension WorkloadModel {
  /// Requests as they come: always the same.
  ///
  /// Of recorded requests those that come first, again and again under other numbers; of conversations the requests of
  /// all that go on at the start.
  ///
  /// - Complexity: O(count).
  package func sample(count: Int) -> [SampledRequest] {
    if let trace = recorded, !trace.requests.isEmpty {
      let texts = mix.sample(count: count)
      return (0..<count).map { number in
        let request = trace.requests[number % trace.requests.count]
        return SampledRequest(
          number: UInt64(number), prompt: request.promptTokens, output: request.outputTokens,
          text: UInt16(texts[number].text))
      }
    }
    guard conversations != nil else { return mix.sample(count: count) }
    var source = RequestSource(self, from: .start, seed: 0, replication: 0)
    var sample: [SampledRequest] = []
    while sample.count < count, source.nextTime != .never {
      let arrival = source.take()
      sample.append(
        SampledRequest(
          number: arrival.number, prompt: arrival.promptTokens, output: arrival.outputTokens,
          text: arrival.textIndex))
    }
    return sample.isEmpty ? mix.sample(count: count) : sample
  }
}

extension RequestMix {
  /// Requests by the laws of lengths, each by itself: always the same.
  ///
  /// - Complexity: O(count).
  package func sample(count: Int) -> [SampledRequest] {
    let stream = RandomStream(seed: 0, replication: 0, purpose: .requestLengths, entity: 0)
    let tables = lengthTables
    return (0..<UInt64(count)).map { number in
      let bits = stream.block(at: number)
      let drawn = entry(lengthBits: bits.low, kindBits: bits.high, tables)
      return SampledRequest(
        number: number, prompt: drawn.promptTokens, output: drawn.outputTokens, text: drawn.text)
    }
  }
}
