// SPDX-License-Identifier: GPL-3.0-or-later

import CloudModel
import Quantities
import Scenario
import Testing

@Suite("The scenario loader")
struct ScenarioLoaderTests {
  private static let prices = """
    plimsoll_prices: 1
    name: book
    source: made up for tests
    read: 2024-12-10
    machines:
      p4d: { onDemand: 30 USD/h, reserved: 20 USD/h, spot: [{ from: 2024-01-01, price: 9 USD/h }] }
    """

  private static let scenario = """
    plimsoll: 1
    start: 2024-12-09T00:00:00Z
    horizon: 10h
    requests: all
    replications: 2
    cloud: ideal
    prices: prices.yaml
    workload:
      arrivals: { rate: 10/s }
    client: { timeout: 2s, retries: 0 }
    models:
      m: { on: { p4d: { batch: { max: 8, latency: { 1: 10ms, 8: 20ms } } } } }
    fleet:
      base: { type: p4d, zone: us-east-1a, market: onDemand, machines: 2, serves: { m: 1 } }
    policies: { queue: { limit: 10 } }
    """

  private func load(
    _ changes: String..., files more: [(String, String)] = []
  ) throws(ScenarioErrors) -> LoadedExperiment {
    let files = [("a.yaml", Self.scenario), ("prices.yaml", Self.prices)] + more
    let reader = FileReader { (path: String) throws(FileReadFailure) -> [UInt8] in
      guard let file = files.first(where: { $0.0 == path }) else { throw .missing }
      return Array(file.1.utf8)
    }
    return try ScenarioLoader.load("a.yaml", files: reader, overrides: changes)
  }

  private func messages(_ change: String) -> [String] {
    do {
      _ = try load(change)
      return []
    } catch {
      return error.errors.map(\.description)
    }
  }

  @Test("reads a small scenario whole")
  func reads() throws {
    let scenario = try load().scenario
    #expect(scenario.fleet.pools.map(\.cloud.name) == ["base"])
    #expect(scenario.fleet.pools[0].wanted == 2)
    #expect(scenario.maximumThroughput == 2 * 8 / 0.02)
    #expect(scenario.isBillExact)
  }

  @Test(
    "refuses what makes no sense, at its place",
    arguments: [
      ("workload.classes={ a: 50%, b: 40% }", "90% in 2 classes is out of range"),
      (
        "fleet={ a: { type: p4d, zone: us-east-1a, market: onDemand, machines: 10_000, serves: { m: 64 } }, "
          + "b: { type: p4d, zone: us-east-1a, market: onDemand, machines: 10_000, serves: { m: 64 } } }",
        "1280000 replicas on all machines is out of range"
      ),
      ("fleet.base.machines=-1", "-1 is out of range"), ("horizon=10", "found '10'"),
      ("horizon=-5h", "a time above 0"), ("fleet.base.type=p5", "fleet.base.serves.m"),
      ("fleet.base.market=spott", "spott"), ("prices=nowhere.yaml", "nowhere.yaml"),
      ("workload.arrivals={ trace: no.csv }", "no.csv"), ("client.retries=2", "client.retries"),
      ("policies.queue.limit=many", "policies.queue.limit"),
      ("policies.spot={ fallback: onDemand }", "machines.max above machines.min"),
      ("fleet.base.lifetime=5h", "only spot machines are taken back"),
      ("fleet.base.notice=120s", "an ideal cloud gives no notice"),
      ("requests={ from: 9h, for: 2h }", "up to the horizon"),
      ("models.m.on.p4d.batch.latency={ 8: 20ms, 1: 10ms }", "a larger batch than 8"),
      ("targets=[p99(latency) <= 200]", "targets[0]"), ("replications=0", "0 is out of range"),
      ("workload.content={ catalogue: 10, zipf: -1, unique: 5% }", "zipf"),
      ("requests={ windows: 700, length: 1min }", "windows that make up the horizon"),
      ("requests={ windows: 100000, length: 600000h }", "windows that make up the horizon"),
      ("models.m.on.p4d.batch.latency={ 1: 1s, 2: 700h }", "a time from 1ns to 24h"),
      ("horizon=640001h", "a time of at most 640000h"),
      ("client.timeout=640001h", "of at most 640000h"),
      ("requests={ windows: 4, length: 90s }", "whole minutes"),
      ("requests={ windows: 4, length: 1min, from: 2h }", "requests.from: unknown key"),
      ("targets=[quality_loss(gpt) < 1%]", "found 'gpt', allowed: m"),
      ("targets=[spot_discount(base2) >= 1%]", "found 'base2', allowed: base"),
      ("policies.router={ kind: difficulty, quality_floor: 0.9 }", "give workload.texts"),
      ("policies.router={ kind: fixed, model: x }", "found 'x', allowed: m"),
      ("policies.cache={ capacity: 0 }", "policies.cache.capacity"),
      ("policies.cache={ hit_rate: 130% }", "a share from 0% to 100%"),
      ("policies.dedup=perhaps", "true or false"),
      ("policies.cache={ ttl: 900h }", "a time from 1s to 720h"),
      ("policies.autoscaler={ budget: 99 USD/h, p99: 1s, every: 1ms }", "a time from 1s to 1h"),
      ("workload.arrivals.rate=300_000/s", "at most 250000/s"),
      ("policies.autoscaler={ budget: 1 USD/h, p99: 200ms }", "does not pay the machines"),
      ("policies.autoscaler={ p99: 200ms }", "policies.autoscaler.budget"),
      ("models.m.quality={ table: 0.9, matrix: { all: 0.8 } }", "the table's score"),
      ("workload.tenants={ a: 50% }", "50% in 1 tenants"),
      ("costs={ network: { per_gb: 1 USD } }", "costs.network.bytes_per_token"),
    ])
  func refuses(change: String, message: String) {
    let messages = messages(change)
    #expect(messages.contains { $0.contains(message) }, "\(messages)")
  }

