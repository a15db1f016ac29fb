// SPDX-License-Identifier: Apache-2.0

import Quantities
import Serving

/// Chooses the model that serves a request: the cheapest that is good enough and can take it.
///
/// What the text says is worked out once for each distinct text, as a ``RoutePlan``; what depends on the
/// moment is decided for each request: context window, readiness, wait, and the session's history. A
/// model that cannot take the request gives way to the next stronger one, and to a weaker one only
/// when no stronger one can. The same texts, requests and observations give the same decisions.
public struct Router: Sendable {
  /// A model that may be chosen.
  public struct Model: Sendable {
    /// Its number.
    public var id: ModelID
    /// Its quality on texts of each true class, on whatever scale the floor is given in.
    public var qualityByClass: [Double]
    /// The most tokens of prompt and answer together; `.max` for no limit.
    public var contextWindow: Int
    /// Its cost: nanoseconds of replica time that a request takes at full throughput.
    ///
    /// Where replicas of different models are not equally dear, weigh it by their price.
    public var nanosecondsPerRequest: Int64

    /// A model of those values.
    public init(
      id: ModelID, qualityByClass: [Double], contextWindow: Int, nanosecondsPerRequest: Int64
    ) {
      self.id = id
      self.qualityByClass = qualityByClass
      self.contextWindow = contextWindow
      self.nanosecondsPerRequest = nanosecondsPerRequest
    }
  }

  /// What a prediction of quality rests on, and what is asked of it.
  public struct QualityRule: Sendable {
    /// What scores have meant on the tuning set.
    public var calibration: DifficultyCalibration
    /// The least predicted quality that is good enough.
    public var qualityFloor: Double
    /// How far below a stronger model's scores a text goes to it all the same; 0 for never.
    public var uncertaintyBand: Double

    /// A rule of those values.
    public init(
      calibration: DifficultyCalibration, qualityFloor: Double, uncertaintyBand: Double
    ) {
      self.calibration = calibration
      self.qualityFloor = qualityFloor
      self.uncertaintyBand = uncertaintyBand
    }
  }

  /// By what the model is chosen.
  public enum Rule: Sendable {
    /// By the difficulty of the text against a floor of quality.
    case difficulty(QualityRule)
    /// By the reference design's keywords: the first, second or third model, whatever its state.
    case reference
    /// Not at all: one model for everything.
    case fixed(ModelID)
  }

  /// What to choose among, and by what.
  public struct Configuration: Sendable {
    /// The models from weak to strong, at most eight.
    public var models: [Model]
    /// By what the model is chosen.
    public var rule: Rule
    /// The longest predicted wait that a model is chosen for.
    public var longestWait: TimeSpan
    /// How many sessions are remembered at least, rounded up to a power of two; 0 for none.
    public var sessionSlots: Int
    /// How long a session that sends nothing is remembered.
    public var sessionLifetime: TimeSpan

    /// A configuration of those values; 16,384 sessions for 30 minutes unless told otherwise.
    public init(
      models: [Model], rule: Rule, longestWait: TimeSpan, sessionSlots: Int = 16_384,
      sessionLifetime: TimeSpan = .minutes(30)
    ) {
      self.models = models
      self.rule = rule
      self.longestWait = longestWait
      self.sessionSlots = sessionSlots
      self.sessionLifetime = sessionLifetime
    }
  }

  /// What the hot path needs of a model.
  @usableFromInline
  @frozen
  struct Candidate: BitwiseCopyable, Sendable {
    @usableFromInline let id: ModelID
    @usableFromInline let contextWindow: Int
  }

  @usableFromInline
  @frozen
  enum RuleKind: BitwiseCopyable, Sendable {
    case difficulty, reference
    case fixed(ModelID)
  }

  /// What to choose among, and by what.
  public let configuration: Configuration
  @usableFromInline let candidates: Candidates
  @usableFromInline let kind: RuleKind
  @usableFromInline var sessions: SessionFloor
  /// Under the rule of difficulty, the plan of each bin of scores.
  let plans: [RoutePlan]
  let qualityRule: QualityRule?

  /// A router that has sent nothing yet.
  ///
  /// - Precondition: there are one to eight models, and under the rule of difficulty each has a quality
  ///   for each class of the calibration.
  public init(_ configuration: Configuration) {
    precondition(
      (1...8).contains(configuration.models.count), "a router chooses among one to eight models")
    self.configuration = configuration
    candidates = Candidates(
      models: ContiguousArray(
        configuration.models.map { Candidate(id: $0.id, contextWindow: $0.contextWindow) }),
      longestWait: configuration.longestWait.nanoseconds)
    sessions = SessionFloor(
      slotCount: configuration.sessionSlots, lifetime: configuration.sessionLifetime)
    switch configuration.rule {
    case .difficulty(let rule):
      kind = .difficulty
      plans = Self.plans(of: configuration.models, by: rule)
      qualityRule = rule
    case .reference:
      kind = .reference
      plans = []
      qualityRule = nil
    case .fixed(let model):
      kind = .fixed(model)
      plans = []
      qualityRule = nil
    }
  }
}
