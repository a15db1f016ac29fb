// SPDX-License-Identifier: GPL-3.0-or-later

import Quantities

extension ScenarioLoader {
  /// How many replications are run: `10`, or `{ min: 10, max: 200, until: decided, block: 10 }`.
  func replicationPlan(
    _ root: inout MappingReader, into diagnostics: inout Diagnostics
  ) -> ReplicationPlan? {
    guard let value = root.node("replications", .required, into: &diagnostics) else { return nil }
    if case .scalar = value.node.content {
      return value.integer(into: &diagnostics).map { .exactly($0) }
    }
    guard var reader = value.mapping(into: &diagnostics) else { return nil }
    defer { reader.finish(into: &diagnostics) }
    let least = reader.integer("min", into: &diagnostics)
    let most = reader.integer("max", into: &diagnostics)
    let block = reader.integer("block", .optional, into: &diagnostics)
    let goal = reader.required("until", into: &diagnostics) { try Self.goal($0) }
    guard let least, let most, let goal else { return nil }
    guard least <= most else {
      reader.report(
        .beyond(.order, found: "\(most)", allowed: "at least min, \(least)"), of: "max",
        into: &diagnostics)
      return nil
    }
    return ReplicationPlan(minimum: least, maximum: most, block: block ?? least, goal: goal)
  }

  private static func goal(_ text: String) throws -> ReplicationPlan.Goal {
    if text == "decided" { return .decided }
    let allowed = "decided, or a relative half-width from above 0% to 100%, such as 1%"
    let share: Share
    do {
      share = try Share(parsing: text)
    } catch {
      throw Optional(error).saying(allowed)
    }
    guard share > .zero, share <= .whole else { throw UnreadableQuantity(range: allowed) }
    return .relativeHalfWidth(share)
  }

  /// Into how many sections one long replication is cut, where these are to stand for replications.
  func sections(
    _ root: inout MappingReader, _ plan: ReplicationPlan?, into diagnostics: inout Diagnostics
  ) -> Int? {
    guard let sections = root.integer("sections", .optional, into: &diagnostics)
    else { return nil }
    if let plan, plan.maximum > 1 {
      root.report(
        .rule(
          .conflict, "sections stand for replications where there is one; allowed: replications: 1"),
        of: "sections", into: &diagnostics)
    }
    return sections
  }
}
