// SPDX-License-Identifier: Apache-2.0

/// A step time from measured tables of one layer's operators.
///
/// Operators that see tokens one by one are measured by tokens of the step, attention by how much it reads. Source of
/// the composition: the Vidur project, microsoft/vidur commit 7d47513 (2024), `vidur/entities/execution_time.py` and
/// `vidur/execution_time_predictor/sklearn_execution_time_predictor.py`; Agrawal et al., "Vidur: A Large-Scale Simulation
/// Framework for LLM Inference", MLSys (2024), DOI 10.48550/arXiv.2405.05465.
public struct SurfaceStepLaw: StepLaw, Equatable {
  /// Milliseconds of a layer's operators for one number of tokens.
  public struct Operators: Equatable, Sendable {
    /// Projections before attention.
    public let preProjection: Double
    /// The projection behind attention.
    public let postProjection: Double
    /// Rotary position embedding.
    public let rope: Double
    /// Writing keys and values.
    public let saveKeysAndValues: Double
    /// The projections up of the feed-forward part.
    public let mlpUp: Double
    /// Its activation.
    public let mlpActivation: Double
    /// Its projection down.
    public let mlpDown: Double
    /// The normalisation before attention.
    public let inputNorm: Double
    /// The normalisation before the feed-forward part.
    public let postAttentionNorm: Double
    /// Adding what went past.
    public let add: Double

    /// The times, in the order of the columns of a table of them.
    public init(_ times: [Double]) {
      precondition(times.count == 10, "a layer has ten operators")
      preProjection = times[0]
      postProjection = times[1]
      rope = times[2]
      saveKeysAndValues = times[3]
      mlpUp = times[4]
      mlpActivation = times[5]
      mlpDown = times[6]
      inputNorm = times[7]
      postAttentionNorm = times[8]
      add = times[9]
    }
  }

  /// A table of milliseconds by a context that is a multiple of 64 and by something counted from one.
  public struct Table: Equatable, Sendable {
    /// Contexts: 0, 64, 128, ...
    public let contexts: Int
    /// Numbers from 1 on.
    public let counts: Int
    /// Milliseconds, those of one context side by side; not a number where nothing was measured.
    public let milliseconds: [Double]
    /// The same with the nearest measured value where nothing was measured.
    @usableFromInline let filled: [Double]

    /// A table of those sides.
    public init(contexts: Int, counts: Int, milliseconds: [Double]) {
      precondition(
        contexts > 0 && counts > 0 && milliseconds.count == contexts * counts, "a table is full")
      self.contexts = contexts
      self.counts = counts
      self.milliseconds = milliseconds
      filled = Self.fill(milliseconds, contexts, counts)
    }

    /// The largest context.
    public var largestContext: Int { (contexts - 1) * 64 }

    /// Whether a value was measured.
    @inlinable
    func covers(context: Int, count: Int) -> Bool {
      guard context / 64 < contexts, count >= 1, count <= counts else { return false }
      return !milliseconds[context / 64 * counts + count - 1].isNaN
    }

    /// The value there, or at the nearest edge.
    @inlinable
    func value(context: Int, count: Int) -> Double {
      let row = min(context / 64, contexts - 1)
      return filled[row * counts + min(max(count, 1), counts) - 1]
    }

    /// Whether tables are measured at the same places and have the same bits there.
    public static func == (left: Table, right: Table) -> Bool {
      left.contexts == right.contexts && left.counts == right.counts
        && zip(left.milliseconds, right.milliseconds).allSatisfy {
          $0 == $1 || ($0.isNaN && $1.isNaN)
        }
    }

    /// Each hole gets the value of the nearest number below it in its context, else above it; where a context has none, those
    /// of the nearest context below, else above.
    private static func fill(_ measured: [Double], _ contexts: Int, _ counts: Int) -> [Double] {
      guard measured.contains(where: \.isNaN) else { return measured }
      var values = measured
      /// Copies over holes, from each place to one that follows it so far behind.
      func copy(_ places: some Sequence<Int>, from offset: Int) {
        for place in places where values[place].isNaN { values[place] = values[place + offset] }
      }
      for context in 0..<contexts {
        let row = context * counts..<(context + 1) * counts
        copy(row.dropFirst(), from: -1)
        copy(row.dropLast().reversed(), from: 1)
      }
      copy(counts..<max(counts, values.count), from: -counts)
      copy((0..<(values.count - counts)).reversed(), from: counts)
      return values.map { $0.isNaN ? 0 : $0 }
    }
  }

