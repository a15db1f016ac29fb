// SPDX-License-Identifier: GPL-3.0-or-later

import Quantities
import RandomStreams
import Recording
import Scenario
import Workload

/// Which slots of the horizon are simulated, and what each stands for.
///
/// Slots of high known load, and those round interruptions, are simulated whole up to a budget of requests,
/// the highest load first: they stand for themselves. Of the rest windows are drawn: slots are put in the
/// order of their load and, where that is about the same, of their minute of the week; that order is cut into
/// as many equal parts as there are windows, and in each part a slot is drawn at random. So every slot is as
/// likely as any other, and neighbours in the order make a stratum of two windows. Source: Cochran, Sampling
/// Techniques (1977), sections 5.2 and 5A.12 (two units a stratum), ISBN 0-471-16240-X.
struct WindowPlan: Sendable {
  /// A slot that is simulated.
  struct Window: Sendable {
    let slot: Int
    /// Where its requests are counted.
    let stratum: Int
    /// The group that it was drawn from; `nil` where it stands for itself.
    let group: Int?
  }

  /// What a request of each stratum stands for, in the unit of weights.
  private(set) var weights: [UInt64] = [WindowPlan.unit]
  /// The slots that are simulated, in order of time.
  private(set) var windows: [Window] = []
  /// What was sampled; windows are added while they run.
  private(set) var sample = SampleRecord()
  /// The slots.
  let grid: SlotGrid
  private let loads: [Float]

  /// The weight of a request that stands for itself.
  static var unit: UInt64 { 1_000 }
  /// The fewest windows of a group of high load.
  private static var fewestOfGroup: Int { 24 }
  /// Groups of high load end at these loads.
  private static var edges: [Float] { [0.9, 1, 1.1, 1.5, .infinity] }

  /// The plan of a sample.
  ///
  /// - Complexity: O(n log n) for n slots.
  init(
    _ sample: Scenario.RequestSample, of known: KnownLoad, workload: WorkloadModel,
    stream: RandomStream
  ) {
    grid = known.grid
    loads = known.loads
    var budget = sample.certainRequests
    let slots = Array(0..<grid.count)
    func urgency(_ slot: Int) -> Float {
      known.hasBacklog[slot] ? max(1, loads[slot]) : loads[slot]
    }
    let line = Float(sample.certainLoad.fraction)
    let high = slots.filter { known.hasBacklog[$0] || loads[$0] > line }
      .sorted { (-urgency($0), $0) < (-urgency($1), $1) }
    let isHigh = Self.marks(high, grid.count)
    let eventful = slots.filter { known.isEventful[$0] && !isHigh[$0] }
    let (whole, sampledHigh) = take(high, workload, from: &budget)
    let (wholeEventful, sampledEventful) = take(eventful, workload, from: &budget)
    let isKnown = Self.marks(high + eventful, grid.count)
    var rest = slots.filter { !isKnown[$0] }
    let top = takeHighest(of: &rest, windows: sample.windows)
    for slot in whole + wholeEventful + top { add(slot) }
    draw(sample.windows, from: inOrder(rest), stream)
    var left = Array(sampledHigh.reversed())
    for edge in Self.edges {
      let end = left.firstIndex { urgency($0) > edge } ?? left.count
      draw(Self.fewestOfGroup, from: Array(left[..<end]), stream)
      left.removeFirst(end)
    }
    draw(Self.fewestOfGroup, from: inOrder(sampledEventful), stream)
    windows.sort { $0.slot < $1.slot }
    noteUnseen()
  }

  private static func marks(_ slots: [Int], _ count: Int) -> [Bool] {
    var marks = [Bool](repeating: false, count: count)
    for slot in slots { marks[slot] = true }
    return marks
  }

  /// As many of the first slots as the budget of requests has room for, and those that it has no room for.
  private func take(
    _ slots: [Int], _ workload: WorkloadModel, from budget: inout Int64
  ) -> (whole: [Int], rest: [Int]) {
    // Where slots stand for more than themselves none is simulated whole.
    guard grid.isWhole else { return ([], slots) }
    for (position, slot) in slots.enumerated() {
      let span = grid.end(of: slot) - grid.start(of: slot)
      let expected = workload.expectedRequests(from: grid.start(of: slot), for: span)
      guard expected <= budget else {
        return (Array(slots[..<position]), Array(slots[position...]))
      }
      budget -= expected
    }
    return (slots, [])
  }

  /// Takes the slots of the highest load where these are few: then no slot that is not simulated has a
  /// higher one.
  private func takeHighest(of rest: inout [Int], windows: Int) -> [Int] {
    guard grid.isWhole else { return [] }
    let room = max(1, windows / 8)
    let classes = rest.map(loadClass).sorted(by: >)
    // The lowest class with which no more than the room is taken.
    guard classes.count > room else { return [] }
    let lowest = classes[..<room].last { $0 > classes[room] } ?? .max
    let top = rest.filter { loadClass($0) >= lowest }
    rest.removeAll { loadClass($0) >= lowest }
    return top
  }

