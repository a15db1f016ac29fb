// SPDX-License-Identifier: GPL-3.0-or-later

import Testing
import TokenEngine

@Suite("Step times from a sheet and a card")
struct RooflineStepLawTests {
  /// Two layers; 3, 6 and 10 million weights of two bytes in attention, feed-forward part and head.
  private static let small = ModelCard(
    layers: 2, width: 1_000, heads: 10, kvHeads: 5, headWidth: 100, feedForwardWidth: 2_000,
    vocabulary: 10_000)

  /// At half of its sheet: 4 ps to read a weight of two bytes, 4 fs to multiply and add it.
  private static let device = DeviceSheet(
    memoryBytesPerSecond: 1e12, memoryBytes: 1 << 34, matrixOperationsPerSecond: 1e15,
    linkBytesPerSecond: 1e11, linkLatency: 1e-6)

  private static let half = RooflineStepLaw.Efficiencies(memory: 0.5, matrix: 0.5, link: 1)

  private func decode(_ contexts: [Int]) -> StepShape {
    var shape = StepShape()
    for context in contexts { shape.addDecode(context: context) }
    return shape
  }

  // MARK: By hand

  @Test("A step of decodes reads weights and keys")
  func decodes() {
    let law = RooflineStepLaw(device: Self.device, model: Self.small, efficiencies: Self.half)
    // 2 × 3 million weights: 24 µs. A token has 2 · 2 · 5 · 100 numbers of two bytes: 8 ns, for 1,000 of the context and
    // the four of the step. 48 and 40 µs for the rest.
    let shape = decode([400, 300, 200, 100])
    #expect(law.femtoseconds(of: shape) == (24_000 + 8 * 1_004 + 48_000 + 40_000) * 1_000_000)
    #expect(law.course(of: shape) == StepCourse(steps: .max, growth: 4 * 8_000_000))
  }

