// SPDX-License-Identifier: GPL-3.0-or-later

import Quantities

/// A servable variant of a model, as the scenario's `models` describe it.
package struct ServedModel: Sendable, Equatable {
  /// How good its answers are, by two ways to say so.
  package struct Quality: Sendable, Equatable {
    /// One score for all requests.
    package let table: Share
    /// The score of each true class, in the order of the workload's classes; empty when unknown.
    package let byClass: [Share]

    /// A quality of those values.
    package init(table: Share, byClass: [Share]) {
      self.table = table
      self.byClass = byClass
    }
  }

  /// Its name.
  package let name: String
  /// How good its answers are; `nil` when nobody says.
  package let quality: Quality?
  /// The most tokens of prompt and answer together; `nil` when nothing limits them.
  package let contextWindow: Int?
  /// What its provider's table asks for a token; `nil` when it has none.
  package let tokenPrice: USD?

  /// A model of those values.
  package init(name: String, quality: Quality?, contextWindow: Int?, tokenPrice: USD?) {
    self.name = name
    self.quality = quality
    self.contextWindow = contextWindow
    self.tokenPrice = tokenPrice
  }
}
