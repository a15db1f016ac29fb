// SPDX-License-Identifier: Apache-2.0

import DecisionLog
import Policies
import Quantities
import Serving

/// The life of a request between its arrival and its end, as a value that steps: events in, effects out.
///
/// A request passes budget, router, store of answers and de-duplication, in this order, and is sent to the least
/// loaded replica of its model. It ends with an answer, a refusal or a failure; identical requests that wait for
/// its call end with it. When its replica is lost it is handed over to another.
///
/// The driver reports events (methods that take `at`) and carries out the ``Effect`` of each before the next. A
/// simulator and a gateway are such drivers; the path knows no clock, no network and no store. A driver whose
/// store answers at once calls ``storeAnswered(_:_:_:at:)`` right after ``arrived(_:_:at:)``; another calls
/// it when the answer comes, and reports other events meanwhile.
///
/// Events and effects can be written to a log, from which another path makes the same effects.
///
/// It cannot be copied: requests wait in it.
public struct RequestPath: ~Copyable, Sendable {
  /// What is given up while there is no money for more machines.
  public private(set) var degradation = DegradationStep.none
  /// The log of decisions, to which the driver adds those of other policies; `nil` for none.
  public var log: DecisionWriter?
  /// What the log is about.
  public private(set) var subjects: DecisionSubjects = []
  /// Whether anything about requests is written.
  public private(set) var isLogging = false
  /// The budgets; `nil` where none binds.
  public internal(set) var budget: BudgetPeriods?
  /// How often a request was handed over from a lost replica to another.
  public internal(set) var handOvers: UInt64 = 0

  @usableFromInline let rules: Rules
  @usableFromInline var board: ReplicaBoard
  @usableFromInline var router: Router
  /// What the router made of each text.
  @usableFromInline var plans: ContiguousArray<RoutePlan> = []
  @usableFromInline var dispatcher = LeastLoaded()
  @usableFromInline var deduplicator: Deduplicator
  @usableFromInline var requests = InFlight()
  /// The replicas that rest after failures; `nil` where none does.
  @usableFromInline var rests: Rests?
  /// What becomes of several requests, and how many steps the driver has taken.
  @usableFromInline var steps: ContiguousArray<Step> = []
  @usableFromInline var stepsTaken = 0
  /// Whose wait the flight ended that landed last, for the log.
  @usableFromInline var delivered: [Delivery] = []

  /// A path to those replicas on which no request is.
  public init(_ configuration: Configuration, replicas: [ReplicaObservation]) {
    board = ReplicaBoard(replicas)
    budget = configuration.budget.map { BudgetPeriods($0) }
    rules = Rules(configuration)
    router = configuration.router
    deduplicator = Deduplicator(configuration.deduplication ?? Deduplicator.Configuration())
    rests = configuration.cooldowns.map {
      Rests(cooldowns: $0, accepting: replicas.map(\.acceptsRequests))
    }
  }

  /// Whether any policy is asked; where none is, the facts of requests are not read.
  @inlinable public var asksPolicies: Bool { rules.asksPolicies }

  /// Whether every answer is charged to a budget.
  @inlinable public var hasBudget: Bool { rules.hasBudget }

  /// How many calls are under way of which requests wait.
  public var flightCount: Int { deduplicator.flightCount }

  /// How many requests in a flight, and how many others, something is kept of.
  ///
  /// - Complexity: O(the most requests of which something was kept at once).
  public var kept: (inFlights: Int, alone: Int) { requests.used }

  /// How many requests wait for another's call and satisfy a condition.
  ///
  /// - Complexity: O(the most requests of which something was kept at once).
  public func countWaiting(where condition: (Ticket) -> Bool) -> Int {
    requests.count(ofKept: condition)
  }

  // MARK: Replicas

  /// What is known of a replica.
  @inlinable public subscript(replica: ReplicaID) -> ReplicaObservation { board[replica.index] }

