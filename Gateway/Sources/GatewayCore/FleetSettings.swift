// SPDX-License-Identifier: Apache-2.0

import Policies
import Quantities

/// What tokens of a model cost.
public struct TokenPrice: Equatable, Sendable {
  /// A million tokens of prompt.
  public var prompt: USD
  /// A million tokens of prompt that were in the engine's cache.
  public var cached: USD
  /// A million tokens of answer.
  public var answer: USD

  /// Those prices.
  public init(prompt: USD, cached: USD, answer: USD) {
    self.prompt = prompt
    self.cached = cached
    self.answer = answer
  }

  /// What a request costs, rounded up to a nanodollar.
  public func cost(prompt promptTokens: Int, cached cachedTokens: Int, answer answerTokens: Int)
    -> USD
  {
    let sum =
      Int128(max(0, promptTokens - cachedTokens)) * Int128(prompt.nanodollars)
      + Int128(cachedTokens) * Int128(cached.nanodollars)
      + Int128(answerTokens) * Int128(answer.nanodollars)
    return USD(nanodollars: Int64(clamping: (sum + 999_999) / 1_000_000))
  }
}

/// A model that is served.
public struct ServedModel: Sendable {
  /// Its name for clients.
  public var name: String
  /// What keeps its answers apart from those of other weights: name, and whatever the operator adds.
  public var artefact: String
  /// Its quality, by which models are ranked.
  public var quality: Double
  /// Its quality on each class of texts; empty where no text is judged.
  public var qualityByClass: [Double]
  /// The most tokens of prompt and answer.
  public var context: Int
  /// What its tokens cost; `nil` where nobody says.
  public var price: TokenPrice?

  /// A model of those values.
  public init(
    name: String, artefact: String, quality: Double = 0, qualityByClass: [Double] = [],
    context: Int = .max, price: TokenPrice? = nil
  ) {
    self.name = name
    self.artefact = artefact
    self.quality = quality
    self.qualityByClass = qualityByClass
    self.context = context
    self.price = price
  }
}

/// What the path knows of an engine.
public struct EngineSeat: Sendable {
  /// Its name in logs and metrics.
  public var name: String
  /// The number of its model.
  public var model: Int
  /// The most requests that are at it at once.
  public var limit: Int32
  /// How much of its time a request takes at its highest throughput.
  public var timePerRequest: TimeSpan

  /// An engine of those values.
  public init(name: String, model: Int, limit: Int32, timePerRequest: TimeSpan) {
    self.name = name
    self.model = model
    self.limit = limit
    self.timePerRequest = timePerRequest
  }
}

/// When a call that failed is made again.
///
/// One layer owns retries. They are a share of the traffic, so that a fleet that fails is not hammered; between two
/// tries passes a time that doubles, and of which a part is chance.
public struct RetryRule: Sendable {
  /// The most tries after the first.
  public var limit = 2
  /// The mean time before the first of them.
  public var firstPause = TimeSpan.milliseconds(50)
  /// The longest pause, whatever an engine asks for.
  public var longestPause = TimeSpan.seconds(5)
  /// How many retries a request earns, in hundredths.
  public var percent = 20

  /// LiteLLM's number of retries (BerriAI/litellm); the share is a choice of ours.
  public init() {}
}

/// How a text chooses a model.
public struct DifficultyRule: Sendable {
  /// What scores have meant.
  public var calibration: DifficultyCalibration
  /// The least predicted quality that is good enough.
  public var qualityFloor: Double
  /// How far below a stronger model's scores a text goes to it all the same.
  public var uncertainty: Double

  /// A rule of those values.
  public init(calibration: DifficultyCalibration, qualityFloor: Double, uncertainty: Double) {
    self.calibration = calibration
    self.qualityFloor = qualityFloor
    self.uncertainty = uncertainty
  }
}

/// All that the driver of a request path is told at its start.
public struct FleetSettings: Sendable {
  /// The models, from weak to strong.
  public var models: [ServedModel]
  /// The engines.
  public var engines: [EngineSeat]
  /// The names of the tenants.
  public var tenants: [String]
  /// By what a request for `auto` finds its model; `nil` where none is asked for so.
  public var difficulty: DifficultyRule?
  /// The model of a request for `auto` where no text is judged; `nil` where there is none.
  public var fixedModel: Int?
  /// The longest predicted wait that a model is chosen for.
  public var longestWait = TimeSpan.hours(1)
  /// The store of answers; `nil` for none.
  public var cache: ResponseCache.Configuration?
  /// The most bytes of kept answers.
  public var cacheBytes = 256 << 20
  /// How identical requests share a call; `nil` where each makes its own.
  public var sharing: Deduplicator.Configuration?
  /// What may be spent; `nil` for no limit.
  public var ledger: CostLedger.Configuration?
  /// How often a budget begins anew.
  public var budgetPeriod = TimeSpan.hours(1)
  /// What is put aside for a request.
  public var estimate = USD.zero
  /// How long a client waits.
  public var timeout = TimeSpan.minutes(10)
  /// When calls are made again.
  public var retries = RetryRule()
  /// When an engine rests after failures.
  public var cooldown = Cooldown.Configuration()

  /// Settings without policies.
  public init(models: [ServedModel], engines: [EngineSeat], tenants: [String]) {
    self.models = models
    self.engines = engines
    self.tenants = tenants
  }
}
