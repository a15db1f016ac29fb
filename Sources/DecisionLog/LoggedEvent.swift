// SPDX-License-Identifier: Apache-2.0

/// The policies that decide in a log, by the names that lines have for them.
package enum LoggedPolicy: String, CaseIterable, Sendable {
  case spot, autoscaler, router, dispatcher, cache, dedup, ledger, cooldown, path
}

/// The name of an event in a log; the policy that it is told to is the name's type.
///
/// Writer and reader share it, so that each event is spelled in one place.
package protocol EventName: RawRepresentable<String>, CaseIterable, Sendable {
  /// Who is told.
  static var policy: LoggedPolicy { get }
}

/// The events of each policy, by the names that lines have for them.
package enum LoggedEvent {
  /// What the spot manager is told.
  package enum Spot: String, EventName {
    case adopted, started, target, scheduled, launched
    case launchFailed = "launch_failed"
    case ready
    case rebalanceRecommended = "rebalance_recommended"
    case noticed, found, priced, unhealthy, gone, wake

    /// Who is told.
    package static var policy: LoggedPolicy { .spot }
  }

  /// What the autoscaler is told.
  package enum Autoscaler: String, EventName {
    case observed, missed

    /// Who is told.
    package static var policy: LoggedPolicy { .autoscaler }
  }

  /// What the router is asked.
  package enum Router: String, EventName {
    case plan, route

    /// Who is told.
    package static var policy: LoggedPolicy { .router }
  }

  /// What the choice of a replica is asked and told.
  package enum Dispatcher: String, EventName {
    case choose, added, retired

    /// Who is told.
    package static var policy: LoggedPolicy { .dispatcher }
  }

  /// What the response cache is asked and told.
  package enum Cache: String, EventName {
    case lookUp = "look_up"
    case answered, primed, cleared

    /// Who is told.
    package static var policy: LoggedPolicy { .cache }
  }

  /// What the de-duplication is told.
  package enum Dedup: String, EventName {
    case join, land, leave

    /// Who is told.
    package static var policy: LoggedPolicy { .dedup }
  }

  /// What the cost ledger is told.
  package enum Ledger: String, EventName {
    case reserve, settle, period

    /// Who is told.
    package static var policy: LoggedPolicy { .ledger }
  }

  /// What the cooldowns are told.
  package enum Cooldown: String, EventName {
    case ended, forgotten

    /// Who is told.
    package static var policy: LoggedPolicy { .cooldown }
  }

  /// What the request path is told.
  package enum Path: String, EventName {
    case planned, arrived
    case storeAnswered = "store_answered"
    case started, completed, failed
    case clientLeft = "client_left"
    case retryDue = "retry_due"
    case replicaChanged = "replica_changed"
    case degraded, called, rested

    /// Who is told.
    package static var policy: LoggedPolicy { .path }
  }
}
