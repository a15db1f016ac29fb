// SPDX-License-Identifier: GPL-3.0-or-later

import Columns
import Policies
import Quantities
import RandomStreams

/// Which contents of the catalogue a cache holds when a window begins, and since when.
struct PrimedContents: ~Copyable {
  /// The share of requests of each content, by number; of 0 that of contents nobody else asks for.
  private let shares: Column<Double>
  /// The share of requests of each tenant whose entries are apart.
  private let tenants: Column<Double>
  /// The life of an entry in nanoseconds.
  private let life: Double
  /// Requests expected in the life of an entry at the highest rate, and before this window.
  private let mostOffered: Double
  private var offered = 0.0
  private var beginning = Instant.start
  /// The draws of each window.
  private let streamOfWindow: (_ window: UInt32) -> RandomStream
  private var stream: RandomStream
  /// A bit for each content of each tenant: whether it was asked for, or stored, since the beginning.
  private var known: Column<UInt64>
  /// The words of it that are not 0, so that a window forgets no more than was asked for in the one before.
  private var touchedWords: ContiguousArray<UInt32> = []
  /// Contents that requests drawn ahead ask for, of those that nobody has asked for, and the places of these
  /// requests.
  private var wanted: Column<Wanted>
  private var wantedCount = 0
  /// The ages of those, by the places of the requests; below 0 where nothing is held.
  private var ages: Column<Double>

  /// A content and who asks for it.
  struct Wanted: BitwiseCopyable {
    let content: UInt32
    let tenant: UInt16
    let drawnPlace: UInt16
    /// How many requests for it are expected in the life of an entry.
    var mean = 0.0
  }

  /// Contents with those shares; none of them where there is no cache.
  ///
  /// - Parameter highestRate: the most requests a second.
  init(
    shares: [Double], tenants: [Double], life: TimeSpan, highestRate: Double, ahead: Int,
    stream: @escaping (_ window: UInt32) -> RandomStream
  ) {
    precondition(ahead <= 1 << 16, "a place among requests drawn ahead has sixteen bits")
    self.shares = Column(shares)
    self.tenants = Column(tenants)
    wanted = Column(repeating: Wanted(content: 0, tenant: 0, drawnPlace: 0), count: ahead)
    ages = Column(repeating: -1, count: ahead)
    self.life = Double(life.nanoseconds)
    mostOffered = highestRate * life.inSeconds
    streamOfWindow = stream
    self.stream = stream(0)
    known = Column(repeating: 0, count: (shares.count * tenants.count + 63) / 64)
  }

  /// Forgets what was asked for, and what windows before drew.
  mutating func begin(at now: Instant, offered: Double) {
    (beginning, self.offered) = (now, offered)
    stream = streamOfWindow(UInt32(truncatingIfNeeded: now.nanoseconds / 1_000_000_000))
    if touchedWords.count > known.count / 8 {
      for index in 0..<known.count { known[index] = 0 }
    } else {
      for word in touchedWords { known[Int(word)] = 0 }
    }
    touchedWords.removeAll(keepingCapacity: true)
  }

  /// The contents of the catalogue, each for each tenant.
  var places: Range<Int> { tenants.count..<max(1, shares.count) * tenants.count }

  /// The place of a content for a tenant.
  @inline(__always)
  func place(of content: UInt64, tenant: UInt16) -> Int {
    Int(truncatingIfNeeded: content) &* tenants.count &+ (tenants.count > 1 ? Int(tenant) : 0)
  }

  func contentAndTenant(at place: Int) -> (Int, Int) {
    place.quotientAndRemainder(dividingBy: tenants.count)
  }

  /// Whether nothing was asked about a content before; from now on, something was.
  @inline(__always)
  mutating func isFirstLook(at place: Int) -> Bool {
    let bit = UInt64(1) << UInt64(place & 63)
    let before = known[place >> 6]
    let isFirst = before & bit == 0
    if before == 0 { touchedWords.append(UInt32(truncatingIfNeeded: place >> 6)) }
    known[place >> 6] = before | bit
    return isFirst
  }

