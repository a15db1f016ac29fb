// SPDX-License-Identifier: Apache-2.0

/// A step time from a device's sheet and a model's card: for each group of a layer the larger of the time to compute and
/// the time to read memory, and what does not depend on either.
///
/// Groups are attention with its projections, the feed-forward part, and the head (the roofline: Williams, Waterman and
/// Patterson, "Roofline: An Insightful Visual Performance Model for Multicore Architectures", Communications of the ACM 52
/// (2009), DOI 10.1145/1498765.1498785; what a transformer computes and reads: Pope et al., "Efficiently Scaling
/// Transformer Inference", MLSys (2023), DOI 10.48550/arXiv.2211.05102). Under tensor parallelism each device has an equal
/// part of every matrix, and a layer has two all-reduces (Shoeybi et al., "Megatron-LM" (2019), DOI
/// 10.48550/arXiv.1909.08053), each a ring's 2(p−1)/p of its bytes over the link (Patarasuk and Yuan, "Bandwidth Optimal
/// All-reduce Algorithms for Clusters of Workstations", Journal of Parallel and Distributed Computing 69 (2009), DOI
/// 10.1016/j.jpdc.2008.09.002) and one latency.
///
/// With experts, a step reads those that its tokens choose. If each of n tokens chooses k of E experts with equal chances
/// and apart from the others, an expert is left out with probability (1 − k/E)^n, so that E(1 − (1 − k/E)^n) are read on
/// average (occupancy: Feller, An Introduction to Probability Theory and Its Applications 1, 3rd ed. (1968), section IV.2;
/// "MoESD: Unveil Speculative Decoding's Potential for Accelerating Sparse MoE" (2025), DOI 10.48550/arXiv.2505.19645).
/// Real choices are less even, and read fewer.
///
/// Left out: reading the embedding, writing and reading activations in memory, the softmax and other arithmetic outside of
/// matrices, the gathering of the head's parts, experts on different devices, pipelines, overlap of links with computing,
/// quantisation's own work, padding to sizes of tiles and of captured graphs, and that attention computes in another
/// precision than matrices. Efficiencies and fixed times have to make up for it: fit them, and say on which data.
///
/// Coefficients are rounded once to whole femtoseconds. After that everything is exact, apart from the mean number of
/// experts, which is rounded in each step.
public struct RooflineStepLaw: StepLaw, Equatable {
  /// Which share of its sheet a device reaches.
  public struct Efficiencies: Equatable, Sendable {
    /// Of the rate of memory.
    public var memory: Double
    /// Of the rate of the matrix units.
    public var matrix: Double
    /// Of the rate of the links.
    public var link: Double

    /// Efficiencies of those values, each above 0 and at most 1.
    public init(memory: Double, matrix: Double, link: Double) {
      self.memory = memory
      self.matrix = matrix
      self.link = link
    }

    /// Why no device reaches these; `nil` where one may.
    public var problem: String? {
      [memory, matrix, link].allSatisfy { $0 >= 0.001 && $0 <= 1 }
        ? nil : "efficiencies are from 0.001 to 1"
    }
  }

  /// Femtoseconds of each step, whatever it does: those of the step, of layers and of latencies.
  public let fixed: Int64
  /// Femtoseconds of each token for the links.
  public let linkPerToken: Int64

  /// Attention: femtoseconds to compute the projections of a token.
  public let projectionPerToken: Int64
  /// Attention: femtoseconds to compute a pair of a token and one that it looks at.
  public let attentionPerPair: Int64
  /// Attention: femtoseconds to read the weights.
  public let projectionWeights: Int64
  /// Attention: femtoseconds to read the keys and values of a token, or to write them.
  public let keysPerToken: Int64

  /// Feed-forward part: femtoseconds to compute a token, its experts among it.
  public let forwardPerToken: Int64
  /// Feed-forward part: femtoseconds to read the weights that every token uses.
  public let forwardWeights: Int64
  /// Feed-forward part: femtoseconds to read one expert of each layer.
  public let expertWeights: Int64
  /// Experts of a layer; 0 in a dense model.
  public let experts: Int
  /// The probability that a token leaves an expert out.
  public let shareLeftOut: Double

  /// Head: femtoseconds to compute the choice of a token.
  public let headPerSequence: Int64
  /// Head: femtoseconds to read the weights.
  public let headWeights: Int64

