// SPDX-License-Identifier: GPL-3.0-or-later

import TokenEngine

/// The engines of a fleet's replicas, those of one scheduler side by side.
///
/// Each call says which scheduler it is about, so that the code of each engine is made for its scheduler; behind an
/// existential a step takes three times as long.
struct TokenEngines {
  /// An engine with its clock, of one of the schedulers.
  typealias Engine<Scheduler: TokenScheduler> = TokenReplica<Scheduler, EngineStepLaw>

  /// Which column an engine is in.
  private enum Column: UInt8, BitwiseCopyable { case vllm, sglang, tensorRT, promptReserving }

  /// Where the engine of a replica is.
  private struct Place: BitwiseCopyable {
    let column: Column
    let index: Int32
  }

  private var places: ContiguousArray<Place> = []
  private var vllm: ContiguousArray<Engine<VLLMScheduler>> = []
  private var sglang: ContiguousArray<Engine<SGLangScheduler>> = []
  private var tensorRT: ContiguousArray<Engine<TensorRTScheduler>> = []
  private var promptReserving: ContiguousArray<Engine<PromptReservingScheduler>> = []

  /// Engines without requests, one for each model named.
  init(_ models: [TokenModel]) {
    for model in models { append(model) }
  }

  private mutating func append(_ model: TokenModel) {
    let (column, index): (Column, Int)
    switch model.rules {
    case .vllm(let settings):
      (column, index) = (.vllm, vllm.count)
      vllm.append(Self.engine(VLLMScheduler(settings: settings), model))
    case .sglang(let settings):
      (column, index) = (.sglang, sglang.count)
      sglang.append(Self.engine(SGLangScheduler(settings: settings), model))
    case .tensorRT(let settings):
      (column, index) = (.tensorRT, tensorRT.count)
      tensorRT.append(Self.engine(TensorRTScheduler(settings: settings), model))
    case .promptReserving(let settings):
      (column, index) = (.promptReserving, promptReserving.count)
      promptReserving.append(Self.engine(PromptReservingScheduler(settings: settings), model))
    }
    places.append(Place(column: column, index: Int32(index)))
  }

  private static func engine<Scheduler>(
    _ scheduler: Scheduler, _ model: TokenModel
  ) -> Engine<Scheduler> {
    Engine(scheduler: scheduler, law: model.law, host: model.host, tellsGaps: true)
  }

  /// Puts an engine without requests and with empty caches in the place of a replica's.
  mutating func renew(_ replica: Int, _ model: TokenModel) {
    let index = Int(places[replica].index)
    switch model.rules {
    case .vllm(let settings):
      vllm[index] = Self.engine(VLLMScheduler(settings: settings), model)
    case .sglang(let settings):
      sglang[index] = Self.engine(SGLangScheduler(settings: settings), model)
    case .tensorRT(let settings):
      tensorRT[index] = Self.engine(TensorRTScheduler(settings: settings), model)
    case .promptReserving(let settings):
      promptReserving[index] = Self.engine(PromptReservingScheduler(settings: settings), model)
    }
  }

  // MARK: What happens

  /// Adds a request.
  ///
  /// - Returns: the number by which outcomes name it.
  mutating func add(
    _ request: TokenRequest, to replica: Int, at instant: Int64, _ state: inout EngineState
  ) -> Int {
    let index = Int(places[replica].index)
    switch places[replica].column {
    case .vllm: return Self.add(request, &vllm[index], instant, &state)
    case .sglang: return Self.add(request, &sglang[index], instant, &state)
    case .tensorRT: return Self.add(request, &tensorRT[index], instant, &state)
    case .promptReserving: return Self.add(request, &promptReserving[index], instant, &state)
    }
  }

  @inline(__always)
  private static func add<Scheduler>(
    _ request: TokenRequest, _ engine: inout Engine<Scheduler>, _ instant: Int64,
    _ state: inout EngineState
  ) -> Int {
    let slot = engine.add(request, at: instant)
    state.take(engine)
    return slot
  }

