// SPDX-License-Identifier: GPL-3.0-or-later

import Policies

/// The spot manager with the events that it has not seen yet.
struct SpotControl {
  var manager: SpotManager
  /// Events in the order in which they happened.
  var inbox: [SpotManager.Event] = []
  /// How many of them the manager has seen.
  var position = 0
  /// Room for what it wants done.
  var effects = EffectBuffer<SpotManager.Effect>()

  /// A manager with those settings, to which nothing has happened.
  init(_ configuration: SpotManager.Configuration) {
    manager = SpotManager(configuration)
  }
}
