// SPDX-License-Identifier: GPL-3.0-or-later

import Experiments
import Foundation

/// Reads the plan of a sweep that this version can run.
func readPlan(_ path: String) throws -> SweepPlan {
  guard FileManager.default.fileExists(atPath: path) else {
    Terminal.tell("plimsoll: there is no plan at \(path)\n")
    throw ExitStatus.missingFile.code
  }
  let plan = try SweepPlan(json: [UInt8](Data(contentsOf: URL(fileURLWithPath: path))), path: path)
  guard plan.version == Plimsoll.versionText else {
    throw PlanError(
      "\(path) was made by version \(plan.version); this is \(Plimsoll.versionText)")
  }
  return plan
}

/// Copies of one shard that differ: what is to be a function of the plan is none, a bug of ours.
struct UnequalShards: Error, CustomStringConvertible {
  let paths: [String]

  var description: String {
    "copies of one shard differ, please report this: \(paths.joined(separator: ", "))"
  }
}

/// The files of the shards of a plan, in one folder or several.
struct ShardFolder {
  let plan: SweepPlan
  let folders: [String]

  /// The shards of the plan at a path; beside it, unless other folders are named.
  init(_ plan: SweepPlan, at path: String, folders: [String]) {
    self.plan = plan
    self.folders = folders.isEmpty ? [Self.folder(besides: path)] : folders
  }

  /// Where shards are written unless another folder is named.
  static func folder(besides plan: String) -> String {
    URL(fileURLWithPath: plan).deletingLastPathComponent().appendingPathComponent("shards").path
  }

  /// What there is of the shards.
  struct Survey {
    /// For each shard the files that are whole.
    var whole: [[String]]
    /// Shards of which there is no file at all.
    var missing: [Int] = []
    /// Shards of which there are only files that are cut short or changed.
    var damaged: [Int] = []
    /// Files that belong to another plan.
    var foreign: [String] = []
    /// How many shards there are that can be merged.
    var done: Int { whole.count { !$0.isEmpty } }
  }

  /// Checks every file by its hash, and copies of one shard against each other.
  ///
  /// - Throws: ``UnequalShards``.
  func survey() throws -> Survey {
    var survey = Survey(whole: plan.shards.map { _ in [] })
    var isDamaged = plan.shards.map { _ in false }
    for (index, path) in try files() {
      guard plan.shards.indices.contains(index) else {
        survey.foreign.append(path)
        continue
      }
      let bytes = try bytes(of: path)
      switch try SweepShard(plan, index: index).check(bytes) {
      case .damaged: isDamaged[index] = true
      case .foreign: survey.foreign.append(path)
      case .whole:
        if let other = survey.whole[index].first, try self.bytes(of: other) != bytes {
          throw UnequalShards(paths: [other, path])
        }
        survey.whole[index].append(path)
      }
    }
    for index in plan.shards.indices where survey.whole[index].isEmpty {
      if isDamaged[index] { survey.damaged.append(index) } else { survey.missing.append(index) }
    }
    return survey
  }

  func bytes(of path: String) throws -> [UInt8] {
    [UInt8](try Data(contentsOf: URL(fileURLWithPath: path)))
  }

  /// All files that are named as shards are: `7.jsonl`, or `7-` with anything behind it for a copy.
  private func files() throws -> [(index: Int, path: String)] {
    var found: [(index: Int, path: String)] = []
    for folder in folders where FileManager.default.fileExists(atPath: folder) {
      for name in try FileManager.default.contentsOfDirectory(atPath: folder).sorted()
      where name.hasSuffix(".jsonl") {
        let digits = name.prefix { $0.isNumber }
        guard let index = Int(digits), ["-", "."].contains(name.dropFirst(digits.count).first)
        else {
          continue
        }
        found.append((index, "\(folder)/\(name)"))
      }
    }
    return found
  }
}
