// SPDX-License-Identifier: GPL-3.0-or-later

import Columns
import Numerics
import Quantities
import RandomStreams

/// The requests from some time on in order of arrival, drawn a column at a time.
///
/// Time is cut into cells of whole minutes, and the n-th request of a cell, its gap, class, lengths and
/// content, is a function of seed, replication, cell and n alone. So whatever the fleet does with a
/// request the next one is the same, and whoever looks at a minute sees the same requests in it.
@usableFromInline
package struct RequestSource: ~Copyable {
  /// How many requests are drawn at a time.
  package static var columnLength: Int { 128 }
  /// Cells are so long that the busiest has some thousand requests, and a column is well used.
  private static var fewestPerCell: Double { 4_096 }

  let model: WorkloadModel
  /// What its draws are named by.
  let run: (seed: UInt64, replication: UInt32)
  let catalogue: Catalogue
  let lengths: LengthTables
  /// The columns of the table that contents are drawn from, a copy that nobody shares, eight bytes for each
  /// content; none where no content repeats.
  let contents: Column<AliasTable.Column>
  let cellLength: Int64
  var gaps: RandomStream
  var details: RandomStream
  var cell: Int64 = 0
  var pace: Pace
  /// Requests that each first request stands for.
  let turnsEach: Double
  let turnDraws: Conversations.Draws?
  /// The other requests of conversations; without any nothing is in it.
  var turns: ComingTurns
  /// Requests made of the cell, or of the trace.
  var made: UInt64 = 0
  var draws: Draws
  @usableFromInline var column: Column<Arrival>
  @usableFromInline var position: Int
  @usableFromInline var filled: Int = 0

  /// The requests of a replication from `start` on.
  package init(_ model: WorkloadModel, from start: Instant, seed: UInt64, replication: UInt32) {
    self.model = model
    run = (seed, replication)
    catalogue = Catalogue(model.mix, seed: seed, replication: replication)
    lengths = model.mix.lengthTables
    let contents = model.mix.contentTable?.columns ?? []
    self.contents = Column(copying: contents.span)
    cellLength = Self.cellLength(of: model)
    gaps = RandomStream(seed: seed, replication: replication, purpose: .arrivals, entity: 0)
    details = RandomStream(
      seed: seed, replication: replication, purpose: .requestContent, entity: 0)
    pace = Pace(stepStart: start)
    turnsEach = model.conversations?.meanTurns ?? 1
    turnDraws = model.conversations?.draws
    turns = ComingTurns(count: model.conversations == nil ? 1 : Self.columnLength)
    column = Column(repeating: Arrival.none, count: Self.columnLength)
    draws = Draws(count: Self.columnLength)
    position = 0
    restart(at: start)
  }

  /// Goes on with the requests from `start` on: the same as if it had been made for that time.
  package mutating func restart(at start: Instant) {
    if let conversations = model.conversations {
      restartTurns(conversations, at: start)
    } else {
      restartDrawing(at: start)
    }
  }

  /// The same of the requests as they are drawn.
  mutating func restartDrawing(at start: Instant) {
    switch model.arrivals {
    case .poisson(let profile):
      enterCell(number(at: start))
      skipColumns(before: start, profile)
    case .renewal: enterCell(number(at: start))
    case .replay(let trace): made = UInt64(trace.firstRequest(from: start))
    }
    position = 0
    drawRequests()
    while nextTime < start {
      position += 1
      guard position == filled else { continue }
      position = 0
      drawRequests()
    }
  }

  /// When the cell of an instant begins: there it costs nothing to go on from; of a trace, that instant.
  package func cellStart(at instant: Instant) -> Instant {
    model.arrivals.profile == nil ? instant : start(ofCell: number(at: instant))
  }

  /// Whether a new column has been drawn and nothing of it taken.
  @inlinable package var isAtColumnStart: Bool { position == 0 }

  /// The place in the column of the request that comes next.
  @inlinable package var nextPlace: Int { position }

  /// How many requests of the column are drawn.
  @inlinable package var drawnCount: Int { filled }

  /// A request of the column that was drawn last.
  @inlinable
  package func drawn(_ index: Int) -> Arrival { column[index] }

  /// What a content of the catalogue is like, by number from 1.
  package func content(_ number: Int) -> (isDeterministic: Bool, textIndex: UInt16) {
    let entry = catalogue.entries[number]
    return (entry.isDeterministic, entry.text)
  }

  /// When the next request arrives; ``Instant/never`` when none does.
  @inlinable package var nextTime: Instant { column[position].time }

  /// The next request.
  @inlinable
  package mutating func take() -> Arrival {
    let arrival = column[position]
    position += 1
    if position == filled { refill() }
    return arrival
  }

  @usableFromInline
  mutating func refill() {
    position = 0
    if let conversations = model.conversations {
      mergeTurns(conversations)
    } else {
      drawRequests()
    }
  }

  /// Draws a column of requests, or takes it from the trace.
  mutating func drawRequests() {
    switch model.arrivals {
    case .poisson(let profile), .renewal(let profile, _): drawColumn(profile)
    case .replay(let trace): replayColumn(trace)
    }
  }

  // MARK: Cells

  private static func cellLength(of model: WorkloadModel) -> Int64 {
    guard let profile = model.arrivals.profile else { return .max }
    let minute = TimeSpan.minutes(1)
    let each = profile.highestRate.perSecond * minute.inSeconds
    return minute.nanoseconds * Int64(max(1, min(1e6, (fewestPerCell / each).rounded(.up))))
  }

  func number(at instant: Instant) -> Int64 {
    let inside = instant.nanoseconds % cellLength
    return (instant.nanoseconds - inside) / cellLength - (inside < 0 ? 1 : 0)
  }

  func start(ofCell number: Int64) -> Instant {
    Instant(nanoseconds: number * cellLength)
  }

  mutating func enterCell(_ number: Int64) {
    guard let profile = model.arrivals.profile else { return }
    cell = number
    made = 0
    let entity = UInt32(truncatingIfNeeded: number)
    gaps = RandomStream(
      seed: run.seed, replication: run.replication, purpose: .arrivals, entity: entity)
    details = RandomStream(
      seed: run.seed, replication: run.replication, purpose: .requestContent, entity: entity)
    enterStep(at: start(ofCell: number), of: profile)
  }

  /// The number of the first request of the cell in the whole workload: told apart from those of all
  /// other cells, and below 2^48.
  var firstNumber: UInt64 { UInt64(UInt32(truncatingIfNeeded: cell) & 0xFF_FFFF) << 24 }
}