  @Test("refuses a price that the book lacks, and says of which type on which day")
  func missingPrice() {
    do {
      _ = try load("start=2020-01-01", "fleet.base.market=spot")
      Issue.record("a missing price was accepted")
    } catch {
      #expect("\(error)".contains("no spot price of p4d on 2020-01-01T00:00:00Z"))
    }
  }

  @Test("tells all errors of a file at once")
  func allAtOnce() {
    do {
      _ = try load("horizon=10", "fleet.base.machines=x", "client.timeout=soon", "colour=red")
      Issue.record("four errors were accepted")
    } catch {
      #expect(error.errors.count == 4)
    }
  }

  @Test("takes the peak from a load of another scenario's fleet, or of its own")
  func peakLoad() throws {
    let scenario = try load("workload.arrivals={ peak_load: 50% of a.yaml }").scenario
    guard case .poisson(let profile) = scenario.workload.arrivals else {
      Issue.record("the arrivals are not synthesised")
      return
    }
    #expect(profile.highestRate.perSecond == 400)
  }

  @Test("reads a series of rates, and its bytes belong to the scenario's identity")
  func series() throws {
    let change = "workload.arrivals={ series: qps.csv, end: hold }"
    let one = try load(change, files: [("qps.csv", "time,rate\n0,5\n60,7\n")]).scenario
    let other = try load(change, files: [("qps.csv", "time,rate\n0,5\n60,8\n")]).scenario
    #expect(one.origin.canonicalText != other.origin.canonicalText)
  }

  @Test("loads the scenarios that savings compare with, without their targets")
  func references() throws {
    let loaded = try load(
      "targets=[savings(b.yaml) >= 10%]",
      files: [("b.yaml", "extends: a.yaml\ntargets: [savings(a.yaml) >= 5%]\n")])
    #expect(loaded.references.map(\.origin.path) == ["b.yaml"])
    #expect(loaded.references[0].targets.isEmpty)
  }

  private static let texts = """
    class,language,text
    all,en,Hello
    all,en,Prove that the square root of two is irrational
    all,en,What time is it?
    all,en,Summarize this page
    all,en,Design a cache
    """

  @Test("demands a router where a fleet serves several models, and texts of every class")
  func severalModels() {
    let second = "models.n={ on: { p4d: { batch: { max: 8, latency: { 1: 5ms } } } } }"
    do {
      _ = try load(second, "fleet.base.serves={ m: 1, n: 1 }")
      Issue.record("two models were accepted without a router")
    } catch {
      #expect("\(error)".contains("a router must choose"))
    }
    do {
      _ = try load("workload.texts=t.csv", files: [("t.csv", "class,text\nodd,Hello\n")])
      Issue.record("a text of an unknown class was accepted")
    } catch {
      #expect("\(error)".contains("t.csv:2:1") && "\(error)".contains("workload.classes"))
    }
  }

