// SPDX-License-Identifier: GPL-3.0-or-later

import Dispatch
import Foundation
import Synchronization

/// Ends every command on Ctrl-C or a polite kill with a code of its own; what is stored is whole.
enum Interruption {
  /// What is to be said and done at the end of a piece of work; nothing any more once it is
  /// cancelled.
  struct Watch: Sendable {
    fileprivate let number: Int

    /// The piece of work is over.
    func cancel() {
      state.withLock { state in state.work.removeAll { $0.number == number } }
    }
  }

  private struct Work {
    let number: Int
    let message: String
    let leaving: @Sendable () -> Void
  }

  private struct State {
    var work: [Work] = []
    var count = 0
  }

  private static let state = Mutex(State())

  /// Listens whatever the command does, for as long as what it returns is kept.
  static func install() -> [any DispatchSourceSignal] {
    // A queue of its own: the others are full while a command computes.
    let queue = DispatchQueue(label: "interruption", qos: .userInteractive)
    return [SIGINT, SIGTERM].map { number in
      _ = signal(number, SIG_IGN)
      let source = DispatchSource.makeSignalSource(signal: number, queue: queue)
      source.setEventHandler { leave() }
      source.resume()
      return source
    }
  }

  /// Says what an interruption means from now on, until what it returns is cancelled.
  ///
  /// A replication that is under way is given up: nothing of it has been stored.
  ///
  /// - Parameters:
  ///   - message: what is left of the work.
  ///   - leaving: does what is to be done before the end.
  static func listen(
    _ message: String = "the replications that were done are stored",
    leaving: @escaping @Sendable () -> Void = {}
  ) -> Watch {
    state.withLock { state in
      state.count += 1
      state.work.append(Work(number: state.count, message: message, leaving: leaving))
      return Watch(number: state.count)
    }
  }

  private static func leave() {
    let work = state.withLock { $0.work }
    for one in work.reversed() { one.leaving() }
    Terminal.tell("\nplimsoll: interrupted; \(work.last?.message ?? "nothing is stored")\n")
    // Other threads still run: nothing that they use is taken down.
    _exit(ExitStatus.interrupted.rawValue)
  }
}
