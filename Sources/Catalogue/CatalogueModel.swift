// SPDX-License-Identifier: GPL-3.0-or-later

import Quantities
import TokenEngine

/// What is known of a model.
package struct CatalogueModel: Equatable, Sendable {
  /// Its name in small letters, such as `llama-3.1-70b`.
  package let name: String
  /// Its sizes, in the precision in which it is published.
  package let card: ModelCard
  /// Tokens of prompt and answer that it takes; `nil` where nobody says.
  package let context: Int?
  /// The precision in which it is published; `nil` for one that no step law knows.
  package let precision: WeightPrecision?
  /// Why no step law and no KV blocks follow from the card; `nil` where they do.
  package let lack: String?
  /// Where this comes from.
  package let source: CatalogueSource

  /// A model of that card.
  package init(
    name: String, card: ModelCard, context: Int?, precision: WeightPrecision?, lack: String?,
    source: CatalogueSource
  ) {
    self.name = name
    self.card = card
    self.context = context
    self.precision = precision
    self.lack = lack
    self.source = source
  }

  /// The card with weights of a precision; keys and values keep two bytes.
  package func card(in precision: WeightPrecision?) -> ModelCard {
    var card = card
    if let precision { card.bytesPerWeight = precision.bytes }
    return card
  }
}
