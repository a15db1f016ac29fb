// SPDX-License-Identifier: GPL-3.0-or-later

import Policies
import Quantities
import Serving
import Testing

@Suite("The router")
struct RouterTests {
  /// Three models whose quality falls with the class; the floor of 0.8 admits one a bin.
  private func router(
    floor: Double = 0.8, band: Double = 0, windows: [Int] = [.max, .max, .max], slots: Int = 8
  ) -> Router {
    let qualities = [[0.9, 0.5, 0.2], [0.9, 0.85, 0.5], [0.95, 0.9, 0.85]]
    let models = qualities.indices.map {
      Router.Model(
        id: ModelID($0), qualityByClass: qualities[$0], contextWindow: windows[$0],
        nanosecondsPerRequest: Int64(100 * ($0 + 1)))
    }
    // A million texts in each of three bins leave the smoothing without effect on the choice.
    let samples = [0.1, 0.5, 0.9].enumerated().flatMap { index, score in
      Array(repeating: DifficultyCalibration.Sample(score: score, trueClass: index), count: 1000)
    }
    let calibration = DifficultyCalibration(samples, classCount: 3, binCount: 3)
    let rule = Router.QualityRule(
      calibration: calibration, qualityFloor: floor, uncertaintyBand: band)
    return Router(
      Router.Configuration(
        models: models, rule: .difficulty(rule), longestWait: TimeSpan(nanoseconds: 1000),
        sessionSlots: slots))
  }

  private func replica(
    _ model: Int, outstanding: Int32 = 0, accepts: Bool = true, hasRoom: Bool = true
  ) -> ReplicaObservation {
    ReplicaObservation(
      model: ModelID(model), acceptsRequests: accepts, outstanding: outstanding, hasRoom: hasRoom,
      nanosecondsPerRequest: 100)
  }

  private var oneOfEach: [ReplicaObservation] { [replica(0), replica(1), replica(2)] }

  private func decide(
    _ router: inout Router, score: Double, session: UInt64 = 0, at now: Instant = .start,
    tokens: UInt32 = 10, among replicas: [ReplicaObservation]
  ) -> RouteDecision {
    let request = RouteRequest(
      plan: router.plan(forScore: score), promptTokens: tokens, outputTokens: 10, session: session)
    var board = ReplicaBoard(replicas)
    return router.intended(request, at: now, among: &board)
  }

  private func decision(_ model: Int, _ reason: RouteReason) -> RouteDecision {
    RouteDecision(model: ModelID(model), reason: reason)
  }

  @Test("takes the cheapest model predicted to reach the floor")
  func cheapest() {
    var router = router()
    for (score, model) in [(0.1, 0), (0.5, 1), (0.9, 2)] {
      let found = decide(&router, score: score, among: oneOfEach)
      #expect(found == decision(model, .cheapestAtFloor))
    }
    #expect(router.plan(forScore: 0.1).atFloor == 0b111)
    #expect(router.plan(forScore: 0.5).atFloor == 0b110)
  }

  @Test("takes the best model when none reaches the floor, and says so")
  func belowFloor() {
    var router = router(floor: 0.99)
    #expect(decide(&router, score: 0.1, among: oneOfEach) == decision(2, .belowFloor))
  }

  @Test("goes up when the score is within the band of a stronger choice")
  func uncertain() {
    var router = router(band: 0.05)
    #expect(decide(&router, score: 0.30, among: oneOfEach) == decision(1, .uncertain))
    #expect(decide(&router, score: 0.28, among: oneOfEach) == decision(0, .cheapestAtFloor))
  }

  @Test("gives way upward first, and downward only from the top")
  func givesWay() {
    var router = router()
    let without1 = [replica(0), replica(1, accepts: false), replica(2)]
    #expect(decide(&router, score: 0.5, among: without1) == decision(2, .stronger))
    let without2 = [replica(0), replica(1)]
    #expect(decide(&router, score: 0.9, among: without2) == decision(1, .weaker))
    #expect(decide(&router, score: 0.5, among: [replica(0)]) == decision(0, .weaker))
  }

  @Test("leaves a model whose best replica would take longer than the longest wait")
  func waits() {
    var router = router()
    // (9 + 1) × 100 ns is within 1,000 ns, (10 + 1) × 100 ns is not.
    let busy = [replica(0, outstanding: 10), replica(0, outstanding: 9), replica(1)]
    #expect(decide(&router, score: 0.1, among: busy) == decision(0, .cheapestAtFloor))
    let busier = [replica(0, outstanding: 10), replica(1)]
    #expect(decide(&router, score: 0.1, among: busier) == decision(1, .stronger))
    let full = [replica(0, hasRoom: false), replica(1)]
    #expect(decide(&router, score: 0.1, among: full) == decision(1, .stronger))
    let all = [replica(0, outstanding: 50), replica(1, outstanding: 50)]
    #expect(decide(&router, score: 0.1, among: all) == decision(0, .late))
  }

