// SPDX-License-Identifier: Apache-2.0

extension TensorRTScheduler {
  /// Whose tokens run in the step, of those that may hold blocks (`PyMicroBatchScheduler`).
  ///
  /// Requests are taken in order while the step has room. Decodes go before prompts where those can be cut: prompts share
  /// what the decodes leave.
  ///
  /// - Returns: prompts, those that end in this step last, and decodes.
  mutating func requestsOfStep(
    _ fitting: ContiguousArray<Int>
  ) -> (contexts: ContiguousArray<Int>, decodes: ContiguousArray<Int>) {
    var contexts: ContiguousArray<Int> = []
    var decodes: ContiguousArray<Int> = []
    var tokens = 0
    var wanted = 0
    for slot in fitting {
      if rows[slot].isGenerating {
        guard tokens + 1 <= settings.maxTokens else { break }
        tokens += 1
        decodes.append(slot)
      } else {
        let left = rows[slot].contextLeft
        if settings.chunking == nil {
          guard tokens + left <= settings.maxTokens else { break }
          tokens += left
        }
        rows[slot].chunk = left
        wanted += left
        contexts.append(slot)
      }
      if contexts.count + decodes.count >= settings.maxBatchSize { break }
    }
    guard let chunking = settings.chunking, wanted > settings.maxTokens - tokens else {
      return (contexts, decodes)
    }
    switch chunking {
    case .firstComeFirstServed: cutInOrder(contexts, settings.maxTokens - tokens)
    case .equalProgress: cutInTurn(contexts, settings.maxTokens - tokens)
    }
    let cut = contexts.filter { rows[$0].chunk > 0 && rows[$0].chunk < rows[$0].contextLeft }
    let whole = contexts.filter { rows[$0].chunk == rows[$0].contextLeft }
    return (ContiguousArray(cut + whole), decodes)
  }

  /// Each prompt takes what is left; who does not get all of its rest gets a multiple of the unit (`_chunk_fcfs`).
  private mutating func cutInOrder(_ contexts: ContiguousArray<Int>, _ room: Int) {
    var left = room
    for slot in contexts {
      let rest = rows[slot].contextLeft
      let tokens = rest <= left ? rest : left / settings.chunkUnit * settings.chunkUnit
      rows[slot].chunk = tokens
      left -= tokens
    }
  }

  /// Each prompt takes one unit in turn, as long as one fits (`_chunk_equal_progress`).
  private mutating func cutInTurn(_ contexts: ContiguousArray<Int>, _ room: Int) {
    var left = room
    for slot in contexts { rows[slot].chunk = 0 }
    var hasGrown = true
    while left > 0 && hasGrown {
      hasGrown = false
      for slot in contexts {
        let more = min(settings.chunkUnit, rows[slot].contextLeft - rows[slot].chunk)
        guard more > 0, more <= left else { continue }
        rows[slot].chunk += more
        left -= more
        hasGrown = true
      }
    }
  }
}
