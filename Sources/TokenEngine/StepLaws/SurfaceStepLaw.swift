// SPDX-License-Identifier: Apache-2.0

/// A step time from measured tables of one layer's operators.
///
/// Operators that see tokens one by one are measured by tokens of the step, attention by how much it reads. Source of
/// the composition: the Vidur project, microsoft/vidur commit 7d47513 (2024), `vidur/entities/execution_time.py` and
/// `vidur/execution_time_predictor/sklearn_execution_time_predictor.py`; Agrawal et al., "Vidur: A Large-Scale Simulation
/// Framework for LLM Inference", MLSys (2024), DOI 10.48550/arXiv.2405.05465.
public struct SurfaceStepLaw: StepLaw {
  /// Milliseconds of a layer's operators for one number of tokens.
  public struct Operators: Sendable {
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
  public struct Table: Sendable {
    /// Contexts: 0, 64, 128, ...
    public let contexts: Int
    /// Numbers from 1 on.
    public let counts: Int
    /// Milliseconds, those of one context side by side; not a number where nothing was measured.
    public let milliseconds: [Double]

    /// A table of those sides.
    public init(contexts: Int, counts: Int, milliseconds: [Double]) {
      precondition(milliseconds.count == contexts * counts, "a table is full")
      self.contexts = contexts
      self.counts = counts
      self.milliseconds = milliseconds
    }

    @inlinable
    func value(context: Int, count: Int) -> Double? {
      guard context / 64 < contexts, count >= 1, count <= counts else { return nil }
      let value = milliseconds[context / 64 * counts + count - 1]
      return value.isNaN ? nil : value
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
    self.layers = layers
    self.operators = operators
    self.decode = decode
    self.prefill = prefill
  }

  /// Seconds of a step; `nil` where a table does not reach.
  ///
  /// Sums are taken in one order, so that other simulators with the same tables come to the same last bit.
  @inlinable
  public func seconds(of step: StepShape) -> Double? {
    let tokens = step.tokens
    let rounded = (tokens + 7) / 8 * 8
    guard tokens > 0, rounded <= operators.count else { return nil }
    let byToken = operators[rounded - 1]
    var decodeTime = 0.0
    if step.decodes > 0 {
      let context = (step.decodeContextTokens / step.decodes + 63) / 64 * 64
      guard let time = decode.value(context: context, count: step.decodes) else { return nil }
      decodeTime = time * (step.decodes > 1 ? 1.1 : 1)
    }
    var prefillTime = 0.0
    if step.prefillParts > 0 {
      let size = Int(Double(step.prefillSquares).squareRoot().rounded(.toNearestOrEven))
      guard let time = prefill.value(context: step.prefillContext64, count: size) else {
        return nil
      }
      prefillTime = time * (step.prefillParts > 1 ? 1.1 : 1)
    }
    let attention =
      byToken.preProjection + byToken.postProjection + byToken.rope
      + operators[tokens - 1].saveKeysAndValues + decodeTime + prefillTime + 0 + byToken.inputNorm
    let mlp =
      byToken.mlpUp + byToken.mlpDown + byToken.mlpActivation + 0 + byToken.postAttentionNorm
    return (attention + mlp + byToken.add) * Double(layers) * 1e-3
  }

  /// The time of a step in whole nanoseconds, in femtoseconds; zero where a table does not reach.
  @inlinable
  public func femtoseconds(of step: StepShape) -> Int128 {
    Int128(((seconds(of: step) ?? 0) * 1e9).rounded()) * 1_000_000
  }

  /// As long as the mean context stays within the same 64 tokens.
  @inlinable
  public func course(of step: StepShape) -> StepCourse {
    guard step.decodes > 0, step.prefillParts == 0 else { return StepCourse(steps: 1, growth: 0) }
    let mean = step.decodeContextTokens / step.decodes
    return StepCourse(steps: (mean + 63) / 64 * 64 - mean + 1, growth: 0)
  }
}
