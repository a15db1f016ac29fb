// SPDX-License-Identifier: Apache-2.0

/// Why a snapshot of a policy is not taken up.
public struct SnapshotError: Error, Equatable, Sendable, CustomStringConvertible {
  /// What is wrong with it.
  public let problem: String

  init(_ problem: String) {
    self.problem = problem
  }

  /// What is wrong with it.
  public var description: String { problem }

  /// Ends with an error where a snapshot does not fit the settings that it is restored with.
  static func hold(_ condition: Bool, _ problem: String) throws(SnapshotError) {
    if !condition { throw SnapshotError(problem) }
  }
}

/// What a policy knows, with the name of the policy and the version of the form.
///
/// Encoded as `{"policy":"spot","version":1,"state":{…}}`.
struct PolicyState<State: Codable & Sendable>: Sendable {
  let policy: String
  var state: State

  private enum CodingKeys: String, CodingKey {
    case policy, version, state
  }

  /// The version of the form; readers refuse another.
  private static var version: Int { 1 }

  init(policy: String, _ state: State) {
    self.policy = policy
    self.state = state
  }

  /// Reads the state of a policy, and that of no other.
  init(policy: String, from decoder: any Decoder) throws {
    let values = try decoder.container(keyedBy: CodingKeys.self)
    let found = try values.decode(String.self, forKey: .policy)
    try SnapshotError.hold(
      found == policy, "this is a snapshot of the policy '\(found)', not of '\(policy)'")
    let version = try values.decode(Int.self, forKey: .version)
    try SnapshotError.hold(
      version == Self.version,
      "a snapshot of version \(version) is not read; this version reads \(Self.version)")
    self.policy = policy
    state = try values.decode(State.self, forKey: .state)
  }

  func encode(to encoder: any Encoder) throws {
    var values = encoder.container(keyedBy: CodingKeys.self)
    try values.encode(policy, forKey: .policy)
    try values.encode(Self.version, forKey: .version)
    try values.encode(state, forKey: .state)
  }
}