  /// Layers of the model.
  public let layers: Int
  /// By tokens of a step, from one on.
  public let operators: [Operators]
  /// Attention of decodes, by context and requests.
  public let decode: Table
  /// Attention of prompts, by context and tokens.
  public let prefill: Table

  /// A law of those tables.
  public init(layers: Int, operators: [Operators], decode: Table, prefill: Table) {
    precondition(!operators.isEmpty, "some number of tokens was measured")
    self.layers = layers
    self.operators = operators
    self.decode = decode
    self.prefill = prefill
  }

  /// The most tokens of a step that were measured.
  public var largestTokens: Int { operators.count }
  /// The most requests that decode in one step, and the largest mean context of them.
  public var largestDecode: (requests: Int, context: Int) {
    (decode.counts, decode.largestContext)
  }
  /// The largest part of a prompt, and the largest context before one; both may not have been measured together.
  public var largestPrefill: (tokens: Int, context: Int) {
    (prefill.counts, prefill.largestContext)
  }

  /// Where the tables have attention of a step.
  @inlinable
  func places(of step: StepShape) -> (decodeContext: Int, prefillTokens: Int) {
    (
      step.decodes > 0 ? (step.decodeContextTokens / step.decodes + 63) / 64 * 64 : 0,
      Int(Double(step.prefillSquares).squareRoot().rounded(.toNearestOrEven))
    )
  }

  /// Whether the tables reach a step.
  @inlinable
  public func covers(_ step: StepShape) -> Bool {
    let tokens = step.tokens
    guard tokens > 0, (tokens + 7) / 8 * 8 <= operators.count else { return false }
    let (context, size) = places(of: step)
    if step.decodes > 0, !decode.covers(context: context, count: step.decodes) { return false }
    return step.prefillParts == 0 || prefill.covers(context: step.prefillContext64, count: size)
  }

  /// Seconds of a step; `nil` where a table does not reach.
  @inlinable
  public func seconds(of step: StepShape) -> Double? {
    covers(step) ? nearestSeconds(of: step) : nil
  }

  /// Seconds of a step, with the values at the edges of tables where they do not reach.
  ///
  /// Sums are taken in one order, so that other simulators with the same tables come to the same last bit.
  @inlinable
  public func nearestSeconds(of step: StepShape) -> Double {
    let tokens = min(max(step.tokens, 1), operators.count)
    let byToken = operators[min((tokens + 7) / 8 * 8, operators.count) - 1]
    let (context, size) = places(of: step)
    var decodeTime = 0.0
    if step.decodes > 0 {
      let time = decode.value(context: context, count: step.decodes)
      decodeTime = time * (step.decodes > 1 ? 1.1 : 1)
    }
    var prefillTime = 0.0
    if step.prefillParts > 0 {
      let time = prefill.value(context: step.prefillContext64, count: size)
      prefillTime = time * (step.prefillParts > 1 ? 1.1 : 1)
    }
    let attention =
      byToken.preProjection + byToken.postProjection + byToken.rope
      + operators[tokens - 1].saveKeysAndValues + decodeTime + prefillTime + 0 + byToken.inputNorm
    let mlp =
      byToken.mlpUp + byToken.mlpDown + byToken.mlpActivation + 0 + byToken.postAttentionNorm
    return (attention + mlp + byToken.add) * Double(layers) * 1e-3
  }

  /// The time of a step in whole nanoseconds, in femtoseconds, at least one of them; at the edges of tables where they do not
  /// reach.
  @inlinable
  public func femtoseconds(of step: StepShape) -> Int128 {
    Int128(max(1, (nearestSeconds(of: step) * 1e9).rounded())) * 1_000_000
  }

  /// As long as the mean context stays within the same 64 tokens.
  @inlinable
  public func course(of step: StepShape) -> StepCourse {
    guard step.decodes > 0, step.prefillParts == 0 else { return StepCourse(steps: 1, growth: 0) }
    let mean = step.decodeContextTokens / step.decodes
    return StepCourse(steps: (mean + 63) / 64 * 64 - mean + 1, growth: 0)
  }
}
