// SPDX-License-Identifier: GPL-3.0-or-later

import Numerics
import Quantities
import RandomStreams

/// By what factor of mean 1 a batch takes longer or shorter than the latency curve says.
package enum ServiceTimeNoise: Sendable, Equatable {
  /// Every batch takes exactly the time of the curve.
  case none
  /// Exponential: with batches of one request, a server of a Markovian queue.
  case exponential
  /// Any law; its mean should be 1, since it multiplies.
  case law(Distribution)

  /// The time of a batch that the curve says takes `span`; at most ``Quantities/TimeSpan/longestStretch``.
  ///
  /// - Parameters:
  ///   - item: whose draws they are: the number of the first request in the batch, so that with
  ///     batches of one each request brings its own service time wherever it is served.
  package func apply(to span: TimeSpan, of item: UInt64, from stream: RandomStream) -> TimeSpan {
    switch self {
    case .none:
      return span
    case .exponential:
      let factor = -Elementary.log(positiveUniform(stream.block(at: item).low))
      let longest = Double(TimeSpan.longestStretch.nanoseconds)
      return TimeSpan(nanoseconds: Int64(min(Double(span.nanoseconds) * factor, longest)))
    case .law(let law):
      var draws = stream.draws(of: item)
      let seconds = span.inSeconds * law.sample(from: &draws)
      return TimeSpan(roundingToMicroseconds: min(seconds, TimeSpan.longestStretch.inSeconds))
    }
  }
}
