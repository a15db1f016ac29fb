// SPDX-License-Identifier: GPL-3.0-or-later

import Quantities
import RandomStreams

/// The horizon cut into slots, each as long as a window: what windows are drawn from.
///
/// A horizon of more than ``mostSlots`` windows is cut into so many parts, and one slot is drawn at random
/// in each: it stands for its part.
struct SlotGrid: Sendable {
  /// The most slots that are told apart.
  static var mostSlots: Int64 { 1 << 20 }

  /// How many slots there are.
  let count: Int
  /// How long a slot is, in minutes.
  let length: Int64
  private let minutes: Int64
  private let horizon: Instant
  /// Where in its part each slot lies; `nil` where slots lie side by side.
  private let offsets: RandomStream?

  /// The slots of a horizon.
  init(horizon: TimeSpan, length: TimeSpan, stream: RandomStream) {
    let minute = Int128(TimeSpan.minutes(1).nanoseconds)
    self.length = length.nanoseconds / TimeSpan.minutes(1).nanoseconds
    self.horizon = .start + horizon
    minutes = Int64(Int128(horizon.nanoseconds).dividedRoundingUp(by: minute))
    let slots = (minutes + self.length - 1) / self.length
    count = Int(min(slots, Self.mostSlots))
    offsets = slots > Self.mostSlots ? stream : nil
  }

  /// Whether slots lie side by side and make up the horizon.
  var isWhole: Bool { offsets == nil }

  /// The first minute of a slot.
  func firstMinute(of slot: Int) -> Int64 {
    guard let offsets else { return Int64(slot) * length }
    let (first, end) = (part(slot), part(slot + 1))
    let room = max(1, end - first - length + 1)
    let bits = offsets.block(at: 1 << 40 | UInt64(slot)).low >> 32
    return first + Int64((bits * UInt64(room)) >> 32)
  }

  private func part(_ number: Int) -> Int64 {
    Int64(Int128(minutes) * Int128(number) / Int128(count))
  }

  /// When a slot begins.
  func start(of slot: Int) -> Instant { .start + .minutes(firstMinute(of: slot)) }

  /// When a slot ends: at the end of the horizon at the latest.
  func end(of slot: Int) -> Instant { min(horizon, start(of: slot) + .minutes(length)) }

  /// The time that a slot stands for.
  func time(of slot: Int) -> TimeSpan {
    isWhole
      ? end(of: slot) - start(of: slot) : .minutes(part(slot + 1) - part(slot))
  }

  /// The slot that holds a minute of the horizon; `nil` where none does.
  func slot(ofMinute minute: Int64) -> Int? {
    guard !isWhole else { return Int(minute / length) }
    // The part that holds it, by its share of the horizon and one step to either side.
    var number = Int(Int128(minute) * Int128(count) / Int128(minutes))
    while number > 0, part(number) > minute { number -= 1 }
    while number + 1 < count, part(number + 1) <= minute { number += 1 }
    let first = firstMinute(of: number)
    return (first..<first + length).contains(minute) ? number : nil
  }

  /// The slots that begin before an instant and end after another, and perhaps one to either side.
  func slots(from: Instant, until: Instant) -> Range<Int> {
    let minute = TimeSpan.minutes(1).nanoseconds
    let first = max(0, from.nanoseconds / minute)
    let last = min(minutes - 1, max(0, (until.nanoseconds - 1) / minute))
    guard horizon > from, until > .start, first <= last else { return 0..<0 }
    guard !isWhole else { return Int(first / length)..<Int(last / length) + 1 }
    let low = Int(Int128(first) * Int128(count) / Int128(minutes))
    let high = Int(Int128(last) * Int128(count) / Int128(minutes))
    return max(0, low - 1)..<min(count, high + 2)
  }
}