  /// Why there is no law of these values; `nil` where there is.
  public static func problem(
    device: DeviceSheet, model: ModelCard, tensorParallel: Int, efficiencies: Efficiencies,
    perLayer: Int64, perStep: Int64
  ) -> String? {
    if let problem = device.problem ?? model.problem ?? efficiencies.problem { return problem }
    if tensorParallel < 1 || model.heads % tensorParallel != 0 {
      return "\(model.heads) heads do not go evenly onto \(tensorParallel) devices"
    }
    if max(tensorParallel, model.kvHeads) % min(tensorParallel, model.kvHeads) != 0 {
      return "\(model.kvHeads) KV heads do not go evenly onto \(tensorParallel) devices"
    }
    // A layer of a second and a step of an hour.
    if perLayer < 0 || perLayer > 1_000_000_000_000_000 { return "perLayer is from 0 to 1 s" }
    if perStep < 0 || perStep > 3_600_000_000_000_000_000 { return "perStep is from 0 to 1 h" }
    let law = Seconds(device, model, tensorParallel, efficiencies)
    // An hour of each keeps sums within 128 bits and coefficients within 63.
    if !law.all.allSatisfy({ $0 < 3_600 }) { return "a part of a step takes more than an hour" }
    if Double(model.layers) * (Double(perLayer) * 1e-15 + 2 * device.linkLatency) > 3_600 {
      return "the layers of a step take more than an hour"
    }
    return nil
  }

  /// A law for a model on devices.
  ///
  /// - Parameters:
  ///   - tensorParallel: devices that share every matrix.
  ///   - perLayer: femtoseconds of each layer that depend on nothing, as those to start its kernels.
  ///   - perStep: femtoseconds of each step that depend on nothing. The scheduler's own time is a ``HostTime``.
  /// - Precondition: there is no ``problem(device:model:tensorParallel:efficiencies:perLayer:perStep:)``.
  public init(
    device: DeviceSheet, model: ModelCard, tensorParallel: Int = 1, efficiencies: Efficiencies,
    perLayer: Int64 = 0, perStep: Int64 = 0
  ) {
    precondition(
      Self.problem(
        device: device, model: model, tensorParallel: tensorParallel, efficiencies: efficiencies,
        perLayer: perLayer, perStep: perStep) == nil, "a model fits onto its devices")
    let seconds = Seconds(device, model, tensorParallel, efficiencies)
    func whole(_ seconds: Double) -> Int64 { Int64((seconds * 1e15).rounded()) }
    let layers = Int64(model.layers)
    fixed = perStep + layers * (perLayer + whole(seconds.latency))
    linkPerToken = whole(seconds.linkPerToken)
    projectionPerToken = whole(seconds.projectionPerToken)
    attentionPerPair = whole(seconds.attentionPerPair)
    // Time goes on in a step, however small the model is.
    projectionWeights = max(1, whole(seconds.projectionWeights))
    keysPerToken = whole(seconds.keysPerToken)
    forwardPerToken = whole(seconds.forwardPerToken)
    forwardWeights = whole(seconds.forwardWeights)
    expertWeights = whole(seconds.expertWeights)
    experts = model.experts?.total ?? 0
    shareLeftOut = model.experts.map { 1 - Double($0.active) / Double($0.total) } ?? 1
    headPerSequence = whole(seconds.headPerSequence)
    headWeights = whole(seconds.headWeights)
  }
}

extension RooflineStepLaw {
  /// The coefficients in seconds.
  private struct Seconds {
    let latency: Double
    let linkPerToken: Double
    let projectionPerToken: Double
    let attentionPerPair: Double
    let projectionWeights: Double
    let keysPerToken: Double
    let forwardPerToken: Double
    let forwardWeights: Double
    let expertWeights: Double
    let headPerSequence: Double
    let headWeights: Double

    var all: [Double] {
      [
        linkPerToken, projectionPerToken, attentionPerPair, projectionWeights, keysPerToken,
        forwardPerToken, forwardWeights, expertWeights, headPerSequence, headWeights,
      ]
    }

