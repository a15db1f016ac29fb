// SPDX-License-Identifier: Apache-2.0

import GatewayCore
import NIOCore
import OpenAIProtocol

/// A request between its arrival and its end: its client, its call, and the answer so far.
final class Exchange {
  let number: UInt64
  let request: ModelRequest
  /// The name of the client's key, and the number of its tenant.
  let key: Configuration.Key
  /// What is passed on of the client's headers.
  let passedHeaders: [(String, String)]
  let arrived: NIODeadline
  /// `nil` once it is gone or has its answer.
  var client: ClientHandler?
  var call: EngineCall?
  /// The number of the model that answers.
  var model: Int
  /// The answer as the client gets it, for others and for the store, as far as it is held.
  var kept: [UInt8] = []
  var isWhole = true
  var facts = AnswerFacts()
  var events: EventStream
  var timer: Scheduled<Void>?
  // When what happened, for histograms.
  var written: NIODeadline?
  var firstByte: NIODeadline?
  var attempts = 0

  init(
    number: UInt64, request: ModelRequest, key: Configuration.Key,
    passing headers: [(String, String)], from client: ClientHandler, limit: Int
  ) {
    self.number = number
    self.request = request
    self.key = key
    passedHeaders = headers
    arrived = .now()
    self.client = client
    model = 0
    events = EventStream(limit: limit)
  }

  /// Forgets what an earlier call brought.
  func beginCall() {
    kept.removeAll(keepingCapacity: true)
    isWhole = true
    facts = AnswerFacts()
    events = EventStream(limit: 1 << 20)
    written = nil
    firstByte = nil
  }

  /// Holds a piece of the answer, up to a bound.
  func keep(_ bytes: some Collection<UInt8>, upTo limit: Int) {
    guard isWhole else { return }
    if kept.count + bytes.count > limit {
      isWhole = false
      kept = []
    } else {
      kept += bytes
    }
  }
}
