// SPDX-License-Identifier: GPL-3.0-or-later

import Policies
import Quantities
import RequestPath
import Serving
import Testing

@Suite("A request on its path")
struct RequestPathTests {
  private func ticket(_ number: UInt64 = 1, at arrival: Instant = .start) -> Ticket {
    Ticket(arrival: arrival, number: number, promptTokens: 10, outputTokens: 10, mark: 0)
  }

  private func path(
    _ configuration: RequestPath.Configuration, replicas: Int = 1
  ) -> RequestPath {
    var path = RequestPath(configuration, replicas: PathSetting.replicas(replicas))
    path.planned(RoutePlan(place: 0, atFloor: 0, reason: .fixed), of: 0, at: .start)
    return path
  }

  private func facts(held: Bool = false) -> RequestFacts {
    RequestFacts(isDeterministic: true, isHeld: held)
  }

  /// The question that a request leads to.
  private func ask(
    _ ticket: inout Ticket, _ path: inout RequestPath, at now: Instant = .start
  ) throws -> Question {
    guard case .ask(let question) = path.arrived(&ticket, facts(), at: now) else {
      throw NotAsked()
    }
    return question
  }

  private struct NotAsked: Error {}

  private func key(_ content: UInt64) -> CacheKey { CacheKey(high: 1, low: content) }

  private let answer = StoredResponse(
    status: 200, finishReason: .stop, isComplete: true, choices: 1, isDeterministic: true,
    isNoStore: false)

  // MARK: To a replica

  @Test("goes to the least loaded replica, as the driver counts them")
  func leastLoaded() {
    var path = path(PathSetting.configuration(), replicas: 2)
    path.replicaChanged(ReplicaID(0), .sent(hasRoom: true), at: .start)
    var request = ticket()
    #expect(path.arrived(&request, facts(), at: .start) == .decided(.send(ReplicaID(1))))
    path.replicaChanged(ReplicaID(1), .sent(hasRoom: true), at: .start)
    path.replicaChanged(ReplicaID(0), .ended(1, hasRoom: true), at: .start)
    #expect(path.arrived(&request, facts(), at: .start) == .decided(.send(ReplicaID(0))))
    #expect(path[ReplicaID(1)].outstanding == 1)
  }

  @Test("goes to the model that clients ask for where no policy is asked")
  func noPolicies() {
    var configuration = PathSetting.configuration(store: true)
    configuration.asksPolicies = false
    var path = path(configuration)
    #expect(path.asksPolicies == false)
    #expect(path.hasBudget == false)
    var request = ticket()
    #expect(path.arrived(&request, facts(), at: .start) == .decided(.send(ReplicaID(0))))
    #expect(request.model == ModelID(0))
    #expect(path.completed(request, answer, at: .start).effect == .end(.completed))
  }

  @Test("is refused with the reason where no replica takes it")
  func refusals() {
    var path = path(PathSetting.configuration())
    var request = ticket()
    path.replicaChanged(ReplicaID(0), .room(false), at: .start)
    #expect(path.arrived(&request, facts(), at: .start) == .decided(.refuse(.queuesFull)))
    path.replicaChanged(ReplicaID(0), .accepts(false), at: .start)
    #expect(path.arrived(&request, facts(), at: .start) == .decided(.refuse(.noReplicaReady)))
    path.replicaChanged(ReplicaID(0), .accepts(true), at: .start)
    path.replicaChanged(ReplicaID(0), .room(true), at: .start)
    #expect(path.arrived(&request, facts(), at: .start) == .decided(.send(ReplicaID(0))))
  }

  @Test("is refused rather than kept waiting only while the fleet refuses requests")
  func tooLate() {
    var configuration = PathSetting.configuration()
    configuration.longestWait = .milliseconds(15)
    var path = path(configuration)
    path.replicaChanged(ReplicaID(0), .sent(hasRoom: true), at: .start)
    var request = ticket()
    #expect(path.arrived(&request, facts(), at: .start) == .decided(.send(ReplicaID(0))))
    path.degraded(to: .reject, at: .start)
    #expect(path.arrived(&request, facts(), at: .start) == .decided(.refuse(.tooLate)))
    path.degraded(to: .none, at: .start)
    #expect(path.arrived(&request, facts(), at: .start) == .decided(.send(ReplicaID(0))))
  }

