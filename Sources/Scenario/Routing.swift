// SPDX-License-Identifier: GPL-3.0-or-later

import Policies
import Quantities
import Serving

/// How a scenario's requests find their models.
///
/// It takes the score of every text, which no check of a scenario needs: a scenario holds its law, and a
/// run makes it.
package struct Routing: Sendable {
  /// The router, before its first request.
  package let router: Router
  /// What the router makes of each text, by the text's number; one plan where there are no texts.
  package let textPlans: [RoutePlan]

  /// The routing of a law.
  ///
  /// - Complexity: O(n) for n characters of all texts.
  init(_ law: Law) {
    let router = Router(
      Router.Configuration(
        models: law.models, rule: law.routerRule, longestWait: law.longestWait,
        sessionSlots: law.sessionSlots))
    self.router = router
    textPlans =
      law.texts.isEmpty ? [router.plan(for: "")] : law.texts.map { router.plan(for: $0.text) }
  }
}

extension Routing {
  /// What a routing is made from.
  package struct Law: Sendable {
    /// By what the model is chosen.
    enum Rule: Sendable {
      /// One model for everything.
      case fixed(ModelID)
      /// The reference design's keywords.
      case reference
      /// The difficulty of texts.
      case difficulty(Difficulty)
    }

    /// What the rule of difficulty learns from, and what it asks.
    struct Difficulty: Sendable {
      /// The texts that it learns from.
      let tuning: [ClassifiedText]
      /// How many classes there are.
      let classCount: Int
      /// The least predicted quality that is good enough.
      let qualityFloor: Share
      /// How far below a stronger model's scores a text goes to it all the same.
      let uncertaintyBand: Share
    }

    let rule: Rule
    /// The models from weak to strong.
    let models: [Router.Model]
    /// The texts that requests borrow; none where they have none.
    let texts: [ClassifiedText]
    let longestWait: TimeSpan
    let sessionSlots: Int

    fileprivate var routerRule: Router.Rule {
      switch rule {
      case .fixed(let model):
        return .fixed(model)
      case .reference:
        return .reference
      case .difficulty(let rule):
        let scorer = DifficultyScorer()
        let samples = rule.tuning.map {
          DifficultyCalibration.Sample(score: scorer.score($0.text).value, trueClass: $0.classIndex)
        }
        return .difficulty(
          Router.QualityRule(
            calibration: DifficultyCalibration(samples, classCount: rule.classCount),
            qualityFloor: rule.qualityFloor.fraction,
            uncertaintyBand: rule.uncertaintyBand.fraction))
      }
    }
  }
}

extension Routing.Law {
  /// Every request to one model.
  package init(allTo model: ModelID, texts: [ClassifiedText] = [], longestWait: TimeSpan) {
    self.init(
      rule: .fixed(model),
      models: [
        Router.Model(id: model, qualityByClass: [], contextWindow: .max, nanosecondsPerRequest: 1)
      ], texts: texts, longestWait: longestWait, sessionSlots: 0)
  }
}
