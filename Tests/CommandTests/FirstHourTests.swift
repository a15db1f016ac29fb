// SPDX-License-Identifier: GPL-3.0-or-later

import Foundation
import Testing

/// The verbs of `Documentation/FirstHour.md`, as a newcomer calls them.
@Suite("The command, in the first hour")
struct FirstHourTests {
  /// An empty folder of its own.
  private let folder: URL

  init() throws {
    folder = try Command.folder()
  }

  private func call(_ arguments: String...) throws -> Command.Answer {
    try Command.call(arguments, in: folder)
  }

  private func write(_ text: String, to name: String) throws {
    try Data(text.utf8).write(to: folder.appendingPathComponent(name))
  }

  private func read(_ name: String) throws -> String {
    try String(contentsOf: folder.appendingPathComponent(name), encoding: .utf8)
  }

  /// Two hours in steps of five minutes, 2 requests a second and 6 in one step.
  private static let series =
    "time,rate\n"
    + (0..<24).map { "\(1_748_822_400 + 300 * $0),\($0 == 11 ? 6 : 2)\n" }.joined()

  @Test("writes a scenario from a series, which is valid and as large as its highest rate needs")
  func fromSeries() throws {
    try write(Self.series, to: "qps.csv")
    let made = try call(
      "init", "--template", "chat", "--model", "llama-3.1-8b", "--machine", "g6e.xlarge",
      "--from-series", "qps.csv", "--ttft", "500ms", "--budget", "50_000 USD", "-o", "my.yaml")
    #expect(made.status == 0, "\(made.messages)")
    let text = try read("my.yaml")
    for line in [
      "start: 2025-06-02T00:00:00Z", "horizon: 2h", "series: qps.csv", "- p99(ttft) <= 500ms",
      "- monthly_cost <= 50_000 USD", "zone: us-east-1a", "serves: { llama-3.1-8b: 1 }",
      "the highest rate is 6.0 a second",
    ] {
      #expect(text.contains(line), "\(line): \(text)")
    }
    #expect(try call("validate", "my.yaml").status == 0)
    // What is there is not written over.
    let again = try call(
      "init", "--model", "llama-3.1-8b", "--machine", "g6e.xlarge", "--rate", "1/s", "-o", "my.yaml"
    )
    #expect(again.status == 64 && again.messages.contains("my.yaml is there"))
  }

  @Test(
    "writes each template for a rate, valid",
    arguments: ["chat", "retrieval", "batch", "agents", "reference"])
  func templates(template: String) throws {
    let made = try call(
      "init", "--template", template, "--model", "qwen2.5-7b", "--machine", "g6e.xlarge", "--rate",
      "1/s")
    #expect(made.status == 0, "\(made.messages)")
    let answer = try call("validate", "scenario.yaml")
    #expect(answer.status == 0, "\(answer.messages)")
  }

  @Test("writes a scenario from recorded requests, which takes their tokens")
  func fromTrace() throws {
    let rows = (0..<120).map { "\(Double($0) * 0.5),\(100 + $0),\(20 + $0 % 7)\n" }.joined()
    try write("TIMESTAMP,ContextTokens,GeneratedTokens\n" + rows, to: "t.csv")
    let made = try call(
      "init", "--model", "qwen2.5-7b", "--machine", "g6e.xlarge", "--from-trace", "t.csv")
    #expect(made.status == 0, "\(made.messages)")
    let text = try read("scenario.yaml")
    #expect(text.contains("trace: t.csv") && !text.contains("prompt_tokens"))
    #expect(try call("validate", "scenario.yaml").status == 0)
  }

  @Test("writes the requests of a scenario as a trace, which a replay meets again")
  func synthesize() throws {
    _ = try call(
      "init", "--model", "qwen2.5-7b", "--machine", "g6e.xlarge", "--rate", "4/s", "-o",
      "drawn.yaml")
    let settings = ["--set", "replications=1", "--set", "horizon=10min"]
    let made = try Command.call(
      ["trace", "synthesize", "drawn.yaml", "-o", "t.csv", "--seed", "1"] + settings, in: folder)
    #expect(made.status == 0, "\(made.messages)")
    let lines = try read("t.csv").split(separator: "\n")
    #expect(
      lines[0] == "time,prompt_tokens,output_tokens,class,tenant,content,deterministic,session")

