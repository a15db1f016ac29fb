// SPDX-License-Identifier: GPL-3.0-or-later

import Inputs
import Quantities
import Testing
import Workload

@Suite("A recorded series of rates")
struct RateSeriesTests {
  private static let start = "2024-12-09T00:00:00Z"

  private func options(_ change: (inout RateSeries.Options) -> Void) -> RateSeries.Options {
    var options = RateSeries.Options()
    change(&options)
    return options
  }

  private func series(
    _ text: String, _ change: (inout RateSeries.Options) -> Void = { _ in }
  ) throws(TraceErrors) -> RateSeries {
    try RateSeries(Array(text.utf8), options(change))
  }

  private func profile(
    _ text: String, hours: Int64 = 4, _ change: (inout CalendarRules) -> Void = { _ in }
  ) throws -> RateProfile {
    var rules = CalendarRules()
    change(&rules)
    return try series(text).profile(
      on: RateSeries.Calendar(
        start: try UTCDate(parsing: Self.start), horizon: .hours(hours), rules: rules))
  }

  private func rates(_ profile: RateProfile, hours: Range<Int64>) -> [Double] {
    hours.map { profile.rate(at: .start + .minutes(60 * $0 + 30)).rate.perSecond }
  }

  private func hour(_ hour: Int64, _ text: String) -> String {
    "\(UTCDate(nanosecondsSince1970: 1_733_702_400_000_000_000) + .hours(hour)),\(text)\n"
  }

  private func refusal(_ body: () throws -> Void) -> TraceError? {
    #expect(throws: TraceErrors.self) { try body() }?.errors.first
  }

  // MARK: Calendar

  @Test("lies on the scenario's calendar: the last value before the start holds at the start")
  func calendar() throws {
    let text = "time,rate\n" + hour(-1, "1") + hour(1, "2") + hour(3, "3")
    #expect(rates(try profile(text), hours: 0..<4) == [1, 2, 2, 3])
  }

  @Test("in any order of rows and columns is the same")
  func order() throws {
    let rows = (0..<4).map { (hour: Int64) -> String in
      "\(hour),\(UTCDate(nanosecondsSince1970: 1_733_702_400_000_000_000) + .hours(hour))\n"
    }
    let text = "Rate,Time\n" + rows.reversed().joined()
    #expect(rates(try profile(text), hours: 0..<4) == [0, 1, 2, 3])
  }

  @Test("that ends before the horizon is refused with how much is missing, until that is filled")
  func ends() throws {
    let text = "time,rate\n" + hour(0, "1") + hour(1, "2")
    let error = refusal { _ = try profile(text) }
    #expect(error?.found.contains("end at 2024-12-09T02:00:00Z") == true)
    #expect(error?.found.contains("2h of 4h are missing") == true && error?.line == 3)
    #expect(rates(try profile(text) { $0.end = .zero }, hours: 0..<4) == [1, 2, 0, 0])
    #expect(rates(try profile(text) { $0.end = .hold }, hours: 0..<4) == [1, 2, 2, 2])
  }