    init(
      _ device: DeviceSheet, _ model: ModelCard, _ tensorParallel: Int, _ reached: Efficiencies
    ) {
      let devices = Double(tensorParallel)
      let layers = Double(model.layers)
      let memory = device.memoryBytesPerSecond * reached.memory
      let matrix = device.matrixOperationsPerSecond * reached.matrix * devices
      let weight = model.bytesPerWeight / (memory * devices)
      // A multiplication and an addition for each weight.
      let operation = 2 / matrix
      let attention = layers * Double(model.attentionParameters)
      projectionPerToken = attention * operation
      projectionWeights = attention * weight
      // A product with a key, and one with a value.
      attentionPerPair = 2 * layers * Double(model.heads * model.headWidth) * operation
      // With more devices than KV heads each device has one.
      let heads = max(1, Double(model.kvHeads) / devices)
      keysPerToken = model.kvBytesPerToken * heads / (Double(model.kvHeads) * memory)
      let shared = layers * Double(model.sharedParameters)
      let expert = layers * Double(model.expertParameters)
      forwardPerToken = (shared + expert * Double(model.experts?.active ?? 0)) * operation
      forwardWeights = shared * weight
      expertWeights = expert * weight
      headPerSequence = Double(model.headParameters) * operation
      headWeights = Double(model.headParameters) * weight
      latency = tensorParallel > 1 ? 2 * device.linkLatency : 0
      // Activations have two bytes, whatever weights have.
      let bytes = 2 * layers * Double(model.width) * 2
      linkPerToken =
        2 * (devices - 1) / devices * bytes / (device.linkBytesPerSecond * reached.link)
    }
  }
}

extension RooflineStepLaw {
  /// The time of a step: the larger of computing and reading for each group, and what is fixed.
  @inlinable
  public func femtoseconds(of step: StepShape) -> Int128 {
    let tokens = Int128(step.tokens)
    let attention = max(attentionComputing(step), attentionReading(step))
    let forward = max(
      Int128(forwardPerToken) * tokens, Int128(forwardWeights) + expertReading(step.tokens))
    let head = max(Int128(headPerSequence) * Int128(step.sequences), Int128(headWeights))
    return Int128(fixed) + Int128(linkPerToken) * tokens + attention + forward + head
  }

  /// As long as attention is bound by what binds it now: then each step takes longer by what its requests read or
  /// compute for one token more each.
  @inlinable
  public func course(of step: StepShape) -> StepCourse {
    guard step.prefillTokens == 0, step.sequences > 0 else {
      return StepCourse(steps: 1, growth: 0)
    }
    let sequences = Int128(step.sequences)
    let ahead = attentionReading(step) - attentionComputing(step)
    let reading = Int128(keysPerToken) * sequences
    let computing = Int128(attentionPerPair) * sequences
    let readsNow = ahead > 0 || (ahead == 0 && reading >= computing)
    // The bound that is the smaller now grows faster by so much, or never gets there.
    let closing = readsNow ? computing - reading : reading - computing
    let growth = readsNow ? reading : computing
    guard closing > 0 else { return StepCourse(steps: .max, growth: growth) }
    let steps = ahead.magnitude / closing.magnitude
    return StepCourse(steps: Int(clamping: steps) &+ (steps < 1 << 62 ? 1 : 0), growth: growth)
  }

  /// Attention, if computing bounds it. A token looks at those before it and at itself.
  @inlinable
  func attentionComputing(_ step: StepShape) -> Int128 {
    let squares = (step.prefillSquares + step.prefillTokens) / 2
    let pairs = step.decodeContextTokens + step.decodes + step.prefillProducts + squares
    return Int128(projectionPerToken) * Int128(step.tokens)
      + Int128(attentionPerPair) * Int128(pairs)
  }

  /// Attention, if memory bounds it: each request reads its context once, and each token is written.
  @inlinable
  func attentionReading(_ step: StepShape) -> Int128 {
    Int128(projectionWeights)
      + Int128(keysPerToken) * Int128(step.contextTokens + step.tokens)
  }

  /// The time to read the experts that so many tokens choose.
  @inlinable
  func expertReading(_ tokens: Int) -> Int128 {
    guard experts > 0 else { return 0 }
    let read = Double(experts) * (1 - Self.power(shareLeftOut, tokens))
    return Int128((read * Double(expertWeights)).rounded())
  }

  /// A power by repeated squaring: products only, so that all machines come to the same bits.
  ///
  /// Source: Knuth, The Art of Computer Programming 2, 3rd ed. (1997), section 4.6.3, algorithm A.
  @inlinable
  static func power(_ base: Double, _ exponent: Int) -> Double {
    var (result, factor, rest) = (1.0, base, exponent)
    while rest > 0 {
      if rest & 1 == 1 { result *= factor }
      factor *= factor
      rest >>= 1
    }
    return result
  }
}
