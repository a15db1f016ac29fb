// SPDX-License-Identifier: GPL-3.0-or-later

import Quantities
import Recording
import Scenario
import Serving
import Statistics

/// Measures of how long requests took, and of those that got no answer.
extension Measures {
  /// The quantile of a time over all offered requests, in seconds.
  ///
  /// Pooled over replications, with the interval of sectioning over them, which is wider by the part of a
  /// bucket in which the quantile lies. Unanswered requests count as longer than any time. Where no draw
  /// reaches requests it is the order statistic, or the part of the bucket that holds it.
  package func quantile(_ share: Share, of time: RequestTime) -> Interval? {
    guard
      let pooled = histogram(time)?.quantile(share, among: offered)
    else { return nil }
    let (centre, low, high) = (pooled.estimate / 1e9, pooled.low / 1e9, pooled.high / 1e9)
    if areRequestsExact {
      let kept = records.first.flatMap { OrderStatistic.kept(time, share, in: $0) }
      if let kept { return .exact(kept / 1e9, samples: samples.count) }
      return low == high
        ? .exact(low, samples: samples.count)
        : Interval(estimate: centre, low: low, high: high, samples: samples.count)
    }
    return Interval.sectioning(
      pooled: centre, sections: sectionQuantiles(share, time), confidence: confidence
    )?.widened(low: low, high: high).clipped(from: 0)
  }

  /// The quantile in each replication, or in each section of a long one, in seconds.
  func sectionQuantiles(_ share: Share, _ time: RequestTime) -> [Double] {
    samples.compactMap { record in
      record.times[time]?.quantile(share, among: record.weighted).map { $0.estimate / 1e9 }
    }
  }

  /// The row of a quantile: its interval, or why it deserves no digits.
  func row(_ name: String, _ share: Share, of time: RequestTime) -> MeasureRow {
    let interval = quantile(share, of: time)
    guard let interval, !areRequestsExact, interval.estimate.isFinite else {
      return MeasureRow(
        name: name, unit: "s", interval: interval,
        note: interval?.estimate == .infinity ? "too many requests got no answer" : "")
    }
    let tail = tailDependence(beyond: interval.estimate, of: time)
    let each = averageRequests(of: time)
    let tooFew = (1 - share.fraction) * each < TailDependence.fewest
    // Without any request beyond it lies on the longest time of all, which is enough only of many.
    let seen = tooFew ? (1 - share.fraction) * each : tail?.exceedances ?? .infinity
    guard seen < TailDependence.fewest else {
      return MeasureRow(name: name, unit: "s", interval: interval)
    }
    return MeasureRow(
      name: name, unit: "s", interval: nil, state: .insufficient,
      note: "\(formatted(seen, places: 1)) effective exceedances a "
        + "\(scenario.run.isSectioned ? "section" : "replication"), "
        + "\(formatted(TailDependence.fewest, places: 0)) are needed: "
        + lengthThatWouldDo(TailDependence.fewest / max(seen, 1e-3)))
  }

  private func lengthThatWouldDo(_ factor: Double) -> String {
    switch scenario.run.requests {
    case .once(let window):
      let minutes = (window.length.inSeconds * factor / 60).rounded(.up)
      let span: TimeSpan =
        minutes < 120 ? .minutes(Int64(minutes)) : .hours(Int64((minutes / 60).rounded(.up)))
      return "requests for about \(span) would do"
    case .sampled(let sample):
      return "about \(Int((Double(sample.windows) * factor).rounded(.up))) windows would do"
    }
  }

  private func averageRequests(of time: RequestTime) -> Double {
    let requests = samples.reduce(0.0) {
      $0 + Double($1.weighted.population(of: $1.times[time]?.count ?? 0)) / Double($1.weightUnit)
    }
    return requests / Double(max(1, samples.count))
  }

  private func histogram(_ time: RequestTime) -> LatencyHistogram? { pooled?[time] }

