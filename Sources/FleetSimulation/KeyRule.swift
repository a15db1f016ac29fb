// SPDX-License-Identifier: GPL-3.0-or-later

import Policies
import Serving

/// By what cache and de-duplication know a request.
struct KeyRule: BitwiseCopyable {
  /// Whether keys say nothing of tenants and serving models, as in the reference design.
  let lackTenant: Bool
  /// The model that clients ask for.
  let requestedModel: ModelID

  @inline(__always)
  func key(of contentID: UInt64, tenant: UInt8, model: ModelID) -> CacheKey {
    lackTenant
      ? .reference(model: requestedModel, content: contentID)
      : CacheKey(tenant: TenantID(Int(tenant)), artefact: model, content: contentID)
  }
}