  @Test("A step of prompts computes, and each token looks at those before it")
  func prompts() {
    let law = RooflineStepLaw(device: Self.device, model: Self.small, efficiencies: Self.half)
    var shape = StepShape()
    shape.addPrefill(tokens: 3_000, context: 0)
    // 24 ns a token, and 16 ps for each of 3,000 · 3,001 / 2 pairs; then 48 ns a token; the head reads.
    let attention = 3_000 * 24_000_000 + 4_501_500 * 16_000
    #expect(
      law.femtoseconds(of: shape)
        == Int128(attention) + 3_000 * 48_000_000 + 40_000 * 1_000_000)
    #expect(law.course(of: shape) == StepCourse(steps: 1, growth: 0))
    // In two parts it takes as long, but that the head is read twice.
    var (first, second) = (StepShape(), StepShape())
    first.addPrefill(tokens: 1_800, context: 0)
    second.addPrefill(tokens: 1_200, context: 1_800)
    #expect(
      law.femtoseconds(of: first) + law.femtoseconds(of: second)
        == law.femtoseconds(of: shape) + 40_000 * 1_000_000)
  }

  @Test("Devices share matrices and heads, and add up over their links")
  func tensorParallel() {
    let law = RooflineStepLaw(
      device: Self.device, model: Self.small, tensorParallel: 5, efficiencies: Self.half,
      perLayer: 1_000_000_000, perStep: 3_000_000_000)
    // A fifth of 120.032 µs. Two all-reduces a layer: 4 µs, and 2 · 4/5 of 8,000 bytes a token at 100 GB/s: 128 ns each.
    // 2 · 1 + 3 µs are fixed.
    #expect(
      law.femtoseconds(of: decode([400, 300, 200, 100]))
        == 24_006_400_000 + 4_000_000_000 + 4 * 128_000_000 + 5_000_000_000)
    // Ten devices have a KV head each, and read as much of the keys as five.
    let ten = RooflineStepLaw(
      device: Self.device, model: Self.small, tensorParallel: 10, efficiencies: Self.half)
    #expect(ten.keysPerToken == law.keysPerToken && law.keysPerToken == 1_600_000)
  }

  @Test("A step reads the experts that its tokens choose")
  func experts() {
    var model = Self.small
    model.feedForwardWidth = 0
    model.experts = .init(total: 4, active: 1, width: 2_000)
    let law = RooflineStepLaw(device: Self.device, model: model, efficiencies: Self.half)
    func forward(_ tokens: Int) -> Int128 {
      let step = decode(Array(repeating: 0, count: tokens))
      return law.femtoseconds(of: step) - law.attentionTime(of: step) - 40_000_000_000
    }
    // 48 µs for an expert of each layer, and 4 · 1,000 weights a layer that choose: 32 ns. One token uses one expert, two
    // use 4 (1 − 0.75²) = 1.75, three 2.3125; a thousand use all.
    #expect(forward(1) == 48_032_000_000)
    #expect(forward(2) == 84_032_000_000)
    #expect(forward(3) == 111_032_000_000)
    #expect(forward(1_000) == 192_032_000_000)
  }

  // MARK: Published figures

  @Test("Published models have as many parameters as they say")
  func parameters() {
    #expect(Published.llama8B.parameters == 8_030_261_248)
    #expect(Published.llama70B(bytesPerWeight: 1).parameters == 70_553_706_496)
    #expect(Published.mixtral.parameters == 46_702_792_704)
    #expect(Published.llama8B.kvBytesPerToken == 131_072)
    #expect(Published.llama8B.weightBytes == 16_060_522_496)
  }

  @Test("A card, a sheet and a law say what is wrong with them")
  func problems() {
    var card = Self.small
    card.kvHeads = 3
    #expect(card.problem != nil && Self.small.problem == nil && Self.device.problem == nil)
    card = Self.small
    card.feedForwardWidth = 0
    #expect(card.problem != nil)
    card.experts = .init(total: 4, active: 5, width: 10)
    #expect(card.problem != nil)
    var sheet = Self.device
    sheet.memoryBytesPerSecond = .nan
    #expect(sheet.problem != nil)
    #expect(RooflineStepLaw.Efficiencies(memory: 1.1, matrix: 1, link: 1).problem != nil)
    func problem(_ devices: Int, perStep: Int64 = 0) -> String? {
      RooflineStepLaw.problem(
        device: Self.device, model: Self.small, tensorParallel: devices, efficiencies: Self.half,
        perLayer: 0, perStep: perStep)
    }
    #expect(problem(1) == nil && problem(5) == nil && problem(10) == nil)
    #expect(problem(2) != nil && problem(20) != nil && problem(0) != nil)
    #expect(problem(1, perStep: -1) != nil)
  }

  // MARK: Rows

  /// A law and a step of decodes, drawn so that computing and reading bind attention, also one after the other.
  private func draw(_ draws: inout Draws) -> (law: RooflineStepLaw, shape: StepShape) {
    let kvHeads = 1 << draws.below(4)
    var model = ModelCard(
      layers: 1 + draws.below(8), width: 64 << draws.below(6), heads: kvHeads << draws.below(5),
      kvHeads: kvHeads, headWidth: 32 << draws.below(3), feedForwardWidth: 100 + draws.below(9_999),
      vocabulary: 1 + draws.below(9_999), bytesPerWeight: [0.5, 1, 2][draws.below(3)])
    if draws.below(3) == 0 {
      let active = 1 + draws.below(8)
      model.experts = .init(
        total: active + draws.below(60), active: active, width: 1 + draws.below(999))
    }
    let device = DeviceSheet(
      memoryBytesPerSecond: 1e12 * (0.1 + draws.unit()), memoryBytes: 1 << 34,
      matrixOperationsPerSecond: 1e12 * (0.5 + 30 * draws.unit()), linkBytesPerSecond: 1e11,
      linkLatency: 1e-6)
    let reached = RooflineStepLaw.Efficiencies(
      memory: 0.3 + 0.7 * draws.unit(), matrix: 0.3 + 0.7 * draws.unit(), link: 1)
    var shape = StepShape()
    let longest = [10, 1_000, 100_000][draws.below(3)]
    for _ in 0...draws.below(60) { shape.addDecode(context: draws.below(longest)) }
    return (RooflineStepLaw(device: device, model: model, efficiencies: reached), shape)
  }

  /// The step behind a step of decodes.
  private func next(_ shape: StepShape) -> StepShape {
    var next = shape
    next.contextTokens += shape.sequences
    next.decodeContextTokens += shape.sequences
    return next
  }

  @Test("Rows of steps are exact to the femtosecond, up to where another bound takes over")
  func rows() {
    var draws = Draws(seed: 1)
    var (crossings, forEver) = (0, 0)
    for _ in 0..<5_000 {
      var (law, shape) = draw(&draws)
      let course = law.course(of: shape)
      let first = law.femtoseconds(of: shape)
      let shown = min(course.steps, 300)
      var isExact = true
      for step in 0..<shown {
        isExact = isExact && law.femtoseconds(of: shape) == first + Int128(step) * course.growth
        shape = next(shape)
      }
      #expect(isExact)
      if course.steps == .max { forEver += 1 }
      guard course.steps < 1 << 40, course.steps > 1 else { continue }
      // The last step of the row, and the one behind it, which is longer than the row would have it.
      let last = (course.steps - shown - 1) * shape.sequences
      shape.contextTokens += last
      shape.decodeContextTokens += last
      let end = first + Int128(course.steps - 1) * course.growth
      #expect(law.femtoseconds(of: shape) == end)
      #expect(law.femtoseconds(of: next(shape)) > end + course.growth)
      crossings += 1
    }
    #expect(crossings > 300 && forEver > 1_000, "\(crossings) \(forEver)")
  }

  @Test("A step with more in it takes as long or longer")
  func monotone() {
    var draws = Draws(seed: 2)
    for _ in 0..<3_000 {
      let (law, shape) = draw(&draws)
      var base = shape
      if draws.below(2) == 0 {
        base.addPrefill(tokens: 1 + draws.below(2_000), context: draws.below(2_000))
      }
      let time = law.femtoseconds(of: base)
      var more = base
      more.addDecode(context: draws.below(3))
      #expect(law.femtoseconds(of: more) >= time)
      more = base
      more.contextTokens += 1
      more.decodeContextTokens += 1
      #expect(law.femtoseconds(of: more) >= time)
      more = shape
      let (tokens, context) = (1 + draws.below(3_000), draws.below(1_000))
      more.addPrefill(tokens: tokens, context: context)
      var longer = shape
      longer.addPrefill(tokens: tokens + 1, context: context)
      #expect(law.femtoseconds(of: more) <= law.femtoseconds(of: longer))
      longer = shape
      longer.addPrefill(tokens: tokens, context: context + 1)
      #expect(law.femtoseconds(of: more) <= law.femtoseconds(of: longer))
      #expect(law.femtoseconds(of: shape) <= law.femtoseconds(of: more))
    }
  }
}

extension RooflineStepLaw {
  /// Attention of a step of decodes that memory bounds.
  fileprivate func attentionTime(of step: StepShape) -> Int128 {
    Int128(projectionWeights) + Int128(keysPerToken) * Int128(step.contextTokens + step.tokens)
  }
}