  @Test("goes a tier down while the fleet saves money, and back up afterwards")
  func goesDown() {
    let qualities = [[0.9], [0.95]]
    let models = qualities.indices.map {
      Router.Model(
        id: ModelID($0), qualityByClass: qualities[$0], contextWindow: .max,
        nanosecondsPerRequest: Int64($0 + 1))
    }
    let rule = Router.QualityRule(
      calibration: DifficultyCalibration(
        [DifficultyCalibration.Sample(score: 0.5, trueClass: 0)], classCount: 1, binCount: 1),
      qualityFloor: 0, uncertaintyBand: 0)
    let router = Router(
      Router.Configuration(models: models, rule: .difficulty(rule), longestWait: .seconds(1)))
    let replicas = [0, 1].map {
      ReplicaObservation(
        model: ModelID($0), acceptsRequests: true, outstanding: 0, hasRoom: true,
        nanosecondsPerRequest: 1)
    }
    var path = RequestPath(
      RequestPath.Configuration(router: router, requestedModel: ModelID(1)), replicas: replicas)
    path.planned(RoutePlan(place: 0, atFloor: 3, reason: .cheapestAtFloor), of: 0, at: .start)
    path.planned(RoutePlan(place: 1, atFloor: 3, reason: .cheapestAtFloor), of: 0, at: .start)
    let asked = facts()
    var request = ticket()
    #expect(path.arrived(&request, asked, at: .start) == .decided(.send(ReplicaID(1))))
    path.degraded(to: .routeDown, at: .start)
    #expect(path.arrived(&request, asked, at: .start) == .decided(.send(ReplicaID(0))))
    #expect(request.model == ModelID(0))
    path.degraded(to: .none, at: .start)
    #expect(path.arrived(&request, asked, at: .start) == .decided(.send(ReplicaID(1))))
  }

  // MARK: The store

  @Test("is answered by the store once an identical one was answered by a replica")
  func hit() throws {
    var fleet = VirtualFleet(
      PathSetting.configuration(store: true), replicas: PathSetting.replicas(1))
    fleet.schedule(.arrives(.init(number: 1, content: 7)), at: time(0))
    fleet.schedule(.arrives(.init(number: 2, content: 7)), at: time(20))
    fleet.schedule(.arrives(.init(number: 3, content: 7, tenant: 1)), at: time(40))
    fleet.schedule(.arrives(.init(number: 4, content: 7, isDeterministic: false)), at: time(60))
    fleet.run()
    #expect(fleet.ends == [1: .completed, 2: .hit, 3: .completed, 4: .completed])
    #expect(fleet.sent == [[1, 3, 4]])
    #expect(fleet.path.kept == (0, 0))
  }

  @Test("ends as a hit where the driver knows that the answer is held")
  func heldAnswer() {
    var path = path(PathSetting.configuration(budget: 100))
    var request = ticket()
    #expect(path.arrived(&request, facts(held: true), at: .start) == .decided(.end(.hit)))
    #expect(path.budget?.ledger.total.reserved == .zero)
    #expect(path.budget?.charged == .zero)
  }

  @Test("gets the note of the driver's store back with its answer")
  func note() throws {
    var path = path(PathSetting.configuration(store: true))
    var request = ticket()
    let lookUp = LookUp(try ask(&request, &path), key: key(2), mark: 42)
    #expect(path.storeAnswered(&request, lookUp, .miss, at: .start) == .send(ReplicaID(0)))
    #expect(path.kept == (0, 1))
    let offer = try #require(path.completed(request, answer, at: time(1)).offer)
    #expect(offer.mark == 42)
    #expect(offer.key == key(2))
    #expect(offer.admission == .admitted)
  }

