// SPDX-License-Identifier: GPL-3.0-or-later

/// What says how files of measurements lie on the calendar, and which of their columns and rows are read.
extension KeyEffect {
  /// Changes of a series of rates. Requests run in the first two minutes.
  static let series: [KeyEffect] = [
    series("times", "times=relative", "dated-rates.csv"),
    series("begin", "begin=hold", "late-rates.csv, begin: zero, end: zero"),
    series("end", "end=hold", "short-rates.csv, end: zero"),
    series("holes", "holes=hold", "hole-rates.csv, holes: zero, end: zero"),
    series("repeat", "repeat=week", "week-rates.csv, repeat: day"),
    series("time_zone", "time_zone=+01:00", "local-rates.csv, time_zone: UTC, begin: hold"),
    series("values", "values=count", "two-rates.csv, column: a, values: rate, end: hold"),
    series("column", "column=b", "two-rates.csv, column: a, values: rate, end: hold"),
    series("time_column", "time_column=b", "two-times.csv, time_column: a, end: hold"),
    series("select", "select={ pod: b }", "pods.csv, select: { pod: a }, end: hold"),
    KeyEffect(
      "workload.arrivals.sum",
      "workload.arrivals={ series: two-rates.csv, sum: on, values: rate, end: hold }",
      in: ["workload.arrivals={ series: two-rates.csv, column: a, values: rate, end: hold }"]),
    series("per", "per=30s", "counts.csv, per: 1min, holes: hold, end: hold"),
  ]

  private static func series(_ key: String, _ change: String, _ base: String) -> KeyEffect {
    KeyEffect(
      "workload.arrivals.\(key)", "workload.arrivals.\(change)",
      in: ["workload.arrivals={ series: \(base) }"])
  }

  /// Changes of a capacity that follows a dated file.
  static func dated(_ key: String, _ path: String, _ base: [String]) -> [KeyEffect] {
    func effect(_ name: String, _ change: String, _ file: String) -> KeyEffect {
      KeyEffect(
        "\(key).\(name)", "\(path).\(change)",
        in: base + ["\(path)={ replay: \(file), ones: available, drops: interrupt }"])
    }
    return [
      effect("times", "times=relative", "dated-up.csv"),
      effect("begin", "begin=hold", "late-up.csv, begin: zero"),
      effect("end", "end=hold", "short-up.csv, end: zero"),
      effect("repeat", "repeat=week", "week-up.csv, repeat: day"),
      effect("time_zone", "time_zone=+01:00", "local-up.csv, time_zone: UTC, begin: hold"),
    ]
  }

  /// Changes of a price that follows a dated file.
  static let datedPrices: [KeyEffect] = [
    price("product", "product=Windows", "products.json, product: Linux/UNIX"),
    price("times", "times=relative", "dated-prices.csv, time_zone: UTC"),
    price("time_zone", "time_zone=+01:00", "dated-prices.csv, time_zone: UTC"),
  ]

  private static func price(_ key: String, _ change: String, _ base: String) -> KeyEffect {
    KeyEffect(
      "fleet.POOL.price.\(key)", "fleet.spot.price.\(change)",
      in: [spotPool, "fleet.spot.price={ replay: \(base) }"])
  }

  /// The files of these changes; the scenario starts on Monday 2024-12-09 at 12:00 and lasts two hours.
  static let files: [String: String] = [
    "dated-rates.csv": """
    time,rate
    2024-12-09T11:50:00Z,8
    2024-12-09T12:00:00Z,4
    2024-12-09T14:30:00Z,8
    """,
    "late-rates.csv": """
    time,rate
    2024-12-09T12:01:00Z,8
    2024-12-09T12:02:00Z,8
    """,
    "short-rates.csv": """
    time,rate
    2024-12-09T12:00:00Z,8
    2024-12-09T12:00:30Z,8
    """,
    "hole-rates.csv": """
    time,rate
    2024-12-09T12:00:00Z,8
    2024-12-09T12:00:30Z,8
    2024-12-09T12:01:30Z,8
    2024-12-09T12:02:00Z,8
    2024-12-09T12:02:30Z,8
    """,
    "local-rates.csv": """
    time,rate
    2024-12-09 12:00:00,8
    2024-12-09 13:00:00,4
    2024-12-09 16:00:00,4
    """,
    "week-rates.csv": "time,rate\n"
      + (0..<168).map { hour in
        "2024-11-\(25 + hour / 24)T\(hour % 24 < 10 ? "0" : "")\(hour % 24):00:00Z,\(hour < 24 ? 8 : 4)\n"
      }.joined().replacing("2024-11-31", with: "2024-12-01"),
    "two-rates.csv": "time,a,b\n0,8,4\n60,8,4\n",
    "two-times.csv": "a,b,rate\n0,0,8\n60,30,4\n",
    "pods.csv": "time,pod,rate\n0,a,8\n0,b,4\n60,a,8\n60,b,4\n",
    "counts.csv": "time,count\n0,480\n60,480\n",
    "dated-up.csv": """
    time,available
    2024-12-09T11:50:00Z,1
    2024-12-09T12:30:00Z,0
    2024-12-09T12:50:00Z,1
    2024-12-09T15:00:00Z,1
    """,
    "late-up.csv": """
    time,available
    2024-12-09T12:30:00Z,1
    2024-12-09T14:00:00Z,1
    """,
    "short-up.csv": """
    time,available
    2024-12-09T12:00:00Z,1
    2024-12-09T12:30:00Z,1
    """,
    "week-up.csv": """
    time,available
    2024-12-02T00:00:00Z,1
    2024-12-02T12:30:00Z,0
    2024-12-02T12:50:00Z,1
    2024-12-09T00:00:00Z,1
    """,
    "local-up.csv": """
    time,available
    2024-12-09 12:00:00,1
    2024-12-09 12:30:00,0
    2024-12-09 13:50:00,1
    2024-12-09 16:00:00,1
    """,
    "dated-prices.csv": """
    time,price
    2024-12-09 11:00,3
    2024-12-09 13:30,4
    """,
    "products.json": """
    {"SpotPriceHistory": [
    {"Timestamp": "2024-12-09T00:00:00Z", "AvailabilityZone": "us-east-1a", "InstanceType": "t",
    "ProductDescription": "Linux/UNIX", "SpotPrice": "3.0"},
    {"Timestamp": "2024-12-09T00:00:00Z", "AvailabilityZone": "us-east-1a", "InstanceType": "t",
    "ProductDescription": "Windows", "SpotPrice": "5.0"}]}
    """,
  ]
}
