// SPDX-License-Identifier: GPL-3.0-or-later

import Numerics
import Quantities
import RandomStreams

/// What requests are like: their classes, lengths, sampling and content.
package struct RequestMix: Sendable, Equatable {
  /// How often the same content is asked for.
  package struct Content: Sendable, Equatable {
    /// How many distinct contents repeat.
    package let catalogue: Int
    /// The exponent of their popularity: the i-th is asked for in proportion to i^-exponent.
    package let zipfExponent: Double
    /// The share of requests whose content nobody else asks for.
    package let unique: Share

    /// The most contents that a catalogue has.
    package static var largestCatalogue: Int { 1 << 24 - 1 }

    /// Content of those values.
    ///
    /// - Precondition: the catalogue has 1 to ``largestCatalogue`` contents, and the exponent lies in 0...20.
    package init(catalogue: Int, zipfExponent: Double, unique: Share) {
      precondition(
        (1...Self.largestCatalogue).contains(catalogue), "a catalogue has 1 to 2^24 - 1 contents")
      precondition(
        zipfExponent >= 0 && zipfExponent <= 20, "a Zipf exponent lies between 0 and 20")
      self.catalogue = catalogue
      self.zipfExponent = zipfExponent
      self.unique = unique
    }

    /// How often each is asked for: item 0 stands for all unique contents, and item i for the i-th most
    /// popular one.
    ///
    /// - Complexity: O(contents).
    var popularity: AliasTable {
      let weights = zipfWeights(count: catalogue, exponent: zipfExponent)
      let sum = weights.reduce(0, +)
      let repeating = 1 - unique.fraction
      do {
        return try AliasTable(weights: [unique.fraction] + weights.map { $0 / sum * repeating })
      } catch {
        preconditionFailure("a content's shares make a law: \(error.allowed)")
      }
    }
  }

  /// The names of the classes.
  package let classNames: [String]
  /// The shares of the classes, in their order.
  package let classShares: [Share]
  /// The names of the tenants.
  package let tenantNames: [String]
  /// The tenant of each value of twelve random bits.
  /// The most tenants.
  package static var mostTenants: Int { 1_024 }

  private let tenantBits: UInt64
  private let tenantOfBits: ContiguousArray<UInt16>
  /// The texts of each class in the order of their lengths; empty when there are none.
  private let texts: ContiguousArray<UInt16>
  /// Where the texts of each class begin and end among all.
  private let textRanges: ContiguousArray<Range<Int>>
  private let classThresholds: [UInt32]
  private let promptTokens: OnDemand<Distribution, QuantileTable>?
  private let outputTokens: OnDemand<Distribution, QuantileTable>?
  private let deterministicThreshold: UInt64
  private let contents: OnDemand<Content, AliasTable>?

  /// A mix of those laws.
  ///
  /// - Parameters:
  ///   - promptTokens: the law of prompt lengths; `nil` for none, where a trace brings them.
  ///   - deterministic: the share of requests with temperature 0.
  ///   - tenants: whose requests they are; a share is good to a part in 4,096, of more than 256 tenants to one in 65,536.
  ///   - textsByClass: for each class the numbers of its texts, shortest first; empty for no texts.
  /// - Precondition: the shares of the classes add up to the whole; there are at most 256, and ``mostTenants`` tenants.
  package init(
    classes: [(name: String, share: Share)], promptTokens: Distribution?,
    outputTokens: Distribution?, deterministic: Share, content: Content?,
    tenants: [(name: String, share: Share)] = [("all", .whole)], textsByClass: [[UInt16]] = []
  ) {
    precondition(tenants.count <= Self.mostTenants, "a tenant has its part of sixteen bits")
    precondition(
      textsByClass.isEmpty
        || textsByClass.count == classes.count
          && textsByClass.allSatisfy { !$0.isEmpty },
      "every class has a text, or none has")
    precondition(
      classes.reduce(Share.zero) { $0 + $1.share } == .whole, "the classes make up all requests")
    precondition(classes.count <= 256, "a class has a number of eight bits")
    classNames = classes.map(\.name)
    classShares = classes.map(\.share)
    var below = Share.zero
    classThresholds = classes.dropLast().map { entry in
      below = below + entry.share
      return UInt32(clamping: Int64(below.fraction * 0x1p32))
    }
    tenantNames = tenants.map(\.name)
    var before = Share.zero
    let parts = tenants.count > 256 ? 65_536 : 4_096
    tenantBits = UInt64(parts - 1)
    var tenantOfBits = ContiguousArray<UInt16>()
    tenantOfBits.reserveCapacity(parts)
    for (number, entry) in tenants.enumerated() {
      before = before + entry.share
      let end = min(parts, Int((before.fraction * Double(parts)).rounded()))
      let isLast = number == tenants.count - 1
      while tenantOfBits.count < (isLast ? parts : end) { tenantOfBits.append(UInt16(number)) }
    }
    self.tenantOfBits = tenantOfBits
    texts = ContiguousArray(textsByClass.joined())
    var first = 0
    textRanges = ContiguousArray(
      textsByClass.map { texts in
        defer { first += texts.count }
        return first..<first + texts.count
      })
    self.promptTokens = promptTokens.map { OnDemand($0) { QuantileTable($0) } }
    self.outputTokens = outputTokens.map { OnDemand($0) { QuantileTable($0) } }
    deterministicThreshold = UInt64(deterministic.fraction * 0x1p32)
    contents = content.map { OnDemand($0) { $0.popularity } }
  }

  /// The class that belongs to 32 random bits.
  @inline(__always)
  func classIndex(for bits: UInt32) -> UInt8 {
    // Thresholds rise; all are compared, since no predictor foresees how far the bits come.
    var index = 0
    for threshold in classThresholds { index += bits >= threshold ? 1 : 0 }
    return UInt8(truncatingIfNeeded: index)
  }

  /// Whether 32 random bits make a request with temperature 0.
  @inline(__always)
  func isDeterministic(for bits: UInt32) -> Bool { UInt64(bits) < deterministicThreshold }

  /// Whose request it is: by the twelve or sixteen low bits of the word that decides the class, which hardly
  /// depends on them.
  @inline(__always)
  func tenantIndex(for bits: UInt64) -> UInt16 {
    tenantOfBits[Int(truncatingIfNeeded: bits & tenantBits)]
  }

  /// The text of a class at the place among its texts that the bits of a length have among lengths.
  @inline(__always)
  func textIndex(for lengthBits: UInt32, class index: UInt8) -> UInt16 {
    guard !texts.isEmpty else { return 0 }
    let range = textRanges[Int(index)]
    let place = (UInt64(lengthBits) * UInt64(truncatingIfNeeded: range.count)) >> 32
    return texts[range.lowerBound + Int(truncatingIfNeeded: place)]
  }

  /// The share of requests that borrow each text, by number; all of them the first where there are no texts.
  package func textShares(count: Int) -> [Double] {
    var shares = [Double](repeating: 0, count: max(1, count))
    guard !texts.isEmpty else {
      shares[0] = 1
      return shares
    }
    for (range, share) in zip(textRanges, classShares) {
      for text in texts[range] { shares[Int(text)] += share.fraction / Double(range.count) }
    }
    return shares
  }

  /// Whether anything about a request of a trace is drawn; its time and lengths are those of the trace.
  ///
  /// - Parameters:
  ///   - isAsked: whether a policy asks for tenant, text or sampling.
  func isDrawn(isAsked: Bool) -> Bool {
    if classShares.contains(where: { $0 > .zero && $0 < .whole }) || contents != nil { return true }
    guard isAsked else { return false }
    let isSamplingDrawn = deterministicThreshold > 0 && deterministicThreshold < 1 << 32
    return isSamplingDrawn || tenantOfBits.contains { $0 != tenantOfBits[0] }
      || textRanges.contains { $0.count > 1 }
  }

  /// How many contents repeat.
  package var catalogueCount: Int { contents?.law.catalogue ?? 0 }

  /// The share of each content of the catalogue among all requests, by number; that of 0 is what
  /// nobody else asks for.
  package var contentShares: [Double] { contents?.value.probabilities ?? [1] }

  /// The share of requests with temperature 0.
  package var deterministicShare: Double { Double(deterministicThreshold) * 0x1p-32 }

  /// The share of requests of each tenant.
  package var tenantShares: [Double] {
    var counts = [Int](repeating: 0, count: tenantNames.count)
    for tenant in tenantOfBits { counts[Int(tenant)] += 1 }
    return counts.map { Double($0) / 4_096 }
  }

  /// What a content, or a request whose content nobody else asks for, is like by its random bits.
  @inline(__always)
  func entry(lengthBits: UInt64, kindBits: UInt64, _ lengths: LengthTables) -> Catalogue.Entry {
    entry(
      promptTokens: Self.tokens(lengths.prompt, UInt32(truncatingIfNeeded: lengthBits)),
      outputTokens: Self.tokens(lengths.output, UInt32(truncatingIfNeeded: lengthBits >> 32)),
      lengthBits: lengthBits, kindBits: kindBits)
  }

  /// The same where the lengths that belong to those bits are known.
  @inline(__always)
  func entry(
    promptTokens: UInt32, outputTokens: UInt32, lengthBits: UInt64, kindBits: UInt64
  ) -> Catalogue.Entry {
    let index = classIndex(for: UInt32(truncatingIfNeeded: kindBits))
    return Catalogue.Entry(
      promptTokens: promptTokens, outputTokens: outputTokens,
      text: textIndex(for: UInt32(truncatingIfNeeded: lengthBits), class: index),
      classIndex: index,
      isDeterministic: isDeterministic(for: UInt32(truncatingIfNeeded: kindBits >> 32)))
  }

  /// The tables that lengths are drawn from.
  var lengthTables: LengthTables {
    LengthTables(prompt: promptTokens?.value, output: outputTokens?.value)
  }

  /// The table that contents are drawn from; `nil` where none repeats.
  var contentTable: AliasTable? { contents?.value }

  @inline(__always)
  private static func tokens(_ table: QuantileTable?, _ bits: UInt32) -> UInt32 {
    table?.wholeValue(for: bits) ?? 1
  }
}

/// The tables of both lengths; `nil` where a trace brings them.
struct LengthTables {
  let prompt: QuantileTable?
  let output: QuantileTable?
}
