// SPDX-License-Identifier: GPL-3.0-or-later

import Quantities
import Serving

/// A replica that a machine carries: which model it serves, how, and how many requests may wait for it.
@usableFromInline
package struct ReplicaPlace: Sendable {
  /// The model that it serves.
  package let serves: ModelID
  /// How it serves it.
  package var service: ReplicaService
  /// The most requests that wait in its queue.
  package let queueLimit: Int

  /// A replica of those values.
  package init(serves: ModelID, service: ReplicaService, queueLimit: Int) {
    self.serves = serves
    self.service = service
    self.queueLimit = queueLimit
  }
}

/// How a replica serves: by batches whose time was measured, or by steps of an engine that knows tokens.
package enum ReplicaService: Sendable, Equatable {
  /// By batches whose time depends on their size alone.
  case batches(BatchModel)
  /// By continuous batching in steps whose time depends on tokens.
  case tokens(TokenModel)
}

extension ReplicaService {
  /// The model of batches; `nil` where it serves by tokens.
  package var batches: BatchModel? {
    switch self {
    case .batches(let model): model
    case .tokens: nil
    }
  }

  /// The model of a token engine; `nil` where it serves by batches.
  package var tokens: TokenModel? {
    switch self {
    case .batches: nil
    case .tokens(let model): model
    }
  }

  /// Requests a second at the most: what load is measured against.
  package var maximumThroughput: Double {
    switch self {
    case .batches(let model): model.maximumThroughput
    case .tokens(let model): model.capacity.throughput
    }
  }

  /// The replica's time for one request at its highest throughput.
  package var timePerRequest: TimeSpan {
    switch self {
    case .batches(let model): model.timePerRequest
    case .tokens(let model):
      TimeSpan(
        roundingToMicroseconds: min(3_600, max(1e-6, 1 / max(1e-9, model.capacity.throughput))))
    }
  }

  /// The time of a request that a replica serves alone.
  package var timeAlone: TimeSpan {
    switch self {
    case .batches(let model): model.latency.times[1]
    case .tokens(let model): TimeSpan(roundingToMicroseconds: min(86_400, model.capacity.timeAlone))
    }
  }

  /// How many requests, or batches of them, have parts of the replica of their own: what its time is counted by.
  package var lanes: Int {
    switch self {
    case .batches(let model): model.lanes
    case .tokens: 1
    }
  }

  /// Whether how long it takes is drawn at random.
  package var isRandom: Bool {
    switch self {
    case .batches(let model): model.noise != .none
    case .tokens: false
    }
  }
}
