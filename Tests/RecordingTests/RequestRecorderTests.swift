// SPDX-License-Identifier: GPL-3.0-or-later

import Quantities
import RandomStreams
import Recording
import Serving
import SimulationTesting
import Statistics
import Testing

/// Against plain lists of all that happened, whatever the recorder adds up before it writes.
@Suite("The recorder of requests")
struct RequestRecorderTests {
  /// Where a request is counted, and what the recorder calls it.
  private struct Place {
    let minute: Int
    let isEventful: Bool
    let measured: MeasuredPlace

    init(_ minute: Int, isEventful: Bool, in recorder: inout RequestRecorder) {
      self.minute = minute
      self.isEventful = isEventful
      measured = recorder.enter(minute: minute, stratum: isEventful ? 1 : 0, backlog: 0)
    }
  }

  /// A request that ended.
  private struct Ended {
    let place: Place
    let outcome: RequestOutcome
    var latency: Int64 = 0
    var wait: Int64?
    var promptTokens: UInt32 = 0
    var tokens: UInt32 = 0
    var model = 0
    var classIndex: UInt8 = 0
  }

  private static let edges: [Int64] = [1_000, 50_000]
  /// Far apart, as the minutes of windows are.
  private static let minutes = [0, 17, 40_000]

  private func draw(_ stream: inout RandomStream, at place: Place) -> Ended {
    let bits = stream.next()
    let outcome = RequestOutcome.allCases[Int(bits % 6)]
    guard outcome.isAnswered else { return Ended(place: place, outcome: outcome) }
    let latency = Int64(bits >> 40 & 0x1FFFF)
    return Ended(
      place: place, outcome: outcome, latency: latency,
      wait: outcome == .completed ? latency / 3 : nil, promptTokens: UInt32(bits >> 8 & 0xFF),
      tokens: UInt32(bits >> 16 & 0xFF), model: Int(bits >> 24 & 1),
      classIndex: UInt8(bits >> 25 & 1))
  }

  private func record(_ ended: Ended, in recorder: inout RequestRecorder) {
    let answer = RequestRecorder.Answer(
      latency: TimeSpan(nanoseconds: ended.latency), tokens: ended.tokens,
      model: ModelID(ended.model), classIndex: ended.classIndex)
    if let wait = ended.wait {
      recorder.completed(
        answer, wait: TimeSpan(nanoseconds: wait), at: ended.place.measured,
        promptTokens: ended.promptTokens)
    } else if ended.outcome.isAnswered {
      recorder.answered(ended.outcome, answer, at: ended.place.measured)
    } else {
      recorder.unanswered(ended.outcome, at: ended.place.measured)
    }
  }

  private func histogram(_ times: [Int64]) -> LatencyHistogram {
    var histogram = LatencyHistogram(edges: Self.edges)
    for time in times { histogram.record(time) }
    return histogram
  }