  /// The times that the scenario's fleet measures.
  var times: [RequestTime] { RequestTime.allCases.filter { pooled?[$0] != nil } }

  /// The mean of a time over answered requests, in seconds; the mean of the replications' means.
  package func mean(of time: RequestTime) -> Interval? {
    let means = means(of: time)
    if areRequestsExact, let first = means.first {
      return .exact(first, samples: means.count)
    }
    let interval = Interval.mean(of: means, confidence: confidence)
    // What windows hold of waits is how many were long.
    guard time == .latency else { return interval?.clipped(from: 0) }
    return forSampling(
      mean: interval, { (Double($0.latency) / 1e9, Double($0.answered)) },
      total: { Double($0.weighted.answered) }
    )?.clipped(from: 0)
  }

  /// The mean of a time in each replication, or in each section of a long one, in seconds.
  func means(of time: RequestTime) -> [Double] {
    samples.compactMap { $0.times[time]?.mean.map { $0 / 1e9 } }
  }

  /// The share of offered requests whose time lay above an edge, or that got no answer.
  package func shareAbove(_ edge: TimeSpan, of time: RequestTime) -> Interval? {
    let shares = countsAbove(edge, of: time).map { Double($0.above) / Double($0.of) }
    let interval = boundingRare(
      .mean(of: shares, confidence: confidence),
      { section in
        guard let times = section.times[time] else { return (0, 0) }
        let population = section.allEnded.population(of: times.count)
        let slow = times.countAbove(edge.inSeconds * 1e9)
        return (slow + Double(population - times.count), Double(population))
      }, trials: independentRequests)
    // What windows hold of gaps is how many were long, of nobody knows how many.
    guard time != .tokenGap else { return interval }
    return forSampling(
      interval, windowsAbove(edge, of: time), total: { Double($0.weighted.arrived) })
  }

  /// What a window says of times above an edge, an unanswered request among them.
  func windowsAbove(_ edge: TimeSpan, of time: RequestTime) -> WindowValue {
    let number = pooled?.latency.edges.firstIndex(of: edge.nanoseconds)
    return { totals in
      let slow = number.flatMap { number in totals.above[time].map { Double($0[number]) } } ?? 0
      return (slow + Double(totals.lost), Double(totals.ended))
    }
  }

  /// What a window says of requests without an answer.
  static var windowsLost: WindowValue { { (Double($0.lost), Double($0.ended)) } }

  /// How many requests of each sample took longer than an edge or got no answer, and of how many.
  func countsAbove(
    _ edge: TimeSpan, of time: RequestTime
  ) -> [(above: UInt64, of: UInt64)] {
    samples.compactMap { record in
      guard let histogram = record.times[time] else { return nil }
      let population = record.weighted.population(of: histogram.count)
      guard population > 0 else { return nil }
      return (
        histogram.countAbove(edge: edge.nanoseconds) + population - histogram.count, population
      )
    }
  }

  /// Answered inside the client's timeout ÷ offered.
  package var availability: Interval? {
    let lost = samples.compactMap { record -> Double? in
      guard record.weighted.arrived > 0 else { return nil }
      return Double(record.weighted.arrived - record.weighted.answered)
        / Double(record.weighted.arrived)
    }
    return forSampling(
      boundingRare(
        .mean(of: lost, confidence: confidence), Self.sectionsLost,
        trials: min(patiences, independentRequests), stretches: patiences),
      Self.windowsLost, total: { Double($0.weighted.arrived) })?.complement
  }

  /// Minutes in which at least 99 % of the offered requests were answered ÷ minutes with any.
  package var availabilityByTime: Interval? {
    let lost = samples.compactMap { record -> Double? in
      guard record.minutes > 0 else { return nil }
      return Double(record.minutes - record.minutesAvailable) / Double(record.minutes)
    }
    return boundingRare(
      .mean(of: lost, confidence: confidence), trials: min(sampledMinutes, independentRequests)
    )?.complement
  }