  /// Ends a request before it is completed.
  ///
  /// - Returns: how far it was.
  mutating func cancel(
    _ slot: Int, at replica: Int, _ instant: Int64, _ state: inout EngineState
  ) -> RequestProgress {
    let index = Int(places[replica].index)
    switch places[replica].column {
    case .vllm: return Self.cancel(slot, &vllm[index], instant, &state)
    case .sglang: return Self.cancel(slot, &sglang[index], instant, &state)
    case .tensorRT: return Self.cancel(slot, &tensorRT[index], instant, &state)
    case .promptReserving: return Self.cancel(slot, &promptReserving[index], instant, &state)
    }
  }

  private static func cancel<Scheduler>(
    _ slot: Int, _ engine: inout Engine<Scheduler>, _ instant: Int64, _ state: inout EngineState
  ) -> RequestProgress {
    let progress = engine.cancel(slot, at: instant)
    state.take(engine)
    return progress
  }

  /// Lets an engine do what happens next, and takes out what it says.
  mutating func step(
    _ replica: Int, _ outcomes: inout ContiguousArray<TokenOutcome>,
    _ gaps: inout ContiguousArray<GapRow>, _ state: inout EngineState
  ) {
    let index = Int(places[replica].index)
    switch places[replica].column {
    case .vllm: Self.step(&vllm[index], &outcomes, &gaps, &state)
    case .sglang: Self.step(&sglang[index], &outcomes, &gaps, &state)
    case .tensorRT: Self.step(&tensorRT[index], &outcomes, &gaps, &state)
    case .promptReserving: Self.step(&promptReserving[index], &outcomes, &gaps, &state)
    }
  }

  @inline(__always)
  private static func step<Scheduler>(
    _ engine: inout Engine<Scheduler>, _ outcomes: inout ContiguousArray<TokenOutcome>,
    _ gaps: inout ContiguousArray<GapRow>, _ state: inout EngineState
  ) {
    engine.step()
    swap(&outcomes, &engine.outcomes)
    swap(&gaps, &engine.gaps)
    state.take(engine)
  }

  // MARK: Questions

  /// How far a request is.
  func progress(of slot: Int, at replica: Int) -> RequestProgress {
    let index = Int(places[replica].index)
    return switch places[replica].column {
    case .vllm: vllm[index].scheduler.progress(of: slot)
    case .sglang: sglang[index].scheduler.progress(of: slot)
    case .tensorRT: tensorRT[index].scheduler.progress(of: slot)
    case .promptReserving: promptReserving[index].scheduler.progress(of: slot)
    }
  }

  /// What does not add up in an engine; `nil` where all does.
  ///
  /// - Complexity: O(requests + blocks).
  func conservation(of replica: Int) -> String? {
    let index = Int(places[replica].index)
    return switch places[replica].column {
    case .vllm: vllm[index].scheduler.conservation
    case .sglang: sglang[index].scheduler.conservation
    case .tensorRT: tensorRT[index].scheduler.conservation
    case .promptReserving: promptReserving[index].scheduler.conservation
    }
  }
}

/// What is asked of an engine again and again between the calls that change it.
struct EngineState: BitwiseCopyable {
  /// When something happens next, in nanoseconds; `.max` where nothing does.
  private(set) var nextTime = Int64.max
  /// Requests that run.
  private(set) var running = 0
  /// Requests that wait.
  private(set) var waiting = 0
  /// KV blocks that can be had.
  private(set) var freeBlocks: Int
  /// Steps that were made, and those of them for which the law has no measurement.
  private(set) var steps = 0
  private(set) var stepsOutside = 0
  /// Whether nothing can be scheduled although requests are there.
  private(set) var isStuck = false

  /// An engine without requests.
  init(blocks: Int) { freeBlocks = blocks }

  /// Notes what an engine says.
  @inline(__always)
  mutating func take<Scheduler, Law>(_ engine: borrowing TokenReplica<Scheduler, Law>) {
    nextTime = engine.nextTime
    running = engine.scheduler.runningCount
    waiting = engine.scheduler.waitingCount
    freeBlocks = engine.scheduler.freeBlocks
    steps = engine.steps
    stepsOutside = engine.stepsOutsideMeasurements
    isStuck = engine.isStuck
  }
}
