// SPDX-License-Identifier: GPL-3.0-or-later

import Numerics
import RandomStreams
import Statistics

/// What a sweep varies, and which points of that space it visits.
package struct SweepDesign: Sendable, Equatable {
  /// The keys that are varied, in the order given.
  package let axes: [SweepAxis]
  /// Which combinations of their values are visited.
  package let sampling: SweepSampling

  /// The most points of one sweep.
  package static var pointLimit: Int { 100_000 }

  /// Reads the texts of `--vary` and of `--sample`.
  ///
  /// - Parameters:
  ///   - sample: a grid when it is `nil`.
  /// - Throws: everything that is wrong with them.
  package init(vary: [String], sample: String? = nil) throws(SweepGrammarErrors) {
    var errors: [SweepGrammarError] = []
    var axes: [SweepAxis] = []
    for text in vary {
      do throws(SweepGrammarError) {
        let axis = try SweepAxis(parsing: text)
        if axes.contains(where: { $0.key == axis.key }) {
          errors.append(SweepGrammarError("--vary \(text)", "'\(axis.key)' is varied already"))
        } else if axis.key == "seed" {
          errors.append(
            SweepGrammarError(
              "--vary \(text)",
              "all points meet the same random numbers; --seed gives others to all"))
        }
        axes.append(axis)
      } catch {
        errors.append(error)
      }
    }
    var sampling = SweepSampling.grid
    if let sample {
      do throws(SweepGrammarError) { sampling = try SweepSampling(parsing: sample) } catch {
        errors.append(error)
      }
    }
    if vary.isEmpty {
      errors.append(SweepGrammarError("--vary", "required: at least one key with its values"))
    }
    self.axes = axes
    self.sampling = sampling
    if errors.isEmpty { errors += problems(of: vary) }
    guard errors.isEmpty else { throw SweepGrammarErrors(errors: errors) }
  }

  /// What keeps the axes from being visited in this way.
  private func problems(of vary: [String]) -> [SweepGrammarError] {
    switch sampling {
    case .latinHypercube: return []
    case .sobol:
      let most = QuasiRandomSequence.maximumDimension
      return axes.count <= most
        ? [] : [SweepGrammarError("--sample", "a Sobol' sample varies at most \(most) keys")]
    case .grid:
      var errors: [SweepGrammarError] = []
      var count = 1
      for (text, axis) in zip(vary, axes) {
        switch axis.values {
        case .list(let list):
          count = min(
            Self.pointLimit + 1, count.multipliedReportingOverflow(by: list.count).partialValue)
        case .continuous:
          errors.append(
            SweepGrammarError("--vary \(text)", "a range needs a step in a grid, as in lo..hi:step")
          )
        }
      }
      if count > Self.pointLimit {
        errors.append(SweepGrammarError("--vary", "more than \(Self.pointLimit) combinations"))
      }
      return errors
    }
  }

  /// The points, in order; combinations that come out alike are visited once.
  ///
  /// In a grid the last axis changes fastest. Samples are drawn from the seed's own stream; a Sobol'
  /// sequence is shifted digitally by it.
  ///
  /// - Complexity: O(points · axes).
  package func points(seed: UInt64) -> [SweepPoint] {
    let combinations =
      switch sampling {
      case .grid: grid
      default:
        places(seed: seed).map { point in zip(axes, point).map { $0.value(at: $1) } }
      }
    var seen: Set<[String]> = []
    var points: [SweepPoint] = []
    for values in combinations where seen.insert(values).inserted {
      points.append(
        SweepPoint(
          number: points.count, values: values,
          overrides: zip(axes, values).map { $0.override($1) }))
    }
    return points
  }

  /// The places of a sample in the unit cube, a coordinate for each axis; none for a grid.
  package func places(seed: UInt64) -> [[Double]] {
    var draws = RandomStream(seed: seed, replication: 0, purpose: .sweep, entity: 0)
    switch sampling {
    case .grid: return []
    case .latinHypercube(let count):
      return LatinHypercube(axes: axes.count, points: count) { draws.nextUniform() }.points
    case .sobol(let count):
      let shift = axes.map { _ in draws.nextUniform() }
      var sequence = QuasiRandomSequence(dimension: axes.count, shift: shift)
      return (0..<count).map { _ in sequence.next() }
    }
  }

  private var grid: [[String]] {
    axes.reduce([[]]) { combinations, axis in
      guard case .list(let list) = axis.values else { return [] }
      return combinations.flatMap { combination in list.map { combination + [$0] } }
    }
  }
}