  @Test("staggers places by whole cycles and what is left, however long that takes")
  func stagger() throws {
    func places(_ stagger: String) throws -> [CapacityLaw] {
      let pool =
        "fleet.s={ type: p4d, zone: us-east-1a, market: spot, machines: 16, serves: { m: 1 }, "
        + "schedule: { up: 6h, down: 4h, stagger: \(stagger) } }"
      let scenario = try load(pool).scenario
      return try #require(scenario.fleet.pools.first { $0.cloud.name == "s" }).cloud.supply.places
    }
    let hours = try places("1h")
    #expect(hours[1] == .schedule(up: .hours(6), down: .hours(4), phase: .hours(1)))
    #expect(try places("600001h") == hours)
  }

  @Test("reads labelled texts, of which requests borrow those that are not for tuning")
  func labelledTexts() throws {
    let scenario = try load("workload.texts=t.csv", files: [("t.csv", Self.texts)]).scenario
    // As many plans as texts that are not for tuning.
    #expect((1..<5).contains(scenario.policies.requests.routing.textPlans.count))
    #expect(scenario.fleet.models.map(\.name) == ["m"])
  }

  @Test("warns of a budget below the floor under the reference rule, where production refuses it")
  func budget() throws {
    let change = "policies.autoscaler={ policy: reference, budget: 1 USD/h, p99: 200ms }"
    let scenario = try load(change).scenario
    #expect(scenario.origin.warnings.count { $0.contains("the budget of") } == 1)
    #expect(scenario.policies.autoscaling?.configuration.rule == .reference)
    let paid = try load("policies.autoscaler={ budget: 60 USD/h, p99: 200ms }").scenario
    #expect(!paid.origin.warnings.contains { $0.contains("the budget of") })
    #expect(paid.policies.autoscaling?.configuration.minimum == 2)
  }

  @Test("reads claims, adds their targets to those of their scenarios, and says what is wrong")
  func claims() throws {
    let text = """
      plimsoll_claims: 1
      claims:
        - { claim: cheap, scenario: a.yaml, target: monthly_cost <= 1 USD }
        - claim: up
          scenario: a.yaml
          target: spot_uptime >= 60%
          break_even: { vary: fleet.base.machines, from: 1, to: 9, until: monthly_cost <= 5 USD }
      """
    func files(_ text: String) -> FileReader {
      FileReader { (path: String) throws(FileReadFailure) -> [UInt8] in
        switch path {
        case "c.yaml": return Array(text.utf8)
        case "a.yaml", "d.yaml": return Array(Self.scenario.utf8)
        case "prices.yaml": return Array(Self.prices.utf8)
        default: throw .missing
        }
      }
    }
    let claims = try ClaimSet.load("c.yaml", files: files(text))
    #expect(claims.scenarios == ["a.yaml"] && claims.claims.count == 2)
    #expect(claims.claims[1].breakEven?.high == 9)
    let loaded = try ScenarioLoader.load("a.yaml", files: files(text), claims: claims)
    #expect(
      loaded.scenario.targets.map(\.text) == ["monthly_cost <= 1 USD", "spot_uptime >= 60%"])
    let both = text.replacing(
      "scenario: a.yaml, target", with: "scenario: a.yaml, also: [d.yaml], target")
    let more = try ClaimSet.load("c.yaml", files: files(both))
    #expect(more.scenarios == ["a.yaml", "d.yaml"] && more.claims[0].also == ["d.yaml"])
    let other = try ScenarioLoader.load("d.yaml", files: files(both), claims: more)
    #expect(other.scenario.targets.map(\.text) == ["monthly_cost <= 1 USD"])
    for (wrong, message) in [
      (both.replacing("[d.yaml]", with: "[e.yaml]"), "e.yaml"),
      (both.replacing("[d.yaml]", with: "[a.yaml]"), "names this scenario already"),
      (text.replacing("a.yaml", with: "b.yaml"), "b.yaml"),
      (text.replacing("<= 1 USD", with: "1 USD"), "a target such as"),
      (text.replacing("to: 9", with: "to: 0"), "a higher number than 1"),
    ] {
      do {
        _ = try ClaimSet.load("c.yaml", files: files(wrong))
        Issue.record("wrong claims were accepted")
      } catch {
        #expect("\(error)".contains(message))
      }
    }
  }
}
