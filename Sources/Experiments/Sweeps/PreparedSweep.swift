// SPDX-License-Identifier: GPL-3.0-or-later

import Scenario

/// A sweep whose scenarios were all read: which can run, and why the others cannot.
package struct PreparedSweep: Sendable {
  /// A point and what is known of it before anything runs.
  package struct Point: Sendable, Equatable {
    /// The point.
    package let point: SweepPoint
    /// How many replications it has; 0 where its scenario is refused.
    package let replications: Int
    /// A digest of its scenario and of those that it is compared with.
    package let scenarioHash: String
    /// Why its scenario is refused; empty where it is not.
    package let refusal: String

    /// A point of those values.
    package init(point: SweepPoint, replications: Int, scenarioHash: String, refusal: String) {
      self.point = point
      self.replications = replications
      self.scenarioHash = scenarioHash
      self.refusal = refusal
    }
  }

  /// What was asked.
  package let request: SweepRequest
  /// The keys that are varied, in order.
  package let keys: [String]
  /// The seed of all points.
  package let seed: UInt64
  /// The confidence of intervals, which statements about the order of points share.
  package let confidence: Double
  /// The points, in order.
  package let points: [Point]
  /// What one replication of each point is expected to take; nothing where its scenario is
  /// refused, or where the
  /// sweep was prepared elsewhere.
  package let work: [ExpectedWork?]
  /// What else a reader of the scenario is warned of.
  package let warnings: [String]
  private let files: FileReader

  /// Reads the scenario of every point; nothing is simulated.
  ///
  /// - Parameters:
  ///   - jobs: how many scenarios are read side by side.
  ///   - progress: called with how many scenarios are read and how many there are, first of all
  /// with none.
  /// - Throws: `SweepGrammarErrors`; `ScenarioErrors` where the scenario without what is varied is
  ///   refused; ``AllPointsRefused``.
  package init(
    _ request: SweepRequest, files: FileReader, jobs: Int,
    progress: (Int, Int) -> Void = { _, _ in }
  ) async throws {
    let design = try SweepDesign(vary: request.vary, sample: request.sample)
    let base = try ScenarioLoader.load(
      request.scenario, files: files, overrides: request.overrides)
    seed = request.seed ?? base.scenario.run.seed
    confidence = base.scenario.run.confidence.fraction
    warnings = base.scenario.origin.warnings
    let drawn = design.points(seed: seed)
    var points: [Point] = []
    var work: [ExpectedWork?] = []
    var causes: [[String]] = []
    progress(0, drawn.count)
    try await SideBySide.inOrder(drawn.count, jobs: jobs) { number in
      { Self.read(drawn[number], request, files) }
    } take: { _, read in
      points.append(read.point)
      work.append(read.work)
      if let cause = read.cause { causes.append(cause) }
      progress(points.count, drawn.count)
    }
    self.work = work
    self.request = request
    keys = design.axes.map(\.key)
    self.points = points
    self.files = files
    guard causes.count < points.count else {
      throw AllPointsRefused(points: points, causes: causes)
    }
  }

  /// A sweep that was prepared elsewhere.
  init(
    _ request: SweepRequest, keys: [String], seed: UInt64, confidence: Double, points: [Point],
    files: FileReader
  ) {
    self.request = request
    self.keys = keys
    self.seed = seed
    self.confidence = confidence
    self.points = points
    self.files = files
    work = []
    warnings = []
  }

  /// The scenario of a point, with those that it is compared with.
  ///
  /// - Throws: ``ScenarioChanged`` where it is not the one that was read before.
  func load(_ point: Int) throws -> LoadedExperiment {
    let loaded = try ScenarioLoader.load(
      request.scenario, files: files,
      overrides: request.overrides + points[point].point.overrides)
    guard Self.hash(loaded) == points[point].scenarioHash else {
      throw ScenarioChanged(scenario: request.scenario, point: point)
    }
    return loaded
  }

  /// A digest of all that the results depend on: scenarios, what is varied, seed, replications,
  /// version.
  package var identity: String {
    var lines = ["plimsoll sweep 1", request.version, "seed \(seed)"]
    lines += request.vary + ["sample \(request.sample ?? "grid")"]
    lines += points.map {
      "\($0.point.overrides.joined(separator: " ")) \($0.replications) \($0.scenarioHash) "
        + "\($0.refusal)"
    }
    return ResultDigest.of(lines.joined(separator: "\n"))
  }

  private static func hash(_ loaded: LoadedExperiment) -> String {
    ResultDigest.of(
      ([loaded.scenario] + loaded.references).map(\.origin.canonicalText).joined(separator: "\n"))
  }

  private static func read(
    _ point: SweepPoint, _ request: SweepRequest, _ files: FileReader
  ) -> (point: Point, cause: [String]?, work: ExpectedWork?) {
    func refused(_ reason: String, _ cause: [String]) -> (Point, [String]?, ExpectedWork?) {
      (Point(point: point, replications: 0, scenarioHash: "", refusal: reason), cause, nil)
    }
    do throws(ScenarioErrors) {
      let loaded = try ScenarioLoader.load(
        request.scenario, files: files, overrides: request.overrides + point.overrides)
      if case .once(let window) = loaded.scenario.run.requests, window.isWarmUpAutomatic {
        let reason =
          "requests: warmup: auto needs pilot replications, which a sweep has not; give a time"
        return refused(reason, [reason])
      }
      let replications = request.replications ?? loaded.scenario.run.replications.minimum
      return (
        Point(
          point: point, replications: replications, scenarioHash: hash(loaded), refusal: ""), nil,
        ExpectedWork(of: loaded.scenario)
      )
    } catch {
      // The same mistake is written differently at each point, since the values differ.
      return refused(
        error.errors.map(\.description).joined(separator: "; "),
        error.errors.map { "\($0.keyPath) \($0.problem)" })
    }
  }
}

/// No point of a sweep has a scenario that can run.
package struct AllPointsRefused: Error, Sendable, CustomStringConvertible {
  private let count: Int
  private let reasons: [String]

  init(points: [PreparedSweep.Point], causes: [[String]]) {
    count = points.count
    var told: [[String]] = []
    var reasons: [String] = []
    for (point, cause) in zip(points, causes) where !told.contains(cause) && told.count < 10 {
      told.append(cause)
      reasons.append(point.refusal)
    }
    self.reasons = reasons
  }

  /// The reasons, each once.
  package var description: String {
    let head =
      reasons.count == 1
      ? "the scenario of every point (\(count)) is refused for the same reason"
      : "the scenario of every point (\(count)) is refused; the reasons"
    return "\(head):\n" + reasons.joined(separator: "\n")
  }
}

/// A scenario is no longer what it was when the sweep was prepared.
package struct ScenarioChanged: Error, Sendable, CustomStringConvertible {
  /// The scenario's path.
  package let scenario: String
  /// The point whose scenario it is.
  package let point: Int

  /// What changed.
  package var description: String {
    "\(scenario), or a file that it names, changed after the sweep was prepared (point \(point))"
  }
}
