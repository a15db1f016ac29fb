// SPDX-License-Identifier: Apache-2.0

import Digests

extension CacheKey {
  /// Who may share answers.
  public enum Scope: Equatable, Sendable {
    /// The requests of one tenant.
    case tenant(String)
    /// Everybody, where the operator says that answers hold no secrets.
    case everybody
  }

  /// The version of what keys are made of; a new one shares no answer with an old one.
  public static let version: UInt8 = 1

  /// The key of a request of somebody, to be answered by an artefact: weights, quantisation and template.
  ///
  /// The first 16 bytes of a SHA-256 over the version, scope, artefact and the canonical request, each
  /// with its length before it. `nil` where scope or artefact have no name: such a request shares nothing.
  ///
  /// - Complexity: O(size of the request).
  public init?(_ request: CompletionRequest, scope: Scope, artefact: String) {
    var bytes = [Self.version]
    switch scope {
    case .tenant(let name):
      guard !name.isEmpty else { return nil }
      bytes.append(1)
      CanonicalValue.append(name, to: &bytes)
    case .everybody: bytes.append(2)
    }
    guard !artefact.isEmpty else { return nil }
    CanonicalValue.append(artefact, to: &bytes)
    bytes += request.canonicalBytes
    var words: [UInt64] = [0, 0]
    for (index, byte) in SHA256.digest(of: bytes).bytes.prefix(16).enumerated() {
      words[index / 8] = words[index / 8] << 8 | UInt64(byte)
    }
    self.init(high: words[0], low: words[1])
  }
}
