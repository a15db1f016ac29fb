// SPDX-License-Identifier: Apache-2.0

import Policies
import Quantities
import Serving

/// A router for requests that ask for a model by its name, and for those that ask for `auto`.
///
/// The request path asks its router about every request and takes no wish for a model. So the table of the router has,
/// behind the bins of scores of texts, a bin for each model, in which that model alone reaches the floor. It is the
/// probability 1 of a class that only the model is good for. A request by name has the score of its model's bin; a
/// text's score shrinks so that it stays in its own.
struct RouterTable: Sendable {
  /// The router.
  let router: Router
  /// How many bins texts have.
  private let textBins: Int
  private let bins: Int
  private let fixedModel: Int?

  /// A router of a fleet's models.
  init(_ settings: FleetSettings) {
    let models = settings.models
    let rule = settings.difficulty
    let classes = rule?.calibration.classCount ?? 1
    textBins = rule?.calibration.binCount ?? 0
    bins = textBins + models.count
    fixedModel = settings.fixedModel
    var table = (rule?.calibration.table ?? []).map {
      $0 + [Double](repeating: 0, count: models.count)
    }
    for place in models.indices {
      let own = [Double](repeating: 1, count: classes + place + 1)
      table.append(own + [Double](repeating: 0, count: models.count - place - 1))
    }
    let candidates = models.enumerated().map { place, model in
      let text = rule == nil ? [Double](repeating: 0, count: classes) : model.qualityByClass
      let byName = models.indices.map { $0 == place ? 1.0 : 0.0 }
      // The dearest tokens decide which of two good enough is the cheaper.
      let price = model.price.map { $0.answer.nanodollars } ?? Int64(place + 1)
      return Router.Model(
        id: ModelID(place), qualityByClass: text + byName, contextWindow: model.context,
        nanosecondsPerRequest: max(1, price))
    }
    let shrink = Double(textBins) / Double(bins)
    router = Router(
      Router.Configuration(
        models: candidates,
        rule: .difficulty(
          Router.QualityRule(
            calibration: DifficultyCalibration(table: table),
            qualityFloor: rule?.qualityFloor ?? 1,
            uncertaintyBand: (rule?.uncertainty ?? 0) * shrink)),
        longestWait: settings.longestWait))
  }

  /// The plan of a request for a model.
  func plan(forModel model: Int) -> RoutePlan {
    plan(forScore: (Double(textBins + model) + 0.05) / Double(bins))
  }

  /// The plan of a request for whichever model is good enough for a text; `nil` where none is chosen so.
  func plan(forText text: String) -> RoutePlan? {
    if let fixedModel { return plan(forModel: fixedModel) }
    guard textBins > 0 else { return nil }
    let score = min(max(DifficultyScorer().score(text).value, 0), 0.999_99)
    return plan(forScore: score * Double(textBins) / Double(bins))
  }

  /// As it is kept, so that the plan can be made again from a log.
  private func plan(forScore score: Double) -> RoutePlan {
    router.plan(forScore: Double(Float(score)))
  }
}