  // MARK: Dependence

  /// How the requests beyond a time cluster.
  func tailDependence(beyond seconds: Double, of time: RequestTime) -> TailDependence? {
    let nanoseconds = seconds * 1e9
    func count(_ counts: RequestCounts, _ histogram: SparseHistogram) -> TailDependence.Count {
      let population = counts.population(of: histogram.count)
      return TailDependence.Count(
        requests: Double(population),
        beyond: histogram.countAbove(nanoseconds) + Double(population - histogram.count))
    }
    func counts(_ sections: [Section]) -> [TailDependence.Count] {
      sections.compactMap { section in
        section.times[time].map { count(section.allEnded, $0) }
      }
    }
    let seen = records.map { counts($0.sections) }
    return TailDependence(scenario.run.isSectioned ? seen.flatMap { $0.map { [$0] } } : seen)
  }

  /// How many independent requests would tell as much as all that were simulated.
  ///
  /// Requests that wait behind each other are lost together. How much one tells about the next is
  /// measured on the slowest 1 %, which lost ones are the extreme of.
  private var independentRequests: Double {
    let requests = averageRequests(of: .latency) * Double(samples.count)
    guard let slow = quantile(Share(billionths: 990_000_000), of: .latency)?.estimate,
      slow.isFinite, let tail = tailDependence(beyond: slow, of: .latency)
    else {
      // All take equally long or nothing is known: then minutes are the trials.
      return Double(records.reduce(UInt64(0)) { $0 + $1.sampledMinutes })
    }
    return min(requests, tail.requests * Double(samples.count))
  }

  /// The minutes in which requests were measured.
  private var sampledMinutes: Double {
    Double(records.reduce(UInt64(0)) { $0 + $1.sampledMinutes })
  }

  /// How many times as long as clients wait was measured; of a minute where they do so without end.
  ///
  /// Requests are lost while a queue is longer than that or is full, and it stays so for about as long: no more
  /// than one time in so many seconds tells anything new.
  private var patiences: Double {
    // A stretch may begin and end within minutes.
    let seconds = records.reduce(0.0) {
      $0 + min(Double($1.sampledMinutes) * 60, $1.measuredTime.inSeconds)
    }
    return seconds / min(60, max(1e-3, scenario.timeout?.inSeconds ?? 60))
  }

  /// What is added up over sections: a count and the requests that it is of.
  private typealias SectionValue = (Section) -> (value: Double, requests: Double)

  private static var sectionsLost: SectionValue {
    { (Double($0.ended - $0.counts.answered), Double($0.ended)) }
  }

  /// In how many sections of all replications something was seen; `nil` where that is no rarity, as each
  /// replication saw it, half of the sections did, or ``fewestClusters``.
  private func clusters(_ value: SectionValue) -> Int? {
    let seen = records.map { $0.sections.count { value($0).value > 0 } }
    let (sum, all) = (seen.reduce(0, +), records.reduce(0) { $0 + $1.sections.count })
    guard sum > 0, sum < Self.fewestClusters, 2 * sum < all else { return nil }
    return scenario.run.isSectioned || seen.contains(0) ? sum : nil
  }

