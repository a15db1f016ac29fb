// SPDX-License-Identifier: GPL-3.0-or-later

import Checks
import Statistics

/// Makes of the bills of coalitions what each lever is worth.
struct Worths {
  let levers: Int
  let replications: Int
  let found: [Int: LeverAnswer.Coalition]
  /// The orders that were drawn; none where every coalition is there.
  let orders: [[Int]]
  let confidence: Double

  private var whole: Int { 1 << levers - 1 }

  /// The bill of a coalition, a month.
  func bill(of coalition: Int) -> Interval { interval(bills(coalition)) }

  /// What each lever is worth, in their order.
  func levers(named names: [String]) -> [LeverAnswer.Lever] {
    let shares = self.shares
    let saved =
      LeverAnswer.cents(bill(of: 0).estimate) - LeverAnswer.cents(bill(of: whole).estimate)
    let cents = LargestRemainder.wholes(shares.map { $0.estimate * 100 }, total: saved)
    let isDoubtful = found.values.contains(where: \.holdsNowhere)
    let isUndecided = found.values.contains { !$0.undecided.isEmpty }
    return names.indices.map { lever in
      LeverAnswer.Lever(
        name: names[lever], alone: saving(from: 0, to: 1 << lever),
        removed: saving(from: whole ^ 1 << lever, to: whole),
        share: LeverAnswer.Worth(
          saving: shares[lever], isDoubtful: isDoubtful, isUndecided: isUndecided),
        cents: cents[lever])
    }
  }

  private func saving(from before: Int, to after: Int) -> LeverAnswer.Worth {
    LeverAnswer.Worth(
      saving: interval(zip(bills(before), bills(after)).map { $0 - $1 }),
      isDoubtful: [before, after].contains { found[$0]?.holdsNowhere ?? true },
      isUndecided: [before, after].contains { !(found[$0]?.undecided ?? []).isEmpty })
  }

  /// The Shapley share of each lever: replication by replication, since it is linear in the bills.
  ///
  /// Where orders were drawn, the uncertainty of the draw is added to that of the replications:
  /// the two are
  /// independent, so squares of half-widths add up.
  private var shares: [Interval] {
    guard !orders.isEmpty else {
      let drawn = (0..<replications).map { replication in
        ShapleyValue.exact(players: levers) { -bill($0, replication) }
      }
      return (0..<levers).map { lever in interval(drawn.map { $0[lever] }) }
    }
    let byOrder = orders.map { order in
      (0..<replications).map { replication in
        ShapleyValue.marginals(order) { -bill($0, replication) }
      }
    }
    return (0..<levers).map { lever in
      let overOrders = (0..<replications).map { replication in
        byOrder.reduce(0.0) { $0 + $1[replication][lever] } / Double(orders.count)
      }
      let overReplications = byOrder.map { rows in
        rows.reduce(0.0) { $0 + $1[lever] } / Double(replications)
      }
      let (luck, draw) = (interval(overOrders), interval(overReplications))
      let half =
        (luck.halfWidth * luck.halfWidth + draw.halfWidth * draw.halfWidth).squareRoot()
      return Interval(
        estimate: luck.estimate, low: luck.estimate - half, high: luck.estimate + half,
        samples: luck.samples)
    }
  }

  private func bills(_ coalition: Int) -> [Double] { found[coalition]?.bills ?? [] }

  private func bill(_ coalition: Int, _ replication: Int) -> Double {
    bills(coalition)[replication]
  }

  private func interval(_ values: [Double]) -> Interval {
    Interval.mean(of: values, confidence: confidence)
      ?? Interval(estimate: .nan, low: -.infinity, high: .infinity, samples: 0)
  }
}
