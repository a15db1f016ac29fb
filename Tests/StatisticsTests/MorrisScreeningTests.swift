// SPDX-License-Identifier: GPL-3.0-or-later

import RandomStreams
import Statistics
import Testing

@Suite("Morris' screening")
struct MorrisScreeningTests {
  private func screening(
    inputs: Int, levels: Int = 4, trajectories: Int = 20
  ) -> MorrisScreening {
    var stream = RandomStream(seed: 21, replication: 0, purpose: .testing, entity: 0)
    return MorrisScreening(inputs: inputs, levels: levels, trajectories: trajectories) {
      stream.nextUniform()
    }
  }

  @Test("moves each input once per trajectory, by the step, on the grid", arguments: [2, 4, 6, 10])
  func design(levels: Int) {
    let screening = screening(inputs: 7, levels: levels, trajectories: 30)
    #expect(screening.points.count == 30 * 8)
    let grid = (0..<levels).map { Double($0) / Double(levels - 1) }
    #expect(screening.points.allSatisfy { $0.count == 7 && $0.allSatisfy(grid.contains) })
    let step = Double(levels) / Double(2 * (levels - 1))
    for trajectory in 0..<30 {
      let points = screening.points[(trajectory * 8)..<(trajectory * 8 + 8)]
      let moved = zip(points, points.dropFirst()).map { before, after in
        (0..<7).filter { before[$0] != after[$0] }
      }
      #expect(moved.allSatisfy { $0.count == 1 })
      #expect(moved.flatMap { $0 }.sorted() == Array(0..<7))
      for (before, after) in zip(points, points.dropFirst()) {
        #expect(zip(before, after).allSatisfy { $0 == $1 || abs(abs($0 - $1) - step) < 1e-15 })
      }
    }
  }

  /// 4,000 starts of each input: each of 4 levels is met 1,000 times, give or take 27. Each of 4
  /// inputs is the first to move in a quarter of 4,000 trajectories.
  @Test("starts at each level and with each input equally often")
  func uniform() {
    let screening = screening(inputs: 4, trajectories: 4_000)
    let starts = stride(from: 0, to: screening.points.count, by: 5)
    for input in 0..<4 {
      for level in 0..<4 {
        let met = starts.count { screening.points[$0][input] == Double(level) / 3 }
        #expect((900...1_100).contains(met))
      }
      let moved = starts.count {
        screening.points[$0][input] != screening.points[$0 + 1][input]
      }
      #expect((900...1_100).contains(moved))
    }
  }

  @Test("begins with the points of a smaller one")
  func extending() {
    let few = screening(inputs: 5, trajectories: 10)
    let many = screening(inputs: 5, trajectories: 12)
    #expect(few.points == Array(many.points.prefix(60)))
    #expect(few.trajectories == 10 && few.inputs == 5 && few.levels == 4)
  }

  @Test("of a linear function gives its coefficients without spread")
  func linear() {
    let coefficients = [3, -2, 0, 0.5]
    let screening = screening(inputs: 4)
    let values = screening.points.map { point in
      zip(point, coefficients).reduce(10.0) { $0 + $1.0 * $1.1 }
    }
    for (effects, coefficient) in zip(screening.effects(values: values), coefficients) {
      #expect(abs(effects.mean.estimate - coefficient) < 1e-13)
      #expect(abs(effects.meanAbsolute.estimate - abs(coefficient)) < 1e-13)
      #expect(effects.deviation < 1e-13)
      #expect(effects.mean.halfWidth < 1e-13 && effects.mean.samples == 20)
    }
  }

  /// Effects of -1, 2 and 5: mean 2, absolute mean 8/3, standard deviation 3. Student's t(0.975, 2)
  /// is 4.3027, so the mean's half width is 4.3027 · 3/√3 = 7.4525.
  @Test("summarises three effects as worked by hand")
  func byHand() {
    let screening = screening(inputs: 1, levels: 2, trajectories: 3)
    var values: [Double] = []
    for (index, effect) in [-1.0, 2, 5].enumerated() {
      let step = screening.points[2 * index + 1][0] - screening.points[2 * index][0]
      values += [7, 7 + effect * step]
    }
    let effects = screening.effects(values: values)[0]
    #expect(effects.mean.estimate == 2 && effects.deviation == 3)
    #expect(abs(effects.meanAbsolute.estimate - 8.0 / 3) < 1e-15)
    #expect(abs(effects.mean.halfWidth - 7.4525) < 1e-4)
  }

  /// The effect of x₁ in x₁x₂ + x₃ is x₂, which has the mean ½ on the grid and, of levels 0, 1/3,
  /// 2/3 and 1, the standard deviation √(5/36) = 0.373. The effect of (x₄ - ½)² averages to 0.
  @Test("of a function with interaction and bend gives spread there and nowhere else")
  func interaction() {
    let screening = screening(inputs: 5, trajectories: 2_000)
    let values = screening.points.map { x in
      x[0] * x[1] + x[2] + (x[3] - 0.5) * (x[3] - 0.5)
    }
    let effects = screening.effects(values: values, confidence: 0.999)
    for input in [0, 1] {
      #expect(effects[input].mean.low < 0.5 && 0.5 < effects[input].mean.high)
      #expect(abs(effects[input].deviation - 0.3727) < 0.02)
    }
    #expect(effects[2].deviation < 1e-13)
    // From 0 to 2/3 and back: (1/36 - 1/4)/(2/3) = -1/3 from below and 1/3 from above.
    #expect(abs(effects[3].mean.estimate) < 0.05 && effects[3].deviation > 0.3)
    #expect(abs(effects[3].meanAbsolute.estimate - 1.0 / 3) < 1e-13)
    #expect(effects[4].mean == Interval(estimate: 0, low: 0, high: 0, samples: 2_000))
    #expect(effects[4].meanAbsolute.high == 0 && effects[4].deviation == 0)
  }

  @Test("ranks the inputs of Sobol's G function as its indices do")
  func ranking() {
    let screening = screening(inputs: 5, trajectories: 30)
    let effects = screening.effects(values: SensitivityFunction.sobolG.values(at: screening.points))
    let ranked = effects.map(\.meanAbsolute.estimate)
    #expect(zip(ranked, ranked.dropFirst()).allSatisfy(>), "\(ranked)")
  }

  @Test("of values that are not finite says so with bounds that are none")
  func infinite() {
    let screening = screening(inputs: 2, trajectories: 2)
    var values = screening.points.map { $0[0] }
    values[0] = .infinity
    let effects = screening.effects(values: values)
    #expect(effects.contains { $0.deviation == .infinity && $0.meanAbsolute.high == .infinity })
    #expect(effects.allSatisfy { !$0.deviation.isNaN && !$0.mean.estimate.isNaN })
  }

  @Test("stops at once at a design or values that are none")
  func preconditions() async {
    await #expect(processExitsWith: .failure) {
      _ = MorrisScreening(inputs: 0, trajectories: 4) { 0 }
    }
    await #expect(processExitsWith: .failure) {
      _ = MorrisScreening(inputs: 2, levels: 3, trajectories: 4) { 0 }
    }
    await #expect(processExitsWith: .failure) {
      _ = MorrisScreening(inputs: 2, trajectories: 1) { 0 }
    }
    await #expect(processExitsWith: .failure) {
      _ = MorrisScreening(inputs: 2, trajectories: 4) { 1 }
    }
    await #expect(processExitsWith: .failure) {
      _ = MorrisScreening(inputs: 2, trajectories: 4) { 0 }.effects(values: [1, 2, 3])
    }
  }
}
