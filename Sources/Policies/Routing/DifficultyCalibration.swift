// SPDX-License-Identifier: Apache-2.0

import Quantities

/// What a difficulty score has meant so far: the probability of each true class, from labelled
/// texts.
///
/// Scores fall into bins of equal width. In each bin the share of texts at or above a class is
/// smoothed
/// by one text of the overall mixture, then made to rise with the score by pooling neighbours (pool
/// adjacent violators: Ayer, Brunk, Ewing, Reid and Silverman, "An empirical distribution function
/// for
/// sampling with incomplete information", Ann. Math. Stat. 26 (1955), DOI 10.1214/aoms/1177728423;
/// for
/// scores: Zadrozny and Elkan, KDD 2002, DOI 10.1145/775047.775151). A class's probability is the
/// difference of two such shares. It is never negative, for pooling keeps their order.
public struct DifficultyCalibration: Sendable {
  /// A score and the number of the class that its text truly had, from 0 for the easiest.
  public struct Sample: Sendable {
    /// The score, in 0...1.
    public var score: Double
    /// The true class.
    public var trueClass: Int

    /// A sample of those values.
    public init(score: Double, trueClass: Int) {
      self.score = score
      self.trueClass = trueClass
    }
  }

  /// How many classes there are.
  public let classCount: Int
  /// How many bins the scores fall into.
  public let binCount: Int
  /// By bin, then by class: the probability of that class or a harder one.
  private var atLeast: [[Double]]

  /// By bin, then by class: the probability of that class or a harder one.
  public var table: [[Double]] { atLeast }

  /// A calibration that was learned elsewhere.
  ///
  /// - Precondition: there is a bin, and all have the same classes, at least one.
  public init(table: [[Double]]) {
    precondition(
      table.first?.isEmpty == false && table.allSatisfy { $0.count == table[0].count },
      "every bin of a calibration has the same classes")
    atLeast = table
    classCount = table[0].count
    binCount = table.count
  }

  /// Learns from a tuning set.
  ///
  /// - Complexity: O(samples + classes × bins).
  /// - Precondition: there is a sample, class and bin, and each sample's class is below
  /// `classCount`.
  public init(_ samples: [Sample], classCount: Int, binCount: Int = 10) {
    precondition(!samples.isEmpty, "a calibration needs at least one sample")
    precondition(classCount > 0 && binCount > 0, "a calibration needs a class and a bin")
    self.classCount = classCount
    self.binCount = binCount
    var counts = Array(repeating: Array(repeating: 0, count: classCount), count: binCount)
    for sample in samples {
      precondition((0..<classCount).contains(sample.trueClass), "a sample's class is unknown")
      counts[Self.bin(of: sample.score, of: binCount)][sample.trueClass] += 1
    }
    atLeast = Array(repeating: Array(repeating: 1, count: classCount), count: binCount)
    for bound in 1..<max(1, classCount) {
      let overall = Double(samples.count { $0.trueClass >= bound }) / Double(samples.count)
      let shares = counts.map { bin in
        (Double(bin[bound...].reduce(0, +)) + overall) / Double(bin.reduce(0, +) + 1)
      }
      let weights = counts.map { Double($0.reduce(0, +) + 1) }
      let rising = Self.rising(shares, weights: weights)
      for bin in 0..<binCount { atLeast[bin][bound] = rising[bin] }
    }
  }

  /// The probability that a text with that score is of that class or a harder one.
  public func probability(atLeast bound: Int, given score: Double) -> Double {
    atLeast[bin(of: score)][bound]
  }

  /// The probability of each class, given a score; they add up to 1.
  ///
  /// - Complexity: O(classes).
  public func probabilities(given score: Double) -> [Double] {
    let shares = atLeast[bin(of: score)]
    return shares.indices.map { shares[$0] - ($0 + 1 < classCount ? shares[$0 + 1] : 0) }
  }

  /// The most probable class, of equals the hardest.
  ///
  /// - Complexity: O(classes).
  public func mostProbableClass(given score: Double) -> Int {
    let chances = probabilities(given: score)
    return chances.indices.reduce(0) { chances[$1] >= chances[$0] ? $1 : $0 }
  }