    // The laws of the template: medians of 1,020 and 129 tokens; 2,400 requests are expected.
    #expect((2_250...2_550).contains(lines.count - 1))
    func median(_ column: Int) -> Int {
      let values = lines.dropFirst().compactMap { Int($0.split(separator: ",")[column]) }.sorted()
      return values[values.count / 2]
    }
    #expect((970...1_070).contains(median(1)))
    #expect((121...137).contains(median(2)))
    let described = try call("trace", "describe", "t.csv")
    #expect(described.output.contains("\(lines.count - 1) requests"), "\(described.output)")
    #expect(described.output.contains("\(median(1))"))

    let replayed = try read("drawn.yaml").split(separator: "\n")
      .filter { !$0.contains("prompt_tokens:") && !$0.contains("output_tokens:") }
      .map { $0.contains("arrivals:") ? "  arrivals: { trace: t.csv, end: zero }" : String($0) }
    try write(replayed.joined(separator: "\n") + "\n", to: "replayed.yaml")
    // A run that draws keeps ends of buckets, a replay all times; and of a replay nothing comes behind its last request.
    let answers = try ["drawn.yaml", "replayed.yaml"].map { file -> [String: Double] in
      let answer = try Command.call(
        ["run", file, "--seed", "1", "--format", "csv"] + settings, in: folder)
      #expect(answer.status == 0, "\(answer.messages)")
      let rows = answer.output.split(separator: "\n").map {
        $0.split(separator: ",", omittingEmptySubsequences: false)
      }
      return Dictionary(
        rows.filter { $0[1] == "measure" }.compactMap { row in
          Double(row[4]).map { (String(row[2]), $0) }
        }, uniquingKeysWith: { first, _ in first })
    }
    #expect(answers[0]["mean(ttft)"] != nil)
    #expect(answers[0]["mean(ttft)"] == answers[1]["mean(ttft)"])
    #expect(answers[0]["throughput"] == answers[1]["throughput"])
    for name in ["p50(ttft)", "p99(ttft)", "mean(latency)", "p50(latency)", "p99(latency)"] {
      let (one, other) = (try #require(answers[0][name]), try #require(answers[1][name]))
      #expect(abs(one / other - 1) < 0.01, "\(name): \(one) and \(other)")
    }

    let jsonl = try Command.call(
      [
        "trace", "synthesize", "drawn.yaml", "-o", "t.jsonl", "--format", "mooncake", "--for",
        "5min",
      ]
        + settings, in: folder)
    #expect(jsonl.status == 0)
    #expect(try call("trace", "describe", "t.jsonl").output.contains("Mooncake"))
    let beyond = try Command.call(
      ["trace", "synthesize", "drawn.yaml", "-o", "n.csv", "--for", "11min"] + settings, in: folder)
    #expect(beyond.status == 64 && beyond.messages.contains("beyond the horizon"))
  }

  @Test("says what it was built from, and what can be asked next")
  func versionAndNext() throws {
    let version = try call("--version")
    for line in ["plimsoll 0.", "commit   ", "random   Philox4x32-10", "results database "] {
      #expect(version.output.contains(line), "\(version.output)")
    }
    _ = try call(
      "init", "--model", "qwen2.5-7b", "--machine", "g6e.xlarge", "--rate", "1/s", "-o", "s.yaml")
    let run = try call("run", "s.yaml", "--replications", "1", "--set", "horizon=2min")
    #expect(run.output.hasPrefix("s.yaml: The fleet costs "), "\(run.output)")
    let show = try call("show")
    #expect(show.output.contains("What next:") && show.output.contains("plimsoll report 1"))
    #expect(try !call("show", "1").output.contains("What next:"))
    let markdown = try call("show", "--format", "markdown")
    #expect(markdown.output.hasPrefix("The fleet costs "))
  }

