// SPDX-License-Identifier: GPL-3.0-or-later

/// Which of many inputs matter, from few evaluations: Morris' elementary effects.
///
/// A trajectory starts at a point of a grid in the cube [0, 1]^inputs and moves each input once, in
/// random order, by a little more than half of its range; the change of the output over that step
/// is the input's elementary effect there. Source: Morris, "Factorial sampling plans for
/// preliminary computational experiments", Technometrics 33 (1991), DOI
/// 10.1080/00401706.1991.10484804.
///
/// The caller evaluates `points`, in any order and in parallel if it likes, and hands the values to
/// `effects`.
package struct MorrisScreening: Sendable {
  /// How many inputs are screened.
  package let inputs: Int
  /// How many values the grid has on each axis: 0, 1/(levels - 1), …, 1.
  package let levels: Int
  /// How many trajectories there are, and so how many elementary effects of each input.
  package let trajectories: Int
  /// The points to evaluate, with a number in 0...1 for each input.
  ///
  /// There are inputs + 1 for each trajectory, one trajectory after the other; neighbours of a
  /// trajectory differ in one input. The values 0 and 1 occur, so an input without bounds is to be
  /// mapped from within its own.
  package let points: [[Double]]

  // The input moved and the signed step that led to each point; nothing led to a first one.
  private let steps: [(input: Int, size: Double)?]

  /// A design whose trajectories are drawn from `nextUniform`.
  ///
  /// Each trajectory takes 2·inputs - 1 draws: the starts of the inputs, then their order (Fisher
  /// and Yates' shuffle). So a design with more trajectories begins with the points of this one.
  /// The step is levels/(2(levels - 1)), with which every level is met equally often.
  ///
  /// - Parameters:
  ///   - inputs: how many inputs are screened, at least 1.
  ///   - levels: how many values the grid has on each axis: even, and at least 2.
  ///   - trajectories: how many, at least 2; 10 to 50 are usual.
  ///   - nextUniform: gives the next number in 0..<1 of a sequence of independent ones.
  /// - Complexity: O(trajectories · inputs²), the size of the points.
  package init(
    inputs: Int, levels: Int = 4, trajectories: Int, nextUniform: () -> Double
  ) {
    precondition(inputs >= 1, "a screening has at least one input")
    precondition(levels >= 2 && levels.isMultiple(of: 2), "the number of levels is even")
    precondition(trajectories >= 2, "one elementary effect says nothing about their spread")
    self.inputs = inputs
    self.levels = levels
    self.trajectories = trajectories
    var points: [[Double]] = []
    var steps: [(input: Int, size: Double)?] = []
    let last = Double(levels - 1)
    for _ in 0..<trajectories {
      var place = (0..<inputs).map { _ in Self.whole(nextUniform(), below: levels) }
      var order = Array(0..<inputs)
      for index in stride(from: inputs - 1, to: 0, by: -1) {
        order.swapAt(index, Self.whole(nextUniform(), below: index + 1))
      }
      points.append(place.map { Double($0) / last })
      steps.append(nil)
      for input in order {
        // From each level only one of the two directions stays on the grid.
        let step = place[input] < levels / 2 ? levels / 2 : -levels / 2
        place[input] += step
        points.append(place.map { Double($0) / last })
        steps.append((input, Double(step) / last))
      }
    }
    self.points = points
    self.steps = steps
  }

  /// The effects of each input, from the output at each of `points`, in that order.
  ///
  /// The interval of each mean is Student's, for the trajectories are independent.
  ///
  /// - Precondition: there is one value for each point, and `confidence` lies between 0 and 1.
  /// - Complexity: O(points + trajectories · inputs).
  package func effects(values: [Double], confidence: Double = 0.95) -> [ElementaryEffects] {
    precondition(values.count == points.count, "each point has its value")
    precondition(confidence > 0 && confidence < 1, "a confidence lies between 0 and 1")
    var effects = [[Double]](repeating: [], count: inputs)
    for index in values.indices {
      guard let step = steps[index] else { continue }
      effects[step.input].append((values[index] - values[index - 1]) / step.size)
    }
    return effects.map { ElementaryEffects(of: $0, confidence: confidence) }
  }

  private static func whole(_ uniform: Double, below bound: Int) -> Int {
    precondition(uniform >= 0 && uniform < 1, "a uniform number lies in 0..<1")
    return Int(uniform * Double(bound))
  }
}

/// What moving one input did to the output: per full range of the input, in the output's unit.
package struct ElementaryEffects: Sendable, Equatable {
  /// The mean of the elementary effects, Morris' μ; effects of either sign cancel in it.
  package let mean: Interval
  /// The mean of their absolute values, μ*, by which inputs are ranked.
  ///
  /// Source: Campolongo, Cariboni and Saltelli, "An effective screening design for sensitivity
  /// analysis of large models", Environmental Modelling & Software 22 (2007), DOI
  /// 10.1016/j.envsoft.2006.10.004. Near 0 the lower end may be negative, as μ* never is.
  package let meanAbsolute: Interval
  /// The standard deviation of the elementary effects, Morris' σ; infinity when one is not finite.
  ///
  /// Zero when the input acts linearly and alone; otherwise it bends or interacts.
  package let deviation: Double

  /// The summary of at least two elementary effects of one input.
  init(of effects: [Double], confidence: Double) {
    guard let mean = Interval.mean(of: effects, confidence: confidence),
      let meanAbsolute = Interval.mean(of: effects.map(abs), confidence: confidence)
    else { preconditionFailure("an input has as many effects as there are trajectories") }
    self.mean = mean
    self.meanAbsolute = meanAbsolute
    guard effects.allSatisfy(\.isFinite) else {
      deviation = .infinity
      return
    }
    let centre = mean.estimate
    let squares = effects.reduce(0.0) { $0 + ($1 - centre) * ($1 - centre) }
    deviation = (squares / Double(effects.count - 1)).squareRoot()
  }
}
