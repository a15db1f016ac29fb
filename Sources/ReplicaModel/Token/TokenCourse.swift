// SPDX-License-Identifier: GPL-3.0-or-later

import Quantities
import Serving

/// The way of a request that a token engine answered.
@usableFromInline
package struct TokenCourse: RequestCourse, Sendable {
  /// When it began to run for the first time.
  @usableFromInline package let started: Instant
  /// When its first token was there.
  @usableFromInline package let firstToken: Instant?
  /// The part of its replicas' time that it had.
  let share: TimeSpan
}

/// What is known of a request that is handed over from a replica that was lost.
struct CarriedTokens {
  /// The request.
  let ticket: Ticket
  /// Tokens of its answer that its client has.
  var produced = 0
  /// When it began to run for the first time; `never` where it has not.
  var started = Instant.never
  /// When its first token was there; `never` where it was not.
  var firstToken = Instant.never
  /// The part of its replicas' time that it had.
  var share = TimeSpan.zero

  init(ticket: Ticket) {
    self.ticket = ticket
  }
}

/// What token engines did, in tokens and requests.
package struct TokenWork: Sendable, Equatable {
  /// Tokens of prompts that were computed when their requests began.
  package var prompt: Int128 = 0
  /// Tokens of prompts that were found in a prefix cache instead.
  package var cached: Int128 = 0
  /// Tokens of answers.
  package var output: Int128 = 0
  /// Tokens that were computed again after a preemption or on another replica.
  package var recomputed: Int128 = 0
  /// Tokens of answers that nobody got to the end: their clients went away.
  package var lost: Int128 = 0
  /// How often a request lost its blocks to another.
  package var preemptions: Int64 = 0
  /// KV blocks in use, summed over nanoseconds.
  package var blockTime: Int128 = 0
  /// KV blocks that there were, summed over nanoseconds.
  package var blocksThere: Int128 = 0
  /// Steps that were made.
  package var steps: Int128 = 0
  /// Those of them for which the law of the step has no measurement.
  package var stepsOutside: Int128 = 0
  /// Whether an engine could not go on.
  package var isStuck = false

  /// No work.
  package init() {}

  /// Adds the work of another.
  mutating func add(_ other: TokenWork) {
    prompt += other.prompt
    cached += other.cached
    output += other.output
    recomputed += other.recomputed
    lost += other.lost
    preemptions += other.preemptions
    blockTime += other.blockTime
    blocksThere += other.blocksThere
    steps += other.steps
    stepsOutside += other.stepsOutside
    isStuck = isStuck || other.isStuck
  }

  /// All that is counted, under the names of tallies.
  package var counts: [(name: String, value: Int128)] {
    [
      ("tokens_prompt", prompt), ("tokens_cached", cached), ("tokens_output", output),
      ("tokens_recomputed", recomputed), ("tokens_lost", lost),
      ("preemptions", Int128(preemptions)), ("kv_block_ns", blockTime),
      ("kv_blocks_there_ns", blocksThere), ("steps", steps), ("steps_outside", stepsOutside),
    ]
  }
}