  /// Half the width of the interval of a share, by how the sections of one time differ between replications.
  ///
  /// The variance of the mean is Σ vⱼ/R with R replications and the variance vⱼ of section j between these, if
  /// sections are independent; its degrees of freedom are Satterthwaite's, (Σ vⱼ)²·(R - 1)/Σ vⱼ². Where few
  /// replications happen to agree their sections do not. Where sections depend on each other it is too narrow, so
  /// that it only ever widens Student's interval. Where hours of high load were drawn, sections differ by which
  /// were, more than strata do: there it says nothing. Source: Satterthwaite, "An approximate distribution of estimates
  /// of variance components", Biometrics Bulletin 2 (1946), DOI 10.2307/3002019.
  private func sectionHalfWidth(of share: Double, _ value: SectionValue) -> Double {
    let count = records.first?.sections.count ?? 0
    guard !scenario.run.isSectioned, records.count > 1, count > 1,
      records.allSatisfy({ $0.sections.count == count && ($0.sample?.groups.count ?? 0) <= 1 })
    else { return 0 }
    let values = records.map { $0.sections.map(value) }
    let totals = values.map { $0.reduce(0) { $0 + $1.requests } }
    let replications = Double(records.count)
    var (sum, squares) = (0.0, 0.0)
    for section in 0..<count {
      let residuals = zip(values, totals).map { values, total in
        total > 0 ? (values[section].value - share * values[section].requests) / total : 0
      }
      let mean = residuals.reduce(0, +) / replications
      let variance =
        residuals.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / (replications - 1)
      sum += variance
      squares += variance * variance
    }
    guard squares > 0 else { return 0 }
    return Interval.halfWidth(
      error: (sum / replications).squareRoot(),
      degreesOfFreedom: max(1, Int(sum * sum * (replications - 1) / squares)),
      confidence: confidence)
  }

  /// Fewer clusters than this say less of the mean than how replications differ pretends.
  private static var fewestClusters: Int { 8 }

  /// An interval of a share of failures with honest ends where few or none were seen.
  ///
  /// With no failure in n independent trials the share is below 1 - 0.05^(1/n) with 95 % confidence
  /// (Hanley and Lippman-Hand, "If nothing goes wrong, is everything all right?", JAMA 249 (1983),
  /// DOI 10.1001/jama.1983.03330370053031).
  ///
  /// Failures come in clusters. Where k sections saw one, fewer than half of them and than ``fewestClusters``, and
  /// some replication saw none, the others may agree by chance: then the interval holds a Poisson count too, by
  /// Garwood's interval for k, of clusters that are as large as those that were seen, or as all that came while a
  /// client waits where they were smaller.
  ///
  /// - Parameters:
  ///   - value: what sections say of the share; `nil` for a share of something else than requests.
  ///   - trials: how many independent ones there were, at the most.
  ///   - stretches: how many times as long as a cluster lasts was measured; infinite where that is not known, and clusters
  ///     are taken to be as those that were seen.
  private func boundingRare(
    _ interval: Interval?, _ value: SectionValue? = nil, trials: Double,
    stretches: Double = .infinity
  ) -> Interval? {
    guard let interval else { return nil }
    if areRequestsExact { return .exact(interval.estimate, samples: interval.samples) }
    if interval.estimate == 0 {
      let bound = trials > 0 ? -Numbers.expm1(Numbers.log(1 - confidence) / trials) : 1
      return Interval(estimate: 0, low: 0, high: bound, samples: interval.samples)
    }
    guard interval.low.isFinite, interval.high.isFinite else { return interval }
    let half = value.map { sectionHalfWidth(of: interval.estimate, $0) } ?? 0
    var (low, high) = (
      min(interval.low, interval.estimate - half), max(interval.high, interval.estimate + half)
    )
    if let seen = value.flatMap(clusters),
      let often = Interval.rate(
        of: seen, over: Double(seen), samples: seen, confidence: confidence)
    {
      low = min(low, interval.estimate * often.low)
      high = max(
        high, max(interval.estimate, Double(seen) / max(stretches, Double(seen))) * often.high)
    }
    return Interval(
      estimate: interval.estimate, low: max(0, low), high: min(1, high), samples: interval.samples)
  }
}

extension Interval {
  /// The interval of one minus the value.
  fileprivate var complement: Interval {
    Interval(
      estimate: 1 - estimate, low: 1 - high, high: min(1, 1 - low), samples: samples,
      isExact: isExact)
  }
}

extension LatencyHistogram {
  /// A quantile of the times that it holds, and of those that got no answer, which are longer than any.
  func quantile(_ share: Share, among counts: RequestCounts) -> Quantile? {
    quantile(billionths: share.billionths, population: counts.population(of: count))
  }
}
