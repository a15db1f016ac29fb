// SPDX-License-Identifier: GPL-3.0-or-later

import Foundation
import LongTests
import Testing

@Suite("The command")
struct CommandTests {
  private static let short = "requests={ from: 14h, for: 10s }"

  private func json(_ answer: Command.Answer) throws -> [String: Any] {
    try #require(
      try JSONSerialization.jsonObject(with: Data(answer.output.utf8)) as? [String: Any])
  }

  /// The figures of the reference design's arithmetic: 6·32.77·730 + 3,000 and so on.
  @Test(
    "bills the reference design's fleets to the cent",
    arguments: [
      ("baseline", "146532.60", 0.0), ("as-claimed", "49644.96", 66.12),
      ("as-claimed-together", "49644.96", 66.12), ("with-fallback", "87920.32", 40.00),
      ("full-uptime", "61126.40", 58.28), ("reference-pools", "59337.90", 59.51),
    ])
  func referenceDesign(name: String, total: String, saving: Double) throws {
    let answer = try Command.call(
      "run", "Scenarios/reference-design/\(name).yaml", "--format", "json", "--db",
      Command.temporary("sqlite"), "--quiet", "--replications", "2", "--set", Self.short)
    let lines = try #require(try json(answer)["invoice"] as? [[String: Any]])
    let cents = lines.compactMap { ($0["usd"] as? String).flatMap { Decimal(string: $0) } }
    #expect(cents.reduce(0, +) == Decimal(string: total))
    let verdicts = try #require(try json(answer)["verdicts"] as? [[String: Any]])
    let savings = verdicts.first { ($0["target"] as? String)?.hasPrefix("savings") == true }
    let estimate = (savings?["estimate"] as? Double ?? 0) * 100
    #expect(abs(estimate - saving) < 0.01)
  }

  @Test("runs every shipped fleet without losing a request, a second or a nanodollar")
  func fleetsConserve() throws {
    let folder = Command.root.appendingPathComponent("Scenarios/reference-design")
    let names = try FileManager.default.contentsOfDirectory(atPath: folder.path).sorted()
      .filter { $0.hasSuffix(".yaml") && $0 != "claims.yaml" && $0 != "sensitivity.yaml" }
    #expect(names.count >= 18)
    for name in names {
      let answer = try Command.call(
        "run", "Scenarios/reference-design/\(name)", "--db", Command.temporary("sqlite"),
        "--quiet", "--replications", "1", "--set", "requests={ from: 14h, for: 20s, warmup: 5s }")
      #expect(answer.status == 0, "\(name): \(answer.messages)")
    }
  }

  @Test("prints tier, score and reason of prompts, and how often they are right")
  func route() throws {
    let answer = try Command.call("route", "Scenarios/prompts/labelled.csv")
    #expect(answer.status == 0)
    #expect(answer.output.contains("production: ") && answer.output.contains("reference: "))
    let path = Command.temporary("txt")
    try Data("Hi\nProve that this series converges uniformly\n".utf8)
      .write(to: URL(fileURLWithPath: path))
    let plain = try Command.call(
      "route", path, "--scenario", "Scenarios/reference-design/simulated.yaml")
    #expect(plain.output.contains("13b-int4") && plain.output.contains("70b-int4"))
    #expect(!plain.output.contains("accuracy"))
    let lines = Command.temporary("jsonl")
    try Data("{\"text\": \"Hi\"}\n{\"txt\": 1}\n".utf8).write(to: URL(fileURLWithPath: lines))
    let broken = try Command.call("route", lines)
    #expect(broken.status == 65 && broken.messages.contains("\(lines):2:1"))
    #expect(try Command.call("route", "nowhere.txt").status == 66)
  }

  @Test("judges a file of claims, with a break-even, by the worst of its verdicts")
  func claims() throws {
    let fleet = try Command.scenario("targets: [monthly_cost <= 900_000 USD]")
    let path = Command.temporary("yaml")
    let text = """
      plimsoll_claims: 1
      about: Two claims.
      claims:
        - { claim: it is cheap, scenario: \(fleet), target: monthly_cost <= 900_000 USD }
        - claim: spot is a bargain
          scenario: \(fleet)
          target: spot_discount(spot) >= 50%
          break_even:
            { vary: fleet.spot.price, from: 1 USD/h, to: 30 USD/h, until: monthly_cost <= 30_000 USD }
      """
    try Data(text.utf8).write(to: URL(fileURLWithPath: path))
    let answer = try Command.call(
      "check", path, "--db", Command.temporary("sqlite"), "--quiet", "--set", Self.short)
    #expect(answer.status == 0, "\(answer.messages)")
    #expect(answer.output.contains("it is cheap") && answer.output.contains("assumed"))
    #expect(answer.output.contains("breaks even at fleet.spot.price = "))
    #expect(try Command.call("validate", path).status == 0)
    let changed = try Command.call("validate", path, "--set", "fleet.spot.price=cheap")
    #expect(changed.status == 65 && changed.messages.contains("found 'cheap'"))
  }

  @Test("holds a claim undecided on which its scenarios disagree, and tells the answer first")
  func claimsOnSeveral() throws {
    let fleet = try Command.scenario("targets: [monthly_cost <= 900_000 USD]")
    let other = Command.temporary("yaml")
    try """
    plimsoll: 1
    extends: \(fleet)
    costs: { storage: 1_000_000 USD/month }
    targets: [monthly_cost <= 900_000 USD]
    """.write(toFile: other, atomically: true, encoding: .utf8)
    let path = Command.temporary("yaml")
    try """
    plimsoll_claims: 1
    about: Two claims.
    claims:
      - { claim: it is cheap, scenario: \(fleet), also: [\(other)], target: monthly_cost <= 900_000 USD }
      - { claim: it is free, scenario: \(fleet), also: [\(other)], target: monthly_cost <= 1 USD }
    """.write(toFile: path, atomically: true, encoding: .utf8)
    let answer = try Command.call(
      "check", path, "--db", Command.temporary("sqlite"), "--quiet", "--set", Self.short)
    #expect(answer.status == 99, "\(answer.messages)")
    #expect(
      answer.output.hasPrefix(
        "Two claims. Of 2 claims 1 fails, 1 is undecided. What fails: it is free ("))
    #expect(answer.output.contains(#/it is cheap +undecided/#))
    #expect(answer.output.contains(": holds on ") && answer.output.contains(", fails on "))
    #expect(answer.output.split(separator: "and also").count == 3)
  }

  @Test("judges no claim of which a scenario cannot be, and says nothing of the others")
  func claimsOnAWrongScenario() throws {
    let right = try Command.scenario("targets: []")
    let wrong = try Command.scenario("horizon: never")
    let path = Command.temporary("yaml")
    try """
    plimsoll_claims: 1
    claims:
      - { claim: it is cheap, scenario: \(right), also: [\(wrong)], target: monthly_cost <= 900_000 USD }
    """.write(toFile: path, atomically: true, encoding: .utf8)
    let answer = try Command.call(
      "check", path, "--db", Command.temporary("sqlite"), "--quiet", "--set", Self.short)
    #expect(answer.status == 65)
    #expect(answer.output.hasPrefix("No claim could be judged."))
    #expect(answer.messages.contains(wrong) && !answer.messages.contains("no targets"))
  }

  @Test(
    "gives one digest on one and two jobs, whenever it is run and wherever its file is named from")
  func oneDigest() throws {
    let whole = Command.root.appendingPathComponent("Scenarios/smoke.yaml").path
    let digests = try [
      ("1", "Scenarios/smoke.yaml"), ("2", "Scenarios/smoke.yaml"), ("2", whole),
      ("2", "Scenarios/../Scenarios/smoke.yaml"),
    ].map { jobs, path in
      let answer = try Command.call(
        "run", path, "--format", "json", "--db", Command.temporary("sqlite"),
        "--quiet", "--replications", "2", "--jobs", jobs)
      return try #require(try json(answer)["digest"] as? String)
    }
    #expect(digests[0].count == 64)
    #expect(digests.allSatisfy { $0 == digests[0] })
  }

  @Test("says of which files overrides change nothing, unless it is to be quiet")
  func overridesInVain() throws {
    let path = Command.temporary("yaml")
    try "plimsoll_fragment: 1\n".write(toFile: path, atomically: true, encoding: .utf8)
    for file in [path, "Scenarios/reference-design/sensitivity.yaml"] {
      let answer = try Command.call("validate", file, "--set", "horizon=1d")
      #expect(answer.status == 0)
      #expect(answer.messages.contains("--set changes nothing in \(file), which is a "))
      let quiet = try Command.call("validate", "--quiet", file, "--set", "horizon=1d")
      #expect(quiet.status == 0 && quiet.messages.isEmpty)
    }
    let scenario = try Command.call("validate", "Scenarios/smoke.yaml", "--set", "horizon=1d")
    #expect(scenario.status == 0 && scenario.messages.isEmpty, "\(scenario.messages)")
  }

  @Test("prints JSON with all that is promised, and no progress on a pipe")
  func jsonKeys() throws {
    let answer = try Command.call(
      "run", "Scenarios/smoke.yaml", "--format", "json", "--db", Command.temporary("sqlite"),
      "--set", Self.short)
    #expect(answer.status == 0)
    let document = try json(answer)
    for key in [
      "plimsoll", "scenario", "digest", "seed", "replications", "measures", "invoice", "verdicts",
      "requests",
    ] { #expect(document[key] != nil, "\(key)") }
    let requests = try #require(document["requests"] as? [String: Int])
    #expect(requests["arrived"] ?? 0 > 0)
    #expect(requests["in_flight"] == 0)
    #expect(!answer.messages.contains("\r"))
  }

  @Test("exits with 65 and names every error of a file with its place and the nearest key")
  func invalidScenario() throws {
    let path = try Command.scenario("horizn: 5h\nhorizon: 48\nclient: { timeout: 2s, retries: 3 }")
    let answer = try Command.call("validate", path)
    #expect(answer.status == 65)
    #expect(
      answer.messages.contains(
        "\(path):2:1: horizn: unknown key 'horizn'; did you mean 'horizon'?"))
    #expect(answer.messages.contains("\(path):3:10: horizon: found '48'"))
    #expect(answer.messages.contains("client.retries"))
  }

  @Test("refuses a malformed trace with line and column, and simulates nothing")
  func malformedTrace() throws {
    let trace = Command.temporary("csv")
    try Data("TIMESTAMP,ContextTokens,GeneratedTokens\n2024-12-09 00:00:00,1,x\n".utf8)
      .write(to: URL(fileURLWithPath: trace))
    let database = Command.temporary("sqlite")
    let answer = try Command.call(
      "run", "Scenarios/replay-trace.yaml", "--db", database, "--set",
      "workload.arrivals.trace=\(trace)")
    #expect(answer.status == 65)
    #expect(answer.messages.contains("\(trace):2:23"))
    #expect(!FileManager.default.fileExists(atPath: database))
  }

  @Test("lists a run and shows it again as it was")
  func runsAndShow() throws {
    let database = Command.temporary("sqlite")
    let first = try Command.call(
      "run", "Scenarios/smoke.yaml", "--format", "json", "--db", database, "--set", Self.short)
    let list = try Command.call("runs", "--db", database)
    #expect(list.output.contains("Scenarios/smoke.yaml") && list.output.contains("finished"))
    let shown = try Command.call("show", "1", "--db", database, "--format", "json")
    #expect(try json(shown)["digest"] as? String == json(first)["digest"] as? String)
  }

  @Test("replays the shipped trace without loss, and its figures are exact")
  func replay() throws {
    let answer = try Command.call(
      "check", "Scenarios/replay-trace.yaml", "--format", "json", "--db",
      Command.temporary("sqlite"), "--quiet")
    #expect(answer.status == 0)
    let requests = try #require(try json(answer)["requests"] as? [String: Int])
    #expect(requests["arrived"] == 3_000)
    #expect(requests["completed"] == 3_000)
  }

  /// What each calibration is called with, what it must find in the samples, and a scenario that includes
  /// the fragment.
  private static let calibrations: [(call: [String], finds: String, scenario: String)] = [
    (
      ["lifetimes", "Scenarios/samples/lifetimes.csv", "--ended", "end_kind", "--limit", "24h"],
      "cut short", "extends: ROOT/spot/fleet.yaml\nfleet: { spot: { include: FRAGMENT } }\n"
    ),
    (
      [
        "availability", "Scenarios/samples/zone-1a.json", "Scenarios/samples/zone-1b.json",
        "Scenarios/samples/zone-1c.json", "--ones", "available",
      ],
      "3 zones",
      "extends: ROOT/spot/fleet.yaml\ninclude: FRAGMENT\nfleet: { spot: { zone: zone-1b } }\n"
    ),
    (
      ["latency", "Scenarios/samples/latency.csv", "--time", "token_time", "--law", "affine"],
      "7 batch sizes",
      """
      extends: ROOT/smoke.yaml
      models: { new: { on: { p4d.24xlarge: { batch: { max: 64, include: FRAGMENT } } } } }

      """
    ),
    (
      ["arrivals", "Scenarios/samples/arrivals.csv", "--time", "time"], "arrivals a second",
      "extends: ROOT/smoke.yaml\nworkload: { arrivals: ~ }\n"
    ),
    (
      ["content", "Scenarios/samples/content.csv", "--time", "time", "--capacity", "100"],
      "repeat an earlier one",
      "extends: ROOT/smoke.yaml\nworkload: { content: ~ }\n"
    ),
  ]

  @Test("calibrates on the samples, and a scenario includes what it writes", arguments: 0..<5)
  func calibrate(number: Int) throws {
    let (call, finds, scenario) = Self.calibrations[number]
    let fragment = Command.temporary("yaml")
    let answer = try Command.call(["calibrate"] + call + ["-o", fragment]) { _ in }
    #expect(answer.status == 0, "\(answer.messages)")
    #expect(answer.output.contains(finds) && answer.output.contains("What to doubt:"))
    let written = try String(contentsOfFile: fragment, encoding: .utf8)
    #expect(written.contains("plimsoll_fragment: 1") && written.contains("sha256: "))
    #expect(try Command.call("validate", fragment).status == 0)
    // Where the parent has such a mapping already, a child takes it out and another puts it in.
    let root = Command.root.appendingPathComponent("Scenarios").path
    let parent = Command.temporary("yaml")
    try scenario.replacing("ROOT", with: root).replacing("FRAGMENT", with: fragment)
      .write(toFile: parent, atomically: true, encoding: .utf8)
    var file = parent
    if !scenario.contains("FRAGMENT") {
      file = Command.temporary("yaml")
      try "extends: \(parent)\nworkload: { include: \(fragment) }\n"
        .write(toFile: file, atomically: true, encoding: .utf8)
    }
    let valid = try Command.call("validate", file)
    #expect(valid.status == 0, "\(valid.messages)")
    let document = try Command.call(["calibrate"] + call + ["--format", "json"]) { _ in }
    #expect(try json(document)["fragment"] is String)
  }

  /// The folder of public measurements.
  private static let published = ProcessInfo.processInfo.environment["PLIMSOLL_DATA"] ?? ""

  /// What is known of them from their publishers or by other means: survival of 0.85, 0.72, 0.68 and 0.63 at
  /// 1, 6, 12 and 20 h; at least one zone of us-west-2 96.1 % of the time; a variance ÷ mean of 1.39 at one
  /// second; 0.98 % of requests that repeat.
  private static let findings: [(call: [String], finds: [String])] = [
    (
      [
        "lifetimes", "gcp-preemptions-2019/lifetimes.csv", "--ended", "end_kind", "--rounds", "9",
        "--limit", "24h",
      ],
      ["725 cut short", "85.1 %", "72.4 %", "68.2 %", "63.3 %", "half outlive 24.0h"]
    ),
    (
      ["availability", "--ones", "available"]
        + ["a", "b", "c"].map {
          "aws-v100-spot-2023/availability/us-west-2\($0)_v100_1.json"
        }, ["96.1 %", "88.5 %", "90.5 %", "89.1 %"]
    ),
    (
      [
        "arrivals", "azure-llm-2023/AzureLLMInferenceTrace_conv.csv", "--time", "TIMESTAMP",
        "--time-zone", "UTC",
      ], ["5.530 arrivals a second", "1.39", "1.09"]
    ),
    (["content", "mooncake-fast25/conversation_trace.jsonl"], ["0.98 %", "12031"]),
    (
      [
        "latency", "perf-splitwise/perf_model.csv", "--time", "token_time", "--where",
        "model=llama2-70b", "--where", "hardware=a100-80gb", "--where", "tensor_parallel=8",
      ], ["64: 71.61ms", "32: 53.02ms"]
    ),
  ]

  @Test(
    "finds in public measurements what is known of them",
    .enabled(
      if: FileManager.default.fileExists(atPath: published),
      "it needs published measurements; PLIMSOLL_DATA names the folder of public data"),
    arguments: 0..<5)
  func calibrateOnPublished(number: Int) throws {
    let (call, finds) = Self.findings[number]
    let arguments = call.map { $0.contains("/") ? "\(Self.published)/\($0)" : $0 }
    let answer = try Command.call(["calibrate"] + arguments) { _ in }
    #expect(answer.status == 0, "\(answer.messages)")
    for text in finds { #expect(answer.output.contains(text), "\(text): \(answer.output)") }
  }

  @Test(
    "makes of fitted laws much the bill that the traces themselves make", .long,
    .enabled(
      if: FileManager.default.fileExists(atPath: published),
      "it needs published measurements; PLIMSOLL_DATA names the folder of public data"))
  func fitsAgainstReplays() throws {
    func bill(_ text: String) throws -> Double {
      let file = Command.temporary("yaml")
      let fleet = Command.root.appendingPathComponent("Scenarios/spot/fleet.yaml").path
      try "extends: \(fleet)\nfleet: { spot: { zone: us-west-2a } }\n\(text)\n"
        .write(toFile: file, atomically: true, encoding: .utf8)
      let answer = try Command.call(
        "run", file, "--format", "json", "--db", Command.temporary("sqlite"), "--quiet",
        "--replications", "12")
      #expect(answer.status == 0, "\(answer.messages)")
      let measures = try #require(try json(answer)["measures"] as? [[String: Any]])
      let row = try #require(measures.first { $0["name"] as? String == "monthly_cost" })
      return try #require(row["mean"] as? Double)
    }
    let fits = Command.root.appendingPathComponent("Scenarios/spot/fits/aws-v100-2023.yaml").path
    let trace = Self.published + "/aws-v100-spot-2023/availability/us-west-2a_v100_1.json"
    let fitted = try bill("include: \(fits)")
    let replayed = try bill(
      "zones: { us-west-2a: { replay: \(trace), ones: available, drops: interrupt } }")
    #expect(abs(fitted / replayed - 1) < 0.05, "\(fitted) against \(replayed)")
  }

  @Test("leaves a calibration that cannot be with the code and place of what is wrong")
  func calibrateErrors() throws {
    let missing = try Command.call("calibrate", "lifetimes", "nowhere.csv")
    #expect(missing.status == 66 && missing.messages.contains("nowhere.csv"))
    let column = try Command.call(
      "calibrate", "latency", "Scenarios/samples/latency.csv", "--time", "nothing")
    #expect(column.status == 65 && column.messages.contains("latency.csv:1:1: found no column"))
    let polarity = try Command.call(
      "calibrate", "availability", "Scenarios/samples/zone-1a.json")
    #expect(polarity.status == 65 && polarity.messages.contains("nothing that says what a 1 means"))
    let family = try Command.call(
      "calibrate", "lifetimes", "Scenarios/samples/lifetimes.csv", "--family", "bathtub")
    #expect(family.status == 64)
    let unwritable = try Command.call(
      "calibrate", "arrivals", "Scenarios/samples/arrivals.csv", "--time", "time", "-o",
      "/nowhere/x.yaml")
    #expect(unwritable.status == 74)
  }

  @Test("accepts every shipped scenario")
  func shippedScenarios() throws {
    let scenarios = Command.root.appendingPathComponent("Scenarios")
    let files = try #require(FileManager.default.enumerator(atPath: scenarios.path))
    var seen = 0
    for case let file as String in files where file.hasSuffix(".yaml") && !file.hasPrefix("prices")
    {
      let answer = try Command.call("validate", "Scenarios/\(file)")
      #expect(answer.status == 0, "\(file): \(answer.messages)")
      seen += 1
    }
    #expect(seen >= 10)
  }

  @Test("defines every measure that it prints, on request and on a page")
  func definitions() throws {
    let all = try Command.call("show", "--define", "all")
    let page = try String(
      contentsOf: Command.root.appendingPathComponent("Documentation/Measures.md"), encoding: .utf8)
    #expect(page.contains("<!-- begin: plimsoll show --define all -->\n\(all.output)<!-- end -->"))
    let run = try Command.call(
      "run", "Scenarios/smoke.yaml", "--format", "json", "--db", Command.temporary("sqlite"),
      "--quiet", "--replications", "1")
    let measures = try #require(try json(run)["measures"] as? [[String: Any]])
    for name in measures.compactMap({ $0["name"] as? String }) + ["savings(other.yaml)"] {
      let answer = try Command.call("show", "--define", name)
      #expect(answer.status == 0 && answer.output.contains("estimated"), "\(name)")
    }
    #expect(try Command.call("show", "--define", "p99(lattency)").status == 64)
  }

  @Test("compares two scenarios in a sentence, and a scenario with itself in none that differs")
  func compare() throws {
    let answer = try Command.call(
      "compare", "Scenarios/smoke.yaml", "Scenarios/smoke.yaml", "--db",
      Command.temporary("sqlite"), "--quiet", "--replications", "3", "--set",
      "costs.network=500 USD/month")
    #expect(answer.status == 0, "\(answer.messages)")
    #expect(answer.output.contains("USD a month"), "\(answer.output)")
    #expect(answer.output.contains("the same requests in all 3 replications"))
    let same = try Command.call(
      "compare", "Scenarios/smoke.yaml", "Scenarios/smoke.yaml", "--db",
      Command.temporary("sqlite"), "--quiet", "--replications", "2", "--format", "json")
    let rows = try #require(try json(same)["measures"] as? [[String: Any]])
    #expect(!rows.isEmpty)
    #expect(rows.allSatisfy { ["same", "?"].contains($0["change"] as? String) })
  }

  @Test("refuses plans and sections that make no sense, with the key that is wrong")
  func plans() throws {
    for (text, expected) in [
      ("replications: { min: 10, max: 5, until: decided }", "replications.max"),
      ("replications: { min: 10, max: 50, until: soon }", "decided, or a relative half-width"),
      ("replications: 5\nsections: 20", "allowed: replications: 1"),
      ("replications: 1\nsections: 4", "sections"),
      (
        "requests: { windows: ~, length: ~, after_interruption: ~, from: 0h, for: 1h, warmup: auto }",
        "a varying rate has not"
      ),
      (
        "workload: { arrivals: { process: renewal, rate: 5/s, gaps: { gamma: { cv: -1 } } } }",
        "gaps.gamma.cv"
      ),
      (
        "workload: { arrivals: { process: renewal, rate: 5/s, gaps: { uniform: { low: 0.5, high: 1 } } } }",
        "allowed: a mean of 1"
      ),
    ] {
      let answer = try Command.call("validate", try Command.scenario(text))
      #expect(answer.status == 65 && answer.messages.contains(expected), "\(answer.messages)")
    }
  }
}
