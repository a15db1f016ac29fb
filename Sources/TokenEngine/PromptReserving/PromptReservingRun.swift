// SPDX-License-Identifier: Apache-2.0

/// Drives several replicas with a scheduler of ``PromptReservingSettings`` over a list of requests.
///
/// The clock is any number that adds up: seconds in floating point, to be equal with other simulators to the last bit,
/// or whole nanoseconds. A request that arrives at the very end of a step is there when the next is made.
public struct PromptReservingRun<Time: Comparable & AdditiveArithmetic> {
  /// Which replica a request goes to.
  public enum Router: String, CaseIterable, Sendable {
    /// One after the other.
    case roundRobin = "round_robin"
    /// The one where the fewest requests wait, whatever runs; of equals the first.
    case leastWaiting = "lor"
  }

  /// What became of a request.
  public struct Record {
    /// The replica that served it.
    public let replica: Int
    /// When it first ran.
    public fileprivate(set) var firstScheduled: Time
    /// When its first token was there.
    public fileprivate(set) var firstToken: Time
    /// When its last token was there.
    public fileprivate(set) var completed: Time
    /// How often it was computed again.
    public fileprivate(set) var restarts = 0
  }

  /// Why a run ended before its requests were through.
  public enum Failure: Error {
    /// The law has no time for a step.
    case notCovered(StepShape)
    /// Nothing can be scheduled although requests wait.
    case stuck(waiting: Int)
  }

  private struct Replica {
    var scheduler: PromptReservingScheduler
    var end: Time?
    var requestOfSlot: ContiguousArray<Int> = []
  }

  private let requests: [(request: TokenRequest, arrival: Time)]
  private let router: Router
  private let duration: (StepShape) -> Time?
  private var replicas: [Replica]
  private var records: [Record] = []
  private var next = 0

  /// A run of those requests.
  ///
  /// - Parameters:
  ///   - requests: in the order of arrival; a request's own arrival only orders requests.
  ///   - duration: how long a step takes; `nil` where that is not known.
  public init(
    settings: PromptReservingSettings, replicas count: Int, router: Router,
    requests: [(request: TokenRequest, arrival: Time)], duration: @escaping (StepShape) -> Time?
  ) {
    precondition(count > 0, "somebody serves")
    self.requests = requests
    self.router = router
    self.duration = duration
    replicas = (0..<count).map { _ in
      Replica(scheduler: PromptReservingScheduler(settings: settings))
    }
  }

  /// Runs until every request is complete.
  ///
  /// - Returns: the records, in the order of the requests.
  /// - Complexity: O(steps · (replicas + requests of a step)).
  public mutating func run() throws(Failure) -> [Record] {
    while true {
      let end = replicas.compactMap(\.end).min()
      let arrival = next < requests.count ? requests[next].arrival : nil
      guard let now = [end, arrival].compactMap(\.self).min() else {
        let waiting = replicas.reduce(0) { $0 + $1.scheduler.waitingCount }
        if waiting > 0 { throw .stuck(waiting: waiting) }
        return records
      }
      while next < requests.count, requests[next].arrival == now { route() }
      for index in replicas.indices {
        if replicas[index].end == now { finish(index, now) }
        if replicas[index].end == nil { try schedule(index, now) }
      }
    }
  }

  private mutating func route() {
    let index =
      switch router {
      case .roundRobin: next % replicas.count
      case .leastWaiting:
        replicas.indices.min {
          replicas[$0].scheduler.waitingCount < replicas[$1].scheduler.waitingCount
        } ?? 0
      }
    let (request, arrival) = requests[next]
    let slot = replicas[index].scheduler.add(request)
    while replicas[index].requestOfSlot.count <= slot { replicas[index].requestOfSlot.append(-1) }
    replicas[index].requestOfSlot[slot] = next
    records.append(
      Record(replica: index, firstScheduled: arrival, firstToken: arrival, completed: arrival))
    next += 1
  }

  private mutating func schedule(_ index: Int, _ now: Time) throws(Failure) {
    guard replicas[index].scheduler.hasRequests else { return }
    var shape = replicas[index].scheduler.schedule()
    // A step may be empty because its only request gave up its blocks; then the next is not.
    if shape.isEmpty { shape = replicas[index].scheduler.schedule() }
    guard !shape.isEmpty else { return }
    for admission in replicas[index].scheduler.news.admitted where admission.isFirst {
      records[replicas[index].requestOfSlot[admission.slot]].firstScheduled = now
    }
    guard let duration = duration(shape) else { throw .notCovered(shape) }
    replicas[index].end = now + duration
  }

  private mutating func finish(_ index: Int, _ now: Time) {
    replicas[index].end = nil
    replicas[index].scheduler.finish()
    for slot in replicas[index].scheduler.news.firstTokens {
      records[replicas[index].requestOfSlot[slot]].firstToken = now
    }
    for completion in replicas[index].scheduler.news.completed {
      let request = replicas[index].requestOfSlot[completion.slot]
      records[request].completed = now
      records[request].restarts = completion.preemptions
    }
  }
}
