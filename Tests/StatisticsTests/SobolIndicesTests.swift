// SPDX-License-Identifier: GPL-3.0-or-later

import RandomStreams
import Statistics
import Testing

@Suite("Sobol' indices")
struct SobolIndicesTests {
  private static let functions = [SensitivityFunction.ishigami, .sobolG]

  private static func stream(_ number: Int) -> RandomStream {
    RandomStream(seed: 31, replication: UInt32(number), purpose: .testing, entity: 0)
  }

  private static func shifted(_ number: Int, inputs: Int, rows: Int) -> SobolDesign {
    var stream = stream(number)
    let shift = (0..<2 * inputs).map { _ in stream.nextUniform() }
    return SobolDesign(inputs: inputs, rows: rows, shift: shift)
  }

  private static func independent(_ number: Int, inputs: Int, rows: Int) -> SobolDesign {
    var stream = stream(number)
    let base = (0..<rows).map { _ in (0..<2 * inputs).map { _ in stream.nextUniform() } }
    return SobolDesign(inputs: inputs, base: base)
  }

  private static func indices(
    _ design: SobolDesign, _ values: [Double], confidence: Double = 0.95, resamples: Int = 199,
    number: Int = 0
  ) -> [SobolIndices]? {
    var stream = RandomStream(
      seed: 32, replication: UInt32(number), purpose: .testing, entity: 0)
    return design.indices(values: values, confidence: confidence, resamples: resamples) {
      stream.nextUniform()
    }
  }

