// SPDX-License-Identifier: GPL-3.0-or-later

import Policies
import Quantities
import Reporting
import Scenario
import Workload

/// What the router of a scenario makes of prompts, beside always the strongest model.
struct RoutedPrompts {
  /// One row for each prompt.
  let rows: [RouteReport.Row]
  /// Which class goes to which model; nil where no prompt that measures has a class.
  let routing: RouteReport.Routing?

  /// Routes prompts by the router of a scenario.
  init(_ prompts: [PromptReader.Prompt], by scenario: Scenario) {
    let router = scenario.policies.requests.routing.router
    let scorer = DifficultyScorer()
    var rows: [RouteReport.Row] = []
    var choices: [Int] = []
    for prompt in prompts {
      let (plan, score) = (router.plan(for: prompt.text), scorer.score(prompt.text))
      let choice = router.model(intendedBy: plan).index
      choices.append(choice)
      rows.append(
        RouteReport.Row(
          text: prompt.text, tier: scenario.fleet.models[choice].name, score: score.value,
          reason: "\(plan.reason); \(score.reason)",
          reference: ["simple", "medium", "complex"][prompt.reference.rawValue]))
    }
    self.rows = rows
    routing = Self.routing(prompts, choices, scenario, router)
  }

  private static func routing(
    _ prompts: [PromptReader.Prompt], _ choices: [Int], _ scenario: Scenario, _ router: Router
  ) -> RouteReport.Routing? {
    let names = scenario.workload.mix.classNames
    let models = scenario.fleet.models
    let labelled = zip(prompts, choices).compactMap { prompt, choice -> (Int, Int)? in
      guard let label = prompt.label, !label.isForTuning,
        let number = names.firstIndex(of: label.className)
      else { return nil }
      return (number, choice)
    }
    let costs = Self.costs(of: scenario)
    let served = models.indices.filter { costs[$0] != nil }
    func table(_ model: Int) -> Share { models[model].quality?.table ?? .zero }
    guard !labelled.isEmpty, let strongest = served.max(by: { (table($0), $0) < (table($1), $1) })
    else { return nil }
    var matrix = ConfusionMatrix(classCount: names.count, choiceCount: models.count)
    for (trueClass, choice) in labelled { matrix.record(trueClass: trueClass, choice: choice) }
    func outcome(_ choice: (Int) -> Int) -> RouteReport.Routing.Outcome {
      let qualities = labelled.compactMap { trueClass, routed -> Double? in
        let known = models[choice(routed)].quality?.byClass ?? []
        return known.indices.contains(trueClass) ? known[trueClass].fraction : nil
      }
      let spent = labelled.compactMap { costs[choice($0.1)] }
      func mean(_ values: [Double]) -> Double? {
        values.count == labelled.count ? values.reduce(0, +) / Double(values.count) : nil
      }
      return RouteReport.Routing.Outcome(quality: mean(qualities), cost: mean(spent))
    }
    var floor: Double?
    if case .difficulty(let rule) = router.configuration.rule { floor = rule.qualityFloor }
    return RouteReport.Routing(
      scenario: scenario.origin.path, models: models.map(\.name), matrix: matrix,
      strongest: models[strongest].name, routed: outcome { $0 }, always: outcome { _ in strongest },
      floor: floor)
  }

  /// What a request costs by model in USD, at full batches of the cheapest pool that serves it; a
  /// machine is
  /// shared evenly by its replicas. Nil where none serves it.
  private static func costs(of scenario: Scenario) -> [Double?] {
    var costs = scenario.fleet.models.map { _ in Double?.none }
    for pool in scenario.fleet.pools {
      guard let price = pool.cloud.prices.changes.first?.price ?? pool.listPrice else { continue }
      let hourly = Double(price.nanodollarsPerHour) / 1e9 / Double(max(1, pool.replicas.count))
      for replica in pool.replicas {
        let cost = hourly / 3_600 * replica.service.timePerRequest.inSeconds
        let model = replica.serves.index
        costs[model] = min(costs[model] ?? .infinity, cost)
      }
    }
    return costs
  }
}
