// SPDX-License-Identifier: GPL-3.0-or-later

import Policies
import ReplicaModel
import Workload

/// What engines come to with the requests that the router means for their model.
extension ScenarioLoader {
  /// How many requests are looked at, and how few of a model's own tell something.
  private static var sampleSize: Int { 65_536 }
  private static var fewestOwn: Int { 64 }

  /// The pools with engines measured by the requests of their own model: those whose text the router means for it, as
  /// long as they fit its context; the others go to the strongest model.
  ///
  /// A model for which hardly any request is meant keeps the measurement by all.
  ///
  /// - Returns: `nil` where all requests go to one model, or none to an engine.
  func measuredByOwnRequests(
    _ pools: [DecodedPool], _ policies: RequestPolicies, _ workload: WorkloadModel,
    _ models: DecodedModels
  ) -> [DecodedPool]? {
    let places = pools.flatMap(\.pool.replicas)
    guard let first = places.first, places.contains(where: { $0.serves != first.serves }),
      places.allSatisfy({ $0.service.tokens != nil })
    else { return nil }
    let routing = policies.routing
    var own = [[(number: UInt64, prompt: Int, output: Int)]](
      repeating: [], count: models.served.count)
    for request in workload.sample(count: Self.sampleSize) {
      let text = min(request.text, routing.textPlans.count - 1)
      var model = routing.router.model(intendedBy: routing.textPlans[text]).index
      if let window = models.served[model].contextWindow, request.prompt + request.output > window {
        model = policies.requestedModel
      }
      own[model].append((request.number, request.prompt, request.output))
    }
    let prompts = PromptBlocks(
      systemPrompts: systemPrompts, recorded: workload.recorded?.blocks ?? [])
    var measured: [TokenModel] = []
    func measure(_ model: TokenModel, _ number: Int) -> TokenModel {
      if let known = measured.first(where: { $0.name == model.name }) { return known }
      let new = model.measured(with: own[number], prompts: prompts)
      measured.append(new)
      return new
    }
    return pools.map { pool in
      var pool = pool
      pool.pool.replicas = pool.pool.replicas.map { place in
        var place = place
        if let model = place.service.tokens, own[place.serves.index].count >= Self.fewestOwn {
          place.service = .tokens(measure(model, place.serves.index))
        }
        return place
      }
      return pool
    }
  }
}
