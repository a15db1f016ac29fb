// SPDX-License-Identifier: Apache-2.0

import Serving

extension Router {
  /// The model that a text is meant for, whatever the moment brings.
  ///
  /// Under the reference rule the text of a longer prompt is taken, as most are.
  public func model(intendedBy plan: RoutePlan) -> ModelID {
    switch kind {
    case .fixed(let model): model
    case .difficulty: candidates.models[min(Int(plan.place), candidates.models.count - 1)].id
    case .reference:
      candidates.models[
        min(plan.keywords.complexity(promptTokens: .max).rawValue, candidates.models.count - 1)
      ].id
    }
  }
}