  @Test("answers with the intended model and a reason when nothing can take it")
  func nothing() {
    var router = router(windows: [15, 15, 15])
    #expect(decide(&router, score: 0.5, tokens: 5, among: []) == decision(1, .noReplicaReady))
    #expect(
      decide(&router, score: 0.5, tokens: 6, among: oneOfEach) == decision(1, .windowExceeded))
  }

  @Test("keeps a session at the strongest model that it needed, and lets it lapse unused")
  func sticky() {
    var router = router()
    let minute = TimeSpan.minutes(1)
    #expect(
      decide(&router, score: 0.5, session: 7, among: oneOfEach) == decision(1, .cheapestAtFloor))
    let later = Instant.start + minute * 29
    #expect(
      decide(&router, score: 0.1, session: 7, at: later, among: oneOfEach)
        == decision(1, .session))
    #expect(
      decide(&router, score: 0.9, session: 7, at: later, among: oneOfEach)
        == decision(2, .cheapestAtFloor))
    #expect(
      decide(&router, score: 0.1, session: 0, at: later, among: oneOfEach)
        == decision(0, .cheapestAtFloor))
    let lapsed = later + minute * 30
    #expect(
      decide(&router, score: 0.1, session: 7, at: lapsed, among: oneOfEach)
        == decision(0, .cheapestAtFloor))
  }

  @Test("does not make a detour stick to the session")
  func detourDoesNotStick() {
    var router = router()
    let only2 = [replica(2)]
    #expect(decide(&router, score: 0.1, session: 3, among: only2) == decision(2, .stronger))
    #expect(
      decide(&router, score: 0.1, session: 3, among: oneOfEach) == decision(0, .cheapestAtFloor))
  }

  @Test("never mistakes one session for another that has its slot")
  func slotsAreChecked() {
    var router = router(slots: 1)
    _ = decide(&router, score: 0.9, session: 1, among: oneOfEach)
    #expect(
      decide(&router, score: 0.1, session: 2, among: oneOfEach) == decision(0, .cheapestAtFloor))
    #expect(
      decide(&router, score: 0.1, session: 1, among: oneOfEach) == decision(0, .cheapestAtFloor))
  }

  @Test("9,000 tokens to summarise do not go to a model with a window of 8,192")
  func contextWindow() {
    var router = router(windows: [4_096, 8_192, 131_072])
    #expect(
      decide(&router, score: 0.5, tokens: 9_000, among: oneOfEach) == decision(2, .stronger))
    #expect(
      decide(&router, score: 0.5, tokens: 8_182, among: oneOfEach)
        == decision(1, .cheapestAtFloor))
    #expect(
      decide(&router, score: 0.5, tokens: 8_183, among: oneOfEach) == decision(2, .stronger))
  }

  @Test("under the reference rule follows its keywords and looks at no replica")
  func reference() {
    let models = (0..<3).map {
      Router.Model(id: ModelID($0), qualityByClass: [], contextWindow: 1, nanosecondsPerRequest: 1)
    }
    var router = Router(
      Router.Configuration(models: models, rule: .reference, longestWait: .zero, sessionSlots: 0))
    func model(_ text: String, _ tokens: UInt32) -> Int {
      let request = RouteRequest(
        plan: router.plan(for: text), promptTokens: tokens, outputTokens: 1, session: 5)
      var none = ReplicaBoard([])
      return router.intended(request, at: .start, among: &none).model.index
    }
    #expect(model("Prove that this series converges uniformly", 6) == 0)
    #expect(model("Summarize this", 49) == 0)
    #expect(model("Summarize this", 50) == 1)
    #expect(model("Thanks", 1) == 2)
  }

  @Test("under the fixed rule sends all to one model")
  func fixed() {
    let model = Router.Model(
      id: ModelID(0), qualityByClass: [], contextWindow: 1, nanosecondsPerRequest: 1)
    var router = Router(
      Router.Configuration(models: [model], rule: .fixed(ModelID(4)), longestWait: .zero))
    let request = RouteRequest(plan: router.plan(for: "Hi"), promptTokens: 9, outputTokens: 9)
    var board = ReplicaBoard(oneOfEach)
    #expect(router.intended(request, at: .start, among: &board) == decision(4, .fixed))
  }

  @Test("keeps a plan in 16 bytes")
  func planIsSmall() {
    #expect(MemoryLayout<RoutePlan>.size <= 16)
  }
}
