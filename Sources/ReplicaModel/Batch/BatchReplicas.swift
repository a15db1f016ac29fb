// SPDX-License-Identifier: GPL-3.0-or-later

import Columns
import Quantities
import RandomStreams
import Serving

/// All replicas of a fleet: their queues, their lanes and when each has something to do next.
///
/// State lies in columns by replica and lane. Each lane, and each queue's timer, is a contestant in
/// one tournament; lanes come first, so that at one instant a batch ends before a client gives up.
@usableFromInline
package struct BatchReplicas: ReplicaEngine, ~Copyable {
  /// A replica with its model of batches.
  private struct Place {
    let model: BatchModel
    let queueLimit: Int

    init(_ replica: ReplicaPlace) {
      guard let model = replica.service.batches else {
        preconditionFailure("replicas that serve by batches have a model of batches")
      }
      self.model = model
      queueLimit = replica.queueLimit
    }
  }

  /// The facts of a replica that change seldom or never, in one row.
  @usableFromInline
  struct Layout: BitwiseCopyable {
    @usableFromInline var maximumBatch: Int32
    @usableFromInline let largestBatch: Int32
    @usableFromInline let queueLimit: Int32
    @usableFromInline let firstLane: Int32
    @usableFromInline let lanes: Int32
    @usableFromInline let firstTime: Int
    @usableFromInline let maximumDelay: Int64
    @usableFromInline let smallestMeasured: Int32
    @usableFromInline let largestMeasured: Int32
    @usableFromInline let hasNoise: Bool
  }

  /// What changes in a replica, in one row.
  @usableFromInline
  struct State: BitwiseCopyable {
    @usableFromInline var waiting: Int32 = 0
    @usableFromInline var freeLanes: Int32 = 0
    @usableFromInline var isReady: Bool = false
    @usableFromInline var idleUntil: Int64 = 0
    @usableFromInline var idleNanoseconds: Int128 = 0
  }

  /// What changes in a lane, in one row.
  @usableFromInline
  struct Lane: BitwiseCopyable {
    @usableFromInline let replica: Int32
    @usableFromInline let firstSlot: Int
    @usableFromInline var count: Int32 = 0
    @usableFromInline var started: Int64 = 0
  }

  @usableFromInline var layout: Column<Layout>
  @usableFromInline var state: Column<State>
  @usableFromInline var lane: Column<Lane>
  /// The requests that wait.
  @usableFromInline var lines: WaitingLines
  @usableFromInline var running: Column<Ticket>
  @usableFromInline let batchTime: Column<Int64>
  @usableFromInline var nextTimes: Tournament
  @usableFromInline let laneCount: Int
  /// How long a client waits in nanoseconds, where all wait equally long.
  @usableFromInline let timeout: Int64
  private let noise: [ServiceTimeNoise]
  private let noiseStreams: [RandomStream]

  /// A batch knows no tokens.
  @inlinable package static var knowsTokens: Bool { false }
  /// How many replicas there are.
  @usableFromInline package let count: Int
  @usableFromInline var busyNanoseconds: Column<Int128>
  /// Requests whose clients gave up while they waited; the one who drives the bank takes them out.
  @usableFromInline package var expired: ContiguousArray<Ticket> = []
  /// Batches that were started.
  @usableFromInline var batchesStarted: Int64 = 0
  /// Requests in them.
  @usableFromInline var requestsStarted: Int64 = 0
  /// Batches of a size that nobody measured.
  @usableFromInline var batchesOutsideMeasurements: Int64 = 0

  /// Replicas that are not ready yet.
  ///
  /// - Precondition: there is a replica, and each serves by batches.
  @usableFromInline
  package init(_ replicas: [ReplicaPlace], _ inputs: EngineInputs) {
    self.init(replicas, inputs, rules: [WaitingRule(patience: inputs.timeout)])
  }

  /// The same where requests differ in priority or patience.
  ///
  /// - Parameters:
  ///   - rules: by class of request; at least one.
  package init(_ replicas: [ReplicaPlace], _ inputs: EngineInputs, rules: [WaitingRule]) {
    precondition(!rules.isEmpty, "every class of requests has a rule by which it waits")
    precondition(!replicas.isEmpty, "a fleet has a place for a replica")
    let places = replicas.map { Place($0) }
    count = places.count
    laneCount = places.reduce(0) { $0 + $1.model.lanes }
    timeout = rules[0].patience?.nanoseconds ?? .max
    noise = places.map(\.model.noise)
    noiseStreams = places.map { _ in inputs.noiseStream }
    layout = Self.layouts(places)
    state = Column(repeating: State(), count: places.count)
    lane = Self.lanes(places)
    lines = WaitingLines(limits: places.map(\.queueLimit), rules: rules)
    running = Column(
      repeating: Ticket.none,
      count: places.reduce(0) { $0 + $1.model.lanes * $1.model.largestBatch })
    batchTime = Self.batchTimes(places)
    nextTimes = Tournament(count: laneCount + places.count)
    busyNanoseconds = Column(repeating: 0, count: places.count)
  }

  private static func layouts(_ places: [Place]) -> Column<Layout> {
    var rows: [Layout] = []
    var (firstLane, firstTime) = (0, 0)
    for place in places {
      let measured = place.model.latency.measured
      rows.append(
        Layout(
          maximumBatch: Int32(place.model.maximumBatch),
          largestBatch: Int32(place.model.largestBatch), queueLimit: Int32(place.queueLimit),
          firstLane: Int32(firstLane), lanes: Int32(place.model.lanes), firstTime: firstTime,
          maximumDelay: place.model.maximumDelay.nanoseconds,
          smallestMeasured: Int32(measured.lowerBound), largestMeasured: Int32(measured.upperBound),
          hasNoise: place.model.noise != .none))
      firstLane += place.model.lanes
      firstTime += place.model.largestBatch + 1
    }
    return Column(rows)
  }

  private static func lanes(_ places: [Place]) -> Column<Lane> {
    var rows: [Lane] = []
    var firstSlot = 0
    for (replica, place) in places.enumerated() {
      for _ in 0..<place.model.lanes {
        rows.append(Lane(replica: Int32(replica), firstSlot: firstSlot))
        firstSlot += place.model.largestBatch
      }
    }
    return Column(rows)
  }

  private static func batchTimes(_ places: [Place]) -> Column<Int64> {
    Column(places.flatMap { $0.model.latency.times.map(\.nanoseconds) })
  }

  // MARK: Coming and going

  /// Makes a replica serve.
  ///
  /// - Precondition: it does not serve yet, and holds no request.
  @usableFromInline
  package mutating func open(_ replica: Int, at now: Instant) {
    precondition(!state[replica].isReady && state[replica].waiting == 0, "a replica opens once")
    state[replica].isReady = true
    setFreeLanes(of: replica, to: layout[replica].lanes, now)
  }

  /// Changes how many lanes are free, and adds up how long so many have been.
  @inlinable
  mutating func setFreeLanes(of replica: Int, to free: Int32, _ now: Instant) {
    // 4,096 lanes that wait for a month are more than 64 bits of nanoseconds.
    let idle = now.nanoseconds - state[replica].idleUntil
    state[replica].idleNanoseconds += Int128(state[replica].freeLanes) * Int128(idle)
    state[replica].idleUntil = now.nanoseconds
    state[replica].freeLanes = free
  }

  /// Makes a replica serve no more and hands over every request that it held, oldest first.
  ///
  /// Batches that were running are lost; the time that they ran counts as busy.
  @usableFromInline
  package mutating func close(_ replica: Int, at now: Instant) -> [Ticket] {
    var held: [Ticket] = []
    let row = layout[replica]
    for index in Int(row.firstLane)..<Int(row.firstLane + row.lanes) where lane[index].count > 0 {
      for slot in 0..<Int(lane[index].count) { held.append(running[lane[index].firstSlot + slot]) }
      busyNanoseconds[replica] += Int128(now.nanoseconds - lane[index].started)
      lane[index].count = 0
      nextTimes.set(index, to: .max)
    }
    lines.forEach(at: replica, Int(state[replica].waiting)) { held.append($0) }
    lines.removeAll(at: replica)
    state[replica].waiting = 0
    setFreeLanes(of: replica, to: 0, now)
    state[replica].isReady = false
    nextTimes.set(laneCount + replica, to: .max)
    return held.sorted { ($0.arrival, $0.number) < ($1.arrival, $1.number) }
  }

  /// Lets every replica form batches up to the largest that was measured, from its next batch on.
  @usableFromInline
  package mutating func enlargeBatches() {
    for replica in 0..<count { layout[replica].maximumBatch = layout[replica].largestBatch }
  }

  // MARK: What happens

  /// Adds a request to a replica's queue, and starts a batch if one can start.
  ///
  /// - Precondition: the replica is ready and its queue, or a free lane, has room.
  @inlinable
  @inline(__always)
  package mutating func enqueue(_ request: Ticket, at replica: Int, now: Instant) {
    let waiting = state[replica].waiting
    precondition(hasRoom(replica), "a full queue takes no request")
    if lines.areSingle {
      lines.append(request, to: replica, behind: Int(waiting))
    } else {
      lines.append(request, at: replica)
    }
    state[replica].waiting = waiting + 1
    if state[replica].freeLanes > 0 {
      startIfDue(replica, now: now)
    } else if waiting == 0 || !lines.areSingle {
      setTimer(of: replica, now)
    }
  }

  /// Lets happen what is due: a batch ended, or the timer of a queue came due.
  ///
  /// The requests of a batch that ended lie in the slots of its lane until that is settled.
  @inlinable
  @inline(__always)
  package mutating func happen(now: Instant) -> ReplicaHappening {
    let winner = nextTimes.winner
    guard winner < laneCount else {
      return ReplicaHappening(replica: winner - laneCount, count: 0, part: -1)
    }
    let row = lane[winner]
    return ReplicaHappening(replica: Int(row.replica), count: Int(row.count), part: winner)
  }

  /// A batch knows no tokens.
  @inlinable
  @inline(__always)
  package mutating func takeGaps(_ body: (_ gap: TimeSpan, _ count: Int) -> Void) {}

  /// A request of the batch that just ended in a lane.
  @inlinable
  @inline(__always)
  package func answered(_ position: Int, in happening: ReplicaHappening) -> Ticket {
    running[lane[happening.part].firstSlot + position]
  }

  /// How a request of that batch got there.
  @inlinable
  @inline(__always)
  package func course(_ position: Int, in happening: ReplicaHappening) -> BatchCourse {
    BatchCourse(started: Instant(nanoseconds: lane[happening.part].started))
  }

  /// The time of the batch, which all in it share.
  @inlinable
  package func use(
    _ course: BatchCourse, in happening: ReplicaHappening, now: Instant
  ) -> (time: TimeSpan, sharedBy: Int) {
    (now - course.started, happening.count)
  }

  /// Frees the lane of a batch that ended, or acts on the timer of a queue, and starts batches that can start.
  ///
  /// Requests whose clients have given up go to ``expired``.
  @inlinable
  @inline(__always)
  package mutating func settle(_ happening: ReplicaHappening, now: Instant) {
    if happening.part >= 0 {
      free(happening.part, now: now)
    } else {
      expire(happening.replica, now: now)
    }
  }

  /// Frees a lane whose batch has ended and starts the next batch if one can start.
  ///
  /// Requests whose clients have given up go to ``expired`` instead.
  @inlinable
  mutating func free(_ index: Int, now: Instant) {
    let replica = Int(lane[index].replica)
    busyNanoseconds[replica] += Int128(now.nanoseconds - lane[index].started)
    lane[index].count = 0
    setFreeLanes(of: replica, to: state[replica].freeLanes + 1, now)
    dropExpired(replica, now: now)
    startIfDue(replica, now: now)
    if lane[index].count == 0 { nextTimes.set(index, to: .max) }
  }

  /// Acts on a queue's timer: drops whom it was due for, and starts a batch that has waited enough.
  @inlinable
  mutating func expire(_ replica: Int, now: Instant) {
    dropExpired(replica, now: now)
    startIfDue(replica, now: now)
  }

  /// Takes from the head of a line the requests whose client has given up.
  @inlinable
  mutating func dropExpired(_ replica: Int, now: Instant) {
    guard lines.areSingle else {
      let dropped = lines.dropExpired(at: replica, now: now, into: &expired)
      state[replica].waiting -= Int32(truncatingIfNeeded: dropped)
      return
    }
    guard timeout != .max else { return }
    while state[replica].waiting > 0 {
      let head = lines.head(of: replica)
      guard now.nanoseconds - head.arrival.nanoseconds >= timeout else { return }
      lines.dropHead(of: replica)
      state[replica].waiting -= 1
      expired.append(head)
    }
  }

  /// Starts batches while a lane is free and enough wait, or the oldest has waited enough.
  @inlinable
  mutating func startIfDue(_ replica: Int, now: Instant) {
    let row = layout[replica]
    while state[replica].waiting > 0 && state[replica].freeLanes > 0 {
      if state[replica].waiting < row.maximumBatch {
        guard now.nanoseconds - oldest(at: replica) >= row.maximumDelay else { break }
      }
      startBatch(replica, row, now: now)
    }
    setTimer(of: replica, now)
  }

  @inlinable
  mutating func startBatch(_ replica: Int, _ row: Layout, now: Instant) {
    var index = Int(row.firstLane)
    while lane[index].count != 0 { index += 1 }
    let size = min(state[replica].waiting, row.maximumBatch)
    let firstSlot = lane[index].firstSlot
    if lines.areSingle {
      let waiting = Int(state[replica].waiting)
      lines.take(Int(size), of: waiting, in: replica, to: &running, at: firstSlot)
    } else {
      lines.take(Int(size), at: replica, to: &running, at: firstSlot)
    }
    state[replica].waiting -= size
    setFreeLanes(of: replica, to: state[replica].freeLanes - 1, now)
    lane[index].count = size
    lane[index].started = now.nanoseconds
    batchesStarted += 1
    requestsStarted += Int64(size)
    if size < row.smallestMeasured || size > row.largestMeasured { batchesOutsideMeasurements += 1 }
    var time = batchTime[row.firstTime + Int(size)]
    if row.hasNoise { time = noisy(time, replica, first: running[firstSlot].number) }
    nextTimes.set(index, to: now.nanoseconds + time)
  }

  @usableFromInline
  func noisy(_ time: Int64, _ replica: Int, first number: UInt64) -> Int64 {
    noise[replica].apply(
      to: TimeSpan(nanoseconds: time), of: number, from: noiseStreams[replica]
    ).nanoseconds
  }

  /// When the one joined who has waited longest at a replica where somebody waits, in nanoseconds.
  @inlinable
  @inline(__always)
  func oldest(at replica: Int) -> Int64 {
    lines.areSingle ? lines.head(of: replica).enqueued.nanoseconds : lines.oldest(at: replica)
  }

  /// Sets a queue's timer to the earlier of its oldest client giving up and its batch having waited.
  @inlinable
  mutating func setTimer(of replica: Int, _ now: Instant) {
    let row = layout[replica]
    var due = Int64.max
    if state[replica].waiting > 0 {
      if !lines.areSingle {
        due = lines.firstDeadline(at: replica)
      } else if timeout != .max {
        due = lines.head(of: replica).arrival.nanoseconds + timeout
      }
      if state[replica].freeLanes > 0 { due = min(due, oldest(at: replica) + row.maximumDelay) }
    }
    // A request that moved here from a lost replica may have waited longer than those before it.
    nextTimes.set(laneCount + replica, to: max(due, now.nanoseconds))
  }
}
