// SPDX-License-Identifier: Apache-2.0

import Policies
import Serving

// The words of a log for the answers of policies. They stay when a case in Swift gets another name.

extension RouteReason {
  /// Why a model is chosen, as a log has it.
  package var logged: String {
    switch self {
    case .cheapestAtFloor: "cheapestAtFloor"
    case .uncertain: "uncertain"
    case .belowFloor: "belowFloor"
    case .fixed: "fixed"
    case .reference: "reference"
    case .session: "session"
    case .stronger: "stronger"
    case .weaker: "weaker"
    case .late: "late"
    case .noReplicaReady: "noReplicaReady"
    case .windowExceeded: "windowExceeded"
    }
  }
}

extension DegradationStep {
  /// What is given up, as a log has it.
  package var logged: String {
    switch self {
    case .none: "none"
    case .shedBatchClass: "shedBatchClass"
    case .capOutput: "capOutput"
    case .routeDown: "routeDown"
    case .reject: "reject"
    }
  }
}

extension ReserveAnswer.Refusal {
  /// Why a budget refuses a request, as a log has it.
  package var logged: String {
    switch self {
    case .unknownTenant: "unknownTenant"
    case .tenantLimit: "tenantLimit"
    case .limit: "limit"
    }
  }
}

extension SettleAnswer {
  /// What became of a report of a cost, as a log has it.
  package var logged: String {
    switch self {
    case .settled: "settled"
    case .settledLate: "settledLate"
    case .ignored: "ignored"
    }
  }
}

extension JoinAnswer.Reason {
  /// Why a request makes a call of its own, as a log has it.
  package var logged: String {
    switch self {
    case .notDeterministic: "notDeterministic"
    case .full: "full"
    case .uncacheable: "uncacheable"
    }
  }
}

extension LeaveAnswer {
  /// What it means that a request went away, as a log has it.
  package var logged: String {
    switch self {
    case .goesOn: "goesOn"
    case .cancelled: "cancelled"
    case .ignored: "ignored"
    }
  }
}

extension Delivery.Result {
  /// What a request gets at the end of its wait, as a log has it.
  package var logged: String {
    switch self {
    case .answer: "answer"
    case .error: "error"
    case .timedOut: "timedOut"
    case .abandoned: "abandoned"
    }
  }
}

extension ResponseCache.Refusal {
  /// Why an answer is not kept, as a log has it.
  package var logged: String {
    switch self {
    case .noStore: "noStore"
    case .notDeterministic: "notDeterministic"
    case .severalChoices: "severalChoices"
    case .status: "status"
    case .incomplete: "incomplete"
    case .finishReason: "finishReason"
    case .invalidToolCalls: "invalidToolCalls"
    }
  }
}

extension RequestOutcome {
  /// How a request ended, as a log has it.
  package var logged: String {
    switch self {
    case .completed: "completed"
    case .hit: "hit"
    case .joined: "joined"
    case .rejected: "rejected"
    case .timedOut: "timedOut"
    case .failed: "failed"
    }
  }
}

extension ResponseCache.Admission {
  /// Whether an answer is kept, as a log has it.
  package var logged: String {
    switch self {
    case .admitted: "admitted"
    case .refused(let refusal): refusal.logged
    }
  }
}
