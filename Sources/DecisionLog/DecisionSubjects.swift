// SPDX-License-Identifier: Apache-2.0

/// What a decision log is about.
public struct DecisionSubjects: OptionSet, Sendable {
  /// A bit for each subject.
  public let rawValue: UInt8

  /// The subjects of those bits.
  public init(rawValue: UInt8) {
    self.rawValue = rawValue
  }

  /// What the spot manager and the autoscaler are told and decide.
  public static let machines = DecisionSubjects(rawValue: 1)
  /// What each policy that a request meets is asked and answers.
  public static let policies = DecisionSubjects(rawValue: 2)
  /// What the request path is told, and what becomes of each request: the policies together.
  public static let path = DecisionSubjects(rawValue: 4)
}
