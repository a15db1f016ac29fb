// SPDX-License-Identifier: Apache-2.0

import Digests
import OpenAIProtocol
import Policies
import Quantities
import Serving

/// A request as the driver is told of it.
public struct Arrival: Sendable {
  /// The number of its tenant.
  public var tenant: Int
  /// The number of the model that it asks for; `nil` for `auto`.
  public var model: Int?
  /// The text by which its difficulty is judged; read for `auto` only.
  public var text: String
  /// Tokens of its prompt, as far as one can tell from its bytes.
  public var promptTokens: Int
  /// The most tokens of its answer.
  public var outputTokens: Int
  /// Whether its answer may be shared with equal requests: temperature 0, and no `no-store` or `no-cache`.
  public var isShared: Bool
  /// How many answers it wants.
  public var choices: Int
  /// The digest of what it asks for; empty where its answer is not shared.
  public var content: [UInt8]
  /// Its session; 0 for none.
  public var session: UInt64

  /// A request that shares nothing.
  public init(tenant: Int, model: Int?, promptTokens: Int, outputTokens: Int) {
    self.tenant = tenant
    self.model = model
    text = ""
    self.promptTokens = promptTokens
    self.outputTokens = outputTokens
    isShared = false
    choices = 1
    content = []
    session = 0
  }
}

/// What the driver asks of the world outside.
public enum Command: Sendable {
  /// Call an engine for a request; which try it is, from 0.
  case call(UInt64, ReplicaID, attempt: Int)
  /// Cancel the call of a request.
  case cancel(UInt64)
  /// Report at that time that a request is to be tried again.
  case retry(UInt64, at: Instant)
  /// Report at that time that an engine's rest is over.
  case wake(ReplicaID, at: Instant)
  /// Answer a request with what was kept.
  case serve(UInt64, KeptAnswer, age: TimeSpan)
  /// Answer a request with what another got for an equal one.
  case share(UInt64, KeptAnswer)
  /// The answer of a request is complete; what it cost, where that is known.
  case finish(UInt64, cost: USD?)
  /// A request gets an error, or an engine's own words about one.
  case fail(UInt64, CallFailure)
}

/// How the call of an engine failed.
public struct CallFailure: Error, Equatable, Sendable {
  /// What happened.
  public enum Kind: Equatable, Sendable {
    /// No connection, or none in time.
    case unreachable
    /// The connection ended before the answer did.
    case brokenOff
    /// Nothing came for too long.
    case stalled
    /// The engine answered with an error.
    case status(Int)
    /// What came is no answer.
    case garbage
    /// No engine was called: the request was refused.
    case refused
  }

  /// What happened.
  public var kind: Kind
  /// How long the engine asks to be left alone.
  public var retryAfter: TimeSpan?
  /// What the client is told.
  public var error: APIError
  /// The engine's own words, which the client gets in place of `error`; `nil` for none.
  public var body: [UInt8]?

  /// A failure of those values.
  public init(
    _ kind: Kind, _ error: APIError, retryAfter: TimeSpan? = nil, body: [UInt8]? = nil
  ) {
    self.kind = kind
    self.error = error
    self.retryAfter = retryAfter
    self.body = body
  }

  /// What the path is told: whether another engine may do better.
  var isTransient: Bool {
    switch kind {
    case .unreachable, .brokenOff, .stalled, .garbage: true
    case .status(let status): status == 408 || status == 429 || status >= 500
    case .refused: false
    }
  }

  /// What the cooldown is told: an error that is the request's own says nothing against the engine.
  var outcome: Cooldown.Outcome {
    switch kind {
    case .status(401), .status(403): .refused(retryAfter: retryAfter)
    case .status(let status) where status < 500 && status != 408 && status != 429: .succeeded
    default: .failed(retryAfter: retryAfter)
    }
  }
}

extension CacheKey {
  /// The key of a content for a tenant, answered by an artefact: the first 16 bytes of a SHA-256 over version, tenant,
  /// artefact and content, each text with its length before it.
  init(content: [UInt8], tenant: String, artefact: String) {
    var bytes: [UInt8] = [Self.version, UInt8(ascii: "g")]
    for text in [tenant, artefact] {
      let count = UInt64(text.utf8.count)
      for shift in stride(from: UInt64(0), to: 64, by: 8) {
        bytes.append(UInt8(truncatingIfNeeded: count >> shift))
      }
      bytes += text.utf8
    }
    bytes += content
    var words: [UInt64] = [0, 0]
    for (index, byte) in SHA256.digest(of: bytes).bytes.prefix(16).enumerated() {
      words[index / 8] = words[index / 8] << 8 | UInt64(byte)
    }
    self.init(high: words[0], low: words[1])
  }
}
