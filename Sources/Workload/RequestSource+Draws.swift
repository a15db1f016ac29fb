// SPDX-License-Identifier: GPL-3.0-or-later

import Columns
import Numerics
import Quantities
import RandomStreams

extension RequestSource {
  /// Where the clock of a Poisson process stands.
  struct Pace {
    var stepStart: Instant
    var stepLength: Double = 0
    var offset: Double = 0
    /// Nanoseconds between arrivals at the rate of this step; infinite when nothing arrives.
    var meanGap: Double = .infinity
    /// When the next step begins; never when none does.
    var stepEnd: Instant = .never
  }

  /// The draws of a column of requests before they are put together.
  struct Draws: ~Copyable {
    /// Random bits: the low halves of the blocks of gaps, then of those the high halves.
    var gaps: Column<UInt64>
    /// When requests arrive.
    var times: Column<Int64>
    /// Random bits of lengths, then of contents: content identities once they are resolved.
    var details: Column<UInt64>
    /// The tokens of prompts and answers that belong to the bits of lengths.
    var promptTokens: Column<UInt32>
    var outputTokens: Column<UInt32>
    /// What each request is like.
    var entry: Column<Catalogue.Entry>
    /// The places of requests whose contents nobody else asks for, and of those in the catalogue.
    var unique: Column<UInt8>
    var repeated: Column<UInt8>
    private let count: Int

    init(count: Int) {
      precondition(count <= 256 && count % 8 == 0, "a place has eight bits; draws come by eights")
      gaps = Column(repeating: 0, count: 2 * count)
      times = Column(repeating: 0, count: count)
      details = Column(repeating: 0, count: 2 * count)
      promptTokens = Column(repeating: 1, count: count)
      outputTokens = Column(repeating: 1, count: count)
      entry = Column(repeating: .none, count: count)
      unique = Column(repeating: 0, count: count)
      repeated = Column(repeating: 0, count: count)
      self.count = count
    }

    /// Draws gaps, as exponentials of mean 1, and the bits of kinds.
    mutating func drawGaps(_ stream: RandomStream, from index: UInt64) {
      gaps.withMutableSpan(of: 0..<2 * count) { stream.fill(&$0, from: index) }
      gaps.withMutableSpan(of: 0..<count) { Elementary.makeUnitExponentials(of: &$0) }
    }

    /// Adds gaps to the clock from a request on as long as the step of the rate lasts, and says how many.
    mutating func addUpGaps(from first: Int, _ pace: inout Pace) -> Int {
      gaps.withSpan { gaps in
        times.withMutableSpan(of: first..<count) { times in
          // A step that lasts longer than any horizon is left to who adds one gap at a time.
          Elementary.addUp(
            gaps.extracting(first..<count), times: pace.meanGap,
            below: min(pace.stepLength, 0x1p62),
            from: pace.stepStart.nanoseconds, sum: &pace.offset, into: &times)
        }
      }
    }

    mutating func drawDetails(
      _ stream: RandomStream, from index: UInt64, _ tables: LengthTables
    ) {
      details.withMutableSpan(of: 0..<2 * count) { stream.fill(&$0, from: index) }
      // A request without a law of lengths keeps the one token that all have at first.
      details.withSpan { details in
        let bits = details.extracting(first: count)
        promptTokens.withMutableSpan(of: 0..<count) {
          tables.prompt?.fill(&$0, forHighBits: false, of: bits)
        }
        outputTokens.withMutableSpan(of: 0..<count) {
          tables.output?.fill(&$0, forHighBits: true, of: bits)
        }
      }
    }

    /// Puts contents in the place of their random bits: where the table gives item 0, one of its own, `first` and the
    /// place of the request.
    mutating func replaceContents(
      byItemsOf table: Span<AliasTable.Column>, zerosFrom first: UInt64
    ) {
      details.withMutableSpan(of: count..<2 * count) {
        AliasTable.replace(&$0, byItemsOf: table, zerosFrom: first)
      }
    }

    @inline(__always)
    func gap(_ index: Int) -> Double { Double(bitPattern: gaps[index]) }
    @inline(__always)
    func time(_ index: Int) -> Instant { Instant(nanoseconds: times[index]) }
    @inline(__always)
    func kind(_ index: Int) -> UInt64 { gaps[count + index] }
    @inline(__always)
    func lengths(_ index: Int) -> UInt64 { details[index] }
    @inline(__always)
    func content(_ index: Int) -> UInt64 { details[count + index] }
    @inline(__always)
    mutating func setContent(_ index: Int, to content: UInt64) { details[count + index] = content }
  }
}