  /// Forgets what the requests that were drawn ahead before asked for.
  mutating func forgetWanted() { wantedCount = 0 }

  /// Notes that a request drawn ahead asks for a content of the catalogue, if nobody has so far.
  @inline(__always)
  mutating func noteAge(of content: UInt64, tenant: UInt16, drawnAt drawnPlace: Int) {
    let place = place(of: content, tenant: tenant)
    wanted[wantedCount] = Wanted(
      content: UInt32(truncatingIfNeeded: content), tenant: tenant,
      drawnPlace: UInt16(truncatingIfNeeded: drawnPlace))
    let isKnown = known[place >> 6] &>> UInt64(truncatingIfNeeded: place) & 1
    wantedCount &+= Int(truncatingIfNeeded: isKnown ^ 1)
  }

  /// Works out the ages of all contents that were noted, side by side: none waits for the memory of another.
  mutating func drawAges() {
    for number in 0..<wantedCount {
      let want = wanted[number]
      wanted[number].mean = mean(of: Int(want.content), tenant: Int(want.tenant))
    }
    for number in 0..<wantedCount {
      let want = wanted[number]
      let place = place(
        of: UInt64(want.content), tenant: want.tenant)
      ages[Int(want.drawnPlace)] = age(at: place, mean: want.mean) ?? -1
    }
  }

  /// The part of its life that has gone by since the content was stored that a request drawn ahead asks for;
  /// `nil` where it is not held.
  ///
  /// - Precondition: nobody asked for the content before.
  @inline(__always)
  func age(drawnAt drawnPlace: Int) -> Double? {
    let age = ages[drawnPlace]
    return age < 0 ? nil : age
  }

  private func mean(of content: Int, tenant: Int) -> Double {
    offered * shares[content] * (tenants.count > 1 ? tenants[tenant] : tenants[0])
  }

  /// The part of its life that has gone by since a content was stored; `nil` where it is not held.
  func age(at place: Int, content: Int, tenant: Int) -> Double? {
    age(at: place, mean: mean(of: content, tenant: tenant))
  }

  private func age(at place: Int, mean: Double) -> Double? {
    let block = stream.block(at: UInt64(place))
    return uniform(block.high) * (1 + mean) < mean ? uniform(block.low) : nil
  }

  /// The part of its life that has gone by since a content of that age was used last.
  func sinceUse(at place: Int, content: Int, tenant: Int, age: Double) -> Double {
    let bits = mixed(stream.block(at: UInt64(place)).high)
    let mean = max(mean(of: content, tenant: tenant), 1e-300)
    return min(age, -Elementary.log(positiveUniform(bits)) / mean)
  }

  /// How many entries are of contents that nobody else asks for.
  func unique(_ deterministic: Double) -> Double { offered * shares[0] * deterministic }

  func uniqueEntry(_ number: Int) -> (age: Double, key: CacheKey) {
    let block = stream.block(at: 1 << 40 + UInt64(number))
    return (uniform(block.low), CacheKey(high: block.high, low: block.low))
  }

  /// Whether a cache of a capacity may be full at any time of the window.
  ///
  /// Every entry was stored for a request in its life, so that there are no more of them than contents, and no more
  /// than requests in a life at the highest rate, with six times their deviation.
  func mayReach(_ capacity: Int, deterministic: Double) -> Bool {
    let most = max(offered, mostOffered)
    let contents = Double((shares.count - 1) * tenants.count) * deterministic
    let alone = most * shares[0] * deterministic
    let repeated = min(contents, most * (1 - shares[0]) * deterministic)
    let entries = repeated + alone
    return entries + 6 * entries.squareRoot() >= Double(capacity)
  }

  /// When an entry of that age was stored.
  func instant(_ age: Double) -> Instant { beginning - TimeSpan(nanoseconds: Int64(age * life)) }

  private func uniform(_ bits: UInt64) -> Double { Double(bits >> 11) * 0x1p-53 }
}
