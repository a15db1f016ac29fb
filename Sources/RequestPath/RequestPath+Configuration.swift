// SPDX-License-Identifier: Apache-2.0

import DecisionLog
import Policies
import Quantities
import Serving

extension RequestPath {
  /// What a request path is told at its start.
  public struct Configuration: Sendable {
    /// Chooses the model of each request, before its first.
    public var router: Router
    /// The model that clients ask for; that of all requests where no policy is asked.
    public var requestedModel: ModelID
    /// Whether any policy is asked; if not, every request goes to the model that clients ask for.
    public var asksPolicies = true
    /// By which rules answers are kept in the store that the driver asks; `nil` for no store.
    public var storeRule: ResponseCache.Rule?
    /// How identical requests share calls; `nil` where each makes its own.
    public var deduplication: Deduplicator.Configuration?
    /// What may be spent; `nil` for no limit.
    public var budget: BudgetPeriods.Configuration?
    /// How long a client waits for its answer; `nil` for ever.
    public var timeout: TimeSpan?
    /// How often a request may be handed over from a lost replica to another; at most
    /// ``DecisionLog/PathSettings/mostHandOvers``.
    public var handOverLimit = 3
    /// The longest wait of a request while others are refused to keep it short; `nil` for any.
    public var longestWait: TimeSpan?

    /// When replicas rest after calls that failed; `nil` where none does.
    public var cooldowns: Cooldowns?

    /// A path on which a router is asked and nothing else.
    ///
    /// - Precondition: models are numbered from 0 to 255.
    public init(router: Router, requestedModel: ModelID) {
      let all = router.configuration.models.map(\.id) + [requestedModel]
      precondition(
        all.allSatisfy { (0...255).contains($0.index) }, "models are numbered from 0 to 255")
      self.router = router
      self.requestedModel = requestedModel
    }
  }

  /// What every request asks of the configuration, in one row.
  @usableFromInline
  struct Rules: BitwiseCopyable, Sendable {
    @usableFromInline let asksPolicies: Bool
    @usableFromInline let hasBudget: Bool
    @usableFromInline let usesStore: Bool
    @usableFromInline let usesDeduplication: Bool
    /// Whether a request may be answered by what another one got.
    @usableFromInline let sharesAnswers: Bool
    /// Whether requests of any temperature share calls, as in the reference design.
    @usableFromInline let joinsAnything: Bool
    @usableFromInline let storeRule: ResponseCache.Rule
    @usableFromInline let requestedModel: ModelID
    /// In nanoseconds; the most that there are for ever.
    @usableFromInline let timeout: Int64
    @usableFromInline let handOverLimit: Int
    @usableFromInline let longestWait: TimeSpan?

    init(_ configuration: Configuration) {
      asksPolicies = configuration.asksPolicies
      hasBudget = configuration.budget != nil
      usesStore = configuration.storeRule != nil
      usesDeduplication = configuration.deduplication != nil
      sharesAnswers = configuration.storeRule != nil || configuration.deduplication != nil
      joinsAnything = configuration.deduplication?.rule == .reference
      storeRule = configuration.storeRule ?? .production
      requestedModel = configuration.requestedModel
      timeout = configuration.timeout?.nanoseconds ?? .max
      precondition(
        (0...PathSettings.mostHandOvers).contains(configuration.handOverLimit),
        "a ticket counts its hand-overs in a byte")
      handOverLimit = configuration.handOverLimit
      longestWait = configuration.longestWait
    }

    /// Until when a request that arrived then is worth an answer.
    @inlinable
    func deadline(of arrival: Instant) -> Instant {
      timeout == .max ? .never : arrival + TimeSpan(nanoseconds: timeout)
    }
  }
}
