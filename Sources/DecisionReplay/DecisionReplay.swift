// SPDX-License-Identifier: Apache-2.0

/// Makes the decisions of a log again, line by line, and compares them with those that it holds.
public struct DecisionReplay: ~Copyable, Sendable {
  /// The first line that came out otherwise.
  public struct Difference: Equatable, Sendable {
    /// Its number, from 1.
    public let line: Int
    /// What the log holds.
    public let recorded: String
    /// What the policies say here.
    public let replayed: String
  }

  /// How many lines came out as they are in the log, the first line included.
  public private(set) var matching = 0
  private var host: PolicyHost?
  private var number = 0

  /// A replay of nothing.
  public init() {}

  /// How many lines were fed.
  public var lines: Int { number }

  /// Feeds the next line, without its end, and says where it came out otherwise.
  public mutating func feed(
    _ line: [UInt8]
  ) throws(DecisionLogError) -> Difference? {
    let replayed = try decide(line)
    if replayed.count == line.count + 1, replayed.dropLast() == line[...] {
      matching += 1
      return nil
    }
    return Difference(
      line: number, recorded: String(decoding: line, as: UTF8.self),
      replayed: String(decoding: replayed.dropLast(), as: UTF8.self))
  }

  /// Feeds the next line and returns it with the decision that the policies make, and a line feed.
  public mutating func decide(_ line: [UInt8]) throws(DecisionLogError) -> [UInt8] {
    number += 1
    do {
      if host == nil {
        host = try PolicyHost(header: line)
      } else {
        try host?.step(line)
      }
      return host?.takeLines() ?? []
    } catch {
      throw DecisionLogError(line: number, key: error.key, problem: error.problem)
    }
  }
}
