// SPDX-License-Identifier: Apache-2.0

/// What the ledger says to one request before it runs.
public enum ReserveAnswer: Equatable, Sendable {
  /// Its estimate is put aside under that id.
  case reserved(ReservationID)
  /// It must not run.
  case refused(Refusal)

  /// Why a request must not run.
  public enum Refusal: Equatable, Sendable {
    /// The tenant has no budget.
    case unknownTenant
    /// The tenant's budget does not hold its estimate.
    case tenantLimit
    /// The budget of all does not hold its estimate.
    case limit
  }
}
