// SPDX-License-Identifier: Apache-2.0

import Columns
import Policies
import Serving

/// By what store and de-duplication know a request: its tenant, the model that serves it, and what it asks for.
public struct KeyRule: ~Copyable, Sendable {
  /// Whether keys name neither tenant nor serving model, as in the reference design: all tenants share answers.
  public let lackTenant: Bool
  /// A key of each tenant and model that share no answers with others, by tenant first.
  @usableFromInline let scopes: GrowingColumn<CacheKey>
  @usableFromInline let models: Int

  /// The keys of so many tenants and models.
  ///
  /// - Parameters:
  ///   - lackTenant: whether all requests share one scope, that of `requestedModel`.
  /// - Complexity: O(tenants × models).
  /// - Precondition: there is at least one tenant and one model.
  public init(lackTenant: Bool, requestedModel: ModelID, tenants: Int, models: Int) {
    precondition(tenants > 0 && models > 0, "a key names a tenant and a model")
    self.lackTenant = lackTenant
    self.models = models
    var scopes = GrowingColumn<CacheKey>(minimumCapacity: lackTenant ? 1 : tenants * models)
    if lackTenant {
      scopes.append(CacheKey.reference(model: requestedModel, content: 0))
    } else {
      for scope in 0..<tenants * models {
        scopes.append(
          CacheKey(tenant: TenantID(scope / models), artefact: ModelID(scope % models), content: 0))
      }
    }
    self.scopes = scopes
  }

  /// The key of a content for a tenant, answered by a model.
  @inlinable
  @inline(__always)
  public func key(of content: UInt64, tenant: TenantID, model: ModelID) -> CacheKey {
    assert(model.index < models, "a key's model is one of the fleet's")
    return scopes[lackTenant ? 0 : tenant.index &* models &+ model.index].of(content: content)
  }
}
