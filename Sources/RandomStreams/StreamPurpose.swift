// SPDX-License-Identifier: Apache-2.0

/// What a stream's draws are for; two purposes never share a draw.
///
/// The raw values are part of what makes old results come out again: a value is never reused.
@frozen
public enum StreamPurpose: UInt8, Sendable, CaseIterable {
  /// The gaps between arrivals, indexed by the arrival's number.
  case arrivals = 1
  /// Class and sampling fields of a request, and what its content is; indexed by request.
  case requestContent = 2
  /// Prompt and output tokens of a request; indexed by request.
  case requestLengths = 3
  /// How much longer or shorter than measured a batch takes; indexed by its first request.
  case serviceTime = 4
  /// How long a place in a pool can be had and cannot be had; one entity a place.
  case capacity = 5
  /// Boot and load times of machines; one entity a place.
  case launch = 6
  /// How long before an interruption the notice comes; one entity a place.
  case notice = 7
  /// What the contents that repeat are like: class, lengths, sampling; indexed by content.
  case catalogue = 8
  /// Where in its part of the horizon a request window lies; indexed by window.
  case windows = 9
  /// Which contents a cache holds when a window opens; one entity a window, indexed by content.
  case cachePriming = 10
  /// Which requests hit a cache whose hit rate is given; indexed by request.
  case fixedHits = 11
  /// Designs of sensitivity studies and their bootstrap; no simulation draws from it.
  case sensitivity = 12
  /// The gaps of arrivals that are no Poisson process, a few draws each; one entity a cell.
  case renewalGaps = 13
  /// How long after its launch a machine is taken back; one entity a place.
  case lifetime = 14
  /// When shocks come; one entity a kind of shock.
  case shocks = 15
  /// Which machines a shock takes; one entity a place and kind of shock, indexed by shock.
  case shockVictims = 16
  /// Where measured traces of capacity are entered.
  case traceEntry = 17
  /// How long the cloud takes to answer a launch; one entity a pool, indexed by launch.
  case launchAnswer = 18
  /// How a price wanders; one entity a pool, indexed by step.
  case price = 19
  /// When a price jumps; one entity a pool, indexed by jump.
  case priceJumps = 20
  /// Which points of a sweep are drawn; no simulation draws from it.
  case sweep = 21
  /// Which system prompt a request begins with; indexed by request.
  case systemPrompts = 22
  /// Requests of conversations: their number, lengths and times; one entity a cell of first requests.
  case turns = 23
  /// Draws of tests and benchmarks.
  case testing = 255
}