  /// Takes in what happened to a replica.
  ///
  /// Counts are the driver's, so that a batch that ends changes them once.
  ///
  /// - Complexity: O(log n) for n replicas of its model.
  @inlinable
  @inline(__always)
  public mutating func replicaChanged(
    _ replica: ReplicaID, _ change: ReplicaChange, at now: Instant
  ) {
    if isLogging { logChange(replica, change, at: now) }
    // Drivers name the change where they report it, so that the others pay nothing for these two.
    var change = change
    if case .accepts(let accepting) = change {
      change = .accepts(accepts(accepting, replica, at: now))
    }
    if case .lost = change { forgetCalls(of: replica, at: now) }
    board.update(replica.index) {
      switch change {
      case .sent(let hasRoom):
        $0.outstanding += 1
        $0.hasRoom = hasRoom
      case .ended(let count, let hasRoom):
        $0.outstanding -= count
        $0.hasRoom = hasRoom
      case .accepts(let accepts): $0.acceptsRequests = accepts
      case .room(let hasRoom): $0.hasRoom = hasRoom
      case .lost:
        $0.outstanding = 0
        $0.acceptsRequests = false
      }
    }
  }

  /// Chooses the replica of a request whose model is chosen, or refuses it.
  @inlinable
  @inline(__always)
  mutating func choose(for model: ModelID, at now: Instant) -> LeastLoaded.Choice {
    // While requests are refused, one is sent only where it need not wait long.
    let longestWait = degradation < .reject ? nil : rules.longestWait
    let choice = dispatcher.choose(of: model, within: longestWait, among: &board)
    if isLogging { logChoice(of: model, within: longestWait, choice, at: now) }
    return choice
  }

  /// More is given up from now on, or less.
  public mutating func degraded(to step: DegradationStep, at now: Instant) {
    degradation = step
    if logsPath { log?.write(degradedTo: step, at: now) }
  }

  // MARK: Steps

  /// Takes the next step of several; `nil` when all are taken.
  public mutating func next() -> Step? {
    guard stepsTaken < steps.count else {
      steps.removeAll(keepingCapacity: true)
      stepsTaken = 0
      return nil
    }
    stepsTaken += 1
    return steps[stepsTaken - 1]
  }

  // MARK: The log

  /// Writes to a log from now on, of requests only what is asked for.
  ///
  /// - Precondition: where the path itself is asked for, nothing has happened on it yet.
  public mutating func begin(_ log: DecisionWriter, about subjects: DecisionSubjects) {
    precondition(
      !subjects.contains(.path) || (plans.isEmpty && degradation == .none),
      "the log of a path begins before its first event")
    self.log = log
    self.subjects = subjects
    isLogging = !subjects.isDisjoint(with: [.policies, .path])
  }

  /// Puts the settings of the policies of requests into the first line of a log, and those of the path where the log
  /// is about it.
  public func describe(in header: inout DecisionHeader, for subjects: DecisionSubjects) {
    // A reader takes them to accept nothing yet; the first line about them says how they are.
    header.replicas = (0..<board.count).map {
      ReplicaObservation(
        model: board[$0].model, acceptsRequests: false, outstanding: 0, hasRoom: true,
        nanosecondsPerRequest: board[$0].nanosecondsPerRequest)
    }
    let isAboutPath = subjects.contains(.path)
    if rules.asksPolicies || isAboutPath { header.router = router.configuration }
    if rules.usesDeduplication { header.deduplicator = deduplicator.configuration }
    header.ledger = budget?.configuration.ledger
    header.cooldown = rests?.cooldowns.configuration
    if isAboutPath { header.path = settings }
  }

  /// What another path needs to know to begin as this one.
  private var settings: PathSettings {
    var settings = PathSettings(requestedModel: rules.requestedModel)
    settings.asksPolicies = rules.asksPolicies
    settings.storeRule = rules.usesStore ? rules.storeRule : nil
    settings.budget = budget.map {
      PathSettings.Budget(period: $0.configuration.period, estimate: $0.configuration.estimate)
    }
    settings.timeout = rules.timeout == .max ? nil : TimeSpan(nanoseconds: rules.timeout)
    settings.handOverLimit = rules.handOverLimit
    settings.longestWait = rules.longestWait
    settings.replicas = (0..<board.count).map { board[$0] }
    return settings
  }
}
