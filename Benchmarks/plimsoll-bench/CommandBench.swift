// SPDX-License-Identifier: GPL-3.0-or-later

import FleetSimulation
import Foundation
import Quantities

/// What users wait for, and how much memory it takes, by runs of the whole command.
struct CommandBench {
  private static let traceLines = 10_000_000
  private static let runCount = 10_000

  private let folder: String

  /// A bench with a folder for its files, in memory where the system has such a place.
  init() throws {
    let base =
      FileManager.default.isWritableFile(atPath: "/dev/shm")
      ? "/dev/shm" : FileManager.default.temporaryDirectory.path
    folder = base + "/plimsoll-bench-\(ProcessInfo.processInfo.processIdentifier)"
    try FileManager.default.createDirectory(
      atPath: folder, withIntermediateDirectories: true)
  }

  private func cleanUp() { try? FileManager.default.removeItem(atPath: folder) }

  /// Reads a trace of ten million requests, with all that validating a scenario takes.
  func readTrace(runs: Int) throws {
    defer { cleanUp() }
    let path = folder + "/trace.csv"
    let bytes = try TraceFile.write(lines: Self.traceLines, to: path)
    var times: [Double] = []
    var peak = 0.0
    for _ in 0..<runs {
      let run = try CommandRun([
        "validate", "--quiet", "Scenarios/replay-trace.yaml", "--set",
        "workload.arrivals.trace=\(path)",
      ])
      times.append(run.seconds)
      peak = max(peak, run.peakMegabytes)
    }
    Bar.atLeast(
      50, "reading a trace of \(Self.traceLines / 1_000_000) million requests",
      Double(bytes) / 1e6 / Stopwatch.median(times), "MB/s"
    ).print()
    // 16 bytes a request, and what the command needs without any.
    Bar.atMost(240, "reading a trace: peak memory", peak, "MB").print()
  }

  /// Starts the command, to check scenarios of several sizes.
  func startUp(runs: Int) throws {
    defer { cleanUp() }
    for scenario in [
      "Scenarios/smoke.yaml", "Scenarios/reference-design/as-claimed.yaml", FleetBench.scenario,
    ] {
      var times: [Double] = []
      for _ in 0..<7 * runs { times.append(try CommandRun(["validate", scenario]).seconds) }
      Bar.atMost(50, "validate \(scenario.dropFirst(10))", Stopwatch.median(times) * 1e3, "ms")
        .print()
    }
  }

  /// Lists the newest of ten thousand stored runs.
  func listRuns(runs: Int) throws {
    defer { cleanUp() }
    let path = folder + "/runs.sqlite"
    try RunsDatabase.write(runs: Self.runCount, to: path)
    for filter in [[], ["--matching", "scenario-77"]] {
      var times: [Double] = []
      for _ in 0..<7 * runs {
        times.append(try CommandRun(["runs", "--db", path] + filter).seconds)
      }
      Bar.atMost(
        100, (["runs"] + filter).joined(separator: " ") + " of \(Self.runCount)",
        Stopwatch.median(times) * 1e3, "ms"
      ).print()
    }
  }

  /// Runs the fleet for a day and for thirty, with as many windows, in few replications and in more.
  ///
  /// What a run holds is what its simulations need and what stays of each replication until it ends: one shows with
  /// one replication, the other with many.
  func compareHorizons() throws {
    defer { cleanUp() }
    // The less of two runs: threads that need the most at the same moment hold more together.
    func simulate(_ horizon: String, jobs: Int, replications: Int) throws -> Double {
      let peaks = try (0..<2).map { run in
        let database = folder + "/\(horizon)-\(jobs)-\(replications)-\(run).sqlite"
        return try CommandRun([
          "run", FleetBench.scenario, "--quiet", "--db", database, "--jobs", "\(jobs)",
          "--replications", "\(replications)", "--set", "requests.windows=24", "--set",
          "horizon=\(horizon)",
        ]).peakMegabytes
      }
      return min(peaks[0], peaks[1])
    }
    for (jobs, replications) in [(1, 1), (1, 4), (2, 2), (2, 8), (2, 16)] {
      let name = "memory, jobs \(jobs), replications \(replications)"
      let day = try simulate("1d", jobs: jobs, replications: replications)
      let month = try simulate("30d", jobs: jobs, replications: replications)
      Bar.figure("\(name): a day", day, "MB").print()
      Bar.atMost(200, "\(name): thirty days", month, "MB").print()
      Bar.atMost(1.1, "\(name): thirty days to a day", month / day, "times", places: 2).print()
    }
  }

  /// Runs eight replications, and eight points of a sweep, one after the other and two at a time.
  ///
  /// One, two, two, one: a machine that becomes faster or slower meanwhile does so for both. Of either the fastest
  /// counts, of many short ones: a moment in which both cores are whole is soon over.
  func compareJobs(runs: Int) throws {
    defer { cleanUp() }
    // Points that take equally long, since hardly anybody waits so long.
    let points = "client.timeout=1s,1500ms,2s,2500ms,3s,3500ms,4s,5s"
    let subjects = [
      ("replications", ["run", "--replications", "8"]),
      ("sweeps", ["sweep", "--vary", points, "--replications", "1"]),
    ]
    for (name, arguments) in subjects {
      var seconds: [Int: [Double]] = [:]
      for run in 0..<2 * runs {
        for (turn, jobs) in [1, 2, 2, 1].enumerated() {
          let database = folder + "/\(name)-\(run)-\(turn).sqlite"
          let timed = try CommandRun(
            arguments + [
              FleetBench.scenario, "--set", "requests.windows=40", "--quiet", "--db", database,
              "--jobs", "\(jobs)",
            ])
          seconds[jobs, default: []].append(timed.seconds)
        }
      }
      let (one, two) = (seconds[1] ?? [], seconds[2] ?? [])
      Bar.atLeast(
        1.8, "\(name) on two cores", Stopwatch.fastest(one) / Stopwatch.fastest(two),
        "times as fast", places: 2
      ).print()
    }
  }

  /// Judges the reference design's month as it is shipped.
  func judgeMonth() throws {
    defer { cleanUp() }
    let run = try CommandRun(
      ["check", FleetBench.scenario, "--quiet", "--db", folder + "/month.sqlite", "--jobs", "2"],
      statuses: [0, 98, 99])
    Bar.atMost(60, "judging a month on two cores", run.seconds, "s").print()
    Bar.atMost(200, "judging a month: peak memory", run.peakMegabytes, "MB").print()
  }
}
