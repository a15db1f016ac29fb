// SPDX-License-Identifier: GPL-3.0-or-later

import Numerics
import TokenEngine

/// Fits a step law to measured steps, or to benchmarks through a simulated engine.
///
/// Steps are fitted directly. A benchmark has the times that clients see, in which steps, waits and the prompts of others
/// are mixed; so its rows are simulated under a law, and the law is changed until their mean times to the first token
/// and by token come nearest to the measured ones, each by ratio and all of one weight.
package struct StepCalibration: Sendable {
  /// Why nothing can be fitted.
  package struct Problem: Error, Equatable {
    /// A sentence.
    package let sentence: String
  }

  /// The form of the law.
  package let form: StepLawForm
  /// What it was fitted to.
  package let data: StepMeasurements
  /// The engine behind benchmarks.
  package let engine: ClosedLoop
  /// The parameters, in the order of the form.
  package let values: [Double]
  /// The standard errors of them as shares, infinite where nothing tells one; `nil` for those that were given.
  package let relativeErrors: [Double?]
  /// Pairs of fitted parameters that the data hardly tell apart.
  package let alike: [(first: String, second: String, likeness: Double)]

  /// A fit.
  ///
  /// - Parameters:
  ///   - given: parameters that are not fitted; with all of them nothing is.
  /// - Throws: a ``Problem`` where there are too few measurements, or none that the engine can serve.
  package init(
    _ data: StepMeasurements, form: StepLawForm, engine: ClosedLoop = ClosedLoop(),
    given: [(name: String, value: Double)] = []
  ) throws(Problem) {
    self.form = form
    self.data = data
    self.engine = engine
    let parameters = form.parameters
    var fixed = parameters.map { parameter in
      given.first { $0.name == parameter.name }?.value ?? parameter.usual
    }
    // At one length requests and their context grow alike.
    if case .benchmark(let points) = data, case .affine = form, fixed[1] == nil, fixed[2] == nil,
      points.allSatisfy({ $0.prompt == points[0].prompt && $0.output == points[0].output })
    {
      fixed[2] = 0
    }
    let free = parameters.indices.filter { fixed[$0] == nil }
    let measured = data.measured
    guard measured.count >= free.count, !measured.isEmpty else {
      throw Problem(
        sentence: "\(measured.count) times were measured, and \(free.count) parameters are to be "
          + "fitted: \(free.map { parameters[$0].name }.joined(separator: ", ")); --given NAME=VALUE "
          + "takes one out")
    }
    func whole(_ part: [Double]) -> [Double] {
      var values = fixed.map { $0 ?? 0 }
      for (index, value) in zip(free, part) { values[index] = value }
      return values
    }
    func predict(_ part: [Double]) -> [Double]? {
      form.law(whole(part)).flatMap { data.predicted(under: $0, engine) }
    }
    guard !free.isEmpty else {
      guard predict([]) != nil else { throw Self.unserved }
      values = whole([])
      relativeErrors = parameters.map { _ in nil }
      alike = []
      return
    }
    var start = free.map { Self.start(of: parameters[$0], data) }
    if case .affine = form, case .steps(let steps) = data {
      start = Self.leastSquares(steps, free, fixed) ?? start
    }
    guard
      let fit = RelativeFit(
        of: measured, from: start.map { max($0, RelativeFit.least) },
        most: free.map { parameters[$0].most }, predict: predict)
    else { throw Self.unserved }
    var errors = [Double?](repeating: nil, count: parameters.count)
    var values = whole(fit.values)
    for (index, (place, error)) in zip(free, fit.relativeErrors).enumerated() {
      errors[place] = error
      // What has no effect is left out.
      let effect = fit.slopes.map { abs($0[index]) }.max() ?? 0
      if case .affine = form, place > 0, effect < 1e-3 { values[place] = 0 }
    }
    self.values = values
    relativeErrors = errors
    var alike: [(first: String, second: String, likeness: Double)] = []
    for first in free.indices {
      for second in free.indices where second > first {
        let likeness = fit.likeness(first, second)
        if likeness > 0.98 {
          alike.append((parameters[free[first]].name, parameters[free[second]].name, likeness))
        }
      }
    }
    self.alike = alike
  }

  private static let unserved = Problem(
    sentence:
      "the engine cannot answer the requests of the benchmark: its KV cache or its steps are too small"
  )

  /// The law.
  package var law: EngineStepLaw? { form.law(values) }

  /// The parameters of an affine law by least squares of relative errors; those that come out negative are nothing.
  private static func leastSquares(
    _ steps: [MeasuredStep], _ free: [Int], _ fixed: [Double?]
  ) -> [Double]? {
    var columns = free
    while !columns.isEmpty {
      let rows = steps.map { step in columns.map { step.features[$0] / step.seconds } }
      let rests = steps.map { step in
        1 - zip(step.features, fixed).reduce(0) { $0 + $1.0 * ($1.1 ?? 0) } / step.seconds
      }
      // What is nothing in all steps cannot be fitted.
      if let empty = columns.indices.first(where: { index in rows.allSatisfy { $0[index] == 0 } }) {
        columns.remove(at: empty)
        continue
      }
      guard let fit = LinearFit(rows: rows, values: rests) else { return nil }
      let worst = fit.coefficients.indices.min { fit.coefficients[$0] < fit.coefficients[$1] }
      if let worst, fit.coefficients[worst] < 0 {
        columns.remove(at: worst)
        continue
      }
      return free.map { place in
        columns.firstIndex(of: place).map { fit.coefficients[$0] } ?? RelativeFit.least
      }
    }
    return nil
  }

  /// Where the search for a parameter begins.
  private static func start(of parameter: StepLawForm.Parameter, _ data: StepMeasurements) -> Double
  {
    switch parameter.name {
    case "memory": return 0.7
    case "matrix": return 0.5
    case "link": return 0.8
    case "layer": return 20e-6
    default: break
    }
    switch data {
    case .steps(let steps):
      let shortest = steps.map(\.seconds).min() ?? 1e-3
      let most = { (feature: Int) in max(1, steps.map { $0.features[feature] }.max() ?? 1) }
      switch parameter.name {
      case "fixed": return shortest / 2
      case "sequence": return shortest / most(1)
      case "context_token": return shortest / most(2)
      default: return shortest / most(3)
      }
    case .benchmark(let points):
      let times = points.compactMap(\.perToken)
      let shortest = times.min() ?? (points.map(\.firstToken).min() ?? 1e-3) / 2
      let longest = max(times.max() ?? shortest, shortest * 1.01)
      let clients = Double(points.map(\.clients).max() ?? 1)
      let context = points.map { $0.prompt + $0.output / 2 }.max() ?? 1
      switch parameter.name {
      case "fixed": return shortest * 0.8
      case "sequence": return max(1e-7, 0.3 * (longest - shortest) / clients)
      case "context_token": return max(1e-11, 0.3 * (longest - shortest) / clients / context)
      default:
        return max(1e-7, (points.map { $0.firstToken / $0.prompt }.min() ?? 1e-5) * 0.7)
      }
    }
  }
}

extension MeasuredStep {
  /// What the affine law multiplies: 1, requests, context, tokens of prompts.
  var features: [Double] {
    [
      1, Double(shape.sequences), Double(shape.contextTokens), Double(shape.prefillTokens),
    ]
  }
}

extension StepMeasurements {
  /// The measured times in seconds; of a benchmark for each row that to the first token, and that by token where it is.
  var measured: [Double] {
    switch self {
    case .steps(let steps): steps.map(\.seconds)
    case .benchmark(let points):
      points.flatMap { [$0.firstToken] + ($0.perToken.map { [$0] } ?? []) }
    }
  }

  /// The same under a law; `nil` where an engine cannot answer.
  func predicted(under law: EngineStepLaw, _ engine: ClosedLoop) -> [Double]? {
    switch self {
    case .steps(let steps):
      return steps.map { Double(Int64(clamping: law.femtoseconds(of: $0.shape))) * 1e-15 }
    case .benchmark(let points):
      var times: [Double] = []
      for point in points {
        guard let made = engine.times(of: point, under: law) else { return nil }
        times.append(made.firstToken)
        if point.perToken != nil { times.append(max(made.perToken, 1e-12)) }
      }
      return times
    }
  }
}
