// SPDX-License-Identifier: Apache-2.0

import DecisionLog
import Policies

/// What several lines say of texts and answers.
extension LogObject {
  /// What a router makes of a text.
  func plan(by router: Router) throws(DecisionLogError) -> RoutePlan {
    let keywords = ReferenceClassifier.Keywords(
      hasSimple: try flag("has_simple"), hasMedium: try flag("has_medium"))
    return router.plan(forScore: try double("score", in: -1e9...1e9), keywords: keywords)
  }

  /// How a call of a replica ended.
  func outcome() throws(DecisionLogError) -> Cooldown.Outcome {
    let retryAfter = try optional("retry_after_ns", span)
    switch try text("outcome") {
    case "succeeded": return .succeeded
    case "failed": return .failed(retryAfter: retryAfter)
    case "refused": return .refused(retryAfter: retryAfter)
    default: throw fail("outcome", allowed: "succeeded, failed, refused")
    }
  }

  /// What is known of an answer.
  func response() throws(DecisionLogError) -> StoredResponse {
    let reasons: [StoredResponse.FinishReason] = [
      .stop, .toolCalls(areValid: true), .toolCalls(areValid: false), .length, .contentFilter,
      .other,
    ]
    return StoredResponse(
      status: try integer("status"),
      finishReason: try named("finish_reason", among: reasons, \.name),
      isComplete: try flag("is_complete"), choices: try integer("choices"),
      isDeterministic: try flag("is_deterministic"), isNoStore: try flag("is_no_store"))
  }
}