  @Test("offers the store no answer that must not be kept")
  func notAdmitted() throws {
    var path = path(PathSetting.configuration(store: true))
    var request = ticket()
    let lookUp = LookUp(try ask(&request, &path), key: key(2))
    _ = path.storeAnswered(&request, lookUp, .miss, at: .start)
    var cut = answer
    cut.isComplete = false
    let completion = path.completed(request, cut, at: time(1))
    #expect(completion.effect == .end(.completed))
    #expect(completion.offer?.admission == .refused(.incomplete))
  }

  @Test("waits for a store that answers later, while others are served")
  func laterAnswer() {
    var fleet = VirtualFleet(
      PathSetting.configuration(store: true), replicas: PathSetting.replicas(1))
    fleet.storeTime = .milliseconds(50)
    fleet.schedule(.arrives(.init(number: 1, content: 7)), at: time(0))
    fleet.schedule(.arrives(.init(number: 2, content: 8, isDeterministic: false)), at: time(10))
    fleet.run(until: time(30))
    #expect(fleet.ends == [2: .completed])
    fleet.run()
    #expect(fleet.ends == [1: .completed, 2: .completed])
    #expect(fleet.sent == [[2, 1]])
  }

  @Test("is served as by a fleet without a store while the store does not work")
  func brokenStore() {
    var fleet = VirtualFleet(
      PathSetting.configuration(store: true, sharing: true), replicas: PathSetting.replicas(1))
    fleet.storeWorks = false
    for number in 0..<3 {
      fleet.schedule(
        .arrives(.init(number: UInt64(number), content: 7)), at: time(Int64(number) * 20))
    }
    fleet.run()
    #expect(fleet.ends == [0: .completed, 1: .completed, 2: .completed])
  }

  @Test("gives its estimate back where its client goes before the store answers")
  func leavesTheStore() {
    var fleet = VirtualFleet(
      PathSetting.configuration(store: true, budget: 100), replicas: PathSetting.replicas(1))
    fleet.storeTime = .milliseconds(50)
    fleet.schedule(
      .arrives(.init(number: 1, content: 7, leavesAfter: .milliseconds(20))), at: time(0))
    fleet.run(until: time(10))
    #expect(fleet.path.budget?.ledger.total.reserved == USD(nanodollars: 10))
    fleet.run()
    #expect(fleet.gone == [1])
    #expect(fleet.sent == [[]])
    #expect(fleet.path.budget?.ledger.total.reserved == .zero)
    #expect(fleet.path.budget?.charged == .zero)
  }

  // MARK: After its end

  @Test("changes nothing when it is reported again after its end")
  func onlyOnce() throws {
    var path = path(PathSetting.configuration(sharing: true, budget: 100))
    var request = ticket()
    let first = LookUp(try ask(&request, &path), key: key(1))
    #expect(path.storeAnswered(&request, first, .bypass, at: .start) == .send(ReplicaID(0)))
    let cost = USD(nanodollars: 3)
    #expect(path.completed(request, answer, cost: cost, at: time(1)).effect == .end(.completed))
    #expect(path.completed(request, answer, cost: cost, at: time(2)).effect == .none)
    #expect(path.failed(request, .lost, at: time(2)) == .none)
    #expect(path.failed(request, .retryable, at: time(2)) == .none)
    #expect(path.retryDue(&request, at: time(2)) == .none)
    #expect(path.clientLeft(request, at: time(2)) == .none)
    #expect(path.budget?.charged == cost)
    // Another request has its row by now.
    var other = ticket(2)
    let second = LookUp(try ask(&other, &path, at: time(3)), key: key(2))
    _ = path.storeAnswered(&other, second, .bypass, at: time(3))
    #expect(other.row == request.row)
    #expect(path.completed(request, answer, cost: cost, at: time(4)).effect == .none)
    #expect(path.kept == (1, 0))
  }
}