  @Test(
    "says what is missing and what is nearest",
    arguments: [
      (["--machine", "p5.48xlarge", "--rate", "1/s"], "--model is missing"),
      (["--model", "llama-3.1-8b", "--machine", "p5.48xlarge"], "--rate is missing"),
      (
        ["--model", "llama-70b", "--machine", "p5.48xlarge", "--rate", "1/s"],
        "the nearest is llama-3.1-70b"
      ),
      (
        ["--model", "llama-3.1-405b", "--machine", "p5.48xlarge", "--rate", "1/s"],
        "takes 812 GB and p5.48xlarge has 687 GB"
      ),
      (
        ["--model", "deepseek-v3", "--machine", "p5.48xlarge", "--rate", "1/s"], "latent attention"
      ),
      (
        ["--model", "llama-3.1-8b", "--machine", "p5e.48xlarge", "--rate", "1/s"],
        "the catalogue has no price of p5e.48xlarge"
      ),
    ])
  func mistakes(arguments: [String], expected: String) throws {
    let answer = try Command.call(["init"] + arguments, in: folder)
    #expect(answer.status == 64, "\(answer.messages)")
    #expect(answer.messages.contains(expected), "\(answer.messages)")
    #expect(
      !FileManager.default.fileExists(atPath: folder.appendingPathComponent("scenario.yaml").path))
  }

  @Test(
    "writes a page of a run and of a search, which asks no network and has the numbers behind its drawings"
  )
  func page() throws {
    try write(SmallFleet.text, to: "fleet.yaml")
    let optimum = try call(
      "optimize", "fleet.yaml", "--over", "fleet.one.machines=1..3", "--format", "json", "--quiet")
    try write(optimum.output, to: "optimum.json")
    #expect(try call("run", "fleet.yaml").status == 0)
    let made = try call("report", "1", "optimum.json", "-o", "page.html")
    #expect(made.status == 0, "\(made.messages)")
    let page = try read("page.html")
    #expect(page.utf8.count < 1 << 20)
    for forbidden in ["<script", "http:", "https:", "@import", "url(", " src="] {
      #expect(!page.contains(forbidden), "\(forbidden)")
    }
    // The empty icon is a page's own; nothing else is linked.
    #expect(page.components(separatedBy: "href=").count == 2)
    #expect(page.contains("21,900.00 USD") && page.contains("p99(latency) &lt;= 200ms"))
    let drawings = page.components(separatedBy: "<svg").count - 1
    #expect(drawings >= 3)
    #expect(page.components(separatedBy: "<details>").count - 1 == drawings)
    #expect(page.contains("plimsoll run fleet.yaml --seed 7 --replications 4"))
    // Without a word it is the newest run.
    #expect(try call("report").status == 0)
    #expect(try read("report.html").contains("fleet.yaml"))
  }

  @Test("refuses to make a page of what no verb wrote")
  func unknownDocument() throws {
    try write("{\"a\": 1}", to: "a.json")
    try write("not JSON", to: "b.json")
    for name in ["a.json", "b.json"] {
      let answer = try call("report", name)
      #expect(answer.status == 65, "\(answer.messages)")
    }
    #expect(try call("report", "7").status == 66)
    #expect(try call("report", "none.json").status == 66)
  }

  // SmallFleet's three machines of 50 requests a second each: two are busy all the time at 100 a second, and 150 a second
  // keep all three busy.
  @Test("finds the smallest fleet and the highest load, as arithmetic does")
  func capacity() throws {
    try write(SmallFleet.text, to: "fleet.yaml")
    let fleet = try call("capacity", "fleet.yaml", "--fleet", "one", "--most", "8", "--quiet")
    #expect(fleet.status == 0, "\(fleet.messages)")
    #expect(fleet.output.contains("holds its targets with 3 machines of one; with 2 machines"))
    let load = try call(
      "capacity", "fleet.yaml", "--from", "0.5", "--to", "4", "--format", "json", "--quiet")
    #expect(load.status == 0, "\(load.messages)")
    let document = try #require(
      try JSONSerialization.jsonObject(with: Data(load.output.utf8)) as? [String: Any])
    let holds = try #require(document["holds"] as? Double)
    let fails = try #require(document["fails"] as? Double)
    // With waits of up to 180 ms three machines hold at eight tenths of what they can do for certain, and nothing holds for
    // 20 s beyond all of it: 1.5 times, and a backlog of 0.2 s · 150 more.
    #expect(holds > 1.2 && holds < fails && fails < 1.62, "\(holds) \(fails)")
  }

  @Test("prints each table of the catalogue in each format, and says what it lacks")
  func catalogue() throws {
    for table in ["machines", "models", "engines", "prices", "laws", "sources", "missing"] {
      for format in ["text", "markdown", "json", "csv"] {
        let answer = try Command.call(["catalogue", table, "--format", format])
        #expect(answer.status == 0 && answer.output.count > 100, "\(table) \(format)")
      }
    }
    let json = try Command.call(["catalogue", "machines", "p5.48xlarge", "--format", "json"])
    let rows = try JSONSerialization.jsonObject(with: Data(json.output.utf8)) as? [[String: Any]]
    #expect(rows?.first?["devices"] as? Int == 8)
    let none = try Command.call(["catalogue", "prices", "p5.49xlarge"])
    #expect(none.status == 66 && none.messages.contains("the nearest is"))
  }

  @Test("describes traces of each format, and writes them as scenarios replay them")
  func traces() throws {
    try write(
      "Timestamp,Session ID,Model,Request tokens,Response tokens,Total tokens,Log Type\n"
        + "5,1,ChatGPT,472,18,490,Conversation log\n45,2,ChatGPT,1087,230,1317,Conversation log\n",
      to: "burst.csv")
    try write(
      "{\"timestamp\": 0, \"input_length\": 6758, \"output_length\": 500, \"hash_ids\": [0, 1]}\n"
        + "{\"timestamp\": 3052, \"input_length\": 7322, \"output_length\": 490, \"hash_ids\": [0, 2]}\n",
      to: "moon.jsonl")
    try write("when,in,out\n3,10,1\n1,20,2\n", to: "own.csv")
    for (file, columns, rows) in [
      ("burst.csv", nil, "0,472,18\n40,1087,230\n"),
      ("moon.jsonl", nil, "0,6758,500\n3.052,7322,490\n"),
      ("own.csv", "time=when,prompt=in,output=out", "0,20,2\n2,10,1\n"),
    ] {
      let more = columns.map { ["--columns", $0] } ?? []
      let made = try Command.call(["trace", "import", file, "-o", "t.csv"] + more, in: folder)
      #expect(made.status == 0, "\(made.messages)")
      #expect(try read("t.csv") == "TIMESTAMP,ContextTokens,GeneratedTokens\n" + rows)
      let told = try Command.call(["trace", "describe", file] + more, in: folder)
      #expect(told.output.contains("2 requests"), "\(told.output) \(told.messages)")
    }
    let unknown = try call("trace", "describe", "own.csv")
    #expect(unknown.status == 65 && unknown.messages.contains("--columns"))
  }

  @Test("says what it stands on, and what is wrong with a database")
  func doctor() throws {
    let well = try call("doctor")
    #expect(well.status == 0 && well.output.contains("Nothing is wrong"), "\(well.output)")
    try write("no database", to: "broken.sqlite")
    let ill = try call("doctor", "--db", "broken.sqlite")
    #expect(ill.status == 74 && ill.output.contains("broken.sqlite"), "\(ill.output)")
  }

  @Test("a trace that is interrupted leaves nothing behind")
  func interruptedTrace() throws {
    let smoke = Command.root.appendingPathComponent("Scenarios/smoke.yaml").path
    func files() -> [String] {
      (try? FileManager.default.contentsOfDirectory(atPath: folder.path)) ?? []
    }
    // Thirty million requests: nobody waits for them.
    let answer = try Command.call(
      ["trace", "synthesize", smoke, "-o", "t.csv", "--for", "16h"], in: folder
    ) { process in
      while process.isRunning, files().isEmpty { usleep(5_000) }
      process.interrupt()
    }
    #expect(answer.status == 75 && answer.messages.contains("t.csv is not written"))
    #expect(files().isEmpty, "\(files())")
  }
}
