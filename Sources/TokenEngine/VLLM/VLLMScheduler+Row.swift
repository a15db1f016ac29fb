// SPDX-License-Identifier: Apache-2.0

extension VLLMScheduler {
  /// Where a request is.
  enum Place: UInt8, BitwiseCopyable { case none, waiting, running }

  /// What is known of one request.
  struct Row: BitwiseCopyable {
    var id = 0
    var arrival: Int64 = 0
    var priority = 0
    @Narrow var prompt = 0
    @Narrow var output = 0
    /// Tokens of the answer whose value is known.
    @Narrow var produced = 0
    /// Tokens of the answer that steps without a result yet produce.
    @Narrow var inFlight = 0
    /// Tokens whose keys and values are there, counted when they are scheduled.
    @Narrow var computed = 0
    /// Tokens scheduled in steps without a result yet.
    @Narrow var outstanding = 0
    /// KV blocks that it holds.
    @Narrow var held = 0
    /// How many of its first blocks have been given their identity.
    @Narrow var identified = 0
    /// Its tokens in the step that is being scheduled.
    @Narrow var scheduled = 0
    @Narrow var preemptions = 0
    /// Tokens found in the prefix cache at its first admission; -1 before.
    @Narrow var cached = -1
    /// Its neighbours in the queue.
    var before: Int32 = -1
    var behind: Int32 = -1
    var heapPlace: Int32 = -1
    var place = Place.none
    /// The number of its last admission.
    var admission: Int64 = 0
    /// In the group of decodes: what has to be added to the group's steps for what is scheduled of it.
    ///
    /// Counts of a member stay as they were when it joined, but for what parts of steps that it had before bring.
    var groupBase: Int64 = 0
    /// Whether it is or was a member of the group, and runs.
    var isMember = false
    /// Whether its last step ended inside of what was known of it.
    var isMidPrefill = false
    /// The number of the result that brought its last token, as far as it was looked at by itself; -1 for none.
    var lastToken = -1

    /// Begins to run.
    mutating func admit(_ admission: Int64, found: Int, tokens: Int) {
      self.admission = admission
      place = .running
      computed = found
      if cached < 0 { cached = found }
      scheduled = tokens
    }

    /// Makes what was scheduled of it a part of a step.
    mutating func advance(_ slot: Int32, _ shape: inout StepShape) -> Part {
      let tokens = scheduled
      let before = computed
      let known = known
      if tokens == 1 && before + 1 == known && produced + inFlight > 0 {
        shape.addDecode(context: before)
      } else {
        shape.addPrefill(tokens: tokens, context: before)
      }
      let givesToken = before + tokens == known
      computed = before + tokens
      outstanding += tokens
      scheduled = 0
      isMidPrefill = !givesToken
      if givesToken { inFlight += 1 }
      return Part(slot: slot, tokens: Int32(tokens), givesToken: givesToken)
    }

    /// Takes in the result of a step.
    ///
    /// - Parameter result: its number.
    /// - Returns: the number of the result that brought the token before, the tokens of the answer that are there, and
    ///   whether they are all.
    mutating func finish(_ part: Part, result: Int) -> (last: Int, produced: Int, isLast: Bool) {
      outstanding -= Int(part.tokens)
      let last = lastToken
      guard part.givesToken else { return (last, produced, false) }
      inFlight -= 1
      let all = produced + 1
      produced = all
      lastToken = result
      return (last, all, all == output)
    }

    /// Takes in the result of the step of the group that brings its last token.
    mutating func finishMember(_ step: Int64, result: Int, blockSize: Int) {
      let all = Int(groupBase + step)
      computed = all
      produced = output
      lastToken = result
      held = (all + blockSize - 1) / blockSize
    }

    /// Joins the group.
    ///
    /// - Returns: what has to be added to the group's steps, and how many tokens are left to schedule.
    mutating func join(_ steps: Int64) -> (base: Int64, left: Int) {
      let base = Int64(computed) - steps
      groupBase = base
      isMember = true
      return (base, unscheduled)
    }

    /// Is completed or cancelled.
    mutating func leave() {
      lastToken = -1
      place = .none
    }

    /// Whether its next step brings nothing but the token behind its last one.
    var decodes: Bool { known - computed == 1 && !isMidPrefill && produced + inFlight > 0 }

    /// Tokens of prompt and answer that are known, or will be when the steps in flight end.
    var known: Int { prompt + produced + inFlight }

    /// Tokens of its answer that no step was scheduled for.
    var unscheduled: Int { output - produced - inFlight }

    /// The step of the group with which a member joined, and the one that brings its last token.
    var membership: (first: Int64, last: Int64) {
      let first = Int64(computed) - groupBase
      return (first, first + Int64(unscheduled))
    }
  }

  /// One request of a step.
  struct Part: BitwiseCopyable {
    /// Which request; -1 where it has been cancelled.
    var slot: Int32
    let tokens: Int32
    /// Whether the step produces a token of its answer.
    let givesToken: Bool
  }

  /// A step without a result yet.
  struct Flight: BitwiseCopyable {
    /// The number of its parts.
    var parts: Int
    /// The members of the group in it.
    var members = 0
    /// Its number among the steps of the group; -1 for none.
    var step: Int64 = -1
  }

  /// What one call of ``schedule()`` keeps.
  struct Call {
    var budget: Int
    var threshold = 0
    /// Whether prefill pauses in this call.
    var isHeld = false
    var carriesPrefill = false

    init(budget: Int) { self.budget = budget }

    /// The tokens that a request with so many left may get.
    func most(of left: Int) -> Int { threshold > 0 && threshold < left ? threshold : left }

    /// The tokens that it gets.
    func share(of left: Int) -> Int { min(most(of: left), budget) }
  }
}
