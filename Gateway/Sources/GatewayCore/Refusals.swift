// SPDX-License-Identifier: Apache-2.0

import OpenAIProtocol
import RequestPath

extension CallFailure {
  /// A request that the path refused.
  static func refused(_ why: RequestPath.Refusal) -> CallFailure {
    switch why {
    case .budget(let reason):
      let whose = reason == .limit ? "The gateway's budget" : "Your budget"
      return CallFailure(
        .refused,
        APIError(
          status: 429, message: "\(whose) does not hold this request.", type: "insufficient_quota",
          code: "insufficient_quota"))
    case .noReplicaReady: return .noEngine
    case .queuesFull, .tooLate:
      return CallFailure(
        .refused,
        APIError(
          status: 503, message: "All engines of the model are busy.", type: "server_error",
          code: "overloaded", retryAfter: 1))
    }
  }

  /// No engine of the model accepts requests.
  static var noEngine: CallFailure {
    CallFailure(
      .refused,
      APIError(
        status: 503, message: "No engine of the model is ready.", type: "server_error",
        code: "no_engine_ready", retryAfter: 1))
  }

  /// The time ended that a client waits.
  public static var timedOut: CallFailure {
    CallFailure(
      .refused,
      APIError(
        status: 504, message: "The answer did not come in time.", type: "server_error",
        code: "timeout"))
  }

  /// An equal request was answered, and its answer is larger than what is held for others.
  static var tooLargeToShare: CallFailure {
    CallFailure(
      .refused,
      APIError(
        status: 502, message: "The answer is larger than the gateway holds.", type: "server_error",
        code: "answer_too_large"))
  }
}
