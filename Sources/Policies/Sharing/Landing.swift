// SPDX-License-Identifier: Apache-2.0

/// What the end of a call means for its flight.
@frozen
public enum Landing: Equatable, Sendable {
  /// The flight is over; everybody in it is in the deliveries.
  case over
  /// This request makes the call again, and the flight goes by that id now; the others wait on.
  case promoted(FlightID, lead: UInt32)
  /// Nothing: the flight is over or has made the call again already.
  case ignored
}
