// SPDX-License-Identifier: GPL-3.0-or-later

import Columns
import Policies
import Serving

/// By what cache and de-duplication know a request.
struct KeyRule: ~Copyable {
  /// Whether keys say nothing of tenants and serving models, as in the reference design.
  let lackTenant: Bool
  /// A key of each tenant and model that share no answers with others, by tenant first.
  private let scopes: Column<CacheKey>
  private let models: Int

  /// The keys of so many tenants and models; of the model that clients ask for where they lack both.
  init(lackTenant: Bool, requestedModel: ModelID, tenants: Int, models: Int) {
    self.lackTenant = lackTenant
    self.models = models
    let scopes =
      lackTenant
      ? [CacheKey.reference(model: requestedModel, content: 0)]
      : (0..<tenants * models).map {
        CacheKey(tenant: TenantID($0 / models), artefact: ModelID($0 % models), content: 0)
      }
    self.scopes = Column(scopes)
  }

  @inline(__always)
  func key(of contentID: UInt64, tenant: UInt8, model: ModelID) -> CacheKey {
    assert(model.index < models, "a key's model is one of the scenario's")
    return scopes[lackTenant ? 0 : Int(tenant) &* models &+ model.index].of(content: contentID)
  }
}
