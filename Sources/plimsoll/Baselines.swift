// SPDX-License-Identifier: GPL-3.0-or-later

import ArgumentParser
import Checks
import Experiments
import Reporting
import ResultsStore
import Scenario

/// The runs that `check --baseline` holds others against.
struct Baselines {
  private let names: [String]
  private let runs: [ComparedRun]

  /// The runs of those names: numbers in a results database, or files.
  init(_ names: [String], db: String) throws {
    self.names = names
    runs = try names.flatMap { name in
      try Int64(name).map { [try Self.run($0, db: db)] } ?? Self.file(name)
    }
  }

  /// The scenario of a path in any spelling that begins with `./` or does not.
  private static func plain(_ path: String) -> Substring {
    path.hasPrefix("./") ? path.dropFirst(2) : path[...]
  }

  private func run(of scenario: String) -> ComparedRun? {
    runs.last { Self.plain($0.scenario) == Self.plain(scenario) }
  }

  /// How a scenario stands to the baselines before it is run.
  enum Standing {
    /// It is held against one, or there is none.
    case known
    /// No baseline has a run of it.
    case new
    /// It cannot be held against its run, for those reasons.
    case lacking([String])
  }

  /// How a scenario stands to the baselines; leaves with a message where nobody says what is tolerated.
  func standing(of scenario: Scenario, _ gate: GateOptions) throws -> Standing {
    guard !names.isEmpty else { return .known }
    let tolerances = try gate.tolerances(of: scenario)
    guard !tolerances.isEmpty else {
      Terminal.tell(
        "plimsoll: \(scenario.origin.path): --baseline needs to know what is tolerated; say "
          + "--tolerance 'monthly_cost: +2%', or regressions: { monthly_cost: +2% } in the scenario\n"
      )
      throw ExitStatus.usage.code
    }
    guard let baseline = run(of: scenario.origin.path) else {
      let known = runs.map(\.scenario).joined(separator: ", ")
      Terminal.tell(
        "plimsoll: \(scenario.origin.path) is new: the baseline \(names.joined(separator: ", ")) has no run of "
          + "it (it has: \(known.isEmpty ? "none" : known))\n")
      return .new
    }
    let lacks = tolerances.compactMap { baseline.lack(of: $0.measure) }
    for lack in lacks { Terminal.tell("plimsoll: \(scenario.origin.path): the baseline \(lack)\n") }
    return lacks.isEmpty ? .known : .lacking(lacks.map { "the baseline \($0)" })
  }

  /// Holds a run against its baseline, where there are baselines.
  func compare(
    _ report: inout RunReport, with outcome: Experiment.Outcome, _ gate: GateOptions
  ) throws {
    guard !names.isEmpty else { return }
    guard let baseline = run(of: report.scenario) else {
      report.isNew = true
      return
    }
    let tolerances = try gate.tolerances(of: outcome.scenario)
    guard let values = report.values,
      !tolerances.contains(where: { baseline.lack(of: $0.measure) != nil })
    else { return }
    let run = ComparedRun(
      scenario: report.scenario, origin: "run \(report.run)", seed: report.seed,
      replications: report.results.replications, digest: report.results.digest,
      rows: report.results.measures, values: values)
    report.regressions = Regressions(
      of: run, against: baseline, tolerances: tolerances,
      confidence: report.confidence)
  }

  private static func run(_ number: Int64, db: String) throws -> ComparedRun {
    try Failure.reporting {
      let store = try openExistingStore(db)
      defer { try? store.close() }
      guard try store.run(number) != nil else {
        Terminal.tell("plimsoll: --baseline: \(db) has no run \(number)\n")
        throw ExitStatus.missingFile.code
      }
      guard let results = try store.results(of: number) else {
        Terminal.tell("plimsoll: --baseline: run \(number) was not finished\n")
        throw ExitStatus.invalidScenario.code
      }
      let manifest = try store.manifest(of: number)
      return ComparedRun(
        scenario: manifest.scenario, origin: "run \(number)", seed: manifest.seed,
        replications: results.replications, digest: results.digest, rows: results.measures,
        values: RunValues(try store.soundReplications(of: number)))
    }
  }

  private static func file(_ path: String) throws -> [ComparedRun] {
    let bytes: [UInt8]
    do {
      bytes = try Terminal.files.read(path)
    } catch {
      Terminal.tell("plimsoll: --baseline: \(path) is neither a run's number nor a file\n")
      throw ExitStatus.missingFile.code
    }
    do {
      return try BaselineFile.runs(bytes, path: path)
    } catch {
      Terminal.tell("plimsoll: --baseline: \(error)\n")
      throw ExitStatus.invalidScenario.code
    }
  }
}
