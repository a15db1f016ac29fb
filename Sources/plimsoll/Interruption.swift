// SPDX-License-Identifier: GPL-3.0-or-later

import Dispatch
import Foundation

/// Ends the command on Ctrl-C or a polite kill with a code of its own; what is stored is whole.
enum Interruption {
  /// Listens from now on, for as long as what it returns is kept.
  ///
  /// A replication that is under way is given up: nothing of it has been stored.
  ///
  /// - Parameters:
  ///   - message: what is left of the work.
  ///   - leaving: does what is to be done before the end.
  static func listen(
    _ message: String = "the replications that were done are stored",
    leaving: @escaping @Sendable () -> Void = {}
  ) -> [any DispatchSourceSignal] {
    [SIGINT, SIGTERM].map { number in
      _ = signal(number, SIG_IGN)
      let source = DispatchSource.makeSignalSource(signal: number, queue: .global())
      source.setEventHandler {
        leaving()
        Terminal.tell("\nplimsoll: interrupted; \(message)\n")
        exit(ExitStatus.interrupted.rawValue)
      }
      source.resume()
      return source
    }
  }
}