  @Test("that begins after the start is refused with how much is missing, until that is filled")
  func begins() throws {
    let text = "time,rate\n" + hour(2, "1") + hour(3, "2")
    let error = refusal { _ = try profile(text) }
    #expect(
      error?.found.contains("2h of the horizon of 4h are missing") == true && error?.line == 2)
    #expect(rates(try profile(text) { $0.begin = .zero }, hours: 0..<4) == [0, 0, 1, 2])
    #expect(rates(try profile(text) { $0.begin = .hold }, hours: 0..<4) == [1, 1, 1, 2])
    #expect(
      rates(
        try profile(text, hours: 2) { $0.isRelative = true }, hours: 0..<2) == [1, 2])
  }

  @Test("with holes is refused with how many, until they are filled")
  func holes() throws {
    let text =
      "time,rate\n" + hour(0, "1") + hour(1, "2") + hour(2, "3") + hour(5, "4") + hour(6, "5")
    let error = refusal { _ = try profile(text, hours: 7) }
    #expect(error?.found.contains("1 hole of 2h in all, the first at 2024-12-09T03:00:00Z") == true)
    #expect(error?.line == 4)
    #expect(
      rates(try profile(text, hours: 7) { $0.holes = .zero }, hours: 0..<7) == [
        1, 2, 3, 0, 0, 4, 5,
      ])
    #expect(
      rates(try profile(text, hours: 7) { $0.holes = .hold }, hours: 0..<7) == [
        1, 2, 3, 3, 3, 4, 5,
      ])
    // A hole outside the horizon is none.
    #expect(rates(try profile(text, hours: 3), hours: 0..<3) == [1, 2, 3])
  }

  @Test("repeats its days by the time of day, and its weeks by the day of the week")
  func repeats() throws {
    // A day that begins at 6:00 and has its hour of the day as its rate.
    let day = "time,rate\n" + (6..<30).map { hour($0, "\($0 % 24)") }.joined()
    let daily = try profile(day, hours: 100) { $0.repeats = .day }
    #expect(rates(daily, hours: 0..<100) == (0..<100).map { Double($0 % 24) })
    // Two weeks earlier, with its day of the week as its rate.
    let week = "time,rate\n" + (0..<168).map { hour($0 - 336, "\($0 / 24)") }.joined()
    let weekly = try profile(week, hours: 400) { $0.repeats = .week }
    #expect(rates(weekly, hours: 0..<400) == (0..<400).map { Double($0 / 24 % 7) })
    let error = refusal { _ = try profile(day, hours: 100) { $0.repeats = .week } }
    #expect(error?.allowed.contains("a whole week") == true)
  }

  @Test("of steps that differ in length holds each rate until the next")
  func steps() throws {
    let text = "time,rate\n0,8\n3600,1\n10800,2\n"
    let profile = try profile(text)
    #expect(rates(profile, hours: 0..<4) == [8, 1, 1, 2])
    // The last step lasts as long as the one before it: two hours from the third on.
    #expect(profile.rate(at: .start + .hours(5)).rate == .zero)
  }

  // MARK: Values

  @Test("of counts is divided by the length of their windows")
  func counts() throws {
    let text = "time,count\n" + hour(0, "3600") + hour(1, "7200") + hour(2, "0") + hour(3, "1.8e3")
    #expect(rates(try profile(text), hours: 0..<4) == [1, 2, 0, 0.5])
    let short = try series("time,count\n" + hour(0, "600") + hour(1, "600")) {
      $0.window = .minutes(10)
    }
    #expect(short.rows.map(\.rate.perSecond) == [1, 1])
    #expect(short.rows[0].until - short.rows[0].time == TimeSpan.minutes(10).nanoseconds)
    #expect(throws: TraceErrors.self) { try series("time,count\n0,1\n10,2\n50,3\n") }
  }

  @Test(
    "refuses values that are no numbers or are grouped, with their place",
    arguments: ["NaN", "+Inf", "-1", "\"1,200\"", "1e12", "12 req/s"])
  func values(text: String) {
    let error = refusal { _ = try series("time,rate\n0,1\n60,\(text)\n120,3\n") }
    #expect(error?.line == 3 && error?.column == 4)
  }

  @Test("demands that somebody says what values are")
  func meaning() throws {
    let text = "Time,Value\n0,120\n60,60\n"
    let error = refusal { _ = try series(text) }
    #expect(
      error?.allowed == "values: rate (requests a second) or values: count (requests in each step)")
    #expect(try series(text) { $0.meaning = .count }.rows.map(\.rate.perSecond) == [2, 1])
    #expect(try series(text) { $0.meaning = .rate }.rows.map(\.rate.perSecond) == [120, 60])
    #expect(throws: TraceErrors.self) {
      try series("time,rate\n0,1\n1,2\n") { $0.meaning = .count }
    }
  }

  @Test("with a wrong header has one error with the columns found and those wanted")
  func header() {
    let error = #expect(throws: TraceErrors.self) { try series("when,what\n1,2\n3\n4,5,6\n") }
    #expect(error?.errors.count == 1)
    let first = error?.errors.first
    #expect(first?.found == "no column of times among: when, what" && first?.line == 1)
  }

  @Test("of several columns or kinds of rows is refused until one is chosen or all are added up")
  func several() throws {
    let wide = "Time,api-1,api-2\n0,1,10\n60,2,\n"
    #expect(
      refusal { _ = try series(wide) { $0.meaning = .rate } }?.found.contains("api-1, api-2")
        == true)
    func rates(_ text: String, _ change: (inout RateSeries.Options) -> Void) throws -> [Double] {
      try series(text) {
        $0.meaning = .rate
        change(&$0)
      }.rows.map(\.rate.perSecond)
    }
    #expect(try rates(wide) { $0.columns = ["api-1"] } == [1, 2])
    #expect(try rates(wide) { $0.isSum = true } == [11, 2])
    let long = "Series;Time;Value\na;0;1\na;60;2\nb;0;10\nb;60;20\n"
    #expect(refusal { _ = try rates(long) { _ in } }?.found.contains("(a, b)") == true)
    #expect(try rates(long) { $0.conditions = [.init(column: "Series", text: "b")] } == [10, 20])
    #expect(try rates(long) { $0.isSum = true } == [11, 22])
  }

  // MARK: Exports

  @Test("is read from Prometheus's answer to a range query, one series or several added up")
  func prometheus() throws {
    let text = """
      {"status": "success", "data": {"resultType": "matrix", "result": [
        {"metric": {"pod": "a"}, "values": [[1733702400, "1.5"], [1733702460.000, "2"]]},
        {"metric": {"pod": "b"}, "values": [[1733702460, "5"]]}]}}
      """
    #expect(refusal { _ = try series(text) }?.found.contains("pod=\"a\"; pod=\"b\"") == true)
    let both = try series(text) {
      $0.isSum = true
      $0.meaning = .rate
    }
    #expect(both.isDated && both.rows.map(\.rate.perSecond) == [1.5, 7])
    let one = try series(text) {
      $0.conditions = [.init(column: "pod", text: "a")]
      $0.meaning = .rate
    }
    #expect(one.rows.map(\.rate.perSecond) == [1.5, 2])
    let bad = text.replacing("\"2\"", with: "\"NaN\"")
    let error = refusal {
      _ = try series(bad) {
        $0.conditions = [.init(column: "pod", text: "a")]
        $0.meaning = .rate
      }
    }
    #expect(error?.line == 2 && error?.found == "'NaN'")
  }

  @Test("is read from CloudWatch's statistics, in any order, whose sums are counts")
  func cloudWatch() throws {
    let text = """
      {"Label": "RequestCount", "Datapoints": [
        {"Timestamp": "2024-12-09T00:01:00Z", "Sum": 120.0, "Unit": "Count"},
        {"Timestamp": "2024-12-09T00:00:00+00:00", "Sum": 60.0, "Unit": "Count"}]}
      """
    #expect(try series(text).rows.map(\.rate.perSecond) == [1, 2])
    let average = text.replacing("Sum", with: "Average")
    #expect(refusal { _ = try series(average) }?.found.contains("Average") == true)
    let data = """
      {"MetricDataResults": [{"Id": "m1", "Label": "RequestCount", "StatusCode": "Complete",
        "Timestamps": ["2024-12-09T00:01:00Z", "2024-12-09T00:00:00Z"], "Values": [120, 60]}]}
      """
    #expect(throws: TraceErrors.self) { try series(data) }
    #expect(try series(data) { $0.meaning = .count }.rows.map(\.rate.perSecond) == [1, 2])
  }

  @Test("is read from the console of CloudWatch, whose lines above the columns say what values are")
  func console() throws {
    let text =
      "Label,RequestCount\nStatistic,Sum\nPeriod,300\n\nTimestamp,m1\n"
      + "2024/12/09 00:00:00,300\n2024/12/09 00:05:00,600\n"
    #expect(throws: TraceErrors.self) { try series(text) }
    #expect(try series(text) { $0.zone = .zero }.rows.map(\.rate.perSecond) == [1, 2])
  }
}
