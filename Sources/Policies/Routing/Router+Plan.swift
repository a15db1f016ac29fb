// SPDX-License-Identifier: Apache-2.0

extension Router {
  /// Works out what a text says about its route; once for each distinct text.
  ///
  /// - Complexity: O(n) for n characters, of which the rule of difficulty reads at most 8,000.
  public func plan(for prompt: String) -> RoutePlan {
    switch kind {
    case .difficulty:
      // As it is kept, so that a plan can be made again from what is kept.
      return plan(forScore: Double(Float(DifficultyScorer().score(prompt).value)))
    case .reference:
      return RoutePlan(
        place: 0, atFloor: 0, reason: .reference,
        keywords: ReferenceClassifier.keywords(in: prompt))
    case .fixed:
      return RoutePlan(place: 0, atFloor: 0, reason: .fixed)
    }
  }

  /// The plan of a text of which only the score and the keywords of the reference rule are known.
  ///
  /// - Complexity: O(bins).
  public func plan(
    forScore score: Double, keywords: ReferenceClassifier.Keywords
  ) -> RoutePlan {
    switch kind {
    case .difficulty: plan(forScore: score)
    case .reference: RoutePlan(place: 0, atFloor: 0, reason: .reference, keywords: keywords)
    case .fixed: RoutePlan(place: 0, atFloor: 0, reason: .fixed)
    }
  }

  /// The plan of a text with that difficulty score, under the rule of difficulty.
  ///
  /// - Complexity: O(bins).
  public func plan(forScore score: Double) -> RoutePlan {
    guard let rule = qualityRule else { return plan(for: "") }
    let own = rule.calibration.bin(of: score)
    let upper = max(own, rule.calibration.bin(of: score + rule.uncertaintyBand))
    var plan = plans[own]
    plan.score = Float(score)
    for bin in own...upper where plans[bin].place > plan.place {
      plan.place = plans[bin].place
      plan.reason = .uncertain
    }
    return plan
  }

  /// The plan of each bin of scores: the cheapest model at the floor, or else the best there is.
  static func plans(of models: [Model], by rule: QualityRule) -> [RoutePlan] {
    (0..<rule.calibration.binCount).map { bin in
      let qualities = models.map { rule.calibration.mean(of: $0.qualityByClass, inBin: bin) }
      let atFloor = models.indices.filter { qualities[$0] >= rule.qualityFloor }
      let mask = atFloor.reduce(UInt8(0)) { $0 | 1 << UInt8($1) }
      if let place = cheapest(of: atFloor, in: models) {
        return RoutePlan(place: UInt8(place), atFloor: mask, reason: .cheapestAtFloor)
      }
      let best = models.indices.filter { place in qualities.allSatisfy { $0 <= qualities[place] } }
      return RoutePlan(
        place: UInt8(cheapest(of: best, in: models) ?? models.count - 1), atFloor: mask,
        reason: .belowFloor)
    }
  }

  private static func cheapest(of places: [Int], in models: [Model]) -> Int? {
    places.min {
      (models[$0].nanosecondsPerRequest, models[$0].id.index)
        < (models[$1].nanosecondsPerRequest, models[$1].id.index)
    }
  }
}
