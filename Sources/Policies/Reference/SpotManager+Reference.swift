// SPDX-License-Identifier: Apache-2.0

import Quantities
import Serving

extension SpotManager {
  /// Takes in one event by the rules of the reference design, faults included.
  ///
  /// An interrupted machine is only cordoned; its replacement is asked for when it is gone, in the
  /// next spot pool in turn, and on demand if that pool refuses. Such an on-demand machine is never
  /// given back. A higher target launches spot in turn and does not try a refused launch again; a
  /// lower one releases the newest machines, whatever they are. Nothing is held, capped or priced.
  mutating func stepAsReference(
    _ event: Event, at now: Instant, into effects: inout EffectBuffer<Effect>
  ) {
    switch event {
    case .adopted(let id, let pool):
      adopt(id, in: pool, at: now)
    case .started:
      guard !isStarted else { return }
      isStarted = true
      provisionAsReference(at: now, into: &effects)
    case .target(let machines):
      target = max(0, machines)
      if isStarted { follow(max(0, machines), at: now, into: &effects) }
    case .launched(let launch, let id):
      launched(launch, as: id, at: now, into: &effects)
    case .launchFailed(let launch, _):
      guard let request = end(launch), request.isReplacement, configuration.fallsBackToOnDemand
      else { return }
      if let pool = configuration.pools.firstIndex(where: { $0.market == .onDemand }) {
        self.launch(in: pool, at: now, into: &effects)
      }
    case .ready(let id):
      move(id, to: .ready)
    case .noticed(let id, _):
      guard let machine = self[id], isAlive(machine) else { return }
      move(id, to: .leaving)
      effects.append(.cordon(id))
    case .gone(let id):
      guard let machine = self[id], machine.state != .gone else { return }
      move(id, to: .gone)
      let isSpot = configuration.pools[machine.pool.index].market == .spot
      if isStarted, isSpot, !machine.isReleased { launchSpotInTurn(true, at: now, into: &effects) }
    case .found(let id, let found):
      adopt(id, in: found.pool, at: now)
    case .priced(let pool, let price):
      reprice(pool, at: price)
    case .rebalanceRecommended, .wake, .scheduled, .unhealthy:
      break
    }
  }

  /// Fills what the pools lack at the start: on demand in its pools, spot in turn.
  ///
  /// A spot machine that is missing then counts as lost: had the manager been there it would have
  /// been replaced.
  private mutating func provisionAsReference(
    at now: Instant, into effects: inout EffectBuffer<Effect>
  ) {
    var spot = 0
    for pool in pools.indices {
      let lacking = max(0, configuration.pools[pool].wanted - own(pool))
      if configuration.pools[pool].market == .spot {
        spot += lacking
      } else {
        for _ in 0..<lacking { launch(in: pool, at: now, into: &effects) }
      }
    }
    for _ in 0..<spot { launchSpotInTurn(true, at: now, into: &effects) }
    if let target { follow(target, at: now, into: &effects) }
  }

  /// Moves the number of machines that are there or on their way to the target.
  private mutating func follow(
    _ target: Int, at now: Instant, into effects: inout EffectBuffer<Effect>
  ) {
    let requested = pools.reduce(0) { $0 + $1.requested }
    let change = target - alive.count - leavingUnasked - requested
    if change > 0 { for _ in 0..<change { launchSpotInTurn(false, at: now, into: &effects) } }
    if change < 0 {
      for id in alive.all(where: isAlive).suffix(-change).reversed() {
        release(id, because: .surplus, into: &effects)
      }
    }
  }

  /// How many machines are cordoned for a notice and not gone; the design still counts them.
  private var leavingUnasked: Int {
    machines.known.count { $0.state == .leaving && !$0.isReleased }
  }

  private mutating func launchSpotInTurn(
    _ isReplacement: Bool, at now: Instant, into effects: inout EffectBuffer<Effect>
  ) {
    let spot = configuration.pools.indices.filter { configuration.pools[$0].market == .spot }
    guard !spot.isEmpty else { return }
    launch(in: spot[nextTurn % spot.count], isReplacement: isReplacement, at: now, into: &effects)
    nextTurn += 1
  }
}
