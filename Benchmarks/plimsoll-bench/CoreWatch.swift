// SPDX-License-Identifier: GPL-3.0-or-later

/// Watches whether this process has a core for itself, by a loop that needs nothing but the core.
///
/// A virtual machine's core is often one of two threads of a core: while the other one, whosever it is, works, this
/// one does half, and no counter of the system says so. The looks know nothing of what is timed between them, so
/// to choose by them is not to choose by the outcome. They see change only: a core that is shared at every look seems
/// whole, and who comes and goes between two looks is not seen.
struct CoreWatch {
  /// Additions a second, by look: the median of some slices of about a millisecond.
  private(set) var looks: [Double] = []
  /// The most additions a second of any slice.
  private var best = 0.0

  /// Looks how fast the core is, for some 20 ms.
  mutating func look() {
    let slices = (0..<21).map { _ in Self.additionsPerSecond() }
    looks.append(Stopwatch.median(slices))
    best = max(best, slices.max() ?? 0)
  }

  /// Whether the core was whole at a look and at the next.
  ///
  /// Nine tenths of the best slice: clocks that were seen went by up to a tenth slower when other cores were busy, and
  /// a thread that shares the core takes two fifths and more.
  func wasWhole(from look: Int) -> Bool { looks[look...look + 1].allSatisfy { $0 >= 0.9 * best } }

  private static func additionsPerSecond() -> Double {
    let rounds = 1_000_000
    var sums = (0 as UInt64, 0 as UInt64, 0 as UInt64, 0 as UInt64)
    var times: [Double] = []
    Stopwatch.time(into: &times) {
      for round in 0..<UInt64(rounds) {
        // No sum of numbers that follow each other: that one the compiler knows.
        sums.0 = sums.0 &+ (sums.1 ^ round)
        sums.1 = sums.1 &+ (sums.2 ^ round)
        sums.2 = sums.2 &+ (sums.3 ^ round)
        sums.3 = sums.3 &+ round
      }
    }
    precondition(sums.0 ^ sums.1 ^ sums.2 != 1, "what was added is used")
    return 4 * Double(rounds) / times[0]
  }
}
