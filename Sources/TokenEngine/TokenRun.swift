// SPDX-License-Identifier: Apache-2.0

/// Drives a scheduler over a list of requests on a virtual clock.
///
/// A request that arrives at the very end of a step is there when the next one is scheduled. Where two steps may be in
/// flight, one is scheduled when the one before the last ends.
///
/// Source of the order of events: the vLLM project, package `vllm` 0.33.0 (2026), `v1/engine/core.py`, `step` and
/// `step_with_batch_queue`.
public struct TokenRun<Scheduler: TokenScheduler, Law: StepLaw> {
  /// Why a run ended before its requests were through.
  public enum Failure: Error, Equatable {
    /// Nothing can be scheduled although requests wait.
    case stuck(nanoseconds: Int64, waiting: Int)
    /// Requests take each other's blocks, and none gets a token any more.
    case thrashing(nanoseconds: Int64)
    /// A step ends later than 146 years after the start.
    case tooLate
  }

  private var scheduler: Scheduler
  private let law: Law
  private let requests: [TokenRequest]
  private let onStep: ((EngineStep) -> Void)?

  private var next = 0
  private var time: EngineTime
  /// Until when host and device are busy.
  private var lanes: Lanes
  private var flying: ContiguousArray<(end: EngineTime, step: EngineStep?)> = []
  private var requestOfSlot: ContiguousArray<Int> = []
  private var records: [EngineRecord]

  /// A run of those requests.
  ///
  /// - Parameters:
  ///   - scheduler: one without requests.
  ///   - requests: in the order of arrival, those of one instant in the order of ids.
  ///   - host: the time between steps.
  ///   - onStep: is told each step once its result is there.
  public init(
    scheduler: Scheduler, law: Law, requests: [TokenRequest], host: HostTime = .none,
    onStep: ((EngineStep) -> Void)? = nil
  ) {
    self.scheduler = scheduler
    self.law = law
    self.requests = requests
    self.onStep = onStep
    records = requests.map { EngineRecord(id: $0.id) }
    time = EngineTime(nanoseconds: requests.first?.arrival ?? 0)
    lanes = Lanes(hostTime: host, start: time)
  }

  /// Runs until every request is complete.
  ///
  /// - Returns: the records, in the order of the requests.
  public mutating func run() throws(Failure) -> [EngineRecord] {
    let depth = scheduler.stepsAhead
    var emptyCalls = 0
    while next < requests.count || scheduler.hasRequests || !flying.isEmpty {
      if !scheduler.hasRequests && flying.isEmpty {
        time = max(time, EngineTime(nanoseconds: requests[next].arrival))
      }
      admitArrivals()
      if scheduler.hasRequests, try schedule() {
        emptyCalls = 0
        if flying.count < depth { continue }
      } else if flying.isEmpty && scheduler.hasRequests {
        // A step may be empty because its only request gave up its blocks; then the next is not.
        emptyCalls += 1
        guard emptyCalls < 3 else {
          throw .stuck(nanoseconds: time.nanoseconds, waiting: scheduler.waitingCount)
        }
        continue
      }
      finish()
      if scheduler.isThrashing { throw .thrashing(nanoseconds: time.nanoseconds) }
    }
    return records
  }

  private mutating func admitArrivals() {
    while next < requests.count, requests[next].arrival <= time.nanoseconds {
      let slot = scheduler.add(requests[next])
      while requestOfSlot.count <= slot { requestOfSlot.append(-1) }
      requestOfSlot[slot] = next
      next += 1
    }
  }

  /// Schedules a step and puts it behind those in flight; false where it is empty.
  private mutating func schedule() throws(Failure) -> Bool {
    let shape = scheduler.schedule()
    guard !shape.isEmpty else { return false }
    for admission in scheduler.news.admitted where admission.isFirst {
      records[requestOfSlot[admission.slot]].firstScheduled = time.nanoseconds
    }
    let start = lanes.start(time, running: scheduler.runningCount)
    let span = law.femtoseconds(of: shape)
    guard Int128(start.nanoseconds) + span / 1_000_000 < 1 << 62 else { throw .tooLate }
    let end = start.later(by: span)
    lanes.deviceFree = end
    flying.append((end, onStep == nil ? nil : step(shape, start, end)))
    return true
  }

  private func step(_ shape: StepShape, _ start: EngineTime, _ end: EngineTime) -> EngineStep {
    EngineStep(
      scheduled: time.nanoseconds, started: start.nanoseconds, ended: end.nanoseconds,
      shape: shape, running: scheduler.runningCount, waiting: scheduler.waitingCount,
      freeAfterScheduling: scheduler.freeBlocks,
      preempted: scheduler.news.preempted.map { requests[requestOfSlot[$0]].id },
      admitted: scheduler.news.admitted.map {
        (requests[requestOfSlot[$0.slot]].id, $0.cachedTokens)
      })
  }

  private mutating func finish() {
    guard !flying.isEmpty else { return }
    var (end, step) = flying.removeFirst()
    time = max(time, end)
    scheduler.finish()
    for slot in scheduler.news.firstTokens {
      records[requestOfSlot[slot]].firstToken = time.nanoseconds
    }
    for completion in scheduler.news.completed {
      let index = requestOfSlot[completion.slot]
      records[index].completed = time.nanoseconds
      records[index].preemptions = completion.preemptions
      records[index].cachedTokens = completion.cachedTokens
    }
    step?.finished = scheduler.news.completed.map(\.id)
    step?.freeAtEnd = scheduler.freeBlocks
    if let step { onStep?(step) }
  }
}
