// SPDX-License-Identifier: GPL-3.0-or-later

import Inputs
import Numerics

/// Fits the time of a batch or a step to measurements, as a curve through them and as an affine law.
package struct LatencyCalibration: Sendable {
  /// One measurement.
  package struct Point: Sendable, Equatable {
    /// How many requests ran together.
    package let batch: Int
    /// How long that took, in seconds.
    package let seconds: Double
    /// What else was measured beside it, such as the tokens of context; may be empty.
    package let others: [Double]

    /// A measurement of those values.
    package init(batch: Int, seconds: Double, others: [Double] = []) {
      self.batch = batch
      self.seconds = seconds
      self.others = others
    }
  }

  /// All measurements of one batch size.
  package struct Size: Sendable, Equatable {
    /// The batch size.
    package let batch: Int
    /// The times in seconds, shortest first.
    package let times: [Double]
    /// The time of the curve there.
    package var fitted: Double

    /// The middle one.
    package var median: Double {
      let middle = times.count / 2
      return times.count % 2 == 1 ? times[middle] : (times[middle - 1] + times[middle]) / 2
    }
  }

  /// An affine law: a constant, then a factor for the batch and for each other column.
  package struct Affine: Sendable, Equatable {
    /// The columns that it uses: 0 the batch, then the others in order.
    package let columns: [Int]
    /// The constant and the factors of those columns, in seconds.
    package let coefficients: [Double]
    /// Their standard errors.
    package let standardErrors: [Double]
    /// The share of the variance that it explains.
    package let explained: Double

    /// The time of a batch.
    package func time(_ batch: Double, _ others: [Double]) -> Double {
      let values = [batch] + others
      return zip(columns, coefficients.dropFirst()).reduce(coefficients[0]) {
        $0 + $1.1 * values[$1.0]
      }
    }
  }

  /// The measurements.
  package let points: [Point]
  /// Their batch sizes, smallest first, with the curve.
  package let sizes: [Size]
  /// The affine law; nil where there are too few batch sizes.
  package let affine: Affine?

  /// The fits to measurements.
  ///
  /// The curve goes through the medians, made to rise by pooling neighbours that do not: Ayer, Brunk, Ewing,
  /// Reid and Silverman, "An empirical distribution function for sampling with incomplete information",
  /// Annals of Mathematical Statistics 26 (1955) 641–647, DOI 10.1214/aoms/1177728423. Factors of the
  /// affine law that come out negative are left out, as no token makes a step shorter.
  ///
  /// - Precondition: there is a measurement.
  /// - Complexity: O(n log n).
  package init(_ points: [Point]) {
    precondition(!points.isEmpty, "a latency is measured before it is fitted")
    self.points = points
    var batches: [Int] = []
    for point in points where !batches.contains(point.batch) { batches.append(point.batch) }
    var sizes = batches.sorted().map { batch in
      let times = points.filter { $0.batch == batch }.map(\.seconds).sorted()
      return Size(batch: batch, times: times, fitted: 0)
    }
    let curve = Self.rising(sizes.map(\.median), weights: sizes.map { Double($0.times.count) })
    for index in sizes.indices { sizes[index].fitted = curve[index] }
    self.sizes = sizes
    affine = Self.affine(points)
  }

  /// The nearest values that do not fall, by pooling adjacent violators.
  package static func rising(_ values: [Double], weights: [Double]) -> [Double] {
    var blocks: [(mean: Double, weight: Double, count: Int)] = []
    for (value, weight) in zip(values, weights) {
      var block = (mean: value, weight: weight, count: 1)
      while let last = blocks.last, last.mean > block.mean {
        blocks.removeLast()
        let sum = last.weight + block.weight
        block = (
          (last.mean * last.weight + block.mean * block.weight) / sum, sum,
          last.count + block.count
        )
      }
      blocks.append(block)
    }
    return blocks.flatMap { [Double](repeating: $0.mean, count: $0.count) }
  }

  private static func affine(_ points: [Point]) -> Affine? {
    var columns = Array(0...(points.first?.others.count ?? 0))
    while true {
      let rows = points.map { point in
        let values = [Double(point.batch)] + point.others
        return [1] + columns.map { values[$0] }
      }
      guard points.contains(where: { $0.batch != points[0].batch }),
        let fit = LinearFit(rows: rows, values: points.map(\.seconds))
      else { return nil }
      let factors = fit.coefficients.dropFirst()
      if let worst = factors.indices.filter({ factors[$0] < 0 }).min(by: {
        factors[$0] < factors[$1]
      }), columns.count > 1 {
        columns.remove(at: worst - 1)
        continue
      }
      let mean = points.reduce(0) { $0 + $1.seconds } / Double(points.count)
      let spread = points.reduce(0) { $0 + ($1.seconds - mean) * ($1.seconds - mean) }
      return Affine(
        columns: columns, coefficients: fit.coefficients, standardErrors: fit.standardErrors,
        explained: spread > 0 ? 1 - fit.residualSumOfSquares / spread : 1)
    }
  }

  /// How far off a law is at each inner batch size that it has not seen, as a share of the median there.
  package func leftOutErrors(affine isAffine: Bool) -> [Double] {
    guard sizes.count > 2 else { return [] }
    return sizes.indices.dropFirst().dropLast().compactMap { left in
      let size = sizes[left]
      let guess: Double?
      if isAffine {
        let others = points.filter { $0.batch != size.batch }
        guess = Self.affine(others.map { Point(batch: $0.batch, seconds: $0.seconds) })?
          .time(Double(size.batch), [])
      } else {
        let rest = sizes.indices.filter { $0 != left }
        guess = Self.curve(
          through: rest.map { (Double(sizes[$0].batch), sizes[$0].fitted) },
          at: Double(size.batch))
      }
      return guess.map { $0 / size.median - 1 }
    }
  }

  private static func curve(through points: [(Double, Double)], at place: Double) -> Double? {
    do {
      return try MonotoneSpline(x: points.map(\.0), y: points.map(\.1))(place)
    } catch {
      return nil
    }
  }

  // MARK: Report

  /// The report, with the fragment of the curve or of the affine law.
  package func report(affine isAffine: Bool, largest: Int, others: [String]) -> CalibrationReport? {
    guard let last = sizes.last, let first = sizes.first, !isAffine || affine != nil else {
      return nil
    }
    var table = CalibrationReport.Table(
      title: "Times by batch size, and how far the repeats lie from the curve",
      header: ["batch>", "repeats>", "median>", "shortest>", "longest>", "curve>", "affine>"])
    for size in sizes {
      let own = points.filter { $0.batch == size.batch }
      let mean = own.reduce(0) { $0 + (affine?.time(Double($1.batch), $1.others) ?? .nan) }
      table.rows.append(
        ["\(size.batch)", "\(size.times.count)"]
          + [
            size.median, size.times[0], size.times[size.times.count - 1], size.fitted,
            mean / Double(own.count),
          ].map { $0.isNaN ? "" : FittedText.time($0, digits: 3) })
    }
    let tables = [table] + (affine.map { [affineTable($0, others)] } ?? [])
    let throughput = Double(last.batch) / last.fitted / (Double(first.batch) / first.fitted)
    return CalibrationReport(
      summary: "\(points.count) measurements of \(sizes.count) batch sizes from \(first.batch) to "
        + "\(last.batch): \(FittedText.time(first.fitted, digits: 3)) to "
        + "\(FittedText.time(last.fitted, digits: 3)), "
        + "\(FittedText.number(throughput)) times the throughput.",
      tables: tables, doubts: doubts(largest: largest),
      fragment: fragment(affine: isAffine, largest: largest),
      place: "models.MODEL.on.TYPE.batch")
  }

  private func affineTable(_ law: Affine, _ others: [String]) -> CalibrationReport.Table {
    let names =
      ["constant"] + law.columns.map { $0 == 0 ? "each of the batch" : "each \(others[$0 - 1])" }
    return CalibrationReport.Table(
      title: "The affine law, which explains \(FittedText.percent(law.explained)) of the variance",
      header: ["part", "value>", "standard error>"],
      rows: zip(names, zip(law.coefficients, law.standardErrors)).map { name, value in
        [
          name, FittedText.number(value.0 * 1e3, digits: 4) + " ms",
          FittedText.number(value.1 * 1e3, digits: 2) + " ms",
        ]
      })
  }

  private func fragment(affine isAffine: Bool, largest: Int) -> [String] {
    guard isAffine, let affine else {
      let points = sizes.map { "\($0.batch): \(FittedText.time($0.fitted))" }
      return ["latency: { \(points.joined(separator: ", ")) }"]
    }
    // Other columns stand at their means.
    let means = (points.first?.others ?? []).indices.map { column in
      points.reduce(0) { $0 + $1.others[column] } / Double(points.count)
    }
    var batches: [Int] = []
    var batch = 1
    while batch < largest {
      batches.append(batch)
      batch *= 2
    }
    let times = (batches + [largest]).map {
      "\($0): \(FittedText.time(affine.time(Double($0), means)))"
    }
    let parts = affine.coefficients.map { FittedText.number($0 * 1e3, digits: 4) }
    return [
      "# c0 and factors in ms: \(parts.joined(separator: ", "))",
      "latency: { \(times.joined(separator: ", ")) }",
    ]
  }

  private func doubts(largest: Int) -> [String] {
    var doubts: [String] = []
    let scatter = sizes.map { ($0.times[$0.times.count - 1] - $0.times[0]) / $0.median }.max() ?? 0
    doubts.append(
      "How well do repeats agree? The widest batch size spreads over "
        + "\(FittedText.percent(scatter)) of its median.")
    let pooled = sizes.filter { abs($0.fitted / $0.median - 1) > 1e-12 }.count
    if pooled > 0 {
      doubts.append(
        "Did the medians rise by themselves? \(pooled) of \(sizes.count) had to be pooled with a "
          + "neighbour.")
    }
    func worst(_ errors: [Double]) -> String {
      FittedText.percent(errors.map { abs($0) }.max() ?? .nan)
    }
    let (curve, line) = (leftOutErrors(affine: false), leftOutErrors(affine: true))
    if curve.isEmpty {
      doubts.append("How good is the curve between its points? Nobody knows of fewer than three.")
    } else {
      doubts.append(
        "How good is it between its points? A size left out is missed by \(worst(curve)) at most by "
          + "the curve" + (line.isEmpty ? "." : " and by \(worst(line)) by the affine law."))
    }
    if let last = sizes.last?.batch, largest > last {
      doubts.append(
        "What of batches up to \(largest)? Beyond \(last) nothing was measured.")
    }
    doubts.append(
      "Does the time depend on more than the batch? Lengths, the engine and its version do; these are "
        + "the times of what was measured.")
    return doubts
  }
}
