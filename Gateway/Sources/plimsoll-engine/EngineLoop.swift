// SPDX-License-Identifier: Apache-2.0

import NIOCore
import TokenEngine

/// Who is told of the tokens of a request.
protocol TokenListener: AnyObject {
  /// So many tokens more are there.
  func took(tokens: Int, isLast: Bool)
}

/// A replica of the token engine in real time: a timer for the end of each step.
final class EngineLoop {
  private var replica: TokenReplica<VLLMScheduler, AffineStepLaw>
  private let loop: any EventLoop
  private let start = NIODeadline.now()
  private var nextID = 0
  private var timer: Scheduled<Void>?
  private var active: [Int: (listener: any TokenListener, told: Int)] = [:]

  init(_ settings: EngineSettings, on loop: any EventLoop) {
    // Steps are looked at one by one: each brings tokens that are sent at once.
    replica = TokenReplica(
      scheduler: VLLMScheduler(settings: settings.settings), law: settings.law, coalesces: false)
    self.loop = loop
  }

  private var now: Int64 { (NIODeadline.now() - start).nanoseconds }

  /// Adds a request.
  ///
  /// - Returns: by what it is cancelled.
  func add(promptTokens: Int, outputTokens: Int, for listener: any TokenListener) -> Int {
    advance()
    let time = now
    nextID += 1
    let slot = replica.add(
      TokenRequest(
        id: nextID, arrival: time, promptTokens: promptTokens, outputTokens: outputTokens), at: time
    )
    active[slot] = (listener: listener, told: 0)
    advance()
    return slot
  }

  /// Ends a request whose client has gone.
  func cancel(_ slot: Int) {
    guard active[slot] != nil else { return }
    advance()
    guard active.removeValue(forKey: slot) != nil else { return }
    replica.cancel(slot, at: now)
    advance()
  }

  /// Does all that is due, and waits for what is next.
  private func advance() {
    while replica.nextTime <= now {
      replica.step()
      let done = replica.outcomes.filter { $0.kind == .completed }.map(\.slot)
      replica.outcomes.removeAll(keepingCapacity: true)
      for slot in done {
        guard let (listener, _) = active.removeValue(forKey: slot) else { continue }
        listener.took(tokens: 1, isLast: true)
      }
      // By the number of the request, so that the order is the same in every run.
      for slot in active.keys.sorted() {
        let produced = replica.scheduler.progress(of: slot).produced
        guard let entry = active[slot], produced > entry.told else { continue }
        active[slot]?.told = produced
        entry.listener.took(tokens: produced - entry.told, isLast: false)
      }
    }
    timer?.cancel()
    guard replica.nextTime < .max else { return }
    let bound = NIOLoopBound(self, eventLoop: loop)
    timer = loop.scheduleTask(deadline: start + .nanoseconds(replica.nextTime)) {
      bound.value.advance()
    }
  }
}
