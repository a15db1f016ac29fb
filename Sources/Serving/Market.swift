// SPDX-License-Identifier: Apache-2.0

/// On which terms a machine is rented.
public enum Market: String, Sendable, CaseIterable {
  /// At list price, for as long as it is wanted.
  case onDemand
  /// At a discount, until the cloud wants it back.
  case spot
}
