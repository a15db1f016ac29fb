// SPDX-License-Identifier: GPL-3.0-or-later

import Quantities
import Scenario
import Testing

@Suite("The fluid limit of a fleet")
struct FluidLimitTests {
  /// The times of batches of 0, 1, 2 … requests.
  private func fluid(_ milliseconds: [Int64]) -> Autoscaling.Fluid {
    Autoscaling.Fluid(
      batchTimes: milliseconds.map { .milliseconds($0) }, lanes: 2, costOfModel: [1],
      longestWait: .seconds(9))
  }

  @Test(
    "is that of the smallest batch that keeps up, also where larger ones do not",
    arguments: [[0, 10, 15, 40, 42, 80, 60, 61], [0, 10], [0], []])
  func smallestBatch(milliseconds: [Int64]) {
    let fluid = fluid(milliseconds)
    // All rates of a lane at which a batch just keeps up, and those round them.
    var rates: [Double] = [0, 1, 1e6]
    for size in milliseconds.indices.dropFirst() {
      let edge = Double(size) * 1e3 / Double(milliseconds[size])
      rates += [edge - 1e-9, edge, edge + 1e-9]
    }
    for rate in rates {
      let size = milliseconds.indices.dropFirst().first { size in
        Double(size) / TimeSpan.milliseconds(milliseconds[size]).inSeconds >= rate * 6 / 6
      }
      let time = size.map { TimeSpan.milliseconds(milliseconds[$0]) }
      let times = fluid.times(rate: rate * 6, machines: 3)
      #expect(times.wait.nanoseconds == time.map { $0.nanoseconds / 2 } ?? 9_000_000_000)
      #expect(times.p99 == time.map { $0 * 2 } ?? .seconds(9))
    }
  }

  @Test("is the longest wait where nobody serves")
  func nobody() {
    let times = fluid([0, 10]).times(rate: 1, machines: 0)
    #expect(times.wait == .seconds(9) && times.p99 == nil)
  }
}