  /// The class to choose that costs least on the mean, of equals the hardest.
  ///
  /// A choice that is too easy costs `down` for each class between, one that is too hard 1: what
  /// an answer that is
  /// too weak costs against one that is too strong. Source of choosing by the expected loss:
  /// Elkan, "The
  /// foundations of cost-sensitive learning", IJCAI 2001, 973–978.
  ///
  /// - Complexity: O(classes²).
  public func leastCostClass(given score: Double, down: Double) -> Int {
    let chances = probabilities(given: score)
    func cost(_ choice: Int) -> Double {
      chances.indices.reduce(0) { sum, trueClass in
        sum + chances[trueClass] * Self.cost(of: choice, trueClass: trueClass, down: down)
      }
    }
    return chances.indices.reduce(0) { cost($1) <= cost($0) ? $1 : $0 }
  }

  /// What one choice costs where the true class is known.
  public static func cost(of choice: Int, trueClass: Int, down: Double) -> Double {
    choice < trueClass ? down * Double(trueClass - choice) : Double(choice - trueClass)
  }

  /// The mean of a quality that depends on the class.
  ///
  /// Summed by parts, so that a quality that is the same for all classes comes out exactly.
  ///
  /// - Complexity: O(classes).
  /// - Precondition: there is a quality for each class.
  public func mean(of qualityByClass: [Double], given score: Double) -> Double {
    mean(of: qualityByClass, inBin: bin(of: score))
  }

  /// The mean of a quality in one bin.
  func mean(of qualityByClass: [Double], inBin bin: Int) -> Double {
    precondition(qualityByClass.count == classCount, "a model needs a quality for each class")
    var sum = qualityByClass[0]
    for bound in 1..<max(1, classCount) {
      sum += atLeast[bin][bound] * (qualityByClass[bound] - qualityByClass[bound - 1])
    }
    return sum
  }

  /// The bin that a score falls into; scores beyond 0...1 fall into the outermost.
  func bin(of score: Double) -> Int {
    Self.bin(of: score, of: binCount)
  }

  private static func bin(of score: Double, of binCount: Int) -> Int {
    // Scores are kept as floats, of which 0.7 is below 0.7; the margin keeps it in the bin that starts
    // there.
    let scaled = (score + 1e-6) * Double(binCount)
    guard scaled > 0 else { return 0 }
    return scaled < Double(binCount) ? Int(scaled) : binCount - 1
  }

  /// The nearest rising sequence by weighted least squares.
  private static func rising(_ values: [Double], weights: [Double]) -> [Double] {
    var blocks: [(mean: Double, weight: Double, count: Int)] = []
    for index in values.indices {
      var block = (mean: values[index], weight: weights[index], count: 1)
      while let last = blocks.last, last.mean > block.mean {
        blocks.removeLast()
        let weight = last.weight + block.weight
        let mean = (last.mean * last.weight + block.mean * block.weight) / weight
        block = (mean: mean, weight: weight, count: last.count + block.count)
      }
      blocks.append(block)
    }
    return blocks.flatMap { Array(repeating: $0.mean, count: $0.count) }
  }
}

extension DifficultyCalibration {
  /// The score from which on texts go to the strong model, so that it gets a given share of them.
  ///
  /// The (1 - share) quantile of the scores of own traffic, as RouteLLM calibrates its threshold:
  /// Ong et
  /// al., "RouteLLM: Learning to route LLMs with preference data", 2024, arXiv 2406.18665. Texts
  /// whose
  /// score equals the threshold go to the strong model too, so ties can make its share larger; a
  /// share
  /// of nothing, and a sample of nothing, give infinity.
  ///
  /// - Complexity: O(n log n) for n scores.
  public static func threshold(of scores: [Double], strongShare: Share) -> Double {
    let strong = (Double(scores.count) * strongShare.fraction).rounded(.toNearestOrEven)
    let count = min(scores.count, Int(max(0, strong)))
    guard count > 0 else { return .infinity }
    return scores.sorted()[scores.count - count]
  }
}
