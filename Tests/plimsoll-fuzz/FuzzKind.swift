// SPDX-License-Identifier: GPL-3.0-or-later

/// What is read, or run, in a case of the fuzzer.
enum FuzzKind: String, CaseIterable {
  /// A scenario with the files that it names.
  case scenario
  /// A file of claims.
  case claims
  /// A study of levers.
  case levers
  /// A study of uncertain inputs.
  case sensitivity
  /// A price book that stands alone.
  case prices
  /// Prompts, in any of their formats.
  case prompts
  /// A decision log.
  case log
  /// The plan of a sweep.
  case plan
  /// A shard of a plan, with its hash made anew.
  case shard
  /// A results database.
  case database
  /// What options of the command line hold.
  case options
  /// A scenario that is valid and short is run too.
  case run

  /// How many of a hundred cases are of the kind when readers are tried.
  var share: Int {
    switch self {
    case .scenario: 61
    case .claims, .levers, .sensitivity: 2
    case .prices: 8
    case .prompts: 1
    case .log: 12
    case .plan, .database: 3
    case .shard: 4
    case .options: 2
    case .run: 0
    }
  }
}