  /// Loads that are told apart: by two hundredths.
  private func loadClass(_ slot: Int) -> Int { Int(loads[slot] * 50) }

  /// Slots in the order of their load, of their minute of the week and of time.
  private func inOrder(_ slots: [Int]) -> [Int] {
    let keys = slots.map { slot -> (Int, Int64, Int) in
      (loadClass(slot), grid.firstMinute(of: slot) % 10_080, slot)
    }
    return keys.sorted { $0 < $1 }.map(\.2)
  }

  // MARK: Strata

  private mutating func add(_ slot: Int) {
    windows.append(Window(slot: slot, stratum: 0, group: nil))
    sample.certain += grid.end(of: slot) - grid.start(of: slot)
  }

  /// Draws windows from slots that are in an order in which neighbours are alike.
  private mutating func draw(_ count: Int, from slots: [Int], _ stream: RandomStream) {
    guard !slots.isEmpty else { return }
    guard count < slots.count || !grid.isWhole else {
      for slot in slots { add(slot) }
      return
    }
    let group = sample.groups.count
    var times: [(slot: Int, times: Int)] = []
    for part in 0..<count {
      let bits = stream.block(at: UInt64(group) << 32 | UInt64(part)).low >> 32
      let point = (Int128(part) << 32 + Int128(bits)) * Int128(slots.count) / Int128(count)
      let slot = slots[Int(point >> 32)]
      // A slot that lies in two parts may be drawn in both.
      if times.last?.slot == slot {
        times[times.count - 1].times += 1
      } else {
        times.append((slot, 1))
      }
    }
    let time = slots.reduce(Int128(0)) { $0 + Int128(grid.time(of: $1).nanoseconds) }
    let length = Int128(TimeSpan.minutes(grid.length).nanoseconds)
    let each =
      grid.isWhole
      ? Int128(Self.unit) * Int128(slots.count) / Int128(count)
      : Int128(Self.unit) * time / (length * Int128(count))
    for (slot, often) in times {
      let weight = UInt64(each) * UInt64(often)
      let stratum = weights.dropFirst().firstIndex(of: weight) ?? weights.count
      if stratum == weights.count { weights.append(weight) }
      windows.append(Window(slot: slot, stratum: stratum, group: group))
    }
    sample.groups.append(
      SampleRecord.Group(
        lowest: slots.reduce(.infinity) { min($0, Double(loads[$1])) },
        highest: slots.reduce(0) { max($0, Double(loads[$1])) },
        time: TimeSpan(nanoseconds: Int64(time)),
        simulated: .minutes(grid.length * Int64(times.count)),
        from: slots.reduce(.never) { min($0, grid.start(of: $1)) },
        until: slots.reduce(.start) { max($0, grid.end(of: $1)) }))
  }

  /// Notes the time whose load is higher than all that is simulated.
  private mutating func noteUnseen() {
    let highest = windows.map { loadClass($0.slot) }.max() ?? -1
    for slot in 0..<grid.count where loadClass(slot) > highest + 1 {
      if sample.unseen == .zero { sample.unseenFrom = grid.start(of: slot) }
      sample.unseen += grid.time(of: slot)
    }
  }

  // MARK: Running

  /// The stretches of time that are simulated, in order, with the load in which each begins.
  var stretches: [(from: Instant, until: Instant, load: Double)] {
    var stretches: [(from: Instant, until: Instant, load: Double)] = []
    for window in windows {
      let (from, until) = (grid.start(of: window.slot), grid.end(of: window.slot))
      if let last = stretches.last, last.until == from {
        stretches[stretches.count - 1].until = until
      } else {
        stretches.append((from, until, Double(loads[window.slot])))
      }
    }
    return stretches
  }

  /// The window of a minute; `nil` where it is not simulated.
  func window(ofMinute minute: Int64) -> Int? {
    guard let slot = grid.slot(ofMinute: minute) else { return nil }
    var (low, high) = (0, windows.count)
    while low < high {
      let middle = (low + high) / 2
      if windows[middle].slot < slot { low = middle + 1 } else { high = middle }
    }
    return low < windows.count && windows[low].slot == slot ? low : nil
  }

  /// What was sampled, with the windows of a group in an order in which neighbours are alike.
  consuming func finished() -> SampleRecord {
    let week = TimeSpan.hours(168).nanoseconds
    func key(_ window: SampledWindow) -> (Int, Int, Int64, Int64) {
      let start = window.start.nanoseconds
      return (window.group, Int(window.load * 50), start % week, start)
    }
    sample.windows.sort { key($0) < key($1) }
    return sample
  }

  /// Notes what ended in a window that was drawn.
  mutating func note(_ totals: WindowTotals, of window: Int) {
    let (slot, stratum) = (windows[window].slot, windows[window].stratum)
    guard let group = windows[window].group else { return }
    sample.windows.append(
      SampledWindow(
        group: group, start: grid.start(of: slot), load: Double(loads[slot]),
        weight: weights[stratum], totals: totals))
  }
}