  @Test("of known functions lie within their intervals and 0.01", arguments: functions)
  func known(function: SensitivityFunction) throws {
    let inputs = function.inputs
    let designs = [
      SobolDesign(inputs: inputs, rows: 4_096), Self.shifted(1, inputs: inputs, rows: 4_096),
    ]
    for design in designs {
      let values = function.values(at: design.points)
      let indices = try #require(
        Self.indices(design, values, confidence: 0.999, resamples: 1_999))
      let truths = function.first + function.total
      for (interval, truth) in zip(indices.map(\.first) + indices.map(\.total), truths) {
        #expect(interval.low <= truth && truth <= interval.high)
        #expect(abs(interval.estimate - truth) < 0.01)
        #expect(interval.samples == 4_096)
      }
    }
  }

  @Test("rank the inputs of Sobol's G function as their closed forms do")
  func ranking() throws {
    let design = Self.shifted(2, inputs: 5, rows: 1_024)
    let values = SensitivityFunction.sobolG.values(at: design.points)
    let indices = try #require(Self.indices(design, values))
    for ranked in [indices.map(\.first.estimate), indices.map(\.total.estimate)] {
      #expect(zip(ranked, ranked.dropFirst()).allSatisfy(>), "\(ranked)")
    }
  }

  private func covered(
    _ function: SensitivityFunction, designs: Int, design: (Int) -> SobolDesign
  ) throws -> [Int] {
    let truths = function.first + function.total
    var covered = [Int](repeating: 0, count: truths.count)
    for number in 0..<designs {
      let design = design(number)
      let values = function.values(at: design.points)
      let indices = try #require(Self.indices(design, values, number: number))
      let intervals = indices.map(\.first) + indices.map(\.total)
      for index in truths.indices
      where intervals[index].low <= truths[index] && truths[index] <= intervals[index].high {
        covered[index] += 1
      }
    }
    return covered
  }

  /// Of 1,000 such designs, with 399 resamples, 939 to 962 intervals covered each index. In 200 the
  /// standard deviation of the share is 1.5 %.
  @Test("have intervals of 95 % that cover the truth so often, on independent rows")
  func coverage() throws {
    for function in Self.functions {
      let covered = try covered(function, designs: 200) {
        Self.independent($0, inputs: function.inputs, rows: 512)
      }
      #expect(covered.allSatisfy { (180...199).contains($0) }, "\(function.name): \(covered)")
    }
  }

  /// All of 100 did when measured: the rows are more even than the intervals allow for.
  @Test("have intervals of 95 % that cover the truth at least so often, on Sobol rows")
  func conservative() throws {
    for function in Self.functions {
      let covered = try covered(function, designs: 100) {
        Self.shifted($0, inputs: function.inputs, rows: 512)
      }
      #expect(covered.allSatisfy { $0 >= 95 }, "\(function.name): \(covered)")
    }
  }

  /// A is (1, 3) and B (2, 6); the one coordinate from B makes all of B. Centred on 3 they are
  /// (-2, 0) and (-1, 3), with the variance 14/4. First: (-1·1 + 3·3)/2 = 4. Total: (1 + 9)/4.
  @Test("are Saltelli's and Jansen's estimates, as worked by hand")
  func byHand() throws {
    let design = SobolDesign(inputs: 1, base: [[0.1, 0.2], [0.3, 0.4]])
    let indices = try #require(Self.indices(design, [1, 2, 2, 3, 6, 6]))
    #expect(abs(indices[0].first.estimate - 8.0 / 7) < 1e-15)
    #expect(abs(indices[0].total.estimate - 5.0 / 7) < 1e-15)
  }

  @Test("ask for A, B and the mixtures of each row")
  func design() {
    let design = SobolDesign(inputs: 2, base: [[0.1, 0.2, 0.3, 0.4], [0.5, 0.6, 0.7, 0.8]])
    #expect(design.rows == 2)
    #expect(
      design.points == [
        [0.1, 0.2], [0.3, 0.4], [0.3, 0.2], [0.1, 0.4],
        [0.5, 0.6], [0.7, 0.8], [0.7, 0.6], [0.5, 0.8],
      ])
    let few = Self.shifted(3, inputs: 20, rows: 8)
    let many = Self.shifted(3, inputs: 20, rows: 16)
    #expect(few.points == Array(many.points.prefix(8 * 22)))
    #expect(many.points.allSatisfy { $0.count == 20 && $0.allSatisfy { $0 > 0 && $0 < 1 } })
  }

  @Test("of an input that does nothing are 0, without width")
  func inert() throws {
    let design = Self.shifted(4, inputs: 3, rows: 64)
    let indices = try #require(Self.indices(design, design.points.map { $0[0] + $0[2] }))
    let zero = Interval(estimate: 0, low: 0, high: 0, samples: 64)
    #expect(indices[1].first == zero && indices[1].total == zero)
  }

  @Test("are the same in another unit, and far from 0")
  func units() throws {
    let design = Self.shifted(5, inputs: 3, rows: 256)
    let values = SensitivityFunction.ishigami.values(at: design.points)
    let indices = try #require(Self.indices(design, values))
    let others: [(values: [Double], tolerance: Double)] = [
      (values.map { $0 * 0x1p600 }, 0), (values.map { $0 * 0x1p-600 }, 0),
      (values.map { -3 * $0 }, 1e-13), (values.map { $0 + 1e9 }, 1e-5),
    ]
    for (values, tolerance) in others {
      let other = try #require(Self.indices(design, values))
      for (one, two) in zip(indices, other) {
        #expect(abs(one.first.estimate - two.first.estimate) <= tolerance)
        #expect(abs(one.total.high - two.total.high) <= tolerance)
      }
    }
  }

  @Test("do not exist without variance or with a value that is not finite")
  func degenerate() {
    let design = Self.shifted(6, inputs: 2, rows: 16)
    var values = [Double](repeating: 0.1, count: design.points.count)
    #expect(Self.indices(design, values) == nil)
    // Row 0's mixture differs, but A and B do not.
    values[2] = 7
    #expect(Self.indices(design, values) == nil)
    for faulty in [Double.infinity, -.infinity, .nan] {
      var values = design.points.map { $0[0] }
      values[5] = faulty
      #expect(Self.indices(design, values) == nil)
    }
    // Differences of these are infinite.
    let most = Double.greatestFiniteMagnitude
    #expect(Self.indices(design, design.points.map { $0[0] < 0.5 ? -most : most }) == nil)
  }

  /// Only row 0 of 4 varies; (3/4)^4 = 32 % of the resamples do without it.
  @Test("have intervals without bounds when resamples often have no variance")
  func unbounded() throws {
    let design = Self.shifted(7, inputs: 1, rows: 4)
    let values = [1.0, 0, 0] + [Double](repeating: 0, count: 9)
    let index = try #require(Self.indices(design, values)?.first)
    #expect(index.total.low == -.infinity && index.total.high == .infinity)
    #expect(index.total.estimate.isFinite)
  }

  @Test("come again from the same draws")
  func replicable() {
    let design = Self.shifted(8, inputs: 3, rows: 64)
    let values = SensitivityFunction.ishigami.values(at: design.points)
    #expect(Self.indices(design, values) == Self.indices(design, values))
    #expect(Self.indices(design, values) != Self.indices(design, values, number: 1))
  }

  @Test("agree with the indices that quadrature gives", arguments: functions)
  func table(function: SensitivityFunction) throws {
    let known = try #require(try ClosedFormCase.all(of: function.name).first)
    let design = SobolDesign(inputs: function.inputs, rows: 4_096)
    let values = function.values(at: design.points)
    let indices = try #require(Self.indices(design, values))
    #expect(abs(try known.value("mean") - function.mean) < 1e-12)
    #expect(abs(try known.value("variance") / function.variance - 1) < 1e-12)
    for input in 0..<function.inputs {
      let first = try known.value("S\(input + 1)")
      let total = try known.value("ST\(input + 1)")
      #expect(abs(first - function.first[input]) < 1e-12)
      #expect(abs(total - function.total[input]) < 1e-12)
      #expect(abs(first - indices[input].first.estimate) < 0.01)
      #expect(abs(total - indices[input].total.estimate) < 0.01)
    }
  }

  @Test("stop at once at a design, values or draws that are none")
  func preconditions() async {
    await #expect(processExitsWith: .failure) { _ = SobolDesign(inputs: 21, rows: 4) }
    await #expect(processExitsWith: .failure) { _ = SobolDesign(inputs: 2, rows: 1) }
    await #expect(processExitsWith: .failure) {
      _ = SobolDesign(inputs: 2, base: [[0, 0, 0, 0], [0, 0]])
    }
    await #expect(processExitsWith: .failure) {
      _ = SobolDesign(inputs: 1, rows: 2).indices(values: [1, 2]) { 0 }
    }
    await #expect(processExitsWith: .failure) {
      _ = SobolDesign(inputs: 1, rows: 2)
        .indices(values: [1, 2, 3, 4, 5, 6], confidence: 0.999) { 0 }
    }
    await #expect(processExitsWith: .failure) {
      _ = SobolDesign(inputs: 1, rows: 2).indices(values: [1, 2, 3, 4, 5, 6]) { 1 }
    }
  }
}