  private func check(
    _ recorder: inout RequestRecorder, _ arrived: [Place], _ ended: [Ended]
  ) {
    #expect(recorder.inFlight == Int64(arrived.count - ended.count))
    for isEventful in [false, true] {
      let stratum = recorder.stratum(isEventful ? 1 : 0)
      let own = ended.filter { $0.place.isEventful == isEventful }
      let answered = own.filter(\.outcome.isAnswered)
      #expect(stratum.counts.arrived == UInt64(arrived.count { $0.isEventful == isEventful }))
      for outcome in RequestOutcome.allCases {
        #expect(stratum.counts[outcome] == UInt64(own.count { $0.outcome == outcome }))
      }
      #expect(stratum.times.latency == histogram(answered.map(\.latency)))
      #expect(stratum.times.wait == histogram(own.compactMap(\.wait)))
      #expect(stratum.answeredTokens == answered.reduce(0) { $0 + Int64($1.tokens) })
      let cells = (0..<4).map { cell in
        UInt64(answered.count { 2 * $0.model + Int($0.classIndex) == cell })
      }
      #expect(stratum.answeredBy == cells)
    }
    let completed = ended.filter { $0.outcome == .completed }
    #expect(recorder.promptTokens == completed.reduce(0) { $0 + Int64($1.promptTokens) })
    #expect(recorder.outputTokens == completed.reduce(0) { $0 + Int64($1.tokens) })
    #expect(
      recorder.counts.arrived == UInt64(arrived.count)
        && recorder.counts[.completed] == UInt64(completed.count))
    let series = recorder.series(from: .start)
    for minute in Self.minutes {
      let answered = ended.filter { $0.place.minute == minute && $0.outcome.isAnswered }
      func value(_ name: String) -> Double? {
        series.first { $0.name == name && $0.time == .start + .minutes(Int64(minute)) }?.value
      }
      #expect(value("offered") == Double(arrived.count { $0.minute == minute }))
      #expect(value("answered") == Double(answered.count))
      let sum = answered.reduce(0) { $0 + $1.latency }
      #expect(value("mean_latency") == Double(sum) / Double(answered.count) / 1e9)
    }
  }

  @Test("counts each request at its place, in whatever order places have their turn")
  func interleavedPlaces() {
    var recorder = RequestRecorder(edges: Self.edges, models: 2, classes: 2, strata: 2)
    var stream = RandomStream(seed: 12, replication: 0, purpose: .testing, entity: 0)
    var arrived: [Place] = []
    var ended: [Ended] = []
    // The middle minute has requests of both strata.
    let places = [(0, false), (1, false), (1, true), (2, true)].map {
      Place(Self.minutes[$0.0], isEventful: $0.1, in: &recorder)
    }
    for step in 0..<4_000 {
      let bits = stream.next()
      // Mostly the same place for a while, as it is when batches end.
      let place = places[bits & 7 == 0 ? Int(bits >> 8 & 3) : step / 1_000]
      recorder.arrived(at: place.measured)
      arrived.append(place)
      if bits >> 16 & 15 != 0 {
        let earlier = arrived[Int(bits >> 32) % arrived.count]
        let one = draw(&stream, at: bits >> 20 & 3 == 0 ? earlier : place)
        record(one, in: &recorder)
        ended.append(one)
      }
      if step == 2_777 || step == 3_999 { check(&recorder, arrived, ended) }
    }
    // A minute belongs to the stratum in which it was entered first.
    let (first, second) = (recorder.minutes(of: 0), recorder.minutes(of: 1))
    #expect(first.offered == 2 && second.offered == 1 && first.available + second.available == 0)
  }

  @Test(
    "a minute that is entered again stays what it was, with the requests that were there when it began"
  )
  func enteredAgain() {
    var recorder = RequestRecorder(edges: Self.edges, models: 1, classes: 1, strata: 2)
    for (minute, isEventful, backlog) in [(3, false, 7), (3, true, 9), (3, false, 0), (8, true, 4)]
    {
      let place = recorder.enter(
        minute: minute, stratum: isEventful ? 1 : 0, backlog: backlog)
      recorder.arrived(at: place)
    }
    let series = recorder.series(from: .start).filter { ["backlog", "offered"].contains($0.name) }
    #expect(series.map(\.value) == [3, 7, 1, 4])
    #expect(series.map(\.time) == [3, 3, 8, 8].map { .start + .minutes($0) })
  }

  @Test("adds up latencies of a year and more", arguments: [RequestOutcome.completed, .hit])
  func longLatencies(outcome: RequestOutcome) {
    let year = TimeSpan.hours(8_760)
    var recorder = RequestRecorder(edges: Self.edges, models: 1, classes: 1, strata: 2)
    let place = recorder.enter(minute: 0, stratum: 0, backlog: 0)
    let answer = RequestRecorder.Answer(latency: year, tokens: 1, model: ModelID(0), classIndex: 0)
    // 1,000 years are 3.2e19 nanoseconds.
    for _ in 0..<1_000 {
      recorder.arrived(at: place)
      if outcome == .completed {
        recorder.completed(answer, wait: year, at: place, promptTokens: 1)
      } else {
        recorder.answered(outcome, answer, at: place)
      }
    }
    #expect(recorder.stratum(0).times.latency.mean == Double(year.nanoseconds))
    let mean = recorder.series(from: .start).first { $0.name == "mean_latency" }
    #expect(mean?.value == year.inSeconds)
  }

  @Test("a section holds what was counted since the one before, with what each stands for")
  func sections() {
    var recorder = RequestRecorder(edges: Self.edges, models: 2, classes: 2, strata: 2)
    var cutter = SectionCutter(sections: 3, minutes: 6)
    var stream = RandomStream(seed: 13, replication: 0, purpose: .testing, entity: 0)
    var expected: [Section] = []
    var late: [Ended] = []
    // By section, a calm minute and one round an interruption; the run ends before the last would come.
    for minutes in [[0, 1], [nil, 3], [4, nil]] {
      var counts = RequestCounts()
      var (latency, wait) = (
        LatencyHistogram(edges: Self.edges), LatencyHistogram(edges: Self.edges)
      )
      func end(_ ended: Ended) {
        let weight: UInt64 = ended.place.isEventful ? 2 : 5
        record(ended, in: &recorder)
        counts[ended.outcome] += weight
        for _ in 0..<weight {
          if ended.outcome.isAnswered { latency.record(ended.latency) }
          if let waited = ended.wait { wait.record(waited) }
        }
      }
      for (minute, isEventful) in zip(minutes, [false, true]) {
        guard let minute else { continue }
        if cutter.begins(at: minute) { cutter.cut(&recorder, before: minute) }
        // Those that arrived in one section and end in the next count there.
        late.forEach(end)
        late = []
        let place = Place(minute, isEventful: isEventful, in: &recorder)
        for number in 0..<500 {
          recorder.arrived(at: place.measured)
          counts.arrived += isEventful ? 2 : 5
          let ended = draw(&stream, at: place)
          if number < 450 { end(ended) } else { late.append(ended) }
        }
      }
      if minutes[1] == nil { late.forEach(end) }
      expected.append(
        Section(
          counts: counts,
          times: PerTime(latency: SparseHistogram(latency), wait: SparseHistogram(wait))))
    }
    #expect(cutter.sections(&recorder, weights: [5, 2]) == expected)
    // The strata as a whole are what they were.
    #expect(recorder.counts.arrived == 2_000)
  }
}
